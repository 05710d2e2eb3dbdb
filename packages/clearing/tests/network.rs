//! What is a tree, and what is refused.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod support;

use busbar_clearing::{Network, NetworkError, MAX_BUSES};
use busbar_units::NetWh;
use support::{bounds, buy, line, sell, wh, Market};

#[test]
fn one_bus_is_the_smallest_tree() {
    assert_eq!(Network::new(1, 0, vec![]).unwrap(), Network::single());
    assert_eq!((Network::single().buses(), Network::single().root()), (1, 0));
    assert!(Network::single().lines().is_empty());
}

#[test]
fn a_tree_keeps_its_lines_and_root() {
    let lines = vec![line(2, 0, 1, 2), line(1, 2, 3, 4)];
    let network = Network::new(3, 1, lines.clone()).unwrap();
    assert_eq!(
        (network.buses(), network.root(), network.lines()),
        (3, 1, lines.as_slice())
    );
}

#[test]
fn no_bus_and_too_many_are_refused() {
    for count in [0, MAX_BUSES + 1] {
        assert_eq!(
            Network::new(count, 0, vec![]),
            Err(NetworkError::Buses { count, max: MAX_BUSES })
        );
    }
    // The bound itself is none: what is missing there is lines.
    assert_eq!(Network::new(MAX_BUSES, 0, vec![]), Err(NetworkError::Island { bus: 1 }));
}

#[test]
fn unknown_buses_are_refused() {
    assert_eq!(
        Network::new(2, 2, vec![]),
        Err(NetworkError::UnknownRoot { root: 2, buses: 2 })
    );
    for wrong in [line(0, 2, 0, 0), line(2, 0, 0, 0)] {
        let expected = NetworkError::UnknownBus {
            line: 1,
            bus: 2,
            buses: 2,
        };
        assert_eq!(Network::new(2, 0, vec![line(0, 1, 0, 0), wrong]), Err(expected));
    }
}

#[test]
fn cycles_are_refused_by_the_line_that_closes_them() {
    let ring = vec![line(0, 1, 1, 1), line(1, 2, 1, 1), line(3, 0, 1, 1), line(2, 0, 1, 1)];
    assert_eq!(Network::new(4, 0, ring), Err(NetworkError::Cycle { line: 3 }));
    let doubled = vec![line(0, 1, 1, 1), line(1, 0, 1, 1)];
    assert_eq!(Network::new(2, 0, doubled), Err(NetworkError::Cycle { line: 1 }));
    assert_eq!(
        Network::new(1, 0, vec![line(0, 0, 1, 1)]),
        Err(NetworkError::Cycle { line: 0 })
    );
}

#[test]
fn islands_are_refused_by_their_lowest_bus() {
    let apart = vec![line(0, 3, 1, 1), line(1, 2, 1, 1)];
    assert_eq!(Network::new(4, 3, apart.clone()), Err(NetworkError::Island { bus: 1 }));
    assert_eq!(Network::new(4, 2, apart), Err(NetworkError::Island { bus: 0 }));
}

/// Bus 0 buys what the far end sells.
fn ends(buses: usize, network: Network) -> Market {
    Market {
        network,
        orders: vec![buy(0, 10, 100), sell(buses - 1, 4, 70)],
        bounds: bounds(0, 10),
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_buses_clears() {
    let buses = 100_000;
    let chain = |capacity| (1..buses).map(|bus| line(bus - 1, bus, capacity, capacity)).collect();
    let open = ends(buses, Network::new(buses, 0, chain(1000)).unwrap()).clear();
    assert_eq!(wh(&open.fills), [70, 70]);
    assert!(open.flows.iter().all(|flow| *flow == NetWh::new(-70)));
    let narrow = ends(buses, Network::new(buses, buses / 2, chain(30)).unwrap()).clear();
    assert_eq!(wh(&narrow.fills), [30, 30]);
    assert_eq!((narrow.prices[0].get(), narrow.prices[buses - 1].get()), (10, 4));
}

#[test]
fn a_star_of_a_hundred_thousand_buses_clears() {
    let buses = 100_000;
    let star = (1..buses).map(|bus| line(0, bus, 1000, 1000)).collect();
    let cleared = ends(buses, Network::new(buses, 0, star).unwrap()).clear();
    assert_eq!(wh(&cleared.fills), [70, 70]);
}

#[test]
fn errors_say_what_to_do() {
    let island = Network::new(2, 0, vec![]).unwrap_err().to_string();
    assert_eq!(
        island,
        "bus 1: no line joins it to the root; add one (capacity 0 if nothing may flow)"
    );
    let cycle = Network::new(1, 0, vec![line(0, 0, 1, 1)]).unwrap_err().to_string();
    assert_eq!(
        cycle,
        "line 0: closes a cycle, a tree has one way between any two buses; open one line of the loop"
    );
}
