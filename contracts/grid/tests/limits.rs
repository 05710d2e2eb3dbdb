//! What lines carry in single intervals: headroom ahead of the opening, only less of it afterwards, and nothing
//! after gate closure.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::{bounds, raw, Bound, ExecuteMsg, LineLimit, ParamError};
use busbar_grid::ContractError;
use common::*;
use proptest::prelude::*;

fn headroom(grid: &mut Grid, from: u64, headroom: &[&[LineLimit]]) -> Result<(), ContractError> {
    let headroom = headroom.iter().map(|lines| lines.to_vec()).collect();
    let msg = ExecuteMsg::PostHeadroom {
        from: at(from),
        headroom,
    };
    grid.by_operator(&msg).map(drop)
}

fn tighten(grid: &mut Grid, from: u64, to: u64, limits: &[LineLimit]) -> Result<(), ContractError> {
    let limits = limits.to_vec();
    let msg = ExecuteMsg::Tighten {
        from: at(from),
        to: at(to),
        limits,
    };
    grid.by_operator(&msg).map(drop)
}

/// A feeder of three lines of 100 kWh, in force from [`FIRST`] on, all of it still unopened.
fn region() -> Grid {
    let mut grid = Grid::new();
    grid.set(feeder(4, 100_000)).unwrap();
    grid
}

const FIRST: u64 = START + 97;

fn above(interval: u64, line: u16, field: &'static str, value: i128, most: i128) -> ContractError {
    let bound = Bound::AtMost(most);
    let source = ParamError { field, value, bound };
    ContractError::Limit {
        interval: at(interval),
        line,
        source,
    }
}

#[test]
fn headroom_moves_freely_until_the_opening_and_down_until_gate_closure() {
    let mut grid = region();
    headroom(
        &mut grid,
        FIRST,
        &[&[limit(1, 60_000, 100_000), limit(2, 0, 1)], &[limit(0, 5, 7)]],
    )
    .unwrap();
    assert_eq!(
        (grid.line_at(FIRST, 1), grid.line_at(FIRST, 2)),
        ((60_000, 100_000), (0, 1))
    );
    assert_eq!(
        (grid.line_at(FIRST, 0), grid.line_at(FIRST + 1, 0)),
        ((100_000, 100_000), (5, 7))
    );
    // A better forecast; line 2 keeps what it has.
    headroom(&mut grid, FIRST, &[&[limit(1, 90_000, 80_000)]]).unwrap();
    assert_eq!(
        (grid.line_at(FIRST, 1), grid.line_at(FIRST, 2)),
        ((90_000, 80_000), (0, 1))
    );
    let before = grid.state();
    assert_eq!(
        headroom(&mut grid, FIRST, &[&[limit(1, 100_001, 0)]]).unwrap_err(),
        above(FIRST, 1, "capacity", 100_001, 100_000)
    );
    assert_eq!(
        headroom(&mut grid, FIRST, &[&[limit(3, 100_000, 100_001)]]).unwrap_err(),
        ContractError::UnknownLine { line: 3, lines: 3 }
    );

    grid.go(START + 1, 0);
    assert_eq!(
        headroom(&mut grid, FIRST, &[&[limit(1, 90_000, 80_001)]]).unwrap_err(),
        above(FIRST, 1, "capacity_back", 80_001, 80_000)
    );
    assert_eq!(grid.state(), before);
    headroom(&mut grid, FIRST, &[&[limit(1, 90_000, 70_000)]]).unwrap();
    assert_eq!(grid.line_at(FIRST, 1), (90_000, 70_000));

    grid.go(FIRST - 1, INTERVAL_S - 301);
    headroom(&mut grid, FIRST, &[&[limit(1, 9, 9)]]).unwrap();
    grid.go(FIRST - 1, INTERVAL_S - 300);
    let closed = ContractError::GateClosed {
        interval: at(FIRST),
        closes_s: FIRST * INTERVAL_S - 300,
    };
    assert_eq!(headroom(&mut grid, FIRST, &[&[limit(1, 8, 8)]]).unwrap_err(), closed);
    assert_eq!(tighten(&mut grid, FIRST, FIRST, &[limit(1, 8, 8)]).unwrap_err(), closed);
    assert_eq!(grid.line_at(FIRST, 1), (9, 9));
}

#[test]
fn the_connections_power_bounds_its_headroom() {
    let mut grid = Grid::new();
    headroom(&mut grid, FIRST, &[&[limit(0, 250_000, 125_000)]]).unwrap();
    assert_eq!(
        headroom(&mut grid, FIRST, &[&[limit(0, 250_000, 125_001)]]).unwrap_err(),
        above(FIRST, 0, "capacity_back", 125_001, 125_000)
    );
}

#[test]
fn open_intervals_are_tightened_and_no_others() {
    let mut grid = region();
    grid.go(START + 20, 0);
    headroom(&mut grid, FIRST + 1, &[&[limit(1, 500, 500)]]).unwrap();
    tighten(&mut grid, FIRST, FIRST + 3, &[limit(1, 40_000, 50_000)]).unwrap();
    let lines: Vec<_> = (FIRST..FIRST + 5).map(|interval| grid.line_at(interval, 1)).collect();
    let (tightened, rated) = ((40_000, 50_000), (100_000, 100_000));
    assert_eq!(lines, [tightened, (500, 500), tightened, tightened, rated]);

    let before = grid.state();
    assert_eq!(
        tighten(&mut grid, FIRST, FIRST + 3, &[limit(1, 90_000, 50_000)]).unwrap_err(),
        ContractError::NothingTighter
    );
    // The network's first interval is open, and the last of this range opens with the next one.
    let (from, to) = (START + 115, START + 117);
    assert_eq!(
        tighten(&mut grid, from, to, &[limit(1, 1, 1)]).unwrap_err(),
        ContractError::NotOpen { interval: at(to) }
    );
    assert_eq!(
        tighten(&mut grid, START + 50, START + 50, &[limit(1, 1, 1)]).unwrap_err(),
        ContractError::UnknownLine { line: 1, lines: 1 },
        "the network before has one line"
    );
    assert_eq!(grid.state(), before);
    tighten(&mut grid, from, START + 116, &[limit(1, 1, 1)]).unwrap();
}

#[test]
fn nothing_is_stored_where_nothing_is_limited() {
    let mut grid = region();
    headroom(&mut grid, FIRST, &[&[], &[limit(1, 7, 7)], &[]]).unwrap();
    grid.go(START + 20, 0);
    tighten(&mut grid, START + 90, START + 96, &[limit(0, 250_000, 125_000)]).unwrap_err();
    // Bounded by the connection's power before the network of the feeder, not lowered; lowered after.
    tighten(&mut grid, START + 95, FIRST, &[limit(0, 250_000, 125_000)]).unwrap_err();
    tighten(&mut grid, FIRST, FIRST + 1, &[limit(1, 7, 100_000)]).unwrap();
    tighten(&mut grid, FIRST, FIRST + 2, &[limit(1, 7, 100_000)]).unwrap();
    let stored = |grid: &Grid, interval| {
        let key = raw::limits_key(at(interval));
        grid.state().iter().any(|(found, _)| *found == key)
    };
    let found: Vec<_> = (START + 95..FIRST + 4)
        .map(|interval| stored(&grid, interval))
        .collect();
    assert_eq!(found, [false, false, true, true, true, false]);
}

#[test]
fn a_range_may_hold_intervals_that_carry_less_already() {
    let mut grid = Grid::new();
    tighten(&mut grid, START + 5, START + 5, &[limit(0, 9, 9)]).unwrap();
    grid.set(feeder(2, 5)).unwrap();
    grid.go(START + 1, 0);
    // The connection of the network to come carries less than the limit: nothing to store there.
    tighten(&mut grid, START + 96, FIRST, &[limit(0, 9, 9)]).unwrap();
    assert_eq!((grid.line_at(START + 96, 0), grid.line_at(FIRST, 0)), ((9, 9), (5, 5)));
}

#[test]
fn messages_are_bounded_in_count_and_reach() {
    let mut grid = region();
    let one: &[LineLimit] = &[limit(1, 5, 5)];
    let intervals = |count| ContractError::LimitedIntervals { count, max: 192 };
    assert_eq!(headroom(&mut grid, FIRST, &[]).unwrap_err(), intervals(0));
    assert_eq!(headroom(&mut grid, FIRST, &[one; 193]).unwrap_err(), intervals(193));
    headroom(&mut grid, FIRST, &[one; 192]).unwrap();
    let lines = |count| ContractError::LimitCount { count, max: 4_096 };
    assert_eq!(headroom(&mut grid, FIRST, &[&[]]).unwrap_err(), lines(0));
    let most = vec![limit(1, 5, 5); 4_096];
    headroom(&mut grid, FIRST, &[&most]).unwrap();
    assert_eq!(headroom(&mut grid, FIRST, &[&most, one]).unwrap_err(), lines(4_097));
    assert_eq!(tighten(&mut grid, FIRST, FIRST - 1, one).unwrap_err(), intervals(0));
    assert_eq!(tighten(&mut grid, FIRST, FIRST + 192, one).unwrap_err(), intervals(193));
    assert_eq!(
        tighten(&mut grid, FIRST, FIRST + 63, &most[..65]).unwrap_err(),
        lines(4_160)
    );
    assert_eq!(tighten(&mut grid, 0, u64::MAX, one).unwrap_err(), intervals(u64::MAX));

    let last = START + bounds::TARIFFS_AHEAD;
    headroom(&mut grid, last, &[one]).unwrap();
    let far = ContractError::TooFar {
        interval: at(last + 1),
        last: at(last),
    };
    assert_eq!(headroom(&mut grid, last, &[one, one]).unwrap_err(), far);
}

#[test]
fn another_network_drops_the_headroom_posted_for_it() {
    let mut grid = region();
    headroom(&mut grid, FIRST, &[&[limit(1, 5, 5)], &[limit(1, 6, 6)]]).unwrap();
    grid.go(START + 1, 0);
    grid.set(feeder(4, 90_000)).unwrap();
    assert_eq!(grid.line_at(FIRST, 1), (5, 5), "open");
    assert_eq!(grid.line_at(FIRST + 1, 1), (90_000, 90_000), "numbered anew");
}

#[test]
fn old_limits_go_when_the_market_is_through_with_them() {
    let mut grid = region();
    let stored = |grid: &Grid| {
        let state = grid.state();
        state
            .iter()
            .filter(|(key, _)| key.starts_with(raw::LIMITS.as_bytes()))
            .count()
    };
    let one: &[LineLimit] = &[limit(1, 5, 5)];
    headroom(&mut grid, FIRST, &[one; 100]).unwrap();
    grid.go(START + 2_000, 0);
    headroom(&mut grid, START + 2_200, &[one]).unwrap();
    assert_eq!(stored(&grid), 101);
    grid.final_cursor(START + 1_900);
    headroom(&mut grid, START + 2_201, &[one; 3]).unwrap();
    assert_eq!(stored(&grid), 104 - 19, "as many as were written, and 16");
    tighten(&mut grid, START + 2_050, START + 2_095, one).unwrap();
    assert_eq!(stored(&grid), 104 - 19 + 46 - 62);
}

#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    Headroom(u64, u16, u64, u64),
    Tighten(u64, u64, u16, u64, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let line = (0u16..3, 0u64..120_000, 0u64..120_000);
    prop_oneof![
        (1u64..40).prop_map(Step::Wait),
        (0u64..160, line.clone()).prop_map(|(ahead, (line, f, b))| Step::Headroom(ahead, line, f, b)),
        (0u64..120, 0u64..30, line).prop_map(|(ahead, more, (line, f, b))| Step::Tighten(ahead, more, line, f, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_open_only_gets_tighter_and_what_is_closed_stays(steps in prop::collection::vec(step(), 1..20)) {
        let mut grid = region();
        grid.go(START + 30, 0);
        let mut now = START + 30;
        for step in steps {
            let first = now;
            let carried = |grid: &Grid| -> Vec<(u64, (u64, u64))> {
                let lines = |interval| {
                    let branches = grid.network_at(interval).unwrap().branches;
                    branches.into_iter().map(move |line| (interval, (line.capacity.get(), line.capacity_back.get())))
                };
                (first..first + 97).filter(|interval| *interval >= FIRST).flat_map(lines).collect()
            };
            let before = carried(&grid);
            match step {
                Step::Wait(count) => now += count,
                Step::Headroom(ahead, line, f, b) => drop(headroom(&mut grid, now + ahead, &[&[limit(line, f, b)]])),
                Step::Tighten(ahead, more, line, f, b) => {
                    drop(tighten(&mut grid, now + ahead, now + ahead + more, &[limit(line, f, b)]));
                }
            }
            let after = carried(&grid);
            for ((interval, was), (_, is)) in before.iter().zip(&after) {
                prop_assert!(is.0 <= was.0 && is.1 <= was.1, "{interval}: {was:?} became {is:?}");
                prop_assert!(*interval > first || is == was, "closed: {was:?} became {is:?}");
            }
            grid.go(now, 0);
        }
    }
}
