//! The grid's frequency: once per interval, after its delivery, before its imbalance price is frozen.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::{raw, Bound, ExecuteMsg, ParamError};
use busbar_api::oracle;
use busbar_grid::ContractError;
use busbar_units::Millihertz;
use common::*;

fn post(grid: &mut Grid, interval: u64, millihertz: u32) -> Result<(), ContractError> {
    let reporter = grid.reporter.clone();
    let msg = ExecuteMsg::PostFrequency {
        interval: at(interval),
        frequency: Millihertz::new(millihertz),
    };
    grid.send(&reporter, &msg, &[]).map(drop)
}

fn known(grid: &Grid, interval: u64) -> Option<u32> {
    let raw = raw::frequency_at(&grid.q(), grid.client.address(), at(interval)).unwrap();
    assert_eq!(grid.client.frequency(&grid.q(), at(interval)).unwrap(), raw);
    raw.map(Millihertz::get)
}

#[test]
fn a_frequency_is_reported_once_after_delivery_and_before_the_confirmation() {
    let mut grid = Grid::new();
    let end_s = (START + 1) * INTERVAL_S;
    grid.go(START, INTERVAL_S - 1);
    assert_eq!(
        post(&mut grid, START, 50_000).unwrap_err(),
        ContractError::NotDelivered {
            interval: at(START),
            end_s
        }
    );
    grid.go(START + 1, 0);
    assert_eq!(known(&grid, START), None);
    post(&mut grid, START, 49_973).unwrap();
    assert_eq!(known(&grid, START), Some(49_973));
    let before = grid.state();
    let twice = ContractError::FrequencyPosted { interval: at(START) };
    assert_eq!(post(&mut grid, START, 49_980).unwrap_err(), twice);
    assert_eq!(grid.state(), before);

    // The confirmation window is four intervals.
    grid.go(START + 6, INTERVAL_S - 1);
    post(&mut grid, START + 2, 50_001).unwrap();
    let late = ContractError::FrequencyTooLate {
        interval: at(START + 1),
        ends_s: (START + 6) * INTERVAL_S,
    };
    assert_eq!(post(&mut grid, START + 1, 50_001).unwrap_err(), late);
}

#[test]
fn a_confirmed_interval_keeps_its_price() {
    let mut grid = Grid::new();
    grid.go(START + 1, 60);
    let oracle = grid.oracle.clone();
    for confirmed in [false, true] {
        let state = oracle::IntervalState {
            confirmed,
            ..oracle::IntervalState::default()
        };
        grid.stand_in(&oracle, &oracle::raw::interval_key(at(START)), &state.encode());
        let result = post(&mut grid, START, 50_000);
        if confirmed {
            assert_eq!(
                result.unwrap_err(),
                ContractError::FrequencyConfirmed { interval: at(START) }
            );
        } else {
            result.unwrap();
            grid = Grid::new();
            grid.go(START + 1, 60);
        }
    }
}

#[test]
fn a_frequency_beyond_belief_is_refused() {
    let mut grid = Grid::new();
    grid.go(START + 3, 0);
    let refused = |value, bound| {
        ContractError::Param(ParamError {
            field: "frequency",
            value,
            bound,
        })
    };
    assert_eq!(
        post(&mut grid, START, 44_999).unwrap_err(),
        refused(44_999, Bound::AtLeast(45_000))
    );
    assert_eq!(
        post(&mut grid, START, 55_001).unwrap_err(),
        refused(55_001, Bound::AtMost(55_000))
    );
    post(&mut grid, START, 45_000).unwrap();
    post(&mut grid, START + 1, 55_000).unwrap();
}

#[test]
fn nobody_reports_where_nobody_is_appointed() {
    let mut grid = Grid::new();
    grid.by_owner(&ExecuteMsg::SetReporter { reporter: None }).unwrap();
    grid.go(START + 1, 0);
    let sender = grid.reporter.clone();
    assert_eq!(
        post(&mut grid, START, 50_000).unwrap_err(),
        ContractError::NotReporter { sender }
    );
    let refused = grid.by_owner(&ExecuteMsg::SetGuardian {
        guardian: Some("nobody".into()),
    });
    assert!(matches!(refused.unwrap_err(), ContractError::Std(_)));
    let roles = grid.client.roles(&grid.q()).unwrap();
    assert_eq!((roles.guardian, roles.reporter), (Some(grid.guardian.clone()), None));
}

#[test]
fn old_frequencies_go_when_the_market_is_through_with_them() {
    let mut grid = Grid::new();
    for interval in START..START + 20 {
        grid.go(interval + 1, 0);
        post(&mut grid, interval, 50_000).unwrap();
    }
    let stored = |grid: &Grid| {
        let state = grid.state();
        state
            .iter()
            .filter(|(key, _)| key.starts_with(raw::FREQUENCY.as_bytes()))
            .count()
    };
    assert_eq!(stored(&grid), 20);
    grid.final_cursor(START + 2_000);
    grid.go(START + 2_001, 0);
    post(&mut grid, START + 2_000, 50_000).unwrap();
    assert_eq!(stored(&grid), 4, "one was written, 17 went");
    assert_eq!(known(&grid, START + 2_000), Some(50_000));
}
