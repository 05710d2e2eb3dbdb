//! Open, restricted, halted: tighter at once, looser only where nothing is open, never after gate closure.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::MarketState::{self, Halted, Open, Restricted};
use busbar_api::grid::{bounds, raw, ExecuteMsg};
use busbar_grid::ContractError;
use common::*;
use cosmwasm_std::Addr;
use proptest::prelude::*;

fn set(grid: &mut Grid, sender: &Addr, state: MarketState, only: Option<u64>) -> Result<(), ContractError> {
    let only = only.map(at);
    grid.send(sender, &ExecuteMsg::SetState { state, only }, &[]).map(drop)
}

fn state(grid: &Grid, interval: u64) -> MarketState {
    raw::state_at(&grid.q(), grid.client.address(), at(interval)).unwrap()
}

fn states<const N: usize>(grid: &Grid, intervals: [u64; N]) -> [MarketState; N] {
    intervals.map(|interval| state(grid, START + interval))
}

#[test]
fn an_emergency_holds_at_once_and_ends_where_nothing_is_open() {
    let mut grid = Grid::new();
    let (owner, guardian) = (grid.owner.clone(), grid.guardian.clone());
    assert_eq!(states(&grid, [0, 1, 500]), [Open; 3]);

    // 200 s before the next interval: its gate has closed.
    grid.go(START, 700);
    set(&mut grid, &guardian, Restricted, None).unwrap();
    assert_eq!(
        states(&grid, [1, 2, 96, 97, 500]),
        [Open, Restricted, Restricted, Restricted, Restricted]
    );
    let loose = set(&mut grid, &guardian, Open, None).unwrap_err();
    let (state, in_force) = (Open, Restricted);
    assert_eq!(loose, ContractError::NotTighter { state, in_force });
    let again = set(&mut grid, &guardian, Restricted, None).unwrap_err();
    let state = Restricted;
    assert_eq!(again, ContractError::NotTighter { state, in_force });
    set(&mut grid, &guardian, Halted, None).unwrap();
    assert_eq!(states(&grid, [1, 2, 500]), [Open, Halted, Halted]);
    assert_eq!(grid.client.state(&grid.q(), at(START + 2)).unwrap(), Halted);

    // What is open stays as tight as it is.
    grid.go(START + 1, 0);
    set(&mut grid, &owner, Open, None).unwrap();
    assert_eq!(states(&grid, [2, 97, 98, 500]), [Halted, Halted, Open, Open]);
    // The owner restricts at once, too.
    grid.go(START + 50, 0);
    set(&mut grid, &owner, Restricted, None).unwrap();
    assert_eq!(
        states(&grid, [51, 97, 98, 147, 500]),
        [Halted, Halted, Restricted, Restricted, Restricted]
    );
}

#[test]
fn an_emergency_overrules_a_loosening_to_come() {
    let mut grid = Grid::new();
    let (owner, guardian) = (grid.owner.clone(), grid.guardian.clone());
    set(&mut grid, &owner, Halted, None).unwrap();
    set(&mut grid, &owner, Open, None).unwrap();
    assert_eq!(states(&grid, [96, 97]), [Halted, Open]);
    grid.go(START + 10, 0);
    set(&mut grid, &guardian, Restricted, None).unwrap();
    assert_eq!(states(&grid, [96, 97, 400]), [Halted, Restricted, Restricted]);
}

#[test]
fn a_single_interval_has_a_state_of_its_own() {
    let mut grid = Grid::new();
    let (owner, guardian) = (grid.owner.clone(), grid.guardian.clone());
    set(&mut grid, &guardian, Halted, Some(START + 5)).unwrap();
    set(&mut grid, &guardian, Restricted, Some(START + 200)).unwrap();
    assert_eq!(
        states(&grid, [4, 5, 6, 199, 200]),
        [Open, Halted, Open, Open, Restricted]
    );
    // Nobody loosens an open interval, the guardian none at all.
    let (state, in_force) = (Open, Halted);
    let refused = set(&mut grid, &owner, Open, Some(START + 5)).unwrap_err();
    assert_eq!(refused, ContractError::NotTighter { state, in_force });
    let in_force = Restricted;
    let refused = set(&mut grid, &guardian, Open, Some(START + 200)).unwrap_err();
    assert_eq!(refused, ContractError::NotTighter { state, in_force });
    set(&mut grid, &owner, Open, Some(START + 200)).unwrap();
    assert_eq!(states(&grid, [200]), [Open]);
    // The tighter of both counts.
    set(&mut grid, &owner, Restricted, None).unwrap();
    assert_eq!(states(&grid, [5, 200]), [Halted, Restricted]);

    grid.go(START + 4, 600);
    let closed = ContractError::GateClosed {
        interval: at(START + 5),
        closes_s: (START + 5) * INTERVAL_S - 300,
    };
    assert_eq!(set(&mut grid, &owner, Halted, Some(START + 5)).unwrap_err(), closed);
    let last = START + 4 + bounds::TARIFFS_AHEAD;
    let far = ContractError::TooFar {
        interval: at(last + 1),
        last: at(last),
    };
    assert_eq!(set(&mut grid, &owner, Halted, Some(last + 1)).unwrap_err(), far);
}

#[test]
fn what_is_kept_is_bounded_and_an_emergency_is_not_refused_for_it() {
    let mut grid = Grid::new();
    let (owner, guardian) = (grid.owner.clone(), grid.guardian.clone());
    for interval in 0..64 {
        set(&mut grid, &guardian, Halted, Some(START + 100 + interval)).unwrap();
    }
    let full = grid.state();
    let refused = set(&mut grid, &owner, Halted, Some(START + 99)).unwrap_err();
    assert_eq!(refused, ContractError::TooManyStates { count: 65, max: 64 });
    assert_eq!(grid.state(), full);
    set(&mut grid, &guardian, Restricted, None).unwrap();

    // The owner says another thing every interval: changes pile up until the first have come.
    let mut grid = Grid::new();
    let mut told = None;
    for interval in 0..80 {
        grid.go(START + interval, 0);
        let next = if interval % 2 == 0 { Halted } else { Open };
        told = set(&mut grid, &owner, next, None).err();
        if told.is_some() {
            break;
        }
    }
    let told = told.map(|error| matches!(error, ContractError::TooManyStates { count, max: 64 } if count > 64));
    assert!(told.unwrap_or(true), "{told:?}");
    grid.go(START + 81, 0);
    set(&mut grid, &guardian, Halted, None).unwrap();
    assert_eq!(states(&grid, [82, 800]), [Halted, Halted]);
    // What lies behind says nothing of what is to come.
    grid.go(START + 400, 0);
    set(&mut grid, &owner, Open, None).unwrap();
    let stored = raw::rules(&grid.q(), grid.client.address()).unwrap().states.encode();
    assert!(stored.len() < 16, "{} bytes", stored.len());
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Set(bool, MarketState, Option<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    let any_state = prop::sample::select(vec![Open, Restricted, Halted]);
    prop_oneof![
        (1u64..60).prop_map(Step::Wait),
        (any::<bool>(), any_state, prop::option::of(0u64..130))
            .prop_map(|(owner, state, only)| Step::Set(owner, state, only)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_open_loosens_and_nothing_closed_changes(steps in prop::collection::vec(step(), 1..30)) {
        let mut grid = Grid::new();
        let (owner, guardian) = (grid.owner.clone(), grid.guardian.clone());
        let mut now = START;
        grid.go(now, 650);
        for step in steps {
            let Step::Set(by_owner, asked, only) = step else {
                if let Step::Wait(count) = step { now += count }
                grid.go(now, 650);
                continue;
            };
            let before: Vec<_> = (now..now + 140).map(|interval| state(&grid, interval)).collect();
            let sender = if by_owner { &owner } else { &guardian };
            let done = set(&mut grid, sender, asked, only.map(|ahead| now + ahead)).is_ok();
            for (interval, was) in (now..).zip(before) {
                let is = state(&grid, interval);
                // 650 s into an interval the gate of the next has closed.
                let (closed, open) = (interval <= now + 1, interval <= now + 96);
                prop_assert!(!closed || is == was, "{interval} closed: {was:?} became {is:?}");
                prop_assert!(!open || is >= was, "{interval} open: {was:?} became {is:?}");
                prop_assert!(by_owner || is >= was, "{interval} by the guardian: {was:?} became {is:?}");
                let meant = only.is_none_or(|ahead| now + ahead == interval);
                prop_assert!(!done || !meant || closed || is >= asked, "{interval}: {asked:?} asked, {is:?}");
                prop_assert!(meant || is == was, "{interval} was not meant: {was:?} became {is:?}");
            }
        }
    }
}
