//! What other contracts read raw from the grid contract.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
use std::collections::BTreeMap;

use busbar_api::grid::{raw, Network, Region, Tariff, TariffPage, Times, Version, CONNECTION};
use busbar_units::{Interval, Price, Wh};
use cosmwasm_std::testing::MockQuerier;
use cosmwasm_std::{
    from_json, to_json_vec, Addr, Binary, ContractResult, QuerierWrapper, SystemError, SystemResult, WasmQuery,
};

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
    let chain = chain(vec![(raw::VERSIONS.into(), to_json_vec(&versions).unwrap())]);
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
    let versions = to_json_vec(&vec![version(0, 1)]).unwrap();
    let stored = vec![
        (raw::VERSIONS.into(), versions),
        (raw::tariff_page_key(2), page.encode()),
    ];
    let chain = chain(stored);
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
fn tariff_pages_lie_in_the_order_of_their_intervals() {
    let keys = [0, 1, 255, 256, u64::MAX].map(raw::tariff_page_key);
    assert!(keys.is_sorted());
    assert!(keys.iter().all(|key| key.starts_with(raw::TARIFFS.as_bytes())));
}

#[test]
fn roles_are_the_owner_the_operator_and_the_utility() {
    let region = r#"{"domain":"elm","denom":"ucoin","interval_s":"900","energy_interval_s":"900",
        "operator":"olga","utility":"ursula"}"#;
    let owner = r#"{"owner":"oscar","pending_owner":null,"pending_expiry":null}"#;
    let nobody = r#"{"owner":null,"pending_owner":null,"pending_expiry":null}"#;
    for (ownership, governs) in [(owner, true), (nobody, false)] {
        let stored = vec![
            (raw::REGION.into(), region.into()),
            (raw::OWNERSHIP.into(), ownership.into()),
        ];
        let chain = chain(stored);
        let roles = raw::roles(&QuerierWrapper::new(&chain), &grid()).unwrap();
        assert_eq!((roles.operator.as_str(), roles.utility.as_str()), ("olga", "ursula"));
        assert_eq!(roles.is_owner(&Addr::unchecked("oscar")), governs);
        assert!(!roles.is_owner(&roles.operator));
    }
}

#[test]
fn what_is_not_stored_is_an_error() {
    let chain = chain(vec![]);
    let q = QuerierWrapper::new(&chain);
    assert!(raw::region(&q, &grid()).is_err());
    assert!(raw::contracts(&q, &grid()).is_err());
    assert!(raw::params_at(&q, &grid(), at(0)).is_err());
}

#[test]
fn times_and_network_follow_from_the_parameters() {
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

    let network = Network::of(&region, &params).unwrap();
    let line = network.lines.first().unwrap();
    assert_eq!(
        (network.buses.len(), network.lines.len(), line.name.as_str()),
        (2, 1, CONNECTION)
    );
    assert_eq!(
        (line.capacity, line.capacity_back),
        (Wh::new(250_000), Wh::new(125_000)),
        "physical time counts"
    );
}
