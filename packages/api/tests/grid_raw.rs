//! What other contracts read raw from the grid contract.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
use std::collections::BTreeMap;

use busbar_api::grid::{
    raw, LineLimit, LineLimits, MarketState, MarketStates, Network, Region, Rules, Tariff, TariffPage, Timeline, Times,
    Version, WeekTariffs,
};
use busbar_units::{Interval, Millihertz, Price, Wh};
use cosmwasm_std::testing::MockQuerier;
use cosmwasm_std::{from_json, Addr, Binary, ContractResult, QuerierWrapper, SystemError, SystemResult, WasmQuery};

const PARAMS: &str = include_str!("grid_params.json");

fn grid() -> Addr {
    Addr::unchecked("grid")
}

fn at(interval: u64) -> Interval {
    Interval::new(interval)
}

fn tariff(import: i64, export: i64) -> Tariff {
    Tariff {
        import: Price::new(import),
        export: Price::new(export),
    }
}

fn version(from: u64, horizon: u32) -> Version {
    let mut version = Version {
        from: at(from),
        params: from_json(PARAMS).unwrap(),
    };
    version.params.horizon = horizon;
    version
}

/// What the grid says with these versions, of intervals of so many seconds.
fn rules(interval_s: u64, versions: Vec<Version>) -> Rules {
    Rules {
        region: Region {
            domain: "elm".into(),
            denom: "ucoin".into(),
            interval_s,
            energy_interval_s: interval_s,
            operator: Addr::unchecked("olga"),
            utility: Addr::unchecked("ursula"),
        },
        contracts: None,
        versions,
        states: MarketStates::default(),
    }
}

fn stored(rules: &Rules) -> (Vec<u8>, Vec<u8>) {
    (raw::RULES.into(), rules.encode())
}

/// A grid contract that stores these values, and nothing else on the chain.
fn chain(stored: Vec<(Vec<u8>, Vec<u8>)>) -> MockQuerier {
    let stored: BTreeMap<_, _> = stored.into_iter().collect();
    let mut querier: MockQuerier = MockQuerier::new(&[]);
    querier.update_wasm(move |query| match query {
        WasmQuery::Raw { contract_addr, key } if contract_addr == grid().as_str() => {
            let value = stored.get(key.as_slice()).cloned().unwrap_or_default();
            SystemResult::Ok(ContractResult::Ok(Binary::from(value)))
        }
        _ => SystemResult::Err(SystemError::Unknown {}),
    });
    querier
}

#[test]
fn parameters_are_those_of_the_version_in_force() {
    let versions = vec![version(10, 1), version(20, 2)];
    let chain = chain(vec![stored(&rules(900, versions.clone()))]);
    let q = QuerierWrapper::new(&chain);
    assert_eq!(raw::versions(&q, &grid()).unwrap(), versions);
    let horizon = |interval| {
        raw::params_at(&q, &grid(), at(interval))
            .map(|params| params.horizon)
            .ok()
    };
    assert_eq!(
        [horizon(9), horizon(10), horizon(19), horizon(20)],
        [None, Some(1), Some(1), Some(2)]
    );
}

#[test]
fn a_tariff_is_the_posted_one_or_the_flat_one() {
    let mut page = TariffPage::default();
    page.set(1, tariff(100, 50));
    let chain = chain(vec![
        stored(&rules(900, vec![version(0, 1)])),
        (raw::tariff_page_key(2), page.encode()),
    ]);
    let q = QuerierWrapper::new(&chain);
    assert_eq!(raw::tariff_at(&q, &grid(), at(65)).unwrap(), tariff(100, 50));
    assert_eq!(raw::posted_tariff(&q, &grid(), at(66)).unwrap(), None);
    assert_eq!(raw::tariff_at(&q, &grid(), at(66)).unwrap(), tariff(210_000, 70_000));
    assert_eq!(
        raw::tariff_at(&q, &grid(), at(999)).unwrap(),
        tariff(210_000, 70_000),
        "no page at all"
    );
}

#[test]
fn the_hour_of_the_week_fills_the_gaps_of_the_schedule() {
    let mut page = TariffPage::default();
    page.set(1, tariff(100, 50));
    let hours: Vec<_> = (0..168).map(|hour| tariff(1_000 + hour, hour)).collect();
    let table = WeekTariffs::new(&hours).unwrap();
    let mut weeks = Timeline::from_start(0);
    weeks.replace_from(at(64), 1);
    weeks.replace_from(at(70), 0);
    let chain = chain(vec![
        stored(&rules(3_600, vec![version(0, 1)])),
        (raw::tariff_page_key(2), page.encode()),
        (raw::WEEKS.into(), weeks.encode()),
        (raw::week_key(at(64)), table.encode()),
    ]);
    let q = QuerierWrapper::new(&chain);
    let found = |interval| raw::tariff_at(&q, &grid(), at(interval)).unwrap();
    assert_eq!(found(65), tariff(100, 50), "posted");
    // The epoch began on a Thursday, 72 hours into the week.
    assert_eq!(found(66), tariff(1_000 + 138, 138));
    assert_eq!([found(63), found(70)], [tariff(210_000, 70_000); 2], "flat");
}

#[test]
fn the_network_in_force_is_rated_connected_and_limited() {
    let mut limits = LineLimits::default();
    limits.set(LineLimit {
        line: 0,
        capacity: Wh::new(300_000),
        capacity_back: Wh::new(9),
    });
    let mut networks = Timeline::from_start(2);
    networks.replace_from(at(20), 9);
    let chain = chain(vec![
        stored(&rules(900, vec![version(0, 1)])),
        (raw::NETWORKS.into(), networks.encode()),
        (raw::network_key(at(0)), Network::default().circuit().encode()),
        (raw::limits_key(at(7)), limits.encode()),
    ]);
    let q = QuerierWrapper::new(&chain);
    let line = |interval| {
        let line = raw::network_at(&q, &grid(), at(interval)).unwrap().branches[0];
        (line.capacity.get(), line.capacity_back.get())
    };
    assert_eq!((line(6), line(7)), ((250_000, 125_000), (250_000, 9)));
    assert!(raw::network_at(&q, &grid(), at(20)).is_err(), "not stored");
    assert_eq!(raw::buses_since(&q, &grid(), at(6)).unwrap(), 2);
    assert_eq!(raw::buses_since(&q, &grid(), at(20)).unwrap(), 9);
    assert_eq!(raw::device_limit(&q, &grid(), at(6)).unwrap(), 2_048);
}

#[test]
fn states_and_frequencies_are_open_and_unknown_where_nothing_is_stored() {
    let mut tightened = rules(900, vec![]);
    tightened.states.tighten_from(at(5), MarketState::Restricted);
    let chain = chain(vec![
        stored(&tightened),
        (raw::frequency_key(at(5)), 49_900u32.to_be_bytes().to_vec()),
    ]);
    let q = QuerierWrapper::new(&chain);
    let state = |interval| raw::state_at(&q, &grid(), at(interval)).unwrap();
    assert_eq!((state(4), state(5)), (MarketState::Open, MarketState::Restricted));
    let frequency = |interval| raw::frequency_at(&q, &grid(), at(interval)).unwrap();
    assert_eq!((frequency(4), frequency(5)), (None, Some(Millihertz::new(49_900))));
}

#[test]
fn tariff_pages_lie_in_the_order_of_their_intervals() {
    let keys = [0, 1, 255, 256, u64::MAX].map(raw::tariff_page_key);
    assert!(keys.is_sorted());
    assert!(keys.iter().all(|key| key.starts_with(raw::TARIFFS.as_bytes())));
}

#[test]
fn roles_are_the_owner_and_those_whom_he_appoints() {
    let owner = r#"{"owner":"oscar","pending_owner":null,"pending_expiry":null}"#;
    let nobody = r#"{"owner":null,"pending_owner":null,"pending_expiry":null}"#;
    for (ownership, governs) in [(owner, true), (nobody, false)] {
        let found = vec![
            stored(&rules(900, vec![])),
            (raw::OWNERSHIP.into(), ownership.into()),
            (raw::GUARDIAN.into(), r#""gina""#.into()),
        ];
        let chain = chain(found);
        let roles = raw::roles(&QuerierWrapper::new(&chain), &grid()).unwrap();
        assert_eq!((roles.operator.as_str(), roles.utility.as_str()), ("olga", "ursula"));
        assert_eq!(roles.is_owner(&Addr::unchecked("oscar")), governs);
        assert!(!roles.is_owner(&roles.operator));
        assert_eq!((roles.guardian, roles.reporter), (Some(Addr::unchecked("gina")), None));
    }
}

#[test]
fn what_is_not_stored_is_an_error() {
    let empty = chain(vec![]);
    let q = QuerierWrapper::new(&empty);
    assert!(raw::rules(&q, &grid()).is_err());
    assert!(raw::region(&q, &grid()).is_err());
    assert!(raw::state_at(&q, &grid(), at(0)).is_err());
    let unwired = chain(vec![stored(&rules(900, vec![]))]);
    let q = QuerierWrapper::new(&unwired);
    assert_eq!(raw::region(&q, &grid()).unwrap().interval_s, 900);
    assert!(raw::contracts(&q, &grid()).is_err());
    assert!(raw::params_at(&q, &grid(), at(0)).is_err());
}

#[test]
fn times_and_the_connection_follow_from_the_parameters() {
    let region: Region = from_json(
        r#"{"domain":"test-elm","denom":"ucoin","interval_s":"600","energy_interval_s":"900",
        "operator":"olga","utility":"ursula"}"#,
    )
    .unwrap();
    let params = version(0, 3).params;
    let times = Times::of(&region, &params, at(10)).unwrap();
    let found = [
        times.opens_s,
        times.closes_s,
        times.start_s,
        times.end_s,
        times.confirmation_ends_s,
        times.final_s,
    ];
    assert_eq!(found, [4_200, 5_700, 6_000, 6_600, 9_000, 64_200]);
    assert_eq!(
        Times::of(&region, &params, at(1)).unwrap().opens_s,
        0,
        "not before the epoch"
    );
    assert!(Times::of(&region, &params, Interval::MAX).is_err());

    let limit = raw::connection_limit(&region, &params).unwrap();
    let found = (limit.line, limit.capacity.get(), limit.capacity_back.get());
    assert_eq!(found, (0, 250_000, 125_000), "physical time counts");
}
