//! Welfare against every possible fill, tried one by one, on small trees with up to six orders.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]
mod support;

use busbar_clearing::{Line, Network, Order, Side};
use busbar_units::{Price, Wh};
use support::laws::{hold, sign};
use support::random::Random;
use support::{bounds, Market};

const MARKETS: u64 = 600;

/// At most 4 buses, 6 orders of 1 to 3 Wh, few prices; each bus hangs from a lower number.
fn small(seed: u64) -> (Market, Vec<usize>) {
    let random = &mut Random(seed);
    let buses = random.between(1, 4) as usize;
    let parents: Vec<usize> = (1..buses).map(|bus| random.below(bus as u64) as usize).collect();
    let lines = parents.iter().enumerate().map(|(child, &parent)| Line {
        from: child + 1,
        to: parent,
        capacity: Wh::new(random.below(5)),
        capacity_back: Wh::new(random.below(5)),
    });
    let network = Network::new(buses, 0, lines.collect()).unwrap();
    let orders = (0..random.between(1, 6))
        .map(|_| Order {
            bus: random.below(buses as u64) as usize,
            side: random.pick(&[Side::Buy, Side::Sell]),
            price: Price::new(random.between(-3, 6)),
            quantity: Wh::new(random.below(3) + 1),
        })
        .collect();
    (
        Market {
            network,
            orders,
            bounds: bounds(-3, 6),
        },
        parents,
    )
}

/// Welfare of fills, if the tree can carry them.
fn welfare(market: &Market, parents: &[usize], fills: &[u64]) -> Option<i128> {
    let mut export = vec![0i128; market.network.buses()];
    let mut welfare = 0;
    for (order, &fill) in market.orders.iter().zip(fills) {
        export[order.bus] -= sign(order) * i128::from(fill);
        welfare += sign(order) * i128::from(order.price.get()) * i128::from(fill);
    }
    // A child has a higher number than its parent, so this runs from the leaves to the root.
    for child in (1..export.len()).rev() {
        let line = market.network.lines()[child - 1];
        if export[child] > line.capacity.get().into() || -export[child] > line.capacity_back.get().into() {
            return None;
        }
        export[parents[child - 1]] += export[child];
    }
    (export[0] == 0).then_some(welfare)
}

/// The largest welfare of all combinations of fills.
fn best(market: &Market, parents: &[usize]) -> i128 {
    let mut fills = vec![0u64; market.orders.len()];
    let mut best = 0;
    loop {
        best = welfare(market, parents, &fills).map_or(best, |welfare| best.max(welfare));
        let Some(next) = (0..fills.len()).find(|&order| fills[order] < market.orders[order].quantity.get()) else {
            return best;
        };
        fills[..next].fill(0);
        fills[next] += 1;
    }
}

#[test]
fn no_combination_of_fills_does_better() {
    let mut traded = 0;
    for seed in 0..MARKETS {
        let (market, parents) = small(seed);
        let clearing = market.clear();
        let value = hold(&market, &clearing).unwrap();
        assert_eq!(value.welfare, best(&market, &parents), "market {seed}: {market:#?}");
        traded += u64::from(value.welfare > 0);
    }
    assert!(traded > MARKETS / 4, "only {traded} markets with gains from trade");
}
