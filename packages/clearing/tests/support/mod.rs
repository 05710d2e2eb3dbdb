//! What the suites share: markets, where they come from, and the laws that every clearing keeps.
#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

pub mod laws;
pub mod named;
pub mod random;
pub mod sharing;

use busbar_clearing::{clear, Clearing, Line, Network, Order, PriceBounds, Side};
use busbar_units::{Price, Wh};

/// Everything that is cleared.
#[derive(Clone, Debug)]
pub struct Market {
    pub network: Network,
    pub orders: Vec<Order>,
    pub bounds: PriceBounds,
}

impl Market {
    pub fn clear(&self) -> Clearing {
        clear(&self.network, &self.orders, self.bounds).unwrap()
    }
}

pub fn buy(bus: usize, price: i64, quantity: u64) -> Order {
    Order {
        bus,
        side: Side::Buy,
        price: Price::new(price),
        quantity: Wh::new(quantity),
    }
}

pub fn sell(bus: usize, price: i64, quantity: u64) -> Order {
    Order {
        bus,
        side: Side::Sell,
        price: Price::new(price),
        quantity: Wh::new(quantity),
    }
}

pub fn line(from: usize, to: usize, capacity: u64, capacity_back: u64) -> Line {
    Line {
        from,
        to,
        capacity: Wh::new(capacity),
        capacity_back: Wh::new(capacity_back),
    }
}

pub fn bounds(floor: i64, cap: i64) -> PriceBounds {
    PriceBounds {
        floor: Price::new(floor),
        cap: Price::new(cap),
    }
}

/// A market with price bounds -1000 to 1000.
pub fn market(buses: usize, lines: Vec<Line>, orders: Vec<Order>) -> Market {
    Market {
        network: Network::new(buses, 0, lines).unwrap(),
        orders,
        bounds: bounds(-1000, 1000),
    }
}

pub fn wh(fills: &[Wh]) -> Vec<u64> {
    fills.iter().map(|fill| fill.get()).collect()
}

pub fn numbers(prices: &[Price]) -> Vec<i64> {
    prices.iter().map(|price| price.get()).collect()
}
