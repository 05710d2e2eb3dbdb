//! The network: two buses at first, then what the operator says, from the first unopened interval on.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod common;

use busbar_api::grid::{raw, NetworkError, CONNECTION, REGION_BUS, UTILITY_BUS};
use busbar_grid::ContractError;
use busbar_units::{Watt, Wh};
use common::*;

fn buses_at(grid: &Grid, interval: u64) -> u16 {
    grid.network_at(interval).unwrap().buses
}

#[test]
fn a_region_without_lines_of_its_own_is_two_buses_and_the_connection() {
    let grid = Grid::new();
    let network = grid.client.network(&grid.q(), at(START)).unwrap();
    let names: Vec<_> = network.buses.iter().map(|bus| bus.name.as_str()).collect();
    assert_eq!(names, ["utility", "region"]);
    let line = network.lines.first().unwrap();
    assert_eq!(
        (line.name.as_str(), line.from, line.to),
        (CONNECTION, UTILITY_BUS, REGION_BUS)
    );
    // 1 MW and 0.5 MW for a quarter of an hour.
    assert_eq!(
        (line.capacity, line.capacity_back),
        (Wh::new(250_000), Wh::new(125_000))
    );
    assert_eq!(grid.network_at(START).unwrap(), network.circuit());
}

#[test]
fn a_network_holds_from_the_first_unopened_interval_on() {
    let mut grid = Grid::new();
    grid.set(feeder(3, 9_000)).unwrap();
    assert_eq!(buses_at(&grid, START + 96), 2, "already open: as it was");
    assert_eq!(buses_at(&grid, START + 97), 3);
    // Nothing opened with it: it is replaced, and no trace stays.
    let stored = grid.state().len();
    grid.set(feeder(4, 300_000)).unwrap();
    assert_eq!((buses_at(&grid, START + 97), grid.state().len()), (4, stored));

    let in_force = grid.network_at(START + 97).unwrap();
    let line = |number: usize| {
        (
            in_force.branches[number].capacity.get(),
            in_force.branches[number].capacity_back.get(),
        )
    };
    assert_eq!(line(0), (250_000, 125_000), "the connection's power bounds line 0");
    assert_eq!(line(1), (300_000, 300_000));
    let answered = grid.client.network(&grid.q(), at(START + 97)).unwrap();
    assert_eq!(answered.circuit(), in_force);
    assert_eq!(answered.lines[2].name, "to 3");

    // What opened stays; the connection follows the parameters of its interval.
    grid.go(START + 1, 0);
    let narrow = busbar_api::grid::Params {
        connection_import: Watt::new(4_000),
        ..params()
    };
    grid.update(narrow).unwrap();
    grid.set(feeder(2, 900)).unwrap();
    assert_eq!((buses_at(&grid, START + 97), buses_at(&grid, START + 98)), (4, 2));
    assert_eq!(grid.network_at(START + 98).unwrap().branches[0].capacity, Wh::new(900));
    grid.set(feeder(2, 90_000)).unwrap();
    assert_eq!(
        grid.network_at(START + 98).unwrap().branches[0].capacity,
        Wh::new(1_000)
    );
}

#[test]
fn a_network_at_the_founding_holds_from_the_start() {
    let mut app = chain();
    let mut msg = message(&app);
    msg.network = Some(feeder(5, 100));
    let address = instantiate(&mut app, &msg, &[]).unwrap();
    assert_eq!(raw::network_at(&app.wrap(), &address, at(0)).unwrap().buses, 5);
    assert_eq!(raw::buses_since(&app.wrap(), &address, at(START)).unwrap(), 5);

    msg.network.as_mut().unwrap().lines.pop();
    let refused = instantiate(&mut app, &msg, &[]).unwrap_err();
    assert_eq!(refused, NetworkError::Island { bus: 4 }.into());
}

#[test]
fn what_is_no_network_changes_nothing() {
    let mut grid = Grid::new();
    let before = grid.state();
    let mut broken = feeder(4, 100);
    broken.lines[2].from = 3;
    let refused = grid.set(broken).unwrap_err();
    assert_eq!(refused, NetworkError::Loop { line: 2, bus: 3 }.into());
    assert_eq!(grid.state(), before);
}

#[test]
fn networks_are_kept_until_the_market_needs_them_no_more() {
    let mut grid = Grid::new();
    let mut now = START;
    for buses in 3..10 {
        grid.set(feeder(buses, 100)).unwrap();
        now += 1;
        grid.go(now, 0);
    }
    let full = grid.state();
    let refused = grid.set(feeder(10, 100)).unwrap_err();
    assert_eq!(refused, ContractError::TooManyNetworks { live: 9, max: 8 });
    assert_eq!(grid.state(), full);
    let least = |interval| raw::buses_since(&grid.q(), grid.client.address(), at(interval)).unwrap();
    assert_eq!([least(START), least(START + 97), least(START + 103)], [2, 3, 9]);

    grid.final_cursor(START + 98 + 672);
    grid.go(START + 98 + 672 + 100, 0);
    grid.set(feeder(10, 100)).unwrap();
    assert_eq!(buses_at(&grid, START + 98), 4);
    assert!(grid.network_at(START + 97).is_err(), "not among what everybody loads");
    let old = |interval| grid.client.network(&grid.q(), at(interval)).unwrap().buses.len();
    assert_eq!([old(START + 97), old(START)], [3, 2], "but kept");
}

#[test]
fn a_feeder_of_907_buses_fits_one_message() {
    let mut grid = Grid::new();
    grid.set(feeder(907, 100_000)).unwrap();
    let stored: Vec<_> = grid
        .state()
        .into_iter()
        .filter(|(key, _)| *key == raw::network_key(at(START + 97)))
        .map(|(_, value)| value.len())
        .collect();
    assert_eq!(buses_at(&grid, START + 97), 907);
    assert!(stored.len() == 1 && stored[0] < 4_000, "{stored:?}");
}
