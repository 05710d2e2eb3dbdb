//! The region and the clock.
use std::collections::BTreeMap;

use busbar_api::grid::{FrequencyTable, Network, Params, Wiring};
use busbar_api::oracle::{Batch, IntervalState, SubmitResult};
use busbar_api::registry::Reserved;
use busbar_api::{grid, market, oracle, registry};
use busbar_attestation::{page_of, Curve, SignedReading};
use busbar_units::{Interval, Millihertz, Money, Ppm, Price, Watt, Wh};
use cosmwasm_std::{
    coins, from_json, Addr, Binary, Coin, Deps, DepsMut, Empty, Env, MessageInfo, Order, QuerierWrapper, Response,
    StdResult, Timestamp,
};
use cw_multi_test::{App, AppResponse, ContractWrapper, Executor};
use serde::{Deserialize, Serialize};

use super::meter::{maker, Meter, MAKER};
use super::typed;

pub const INTERVAL_S: u64 = 900;
/// Interval in which every test starts.
pub const START: u64 = 2_000_000;
pub const DOMAIN: &str = "elm-street";
pub const BUS: u16 = grid::REGION_BUS;

pub fn at(offset: u64) -> Interval {
    Interval::new(START + offset)
}

pub fn params() -> Params {
    Params {
        import_tariff: Price::new(210_000),
        export_tariff: Price::new(70_000),
        price_floor: Price::new(0),
        price_cap: Price::new(1_000_000),
        imbalance_min: Price::new(-100_000),
        imbalance_max: Price::new(1_000_000),
        connection_import: Watt::new(1_000_000),
        connection_export: Watt::new(1_000_000),
        horizon: 8,
        gate_closure_s: 300,
        solver_window_s: 120,
        reveal_s: 0,
        no_cancel_s: 30,
        confirmation_window: 4,
        dispute_window: 4,
        correction_window: 8,
        clock_tolerance_s: 30,
        steps_per_device: 8,
        orders_per_interval: 1_024,
        epsilon: Ppm::new(2_000),
        reference_window: 96,
        residual_supply: Ppm::ONE,
        zones: vec![],
        order_fee: Money::ZERO,
        settlement_fee: Money::ZERO,
        clear_bounty: Money::ZERO,
        settle_bounty: Money::ZERO,
        solver_bounty: Money::ZERO,
        sealed_lock: Money::ZERO,
        sealed_fee: Money::ZERO,
        head_tolerance: Ppm::new(10_000),
        head_tolerance_wh: Wh::new(100),
        head_mismatches: 0,
        head_derating: Ppm::new(100_000),
        losses: Ppm::new(20_000),
        frequency: FrequencyTable {
            nominal: Millihertz::new(50_000),
            steps: vec![],
        },
        missing_limit: 6,
        bank: None,
    }
}

pub struct Region {
    pub app: App,
    pub grid: Addr,
    pub registry: registry::Client,
    pub oracle: oracle::Client,
    pub market: Addr,
    pub owner: Addr,
    pub operator: Addr,
    pub alice: Addr,
    pub bob: Addr,
}

impl Region {
    pub fn new() -> Self {
        Self::with(DOMAIN, params())
    }

    /// A region at the start of interval [`START`] that has admitted the manufacturer.
    pub fn with(domain: &str, params: Params) -> Self {
        Self::on(None, domain, params)
    }

    /// The same on a network.
    pub fn on(network: Option<Network>, domain: &str, params: Params) -> Self {
        let mut app = App::default();
        app.update_block(|block| block.time = Timestamp::from_seconds(START * INTERVAL_S));
        let [owner, operator, utility, alice, bob] =
            ["owner", "operator", "utility", "alice", "bob"].map(|name| app.api().addr_make(name));
        app.init_modules(|router, _, storage| {
            for account in [&owner, &operator, &alice, &bob] {
                let purse = vec![Coin::new(1_000u128, "ucoin"), Coin::new(1_000u128, "uother")];
                router.bank.init_balance(storage, account, purse).unwrap();
            }
        });
        let code = app.store_code(Box::new(ContractWrapper::new(
            busbar_grid::contract::execute,
            busbar_grid::contract::instantiate,
            busbar_grid::contract::query,
        )));
        let msg = grid::InstantiateMsg {
            owner: None,
            domain: domain.into(),
            denom: "ucoin".into(),
            interval_s: INTERVAL_S,
            energy_interval_s: INTERVAL_S,
            operator: operator.to_string(),
            utility: utility.to_string(),
            params,
            network,
            contracts: None,
        };
        let grid = msg.found(&mut app, code, &owner);
        let names = [owner.to_string(), grid.to_string()];
        let code = registry_code(&mut app);
        let [of, on] = names.clone();
        let registry = registry::InstantiateMsg { owner: of, grid: on }.found(&mut app, code, &owner);
        let code = oracle_code(&mut app);
        let [of, on] = names;
        let oracle = oracle::InstantiateMsg { owner: of, grid: on }.found(&mut app, code, &owner);
        let code = app.store_code(Box::new(ContractWrapper::new(cursor_set, cursor_open, cursor_query)));
        let market = Empty {}.found(&mut app, code, &owner);
        let wiring = Wiring {
            registry: registry.to_string(),
            oracle: oracle.to_string(),
            market: market.to_string(),
            energy_token: alice.to_string(),
        };
        let mut region = Self {
            app,
            registry: registry::Client::new(registry),
            oracle: oracle::Client::new(oracle),
            market,
            owner: owner.clone(),
            operator,
            alice,
            bob,
            grid: grid.clone(),
        };
        let wire = grid::Client::new(grid).wire(wiring).unwrap();
        region.app.execute(owner.clone(), wire.into()).unwrap();
        let admit = region
            .registry
            .admit_manufacturer(MAKER, "Meters Inc.", maker().public_key())
            .unwrap();
        region.app.execute(owner, admit.into()).unwrap();
        region
    }

    /// Moves the clock to some seconds after the start of an interval.
    pub fn clock(&mut self, interval: Interval, seconds: u64) {
        let now = Timestamp::from_seconds(interval.get() * INTERVAL_S + seconds);
        self.app.update_block(|block| {
            assert!(block.time <= now, "time runs forward");
            block.time = now;
            block.height += 1;
        });
    }

    pub fn querier(&self) -> QuerierWrapper<'_> {
        self.app.wrap()
    }

    /// All of the chain's storage.
    pub fn dump(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.app
            .read_module(|_, _, storage| storage.range(None, None, Order::Ascending).collect())
    }

    /// A message to the registry.
    pub fn register(
        &mut self,
        sender: &Addr,
        msg: &registry::ExecuteMsg,
    ) -> Result<AppResponse, busbar_registry::ContractError> {
        let registry = self.registry.address().clone();
        self.app
            .execute_contract(sender.clone(), registry, msg, &[])
            .map_err(typed)
    }

    /// A message to the oracle.
    pub fn observe(
        &mut self,
        sender: &Addr,
        msg: &oracle::ExecuteMsg,
    ) -> Result<AppResponse, busbar_oracle::ContractError> {
        let oracle = self.oracle.address().clone();
        self.app
            .execute_contract(sender.clone(), oracle, msg, &[])
            .map_err(typed)
    }

    /// Reserves a number for an owner.
    pub fn reserve(&mut self, owner: &Addr) -> Reserved {
        let response = self.register(owner, &registry::ExecuteMsg::Reserve {}).unwrap();
        from_json(data(&response)).unwrap()
    }

    /// Enrols a meter under the number it has.
    pub fn enrol(&mut self, owner: &Addr, meter: &Meter) -> Result<AppResponse, busbar_registry::ContractError> {
        self.enrol_behind(owner, meter, None)
    }

    pub fn enrol_behind(
        &mut self,
        owner: &Addr,
        meter: &Meter,
        behind: Option<u32>,
    ) -> Result<AppResponse, busbar_registry::ContractError> {
        let joins = meter.joins(owner, behind);
        let msg = enrolment(meter, meter.vouched(), joins, behind);
        self.register(owner, &msg)
    }

    /// The operator's confirmation at the endorsed ratings.
    pub fn confirm(&mut self, meter: &Meter) -> Result<AppResponse, busbar_registry::ContractError> {
        let operator = self.operator.clone();
        self.register(
            &operator,
            &registry::ExecuteMsg::Confirm {
                number: meter.number,
                bus: meter.bus,
                usable_import: meter.endorsement.rated_import,
                usable_export: meter.endorsement.rated_export,
            },
        )
    }

    /// Reserves, enrols and confirms: readings count from the next interval on.
    pub fn join(&mut self, owner: &Addr, mut meter: Meter, behind: Option<u32>) -> Meter {
        meter.number = self.reserve(owner).number;
        self.enrol_behind(owner, &meter, behind).unwrap();
        self.confirm(&meter).unwrap();
        meter
    }

    /// Alice's active meter with this name.
    pub fn home(&mut self, name: &str) -> Meter {
        let alice = self.alice.clone();
        self.join(&alice, Meter::new(Curve::Ed25519, name), None)
    }

    /// Hands readings in, sorted into batches by interval and page in the order in which they come.
    pub fn submit(&mut self, readings: &[SignedReading]) -> SubmitResult {
        let mut batches: Vec<(Interval, u32, Vec<SignedReading>)> = vec![];
        for signed in readings {
            let (interval, page) = (signed.reading.interval(), page_of(signed.reading.device()));
            match batches.last_mut() {
                Some((at, of, batch)) if (*at, *of) == (interval, page) => batch.push(*signed),
                _ => batches.push((interval, page, vec![*signed])),
            }
        }
        let batches = batches
            .iter()
            .map(|(interval, page, readings)| Batch::new(*interval, *page, readings).unwrap())
            .collect();
        self.submit_batches(batches).unwrap()
    }

    pub fn submit_batches(&mut self, batches: Vec<Batch>) -> Result<SubmitResult, busbar_oracle::ContractError> {
        let bob = self.bob.clone();
        let response = self.observe(&bob, &oracle::ExecuteMsg::Submit { batches })?;
        Ok(from_json(data(&response)).unwrap())
    }

    pub fn interval(&self, interval: Interval) -> IntervalState {
        let state = self.oracle.interval(&self.querier(), interval).unwrap();
        state.expect("an interval with a reading")
    }

    pub fn device(&self, number: u32) -> registry::Device {
        self.registry.device(&self.querier(), number).unwrap()
    }

    /// Lets the market make everything before an interval final.
    pub fn finalise(&mut self, cursor: Interval) {
        let (owner, market) = (self.owner.clone(), self.market.clone());
        self.app
            .execute_contract(owner, market, &StandIn::SetCursor { cursor }, &[])
            .unwrap();
    }
}

/// What an owner sends to enrol a meter.
pub fn enrolment(
    meter: &Meter,
    manufacturer_signature: Binary,
    device_signature: Binary,
    behind: Option<u32>,
) -> registry::ExecuteMsg {
    registry::ExecuteMsg::Enrol {
        number: meter.number,
        endorsement: (&meter.endorsement).into(),
        manufacturer_signature,
        device_signature,
        bus: meter.bus,
        behind,
    }
}

/// Data of the response to a message.
pub fn data(response: &AppResponse) -> &Binary {
    response.data.as_ref().expect("data in the response")
}

trait Founding {
    fn found(&self, app: &mut App, code: u64, owner: &Addr) -> Addr;
}

impl<T: Serialize> Founding for T {
    fn found(&self, app: &mut App, code: u64, owner: &Addr) -> Addr {
        app.instantiate_contract(code, owner.clone(), self, &[], "contract", Some(owner.to_string()))
            .unwrap()
    }
}

pub fn registry_code(app: &mut App) -> u64 {
    app.store_code(Box::new(
        ContractWrapper::new(
            busbar_registry::contract::execute,
            busbar_registry::contract::instantiate,
            busbar_registry::contract::query,
        )
        .with_migrate(|deps, env, msg, _| busbar_registry::contract::migrate(deps, env, msg)),
    ))
}

pub fn oracle_code(app: &mut App) -> u64 {
    app.store_code(Box::new(
        ContractWrapper::new(
            busbar_oracle::contract::execute,
            busbar_oracle::contract::instantiate,
            busbar_oracle::contract::query,
        )
        .with_migrate(|deps, env, msg, _| busbar_oracle::contract::migrate(deps, env, msg)),
    ))
}

/// Coins that no message of these contracts takes.
pub fn purse() -> Vec<Coin> {
    coins(1, "ucoin")
}

/// What the stand-in market takes: it hands every device over, and its cursor is set.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StandIn {
    SetCursor { cursor: Interval },
    HandOver { device: u32, former: String },
}

fn cursor_open(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn cursor_set(deps: DepsMut<'_>, _: Env, _: MessageInfo, msg: StandIn) -> StdResult<Response> {
    match msg {
        StandIn::SetCursor { cursor } => {
            deps.storage.set(market::raw::FINAL_CURSOR, &cursor.get().to_be_bytes());
            Ok(Response::new())
        }
        StandIn::HandOver { device, former } => Ok(Response::new()
            .add_attribute("device", device.to_string())
            .add_attribute("former", former)),
    }
}

fn cursor_query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}
