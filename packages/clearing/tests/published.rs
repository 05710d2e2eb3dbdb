//! The 60 markets of `data/clearing/trees.json`, solved by linear programming: same welfare, same prices.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
mod support;

use std::collections::BTreeMap;

use busbar_clearing::{check, clear, Line, Network, Order, PriceBounds, Side};
use busbar_units::{Price, Wh};
use serde::Deserialize;

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    price_bounds: Bounds,
    orders: Vec<NamedOrder>,
    network: NamedNetwork,
    expected: Expected,
}

#[derive(Deserialize)]
struct Bounds {
    min: i64,
    max: i64,
}

#[derive(Deserialize)]
struct NamedOrder {
    side: String,
    bus: String,
    price: i64,
    quantity: u64,
}

#[derive(Deserialize)]
struct NamedNetwork {
    root: String,
    buses: Vec<String>,
    lines: Vec<NamedLine>,
}

#[derive(Deserialize)]
struct NamedLine {
    from: String,
    to: String,
    capacity_wh: u64,
    capacity_back_wh: Option<u64>,
}

#[derive(Deserialize)]
struct Expected {
    welfare_millionths_times_wh: i128,
    price_min: BTreeMap<String, i64>,
    price_max: BTreeMap<String, i64>,
    price: BTreeMap<String, i64>,
}

impl Case {
    fn market(&self) -> support::Market {
        let buses = &self.network.buses;
        let index = |name: &String| buses.iter().position(|bus| bus == name).unwrap();
        let lines = self.network.lines.iter().map(|line| Line {
            from: index(&line.from),
            to: index(&line.to),
            capacity: Wh::new(line.capacity_wh),
            capacity_back: Wh::new(line.capacity_back_wh.unwrap_or(line.capacity_wh)),
        });
        let orders = self.orders.iter().map(|order| Order {
            bus: index(&order.bus),
            side: match order.side.as_str() {
                "buy" => Side::Buy,
                "sell" => Side::Sell,
                other => panic!("side {other}"),
            },
            price: Price::new(order.price),
            quantity: Wh::new(order.quantity),
        });
        support::Market {
            network: Network::new(buses.len(), index(&self.network.root), lines.collect()).unwrap(),
            orders: orders.collect(),
            bounds: PriceBounds {
                floor: Price::new(self.price_bounds.min),
                cap: Price::new(self.price_bounds.max),
            },
        }
    }
}

#[test]
fn all_sixty_have_the_published_welfare_and_prices() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/clearing/trees.json");
    let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(file.cases.len(), 60);
    for (number, case) in file.cases.iter().enumerate() {
        let market = case.market();
        let clearing = clear(&market.network, &market.orders, market.bounds).unwrap();
        let certificate = check(
            &market.network,
            &market.orders,
            &clearing.fills,
            &clearing.flows,
            &clearing.prices,
        )
        .unwrap();
        assert_eq!(
            certificate.welfare, case.expected.welfare_millionths_times_wh,
            "case {number}"
        );
        for (bus, name) in case.network.buses.iter().enumerate() {
            let at = format!("case {number}, bus {name}");
            assert_eq!(
                clearing.price_min[bus].get(),
                case.expected.price_min[name],
                "lowest of {at}"
            );
            assert_eq!(
                clearing.price_max[bus].get(),
                case.expected.price_max[name],
                "highest of {at}"
            );
            assert_eq!(clearing.prices[bus].get(), case.expected.price[name], "{at}");
        }
        support::laws::hold(&market, &clearing).unwrap();
    }
}
