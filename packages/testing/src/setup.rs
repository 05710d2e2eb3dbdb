use std::collections::{BTreeMap, BTreeSet};

use busbar_api::grid::{Bank, Network, Params, Wiring};
use busbar_api::{certificates, energy_token, grid, market, oracle, registry};
use busbar_attestation::{Curve, SigningKey};
use busbar_units::{Interval, Money, Ppm, Price, Wh};
use cosmwasm_std::{Addr, Empty, Timestamp, WasmMsg};
use cw_multi_test::{App, Contract, Executor};
use serde::Serialize;

use crate::{code, household, Region};

/// What a region is founded with. Change what a test is about and leave the rest:
/// `Region::with(Setup { purse: Money::ZERO, ..Setup::hourly() })`.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Region id that devices sign for.
    pub domain: String,
    /// Settlement coin.
    pub denom: String,
    /// Seconds of chain time per interval.
    pub interval_s: u64,
    /// Seconds of physical time per interval.
    pub energy_interval_s: u64,
    /// Parameters from the first interval on.
    pub params: Params,
    /// Network from the first interval on; one bus behind the connection where absent.
    pub network: Option<Network>,
    /// Interval at whose start the chain begins.
    pub start: Interval,
    /// Coin of each account that a test names, in millionths; half of it is what a home deposits.
    pub purse: Money,
    /// Coin that the utility deposits, in millionths.
    pub utility_deposit: Money,
    /// Signature scheme of meters.
    pub curve: Curve,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            domain: "test-elm-street".into(),
            denom: "ucoin".into(),
            interval_s: 900,
            energy_interval_s: 900,
            params: household(),
            network: None,
            start: Interval::new(2_000_000),
            purse: Money::new(2_000_000_000),
            utility_deposit: Money::new(10_000_000_000),
            curve: Curve::Secp256r1,
        }
    }
}

impl Setup {
    /// Intervals of an hour in place of a quarter of an hour: a Watt is a Wh per interval.
    pub fn hourly() -> Self {
        Self {
            interval_s: 3_600,
            energy_interval_s: 3_600,
            ..Self::default()
        }
    }

    /// The same region with a bank: its storage must be the first device that is enrolled
    /// ([`Region::storage`]) and can hold `usable` Wh; no losses, no fee, no bond.
    pub fn with_bank(mut self, usable: u64) -> Self {
        self.params.bank = Some(Bank {
            device: 0,
            usable: Wh::new(usable),
            efficiency: Ppm::ONE,
            fee: Price::ZERO,
            bond: Money::ZERO,
        });
        self
    }
}

/// Number of the one manufacturer whose endorsements count.
pub(crate) const MANUFACTURER: u32 = 1;

struct Deployer<'a> {
    app: &'a mut App,
    owner: Addr,
}

impl Deployer<'_> {
    fn deploy(&mut self, label: &str, contract: Box<dyn Contract<Empty>>, msg: &impl Serialize) -> Addr {
        let code = self.app.store_code(contract);
        let deployed = self
            .app
            .instantiate_contract(code, self.owner.clone(), msg, &[], label, None);
        deployed.unwrap_or_else(|error| panic!("{label} cannot be instantiated: {error:#}"))
    }

    fn wire(&mut self, wire: WasmMsg) {
        let wired = self.app.execute(self.owner.clone(), wire.into());
        wired.unwrap_or_else(|error| panic!("the contracts cannot be wired: {error:#}"));
    }
}

impl Region {
    /// A region of homes with the parameters of [`household`].
    pub fn new() -> Self {
        Self::with(Setup::default())
    }

    /// A region founded as asked: contracts deployed and wired, roles funded, manufacturer admitted, the
    /// utility's deposit paid in.
    pub fn with(setup: Setup) -> Self {
        let mut app = App::default();
        let start_s = setup.start.start_s(setup.interval_s).expect("an instant");
        app.update_block(|block| block.time = Timestamp::from_seconds(start_s));
        let [owner, operator, utility, guardian, reporter] =
            ["owner", "operator", "utility", "guardian", "reporter"].map(|name| app.api().addr_make(name));

        let mut deployer = Deployer {
            app: &mut app,
            owner: owner.clone(),
        };
        let grid = deployer.deploy("grid", Box::new(code::grid()), &founding(&setup, &operator, &utility));
        let (owner_text, grid_text) = (owner.to_string(), grid.to_string());
        let msg = registry::InstantiateMsg {
            owner: owner_text.clone(),
            grid: grid_text.clone(),
        };
        let registry = deployer.deploy("registry", Box::new(code::registry()), &msg);
        let msg = oracle::InstantiateMsg {
            owner: owner_text.clone(),
            grid: grid_text.clone(),
        };
        let oracle = deployer.deploy("oracle", Box::new(code::oracle()), &msg);
        let msg = market::InstantiateMsg {
            owner: owner_text,
            grid: grid_text.clone(),
        };
        let market = deployer.deploy("market", Box::new(code::market()), &msg);
        let msg = energy_token::InstantiateMsg {
            grid: grid_text,
            name: "Elm Street energy".into(),
            symbol: "ELM".into(),
            marketing: Some(energy_token::InstantiateMarketingInfo {
                project: None,
                description: None,
                marketing: Some(owner.to_string()),
                logo: None,
            }),
        };
        let energy_token = deployer.deploy("energy token", Box::new(code::energy_token()), &msg);

        let wiring = Wiring {
            registry: registry.to_string(),
            oracle: oracle.to_string(),
            market: market.to_string(),
            energy_token: energy_token.to_string(),
        };
        let wire = grid::Client::new(grid.clone()).wire(wiring).expect("a message");
        deployer.wire(wire);
        let msg = certificates::InstantiateMsg {
            grid: grid.to_string(),
            issuer: "Elm Street registry".into(),
        };
        let certificates = deployer.deploy("certificates", Box::new(code::certificates()), &msg);

        let maker = SigningKey::generate(Curve::Secp256r1, b"manufacturer").expect("a key");
        let mut region = Self {
            app,
            grid: grid::Client::new(grid),
            registry: registry::Client::new(registry),
            oracle: oracle::Client::new(oracle),
            market: market::Client::new(market),
            energy_token: energy_token::Client::new(energy_token),
            certificates: certificates::Client::new(certificates),
            owner,
            operator,
            utility,
            guardian,
            reporter,
            maker,
            setup,
            meters: BTreeMap::new(),
            names: BTreeSet::new(),
            ledger: crate::sanity::Ledger::default(),
            archive: BTreeMap::new(),
        };
        region.open();
        region
    }

    fn open(&mut self) {
        let owner = self.owner.clone();
        let (guardian, reporter) = (self.guardian.to_string(), self.reporter.to_string());
        for appoint in [
            self.grid.set_guardian(Some(guardian)),
            self.grid.set_reporter(Some(reporter)),
        ] {
            self.must(&owner, appoint.expect("a message"));
        }
        let admit = self
            .registry
            .admit_manufacturer(MANUFACTURER, "Meter works", self.maker.public_key());
        self.must(&owner, admit.expect("a message"));
        for role in ["owner", "operator", "utility"] {
            self.account(role);
        }
        let (utility, deposit) = (self.utility.clone(), self.setup.utility_deposit);
        self.fund(&utility, deposit);
        self.deposit(&utility, deposit.get());
    }
}

impl Default for Region {
    fn default() -> Self {
        Self::new()
    }
}

fn founding(setup: &Setup, operator: &Addr, utility: &Addr) -> grid::InstantiateMsg {
    grid::InstantiateMsg {
        owner: None,
        domain: setup.domain.clone(),
        denom: setup.denom.clone(),
        interval_s: setup.interval_s,
        energy_interval_s: setup.energy_interval_s,
        operator: operator.to_string(),
        utility: utility.to_string(),
        params: setup.params.clone(),
        network: setup.network.clone(),
        contracts: None,
    }
}
