//! What the solver takes exactly, and that one beyond is refused by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod support;

use busbar_clearing::{
    check, clear, ClearingError, Network, NetworkError, Order, MAX_BUSES, MAX_CAPACITY, MAX_ORDERS, MAX_PRICE,
    MAX_QUANTITY,
};
use busbar_units::{NetWh, Price, Wh};
use support::{bounds, buy, line, market, sell, wh};

const TOP: i64 = MAX_PRICE.get();
const MOST: u64 = MAX_QUANTITY.get();
const WIDEST: u64 = MAX_CAPACITY.get();

fn refused(orders: &[Order], limits: busbar_clearing::PriceBounds) -> ClearingError {
    clear(&Network::single(), orders, limits).unwrap_err()
}

#[test]
fn the_bounds_are_the_stated_ones() {
    assert_eq!(
        (TOP, MOST, MAX_ORDERS, MAX_BUSES, WIDEST),
        (1 << 40, 1 << 48, 1 << 20, 1 << 20, 1 << 60)
    );
}

#[test]
fn prices_and_quantities_at_the_bound_clear_exactly() {
    let orders = [buy(0, TOP, MOST), sell(0, -TOP, MOST), sell(0, TOP, 1)];
    let network = Network::single();
    let cleared = clear(&network, &orders, bounds(-TOP, TOP)).unwrap();
    assert_eq!(wh(&cleared.fills), [MOST, MOST, 0]);
    let proof = check(&network, &orders, &cleared.fills, &cleared.flows, &cleared.prices).unwrap();
    assert_eq!(proof.welfare, 2 * i128::from(TOP) * i128::from(MOST));
    assert_eq!((proof.gap, proof.rent), (0, 0));
}

#[test]
fn a_full_book_of_largest_orders_clears_exactly() {
    // 2^19 buys and 2^19 - 1 sells at one price, and one more sell that does not fit.
    let mut orders = vec![buy(0, TOP, MOST); MAX_ORDERS / 2];
    orders.extend(vec![sell(0, TOP, MOST); MAX_ORDERS / 2 - 1]);
    orders.push(sell(0, TOP, 1));
    let cleared = clear(&Network::single(), &orders, bounds(-TOP, TOP)).unwrap();
    let sold = u128::from(MOST) * (MAX_ORDERS as u128 / 2 - 1) + 1;
    assert_eq!(cleared.volume, sold);
    let bought: u128 = cleared.fills[..MAX_ORDERS / 2]
        .iter()
        .map(|fill| u128::from(fill.get()))
        .sum();
    assert_eq!(bought, sold);
    let shares = cleared.fills[..MAX_ORDERS / 2].iter().map(|fill| fill.get());
    assert!(
        shares.clone().max().unwrap() - shares.min().unwrap() <= 1,
        "equal orders, equal shares"
    );
}

#[test]
fn one_order_too_many_is_refused() {
    let orders = vec![buy(0, 0, 1); MAX_ORDERS + 1];
    assert_eq!(
        refused(&orders, bounds(0, 0)),
        ClearingError::TooManyOrders {
            count: MAX_ORDERS + 1,
            max: MAX_ORDERS
        }
    );
}

#[test]
fn a_quantity_of_nothing_or_beyond_the_bound_is_refused() {
    for quantity in [0, MOST + 1] {
        let expected = ClearingError::Quantity {
            order: 1,
            quantity: Wh::new(quantity),
            max: MAX_QUANTITY,
        };
        assert_eq!(refused(&[buy(0, 0, 1), sell(0, 0, quantity)], bounds(0, 0)), expected);
    }
}

#[test]
fn a_limit_outside_the_price_bounds_is_refused() {
    let limits = bounds(-5, 7);
    assert!(clear(&Network::single(), &[buy(0, 7, 1), buy(0, -5, 1)], limits).is_ok());
    for price in [-6, 8] {
        let expected = ClearingError::Price {
            order: 0,
            price: Price::new(price),
            floor: limits.floor,
            cap: limits.cap,
        };
        assert_eq!(refused(&[buy(0, price, 1)], limits), expected);
    }
}

#[test]
fn price_bounds_have_bounds() {
    for (floor, cap, value) in [(-TOP - 1, 0, -TOP - 1), (0, TOP + 1, TOP + 1), (i64::MIN, 0, i64::MIN)] {
        let expected = ClearingError::BoundTooLarge {
            value: Price::new(value),
            max: MAX_PRICE,
        };
        assert_eq!(refused(&[], bounds(floor, cap)), expected);
    }
    let expected = ClearingError::FloorAboveCap {
        floor: Price::new(1),
        cap: Price::new(0),
    };
    assert_eq!(refused(&[], bounds(1, 0)), expected);
    assert!(clear(&Network::single(), &[], bounds(1, 1)).is_ok());
}

#[test]
fn an_order_at_an_unknown_bus_is_refused() {
    assert_eq!(
        refused(&[buy(1, 0, 1)], bounds(0, 0)),
        ClearingError::UnknownBus {
            order: 0,
            bus: 1,
            buses: 1
        }
    );
}

#[test]
fn the_widest_line_carries_its_capacity_and_no_more() {
    let needed = (WIDEST / MOST) as usize + 1;
    let mut orders = vec![buy(0, 10, MOST); needed];
    orders.extend(vec![sell(1, 1, MOST); needed]);
    let cleared = market(2, vec![line(0, 1, 0, WIDEST)], orders).clear();
    assert_eq!(cleared.flows, [NetWh::new(-(1 << 60))]);
    assert_eq!(cleared.volume, u128::from(WIDEST));
    let wider = Network::new(2, 0, vec![line(0, 1, 0, 0), line(0, 1, 0, WIDEST + 1)]);
    let expected = NetworkError::Capacity {
        line: 1,
        capacity: Wh::new(WIDEST + 1),
        max: MAX_CAPACITY,
    };
    assert_eq!(wider, Err(expected.clone()));
    assert_eq!(
        Network::new(2, 0, vec![line(0, 1, 0, 0), line(0, 1, WIDEST + 1, 0)]),
        Err(expected)
    );
}

#[test]
fn errors_name_field_value_and_bound() {
    let text = refused(&[buy(0, 9, 1)], bounds(0, 7)).to_string();
    assert_eq!(
        text,
        "order 0: price 9 millionths per kWh is outside the price bounds, 0 millionths per kWh to 7 millionths per kWh"
    );
    let text = refused(&[buy(0, 0, 0)], bounds(0, 7)).to_string();
    assert_eq!(text, "order 0: quantity 0 Wh must be 1 Wh to 281474976710656 Wh");
}
