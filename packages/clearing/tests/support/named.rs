//! Markets of `data/`, in the form that `busbar clear` reads, with the answers that stand beside them.
use std::collections::BTreeMap;

use busbar_clearing::{Line, Network, Order, PriceBounds, Side};
use busbar_units::{Price, Wh};
use serde::Deserialize;

use super::Market;

#[derive(Deserialize)]
pub struct File {
    pub cases: Vec<Case>,
}

#[derive(Deserialize)]
pub struct Case {
    #[serde(default)]
    pub name: String,
    pub price_bounds: Bounds,
    pub orders: Vec<NamedOrder>,
    pub network: NamedNetwork,
    pub expected: Expected,
}

#[derive(Deserialize)]
pub struct Bounds {
    min: i64,
    max: i64,
}

#[derive(Deserialize)]
pub struct NamedOrder {
    pub id: String,
    side: String,
    bus: String,
    price: i64,
    quantity: u64,
}

#[derive(Deserialize)]
pub struct NamedNetwork {
    root: String,
    pub buses: Vec<String>,
    pub lines: Vec<NamedLine>,
}

#[derive(Deserialize)]
pub struct NamedLine {
    pub id: String,
    from: String,
    to: String,
    capacity_wh: u64,
    capacity_back_wh: Option<u64>,
}

/// What a file says of the answer.
#[derive(Deserialize)]
pub struct Expected {
    pub welfare_millionths_times_wh: Option<i128>,
    pub price_min: Option<BTreeMap<String, i64>>,
    pub price_max: Option<BTreeMap<String, i64>>,
    pub price: BTreeMap<String, i64>,
    pub fills: Option<BTreeMap<String, u64>>,
    pub flows: Option<BTreeMap<String, i64>>,
}

/// The cases of a file of `data/`.
pub fn cases(file: &str) -> Vec<Case> {
    let path = format!("{}/../../data/{file}", env!("CARGO_MANIFEST_DIR"));
    let file: File = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    file.cases
}

impl Case {
    pub fn market(&self) -> Market {
        let buses = &self.network.buses;
        let index = |name: &String| buses.iter().position(|bus| bus == name).unwrap();
        let lines = self.network.lines.iter().map(|line| Line {
            from: index(&line.from),
            to: index(&line.to),
            capacity: Wh::new(line.capacity_wh),
            capacity_back: Wh::new(line.capacity_back_wh.unwrap_or(line.capacity_wh)),
        });
        let sides = BTreeMap::from([("buy", Side::Buy), ("sell", Side::Sell)]);
        let orders = self.orders.iter().map(|order| Order {
            bus: index(&order.bus),
            side: sides[order.side.as_str()],
            price: Price::new(order.price),
            quantity: Wh::new(order.quantity),
        });
        Market {
            network: Network::new(buses.len(), index(&self.network.root), lines.collect()).unwrap(),
            orders: orders.collect(),
            bounds: PriceBounds {
                floor: Price::new(self.price_bounds.min),
                cap: Price::new(self.price_bounds.max),
            },
        }
    }
}

/// Values by the names that stand for their positions.
pub fn by_name<'a, T>(names: impl Iterator<Item = &'a String>, values: impl Iterator<Item = T>) -> BTreeMap<String, T> {
    names.cloned().zip(values).collect()
}
