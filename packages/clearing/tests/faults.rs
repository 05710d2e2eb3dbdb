//! The laws can fail: a solver with one planted fault is found out within 100 markets.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]
mod support;

use std::collections::BTreeMap;

use busbar_clearing::{clear, Clearing, Line, Network, Order, Side};
use busbar_units::{Price, Wh};
use support::{laws, random, Market};

/// The first of 100 markets in which the laws do not hold for this solver.
fn found(solver: impl Fn(&Market) -> Clearing) -> Option<(u64, String)> {
    (0..100).find_map(|seed| {
        let (_, market) = random::market(seed);
        laws::hold(&market, &solver(&market)).err().map(|law| (seed, law))
    })
}

/// The fault is found, and the law that finds it is the one it breaks.
fn is_found(fault: &str, solver: impl Fn(&Market) -> Clearing) {
    let (seed, law) = found(solver).unwrap_or_else(|| panic!("{fault}: no law notices"));
    println!("{fault}: market {seed} breaks \"{law}\"");
}

/// The solver on a market whose lines it sees otherwise.
fn seeing_lines(market: &Market, see: impl Fn(Line) -> Line) -> Clearing {
    let lines = market.network.lines().iter().copied().map(see).collect();
    let network = Network::new(market.network.buses(), market.network.root(), lines).unwrap();
    clear(&network, &market.orders, market.bounds).unwrap()
}

/// The fills of each bus and side at its price, given again by `order` of the numbers.
fn reshared(market: &Market, mut cleared: Clearing, order: impl Fn(&mut Vec<usize>)) -> Clearing {
    let mut marginal: BTreeMap<(usize, Side), Vec<usize>> = BTreeMap::new();
    for (number, order) in market.orders.iter().enumerate() {
        if order.price == cleared.prices[order.bus] {
            marginal.entry((order.bus, order.side)).or_default().push(number);
        }
    }
    for mut numbers in marginal.into_values() {
        let mut left: u64 = numbers.iter().map(|&number| cleared.fills[number].get()).sum();
        order(&mut numbers);
        for number in numbers {
            let fill = left.min(market.orders[number].quantity.get());
            cleared.fills[number] = Wh::new(fill);
            left -= fill;
        }
    }
    cleared
}

#[test]
fn the_solver_itself_has_no_fault() {
    assert_eq!(found(Market::clear), None);
}

#[test]
fn a_tie_served_first_come_first_is_found() {
    is_found("tie: lowest number first", |market| {
        reshared(market, market.clear(), |_| ())
    });
    is_found("tie: highest number first", |market| {
        reshared(market, market.clear(), |numbers| numbers.reverse())
    });
}

#[test]
fn a_tie_decided_one_watt_hour_wrong_is_found() {
    is_found("tie: one Wh to another order", |market| {
        let mut cleared = market.clear();
        let orders = &market.orders;
        let pair = (0..orders.len())
            .flat_map(|a| (0..orders.len()).map(move |b| (a, b)))
            .find(|&(a, b)| {
                let same = |a: Order, b: Order| (a.bus, a.side, a.price) == (b.bus, b.side, b.price);
                a != b
                    && same(orders[a], orders[b])
                    && !cleared.fills[a].is_zero()
                    && cleared.fills[b] < orders[b].quantity
            });
        if let Some((a, b)) = pair {
            cleared.fills[a] = Wh::new(cleared.fills[a].get() - 1);
            cleared.fills[b] = Wh::new(cleared.fills[b].get() + 1);
        }
        cleared
    });
}

#[test]
fn a_clip_one_watt_hour_wide_or_narrow_is_found() {
    is_found("clip: one Wh too wide", |market| {
        seeing_lines(market, |line| Line {
            capacity: Wh::new((line.capacity.get() + 1).min(1 << 60)),
            ..line
        })
    });
    is_found("clip: one Wh too narrow", |market| {
        seeing_lines(market, |line| Line {
            capacity_back: Wh::new(line.capacity_back.get().saturating_sub(1)),
            ..line
        })
    });
    is_found("clip: none", |market| {
        seeing_lines(market, |line| Line {
            capacity: Wh::new(1 << 60),
            capacity_back: Wh::new(1 << 60),
            ..line
        })
    });
}

#[test]
fn a_wrong_sign_is_found() {
    is_found("sign: flows reversed", |market| {
        let mut cleared = market.clear();
        for flow in &mut cleared.flows {
            *flow = flow.negate().unwrap();
        }
        cleared
    });
    is_found("sign: capacities exchanged", |market| {
        seeing_lines(market, |line| Line {
            capacity: line.capacity_back,
            capacity_back: line.capacity,
            ..line
        })
    });
    is_found("sign: prices mirrored", |market| {
        let mut cleared = market.clear();
        for price in &mut cleared.prices {
            *price = price.negate().unwrap();
        }
        cleared
    });
}

#[test]
fn a_price_one_step_off_is_found() {
    is_found("price: lowest instead of the mean", |market| {
        let cleared = market.clear();
        Clearing {
            prices: cleared.price_min.clone(),
            ..cleared
        }
    });
    is_found("price: highest one too low", |market| {
        let mut cleared = market.clear();
        for price in &mut cleared.price_max {
            *price = Price::new(price.get() - 1);
        }
        cleared
    });
}

#[test]
fn a_forgotten_trade_is_found() {
    is_found("fills: nothing trades", |market| {
        let cleared = market.clear();
        Clearing {
            fills: vec![Wh::ZERO; cleared.fills.len()],
            flows: vec![busbar_units::NetWh::ZERO; cleared.flows.len()],
            ..cleared
        }
    });
    is_found("no_trade: never", |market| {
        let cleared = market.clear();
        Clearing {
            no_trade: vec![false; cleared.no_trade.len()],
            ..cleared
        }
    });
    is_found("volume: both sides counted", |market| {
        let cleared = market.clear();
        Clearing {
            volume: cleared.volume * 2,
            ..cleared
        }
    });
}
