//! Numbers carry no meaning: orders, buses and lines in another order, and lines the other way
//! round, change no price and no fill but the last watt-hour.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod support;

use busbar_clearing::{Line, Network, Order};
use support::random::{market, Random};
use support::Market;

const MARKETS: u64 = 4_000;

/// Positions in a drawn order: `places[old] = new`.
fn places(random: &mut Random, count: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    random.shuffle(&mut places);
    places
}

/// `items` moved to their places.
fn moved<T>(items: impl Iterator<Item = T>, places: &[usize]) -> Vec<T> {
    let mut moved: Vec<(usize, T)> = places.iter().copied().zip(items).collect();
    moved.sort_by_key(|(place, _)| *place);
    moved.into_iter().map(|(_, item)| item).collect()
}

fn turned(line: Line) -> Line {
    Line {
        from: line.to,
        to: line.from,
        capacity: line.capacity_back,
        capacity_back: line.capacity,
    }
}

#[test]
fn orders_in_another_sequence_get_the_same() {
    for seed in 0..MARKETS {
        let (_, original) = market(seed);
        let at = places(&mut Random(seed), original.orders.len());
        let permuted = Market {
            orders: moved(original.orders.iter().copied(), &at),
            ..original.clone()
        };
        let (before, after) = (original.clear(), permuted.clear());
        assert_eq!(
            (&before.prices, &before.flows),
            (&after.prices, &after.flows),
            "market {seed}"
        );
        for (order, &place) in at.iter().enumerate() {
            let change = before.fills[order].get().abs_diff(after.fills[place].get());
            assert!(change <= 1, "market {seed}, order {order}: {change} Wh");
        }
    }
}

#[test]
fn buses_by_another_name_get_the_same() {
    for seed in 0..MARKETS {
        let (_, original) = market(seed);
        let random = &mut Random(seed);
        let (buses, lines) = (original.network.buses(), original.network.lines().len());
        let (bus_at, line_at) = (places(random, buses), places(random, lines));
        let over: Vec<bool> = (0..lines).map(|_| random.below(2) == 0).collect();
        let named = original.network.lines().iter().zip(&over).map(|(line, over)| {
            let line = Line {
                from: bus_at[line.from],
                to: bus_at[line.to],
                ..*line
            };
            if *over {
                turned(line)
            } else {
                line
            }
        });
        let renamed = Market {
            network: Network::new(buses, bus_at[original.network.root()], moved(named, &line_at)).unwrap(),
            orders: original
                .orders
                .iter()
                .map(|order| Order {
                    bus: bus_at[order.bus],
                    ..*order
                })
                .collect(),
            bounds: original.bounds,
        };
        let (before, after) = (original.clear(), renamed.clear());
        for (bus, &name) in bus_at.iter().enumerate() {
            assert_eq!(before.prices[bus], after.prices[name], "market {seed}, bus {bus}");
        }
        for (order, (before, after)) in before.fills.iter().zip(&after.fills).enumerate() {
            assert!(
                before.get().abs_diff(after.get()) <= 1,
                "market {seed}, order {order}: {before}, {after}"
            );
        }
        for (line, &place) in line_at.iter().enumerate() {
            let way = if over[line] { -1 } else { 1 };
            let change = before.flows[line].get() - way * after.flows[place].get();
            assert!(change.abs() <= 1, "market {seed}, line {line}: {change} Wh");
        }
    }
}

#[test]
fn another_root_keeps_prices_and_welfare() {
    for seed in 0..MARKETS {
        let (_, original) = market(seed);
        let root = Random(seed).pick(&(0..original.network.buses()).collect::<Vec<_>>());
        let network = Network::new(original.network.buses(), root, original.network.lines().to_vec()).unwrap();
        let hung = Market {
            network,
            ..original.clone()
        };
        let (before, after) = (original.clear(), hung.clear());
        assert_eq!(before.price_min, after.price_min, "market {seed}");
        assert_eq!(before.price_max, after.price_max, "market {seed}");
        let welfare = |market: &Market, clearing| support::laws::hold(market, clearing).unwrap().welfare;
        assert_eq!(welfare(&original, &before), welfare(&hung, &after), "market {seed}");
    }
}
