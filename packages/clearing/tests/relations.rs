//! What must follow when a market changes in a known way.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod support;

use busbar_clearing::{Line, Network, PriceBounds, Side, MAX_CAPACITY};
use busbar_units::{Price, Wh};
use proptest::prelude::*;
use support::laws::hold;
use support::random::{market, Book, Random};
use support::{numbers, Market};

/// Random markets with room left below the bounds.
fn markets() -> impl Strategy<Value = Market> {
    any::<u64>()
        .prop_map(market)
        .prop_filter("at the bounds", |((.., book), _)| *book != Book::Huge)
        .prop_map(|(_, m)| m)
}

fn welfare(market: &Market) -> i128 {
    hold(market, &market.clear()).unwrap().welfare
}

fn with_lines(market: &Market, change: impl FnMut(Line) -> Line) -> Market {
    let network = &market.network;
    let lines = network.lines().iter().copied().map(change).collect();
    Market {
        network: Network::new(network.buses(), network.root(), lines).unwrap(),
        ..market.clone()
    }
}

fn capped(wh: u64) -> Wh {
    Wh::new(wh.min(MAX_CAPACITY.get()))
}

proptest! {
    #[test]
    fn all_prices_shifted_shift_the_result(market in markets(), by in -1_000_000i64..1_000_000) {
        let shift = |price: Price| Price::new(price.get() + by);
        let mut shifted = market.clone();
        shifted.bounds = PriceBounds { floor: shift(market.bounds.floor), cap: shift(market.bounds.cap) };
        for order in &mut shifted.orders {
            order.price = shift(order.price);
        }
        let (before, after) = (market.clear(), shifted.clear());
        prop_assert_eq!(before.prices.iter().copied().map(shift).collect::<Vec<_>>(), after.prices);
        prop_assert_eq!((before.fills, before.flows, before.no_trade), (after.fills, after.flows, after.no_trade));
    }

    #[test]
    fn buyers_and_sellers_exchanged_mirror_the_prices(market in markets()) {
        let mirror = |price: Price| Price::new(-price.get());
        let mut mirrored = with_lines(&market, |line| {
            Line { capacity: line.capacity_back, capacity_back: line.capacity, ..line }
        });
        mirrored.bounds = PriceBounds { floor: mirror(market.bounds.cap), cap: mirror(market.bounds.floor) };
        for order in &mut mirrored.orders {
            order.price = mirror(order.price);
            order.side = if order.side == Side::Buy { Side::Sell } else { Side::Buy };
        }
        prop_assert_eq!(welfare(&market), welfare(&mirrored));
        let (before, after) = (market.clear(), mirrored.clear());
        let highest: Vec<i64> = numbers(&before.price_max).into_iter().map(|price| -price).collect();
        prop_assert_eq!(highest, numbers(&after.price_min));
    }

    #[test]
    fn twice_the_market_has_twice_the_welfare(market in markets()) {
        // Lines at the bound carry everything before and after.
        let mut doubled = with_lines(&market, |line| Line {
            capacity: capped(line.capacity.get() * 2),
            capacity_back: capped(line.capacity_back.get() * 2),
            ..line
        });
        for order in &mut doubled.orders {
            order.quantity = Wh::new(order.quantity.get() * 2);
        }
        prop_assert_eq!(2 * welfare(&market), welfare(&doubled));
        prop_assert_eq!(market.clear().prices, doubled.clear().prices);
    }

    #[test]
    fn fewer_orders_never_help(market in markets(), seed in any::<u64>()) {
        prop_assume!(!market.orders.is_empty());
        let mut fewer = market.clone();
        fewer.orders.remove(Random(seed).pick(&(0..market.orders.len()).collect::<Vec<_>>()));
        prop_assert!(welfare(&fewer) <= welfare(&market));
    }

    #[test]
    fn wider_lines_never_hurt(market in markets(), by in 1u64..100) {
        let wider = with_lines(&market, |line| Line { capacity: capped(line.capacity.get() + by), ..line });
        prop_assert!(welfare(&wider) >= welfare(&market));
    }

    #[test]
    fn a_dearer_bid_never_lowers_the_price_of_its_bus(market in markets(), seed in any::<u64>(), by in 1i64..50) {
        prop_assume!(!market.orders.is_empty());
        let changed = Random(seed).pick(&(0..market.orders.len()).collect::<Vec<_>>());
        let mut dearer = market.clone();
        dearer.orders[changed].price = Price::new(dearer.orders[changed].price.get() + by);
        dearer.bounds.cap = dearer.bounds.cap.max(dearer.orders[changed].price);
        let bus = market.orders[changed].bus;
        prop_assert!(dearer.clear().prices[bus] >= market.clear().prices[bus]);
    }
}
