//! A change takes effect in the first interval that opens after it, and nothing that was open ever changes.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use std::collections::BTreeMap;

use busbar_api::grid::{Params, Times, Version};
use busbar_grid::ContractError;
use busbar_units::Price;
use common::*;
use proptest::prelude::*;

fn with(cap: i64, horizon: u32) -> Params {
    Params {
        price_cap: Price::new(cap),
        horizon,
        ..params()
    }
}

#[test]
fn a_second_change_before_the_first_takes_effect_replaces_it_where_nothing_is_open() {
    let mut grid = Grid::new();
    grid.update(with(500_000, 96)).unwrap();
    grid.update(with(600_000, 96)).unwrap();
    let live = grid.live();
    assert_eq!(
        live.iter().map(|version| version.from).collect::<Vec<_>>(),
        [at(0), at(START + 97)]
    );
    assert_eq!(grid.params_at(START + 97).unwrap().price_cap, Price::new(600_000));

    // One interval later START + 97 is open and keeps what it opened with.
    grid.go(START + 1, 0);
    grid.update(with(700_000, 96)).unwrap();
    assert_eq!(grid.params_at(START + 97).unwrap().price_cap, Price::new(600_000));
    assert_eq!(grid.params_at(START + 98).unwrap().price_cap, Price::new(700_000));
}

#[test]
fn a_longer_horizon_opens_at_once_and_a_shorter_one_waits() {
    let mut grid = Grid::new();
    grid.update(with(500_000, 200)).unwrap();
    // Intervals up to START + 200 opened with that call: the next change comes after them.
    grid.update(with(600_000, 10)).unwrap();
    assert_eq!(grid.live().last().unwrap().from, at(START + 201));
    assert_eq!(grid.params_at(START + 200).unwrap().price_cap, Price::new(500_000));
}

#[test]
fn versions_are_archived_when_the_market_needs_them_no_more() {
    let mut grid = Grid::new();
    let mut now = START;
    for round in 0..7 {
        grid.update(with(500_000 + round, 96)).unwrap();
        now += 1;
        grid.go(now, 0);
    }
    let full = grid.state();
    let refused = grid.update(with(900_000, 96)).unwrap_err();
    assert_eq!(refused, ContractError::TooManyVersions { live: 9, max: 8 });
    assert_eq!(grid.state(), full);

    // The market is through with START + 98; the oracle looks back one correction window of at most 672.
    grid.final_cursor(START + 98 + 672);
    now = START + 98 + 672 + 100;
    grid.go(now, 0);
    grid.update(with(900_000, 96)).unwrap();
    let live = grid.live();
    assert_eq!(live.first().unwrap().from, at(START + 98));
    assert_eq!(live.len(), 7);
    assert!(grid.params_at(START + 97).is_err(), "not among what everybody loads");
    let q = grid.q();
    assert_eq!(
        grid.client.params(&q, at(START + 97)).unwrap().price_cap,
        Price::new(500_000)
    );
    assert_eq!(grid.client.params(&q, at(START)).unwrap(), params());

    let long_over = grid.post(START + 97, &[tariff(2, 1)]).unwrap_err();
    let interval = at(START + 97);
    assert_eq!(long_over, ContractError::NoParams { interval });
    let q = grid.q();

    let all = grid.client.versions(&q, None, None).unwrap();
    assert_eq!(all.len(), 9);
    assert!(all.windows(2).all(|pair| pair[0].from < pair[1].from));
    let after_two = grid.client.versions(&q, Some(all[1].from), Some(3)).unwrap();
    assert_eq!(after_two, all[2..5]);
    let after_four = grid.client.versions(&q, Some(all[3].from), None).unwrap();
    assert_eq!(after_four, all[4..]);
    let from_archive = grid.client.versions(&q, Some(all[0].from), Some(1)).unwrap();
    assert_eq!(from_archive, all[1..2]);
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Change(i64, u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1u64..60).prop_map(Step::Wait),
        (210_000i64..1_000_000, 1u32..60).prop_map(|(cap, horizon)| Step::Change(cap, horizon)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_was_open_ever_changes(steps in prop::collection::vec(step(), 1..24)) {
        let mut grid = Grid::new();
        let mut now = START;
        let mut opened: BTreeMap<u64, Params> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Wait(count) => now += count,
                Step::Change(cap, horizon) => {
                    let change = with(cap, horizon);
                    match grid.update(change.clone()) {
                        Ok(_) => prop_assert_eq!(grid.live().pop().map(|version| version.params), Some(change)),
                        Err(error) => prop_assert_eq!(error, ContractError::TooManyVersions { live: 9, max: 8 }),
                    }
                }
            }
            grid.go(now, 0);
            let region = grid.client.region(&grid.q()).unwrap();
            let live = grid.live();
            for interval in now..now + 160 {
                let params = Version::at(&live, at(interval)).unwrap().params.clone();
                let times = Times::of(&region, &params, at(interval)).unwrap();
                if let Some(promised) = opened.get(&interval) {
                    prop_assert_eq!(&params, promised, "{} changed after it had opened", interval);
                } else if times.opens_s <= now * INTERVAL_S {
                    opened.insert(interval, params);
                }
            }
        }
    }
}
