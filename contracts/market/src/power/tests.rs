#![allow(clippy::arithmetic_side_effects, reason = "a test stops at the first surprise")]
use busbar_api::grid::{Branch, Circuit};
use busbar_clearing::{clear, Clearing, Line, Network, Order, PriceBounds, Side};
use busbar_units::{NetWh, Ppm, Price, Wh};
use cosmwasm_std::testing::MockStorage;
use proptest::prelude::*;

use super::{is_binding, rule, Offer, Ruling, Zone};
use crate::state::{AccountId, History};
use crate::turnover::Turnover;

fn branch(from: u16, to: u16, capacity: u64) -> Branch {
    Branch {
        from,
        to,
        capacity: Wh::new(capacity),
        capacity_back: Wh::new(capacity + 1),
        ..Branch::default()
    }
}

fn circuit(branches: Vec<Branch>) -> Circuit {
    let buses = branches.iter().map(|branch| branch.from.max(branch.to)).max();
    Circuit {
        buses: buses.unwrap_or(0) + 1,
        branches,
        voltage: None,
    }
}

fn offer(owner: u32, bus: usize, side: Side, price: i64, quantity: u64) -> Offer {
    Offer {
        owner: AccountId(owner),
        order: Order {
            bus,
            side,
            price: Price::new(price),
            quantity: Wh::new(quantity),
        },
        at_reference: true,
    }
}

#[test]
fn a_zone_is_what_its_top_alone_connects() {
    // 0 - 1, a ring of 1, 2 and 3, and 4 behind 3 by a line drawn towards the ring.
    let ring = circuit(vec![
        branch(0, 1, 10),
        branch(1, 2, 20),
        branch(2, 3, 30),
        branch(3, 1, 40),
        branch(4, 3, 50),
    ]);
    let of = |top| {
        let zone = Zone::of(&ring, top, Price::ZERO);
        let inside: Vec<usize> = (0..5).filter(|bus| zone.has(*bus)).collect();
        (inside, zone.import)
    };
    assert_eq!(of(1), (vec![1, 2, 3, 4], 10));
    assert_eq!(of(2), (vec![2], 20 + 31));
    assert_eq!(of(3), (vec![3, 4], 30 + 41));
    assert_eq!(of(4), (vec![4], 51));
}

#[test]
fn a_line_binds_where_it_is_full_and_parts_prices() {
    let line = Branch {
        derated: Some(Wh::new(6)),
        ..branch(0, 1, 9)
    };
    let binds = |line: &Branch, flow, step, derated| is_binding(line, NetWh::new(flow), Price::new(step), derated);
    // 9 Wh forward, 10 Wh back, 6 Wh either way where the spanning tree was cleared.
    let full = |derated| -> Vec<i64> { (-11..=11).filter(|flow| binds(&line, *flow, 5, derated)).collect() };
    assert_eq!(full(false), [-10, 9]);
    assert_eq!(full(true), [-10, -6, 6, 9]);
    assert!(!binds(&line, 9, 0, true), "one price at both ends");
    // A line of one way binds at 0 against its way, and not by what it carries along it.
    let one_way = Branch {
        capacity_back: Wh::ZERO,
        ..branch(0, 1, 9)
    };
    let full: Vec<i64> = (0..=9).filter(|flow| binds(&one_way, *flow, -5, true)).collect();
    assert_eq!(full, [0, 9]);
}

#[test]
fn nested_zones_cap_at_their_lowest_reference() {
    let row = circuit(vec![branch(0, 1, 0), branch(1, 2, 0)]);
    let zones = [Zone::of(&row, 1, Price::new(20)), Zone::of(&row, 2, Price::new(30))];
    let offers = [
        offer(0, 2, Side::Buy, 90, 100),
        offer(1, 2, Side::Sell, 40, 50),
        offer(2, 1, Side::Sell, 40, 10),
        offer(2, 1, Side::Sell, 20, 10),
    ];
    let ruling = |reference| {
        Some(Ruling {
            reference: Price::new(reference),
            takes_part: true,
        })
    };
    let ruled = rule(&zones, Ppm::ONE, &offers).unwrap();
    assert_eq!(ruled, [None, ruling(20), ruling(20), None]);
    // A threshold of 0 makes nobody pivotal.
    assert_eq!(rule(&zones, Ppm::ZERO, &offers).unwrap(), [None; 4]);
}

#[test]
fn demand_begins_at_the_reference() {
    let zones = [Zone::of(&circuit(vec![branch(0, 1, 0)]), 1, Price::new(20))];
    let rulings = |bid| {
        let offers = [offer(0, 1, Side::Buy, bid, 100), offer(1, 1, Side::Sell, 40, 50)];
        rule(&zones, Ppm::ONE, &offers).unwrap()
    };
    assert_eq!(rulings(19), [None; 2], "nobody needs the seller at that price");
    assert!(rulings(20)[1].is_some());
}

#[test]
fn a_history_keeps_its_sums_when_its_window_changes_and_beside_others() {
    let mut storage = MockStorage::new();
    let trade = |wh: u64, price: i64| Turnover::of(Price::new(price), Wh::new(wh)).unwrap();
    for price in 1..=5 {
        History::push(&mut storage, 2, trade(10, price), 5).unwrap();
        History::push(&mut storage, 3, trade(1, -price), 2).unwrap();
    }
    let of = |storage: &MockStorage, zone| {
        let history = History::load(storage, zone).unwrap();
        (history.intervals(), history.sum.mean().map(Price::get))
    };
    assert_eq!(of(&storage, 2), (5, Some(3)));
    // (-4 - 5) / 2, rounded down.
    assert_eq!(of(&storage, 3), (2, Some(-5)));
    assert_eq!(of(&storage, 4), (0, None));
    History::push(&mut storage, 2, trade(10, 6), 2).unwrap();
    assert_eq!(of(&storage, 2), (2, Some(5)));
    History::push(&mut storage, 2, trade(20, 9), 3).unwrap();
    assert_eq!(of(&storage, 2), (3, Some(7)));
}

/// The lowest and highest prices of the buses of a tree of three: utility, village and farm.
fn cleared(lanes: (u64, u64), orders: &[Order]) -> Clearing {
    let line = |(from, capacity)| Line {
        from,
        to: from + 1,
        capacity: Wh::new(capacity),
        capacity_back: Wh::new(capacity),
    };
    let network = Network::new(3, 0, [(0, lanes.0), (1, lanes.1)].map(line).to_vec()).unwrap();
    let bounds = PriceBounds {
        floor: Price::ZERO,
        cap: Price::new(100),
    };
    clear(&network, orders, bounds).unwrap()
}

proptest! {
    /// Where all sellers stand at the reference when they are pivotal, no bus has a higher price than without the rule;
    /// where none is pivotal nothing changes.
    #[test]
    fn capping_never_raises_a_price(
        lanes in (0u64..60, 0u64..60),
        rows in prop::collection::vec((0u32..4, 1usize..3, any::<bool>(), 0i64..=100, 1u64..40), 1..12),
        reference in 0i64..=100,
        (threshold, top) in (0i64..3_000_000, 1u16..3),
    ) {
        let circuit = circuit(vec![branch(0, 1, lanes.0), branch(1, 2, lanes.1)]);
        let zones = [Zone::of(&circuit, top, Price::new(reference))];
        let offers: Vec<Offer> = rows
            .iter()
            .map(|(owner, bus, buys, price, quantity)| {
                offer(*owner, *bus, if *buys { Side::Buy } else { Side::Sell }, *price, *quantity)
            })
            .collect();
        let rulings = rule(&zones, Ppm::new(threshold), &offers).unwrap();
        let utility = [offer(9, 0, Side::Sell, 60, 100), offer(9, 0, Side::Buy, 20, 100)];
        let orders = |capped: bool| -> Vec<Order> {
            let devices = offers.iter().zip(&rulings).map(|(offer, ruling)| Order {
                price: ruling.filter(|_| capped).map_or(offer.order.price, |ruling| ruling.reference),
                ..offer.order
            });
            devices.chain(utility.map(|offer| offer.order)).collect()
        };
        let (free, capped) = (cleared(lanes, &orders(false)), cleared(lanes, &orders(true)));
        for (before, after) in free.prices.iter().zip(&capped.prices) {
            prop_assert!(after <= before, "{free:?} and {capped:?}");
        }
        if rulings.iter().all(Option::is_none) {
            prop_assert_eq!(free, capped);
        }
        for (offer, ruling) in offers.iter().zip(&rulings) {
            let Some(ruling) = ruling else { continue };
            prop_assert!(offer.order.side == Side::Sell && offer.order.price > ruling.reference);
            prop_assert!(zones[0].has(offer.order.bus));
        }
    }
}
