//! Parameters are bounded at the founding and at every update; what is refused changes nothing.
#![allow(clippy::unwrap_used)]
mod common;

use busbar_api::grid::{Bank, Bound, Bus, ExecuteMsg, Line, Network, ParamError, Params};
use busbar_grid::ContractError;
use busbar_units::{Money, Ppm, Price, Wh};
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

fn banked(device: u32, usable: u64, efficiency: i64) -> Params {
    let bank = Bank {
        device,
        usable: Wh::new(usable),
        efficiency: Ppm::new(efficiency),
        fee: Price::ZERO,
        bond: Money::ZERO,
    };
    Params {
        bank: Some(bank),
        ..params()
    }
}

#[test]
fn the_bank_holds_no_more_than_its_registered_storage() {
    let mut grid = Grid::new();
    grid.storage(3, 9_000, 900_000);
    grid.update(banked(3, 9_000, 0)).unwrap();
    let before = grid.state();
    for (device, usable, registered) in [(3, 9_001, 9_000), (4, 1, 0)] {
        let expected = ContractError::BankUsable {
            device,
            usable: Wh::new(usable),
            registered: Wh::new(registered),
        };
        assert_eq!(grid.update(banked(device, usable, 0)).unwrap_err(), expected);
    }
    assert_eq!(grid.state(), before);
    grid.update(banked(4, 0, 0)).unwrap();
}

#[test]
fn the_bank_mints_no_more_than_its_registered_storage_gives_back() {
    let mut grid = Grid::new();
    grid.storage(3, 9_000, 900_000);
    grid.update(banked(3, 9_000, 900_000)).unwrap();
    let before = grid.state();
    for (device, efficiency, registered) in [(3, 900_001, 900_000), (4, 1, 0)] {
        let expected = ContractError::BankEfficiency {
            device,
            efficiency: Ppm::new(efficiency),
            registered: Ppm::new(registered),
        };
        assert_eq!(grid.update(banked(device, 0, efficiency)).unwrap_err(), expected);
    }
    assert_eq!(grid.state(), before);
    // A worse storage in its place: what was in force stays, what is asked for next is bound.
    grid.storage(3, 9_000, 800_000);
    let refused = grid.update(banked(3, 9_000, 900_000)).unwrap_err();
    assert!(matches!(refused, ContractError::BankEfficiency { .. }), "{refused}");
    grid.update(banked(3, 9_000, 800_000)).unwrap();
}

#[test]
fn the_orders_of_every_device_fit_an_interval() {
    let mut grid = Grid::new();
    grid.devices(100);
    let mut asked = params();
    (asked.steps_per_device, asked.orders_per_interval) = (10, 1_000);
    grid.update(asked.clone()).unwrap();
    asked.orders_per_interval = 999;
    let refused = grid.update(asked).unwrap_err();
    assert_eq!(refused, ContractError::TooManyDevices { devices: 100, max: 99 });
}

#[test]
fn zones_hang_below_buses_of_the_network() {
    let mut grid = Grid::new();
    let zones = |zones: &[u16]| Params {
        zones: zones.to_vec(),
        ..params()
    };
    let missing = |bus, buses| ContractError::Zone { bus, buses };
    assert_eq!(grid.update(zones(&[1, 2])).unwrap_err(), missing(2, 2));
    let mut network = Network::default();
    network.buses.push(Bus::new("2"));
    network.lines.push(Line::new("1-2", 1, 2, Wh::new(1)));
    let operator = grid.operator.clone();
    let set = |grid: &mut Grid, network| grid.send(&operator, &ExecuteMsg::SetNetwork { network }, &[]).map(drop);
    set(&mut grid, network).unwrap();
    grid.update(zones(&[1, 2])).unwrap();
    assert_eq!(set(&mut grid, Network::default()).unwrap_err(), missing(2, 2));
    grid.update(zones(&[1])).unwrap();
    set(&mut grid, Network::default()).unwrap();

    let mut app = chain();
    let mut msg = message(&app);
    msg.params = zones(&[9]);
    assert_eq!(instantiate(&mut app, &msg, &[]).unwrap_err(), missing(9, 2));
}
