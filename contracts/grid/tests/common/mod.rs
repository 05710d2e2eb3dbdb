//! A grid contract on an embedded chain, with stand-ins for what it reads of registry, oracle and market.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects)]
use busbar_api::grid::{
    raw, Bus, Circuit, Client, ExecuteMsg, InstantiateMsg, Line, LineLimit, Network, Params, Tariff, Version, Wiring,
};
use busbar_api::registry::raw::AwaitedChange;
use busbar_api::registry::{Device, Key, Status};
use busbar_api::{market, registry};
use busbar_grid::{contract, ContractError};
use busbar_testing::attestation::{Curve, DeviceKind};
use busbar_units::{Interval, Money, Ppm, Price, Watt, Wh};
use cosmwasm_std::{
    coins, from_json, to_json_vec, Addr, Binary, Coin, Deps, DepsMut, Empty, Env, MessageInfo, QuerierWrapper,
    Response, StdResult,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};

pub const INTERVAL_S: u64 = 900;
/// Interval in which every test starts.
pub const START: u64 = 2_000_000;

/// Those of a region of homes, with a narrower connection to the utility and fees.
pub fn params() -> Params {
    Params {
        connection_export: Watt::new(500_000),
        order_fee: Money::new(20),
        settlement_fee: Money::new(20),
        clear_bounty: Money::new(10),
        settle_bounty: Money::new(10),
        ..busbar_testing::household()
    }
}

pub fn tariff(import: i64, export: i64) -> Tariff {
    Tariff {
        import: Price::new(import),
        export: Price::new(export),
    }
}

pub fn limit(line: u16, capacity: u64, back: u64) -> LineLimit {
    LineLimit {
        line,
        capacity: Wh::new(capacity),
        capacity_back: Wh::new(back),
    }
}

pub fn at(interval: u64) -> Interval {
    Interval::new(interval)
}

/// A line of `buses` buses below the connection, of which each carries `capacity` Wh.
pub fn feeder(buses: u16, capacity: u64) -> Network {
    Network {
        buses: (0..buses).map(|bus| Bus::new(bus.to_string())).collect(),
        lines: (1..buses)
            .map(|bus| Line::new(format!("to {bus}"), bus - 1, bus, Wh::new(capacity)))
            .collect(),
        voltage: None,
    }
}

pub struct Grid {
    pub app: App,
    pub client: Client,
    pub owner: Addr,
    pub operator: Addr,
    pub utility: Addr,
    pub guardian: Addr,
    pub reporter: Addr,
    pub stranger: Addr,
    pub registry: Addr,
    pub oracle: Addr,
    pub market: Addr,
}

pub fn message(app: &App) -> InstantiateMsg {
    InstantiateMsg {
        owner: None,
        domain: "elm-street".into(),
        denom: "ucoin".into(),
        interval_s: INTERVAL_S,
        energy_interval_s: INTERVAL_S,
        operator: app.api().addr_make("operator").into(),
        utility: app.api().addr_make("utility").into(),
        params: params(),
        network: None,
        contracts: None,
    }
}

/// An embedded chain at the start of interval [`START`], strangers with coins.
pub fn chain() -> App {
    let mut app = App::default();
    app.update_block(|block| block.time = cosmwasm_std::Timestamp::from_seconds(START * INTERVAL_S));
    let stranger = app.api().addr_make("stranger");
    let owner = app.api().addr_make("owner");
    app.init_modules(|router, _, storage| {
        router
            .bank
            .init_balance(storage, &stranger, coins(1_000, "ucoin"))
            .unwrap();
        router
            .bank
            .init_balance(storage, &owner, coins(1_000, "ucoin"))
            .unwrap();
    });
    app
}

pub fn instantiate(app: &mut App, msg: &InstantiateMsg, funds: &[Coin]) -> Result<Addr, ContractError> {
    let code = app.store_code(Box::new(ContractWrapper::new(
        contract::execute,
        contract::instantiate,
        contract::query,
    )));
    let owner = app.api().addr_make("owner");
    app.instantiate_contract(code, owner, msg, funds, "grid", None)
        .map_err(typed)
}

pub fn typed(error: impl Into<anyhow::Error>) -> ContractError {
    error.into().downcast().expect("an error of the grid contract")
}

impl Grid {
    /// A region at the start of interval [`START`], wired to a stand-in market.
    pub fn new() -> Self {
        let mut app = chain();
        let msg = message(&app);
        let client = Client::new(instantiate(&mut app, &msg, &[]).unwrap());
        let code = app.store_code(Box::new(ContractWrapper::new(store, open, answer)));
        let owner = app.api().addr_make("owner");
        let [registry, oracle, market] = ["registry", "oracle", "market"].map(|label| {
            app.instantiate_contract(code, owner.clone(), &Empty {}, &[], label, None)
                .unwrap()
        });
        let mut grid = Self {
            operator: app.api().addr_make("operator"),
            utility: app.api().addr_make("utility"),
            guardian: app.api().addr_make("guardian"),
            reporter: app.api().addr_make("reporter"),
            stranger: app.api().addr_make("stranger"),
            app,
            client,
            owner,
            registry,
            oracle,
            market,
        };
        let wiring = grid.wiring();
        grid.by_owner(&ExecuteMsg::Wire(wiring)).unwrap();
        let (guardian, reporter) = (Some(grid.guardian.to_string()), Some(grid.reporter.to_string()));
        grid.by_owner(&ExecuteMsg::SetGuardian { guardian }).unwrap();
        grid.by_owner(&ExecuteMsg::SetReporter { reporter }).unwrap();
        grid
    }

    pub fn wiring(&self) -> Wiring {
        Wiring {
            registry: self.registry.to_string(),
            oracle: self.oracle.to_string(),
            market: self.market.to_string(),
            energy_token: self.app.api().addr_make("energy_token").into(),
        }
    }

    pub fn send(&mut self, sender: &Addr, msg: &ExecuteMsg, funds: &[Coin]) -> Result<AppResponse, ContractError> {
        let address = self.client.address().clone();
        self.app
            .execute_contract(sender.clone(), address, msg, funds)
            .map_err(typed)
    }

    pub fn by_owner(&mut self, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        let owner = self.owner.clone();
        self.send(&owner, msg, &[])
    }

    pub fn update(&mut self, params: Params) -> Result<AppResponse, ContractError> {
        self.by_owner(&ExecuteMsg::Update { params })
    }

    pub fn post(&mut self, from: u64, tariffs: &[Tariff]) -> Result<AppResponse, ContractError> {
        let utility = self.utility.clone();
        self.send(
            &utility,
            &ExecuteMsg::PostTariffs {
                from: at(from),
                tariffs: tariffs.to_vec(),
            },
            &[],
        )
    }

    pub fn by_operator(&mut self, msg: &ExecuteMsg) -> Result<AppResponse, ContractError> {
        let operator = self.operator.clone();
        self.send(&operator, msg, &[])
    }

    pub fn set(&mut self, network: Network) -> Result<AppResponse, ContractError> {
        self.by_operator(&ExecuteMsg::SetNetwork { network })
    }

    pub fn network_at(&self, interval: u64) -> StdResult<Circuit> {
        raw::network_at(&self.q(), self.client.address(), at(interval))
    }

    /// What a line carries forward and back.
    pub fn line_at(&self, interval: u64, line: usize) -> (u64, u64) {
        let branch = self.network_at(interval).unwrap().branches.get(line).copied().unwrap();
        (branch.capacity.get(), branch.capacity_back.get())
    }

    /// Moves the clock to the start of an interval, and some seconds into it.
    pub fn go(&mut self, interval: u64, seconds: u64) {
        let time = cosmwasm_std::Timestamp::from_seconds(interval * INTERVAL_S + seconds);
        self.app.update_block(|block| block.time = time);
    }

    /// The market has made everything before this interval final.
    pub fn final_cursor(&mut self, interval: u64) {
        let market = self.market.clone();
        self.stand_in(&market, market::raw::FINAL_CURSOR, &interval.to_be_bytes());
    }

    /// Another contract stores this.
    pub fn stand_in(&mut self, contract: &Addr, key: &[u8], value: &[u8]) {
        let (owner, stored) = (self.owner.clone(), [Binary::from(key), Binary::from(value)]);
        self.app
            .execute_contract(owner, contract.clone(), &stored, &[])
            .unwrap();
    }

    /// The registry holds so many devices that settle.
    pub fn devices(&mut self, count: u32) {
        let change = AwaitedChange {
            awaited: count,
            previous: None,
        };
        let registry = self.registry.clone();
        let tip = START.to_be_bytes();
        self.stand_in(&registry, registry::raw::AWAITED_TIP.as_bytes(), &tip);
        self.stand_in(&registry, &registry::raw::awaited_key(at(START)), &change.encode());
    }

    /// The registry holds a storage of so many Wh that gives back so many millionths of what it draws.
    pub fn storage(&mut self, number: u32, usable: u64, efficiency: i64) {
        let device = Device {
            number,
            owner: self.stranger.clone(),
            owned_from: None,
            former_owner: None,
            offered_to: None,
            status: Status::Active,
            suspension: None,
            kind: DeviceKind::Storage,
            manufacturer: 1,
            serial: "S-1".into(),
            key: Key {
                curve: Curve::Ed25519,
                bytes: Binary::default(),
            },
            pending_key: None,
            bus: 1,
            behind: None,
            settles: true,
            endorsed_import: Watt::new(5_000),
            endorsed_export: Watt::new(5_000),
            usable_import: Watt::new(5_000),
            usable_export: Watt::new(5_000),
            usable: Wh::new(usable),
            efficiency: Ppm::new(efficiency),
            register_modulus: Wh::new(100_000_000),
            active_from: Some(at(START)),
        };
        let registry = self.registry.clone();
        let device = device.split().0.encode();
        self.stand_in(&registry, &registry::raw::device_key(number), &device);
    }

    pub fn q(&self) -> QuerierWrapper<'_> {
        self.app.wrap()
    }

    pub fn params_at(&self, interval: u64) -> StdResult<Params> {
        raw::params_at(&self.q(), self.client.address(), at(interval))
    }

    pub fn tariff_at(&self, interval: u64) -> Tariff {
        raw::tariff_at(&self.q(), self.client.address(), at(interval)).unwrap()
    }

    pub fn live(&self) -> Vec<Version> {
        raw::versions(&self.q(), self.client.address()).unwrap()
    }

    /// Everything the contract stores.
    pub fn state(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.app.dump_wasm_raw(self.client.address())
    }
}

fn open(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn store(deps: DepsMut<'_>, _: Env, _: MessageInfo, [key, value]: [Binary; 2]) -> StdResult<Response> {
    deps.storage.set(&key, &value);
    Ok(Response::new())
}

fn answer(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}

/// The same value as it comes out of its own JSON.
pub fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    from_json(to_json_vec(value).unwrap()).unwrap()
}
