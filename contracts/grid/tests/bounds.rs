//! Parameters are bounded at the founding and at every update; what is refused changes nothing.
#![allow(clippy::unwrap_used)]
mod common;

use busbar_api::grid::{Bound, ParamError};
use common::*;

#[test]
fn an_update_beyond_a_bound_changes_nothing() {
    let mut grid = Grid::new();
    let before = grid.state();
    let mut asked = params();
    asked.horizon = 673;
    let expected = ParamError {
        field: "horizon",
        value: 673,
        bound: Bound::AtMost(672),
    };
    assert_eq!(grid.update(asked).unwrap_err(), expected.into());
    assert_eq!(grid.state(), before);
}

#[test]
fn bounds_that_follow_from_the_interval_length_hold_from_the_founding_on() {
    let mut app = chain();
    let mut msg = message(&app);
    (msg.domain, msg.interval_s, msg.params.clock_tolerance_s) = ("test-fast".into(), 10, 10);
    let refused = instantiate(&mut app, &msg, &[]).unwrap_err();
    let bound = Bound::BelowField {
        field: "interval_s",
        value: 10,
    };
    assert_eq!(
        refused,
        ParamError {
            field: "clock_tolerance_s",
            value: 10,
            bound
        }
        .into()
    );
}
