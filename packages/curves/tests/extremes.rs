//! One unit, the largest numbers, an empty side: an answer that holds, or an error by name.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod support;

use busbar_curves::{Concentrated, Conditions, Curve, CurveError, Desk, Pool, Proactive, Split, Stable, Terms, Value};
use busbar_units::{Money, Ppm, Price, Shares, Wh};
use proptest::prelude::*;
use support::{any_curve, any_spread, Venue};

const ANCHOR: Price = Price::new(200_000);

fn curve() -> Concentrated {
    Concentrated::new(Ppm::new(4_000_000)).unwrap()
}

fn pool(energy: u64, coin: u128) -> Pool {
    Pool {
        energy: Wh::new(energy),
        coin: Money::new(coin),
        shares: Shares::new(1_000_000),
        ..Pool::default()
    }
}

/// No spread at all: the curve alone.
fn bare<C>(curve: &C) -> Desk<'_, C> {
    Desk {
        curve,
        terms: Terms {
            anchor: ANCHOR,
            cap: Price::new(540_000),
            highest: Price::new(540_000),
            lowest: Price::ZERO,
            ask: Ppm::ZERO,
            bid: Ppm::ZERO,
            lean: Ppm::ZERO,
        },
        split: Split {
            rebate: Ppm::ZERO,
            fund: Ppm::ZERO,
        },
    }
}

#[test]
fn one_watt_hour_costs_the_anchor_and_what_is_rounded_for_the_pool() {
    let curve = curve();
    let even = pool(50_000, 10_000_000);
    let (bought, after) = bare(&curve).buy(&even, Wh::new(1)).unwrap();
    assert_eq!(bought.coin, Money::new(201));
    let (sold, _) = bare(&curve).sell(&after, Wh::new(1)).unwrap();
    assert_eq!(sold.coin, Money::new(199));
}

#[test]
fn a_millionth_buys_no_watt_hour_and_is_refused() {
    let curve = curve();
    let refused = bare(&curve).buy_for(&pool(50_000, 10_000_000), Money::new(1));
    assert_eq!(refused.unwrap_err(), CurveError::Zero { field: "energy bought" });
    let nothing = bare(&curve).sell(&pool(50_000, 10_000_000), Wh::ZERO);
    assert_eq!(nothing.unwrap_err(), CurveError::Zero { field: "coin received" });
}

#[test]
fn the_pool_gives_no_more_than_it_holds() {
    let curve = curve();
    let small = pool(1000, 200_000);
    let more = bare(&curve).buy(&small, Wh::new(1001)).unwrap_err();
    let (wanted, available) = (Wh::new(1001), Wh::new(1000));
    assert_eq!(more, CurveError::Energy { wanted, available });
    let more = bare(&curve).sell_for(&small, Money::new(200_001)).unwrap_err();
    let (wanted, available) = (Money::new(200_001), Money::new(200_000));
    assert_eq!(more, CurveError::Coin { wanted, available });
    assert_eq!(
        bare(&curve).sell(&small, Wh::new(1_000_000)).unwrap_err(),
        CurveError::Exhausted
    );
}

/// The last watt-hour has a price, and so has the first that comes back.
#[test]
fn an_emptied_side_fills_again() {
    let curve = curve();
    let (last, empty) = bare(&curve).buy(&pool(1000, 200_000), Wh::new(1000)).unwrap();
    assert_eq!(empty.energy, Wh::ZERO);
    // The whole reserve at the geometric mean of anchor and end of the range: (1 + 1/4) times the anchor.
    assert_eq!(last.coin, Money::new(250_000));
    let (back, _) = bare(&curve).sell(&empty, Wh::new(1000)).unwrap();
    assert_eq!(back.coin, Money::new(250_000));
    let nothing = bare(&curve).sell(&pool(0, 0), Wh::new(1)).unwrap_err();
    assert_eq!(nothing, CurveError::Zero { field: "coin received" });
}

#[test]
fn curves_without_an_end_have_no_price_at_an_empty_side() {
    let product = Concentrated::PRODUCT;
    let all = bare(&product).buy(&pool(1000, 200_000), Wh::new(1000));
    assert_eq!(all.unwrap_err(), CurveError::Empty);
    let proactive = Proactive::new(Ppm::new(100_000)).unwrap();
    let all = bare(&proactive).buy(&pool(1000, 200_000), Wh::new(1000));
    assert_eq!(all.unwrap_err(), CurveError::Empty);
    let stable = Stable::new(10).unwrap();
    assert_eq!(
        bare(&stable).sell(&pool(0, 1), Wh::new(1)).unwrap_err(),
        CurveError::Empty
    );
}

#[test]
fn nobody_pays_more_than_the_highest_import_tariff() {
    let product = Concentrated::PRODUCT;
    let cap = Price::new(540_000);
    let dear = bare(&product).buy(&pool(1000, 200_000), Wh::new(630)).unwrap_err();
    assert_eq!(dear, CurveError::AboveCap { cap });
    assert!(bare(&product).buy(&pool(1000, 200_000), Wh::new(629)).is_ok());
}

#[test]
fn the_pool_stands_aside_where_the_auction_is_better() {
    let curve = curve();
    let mut desk = bare(&curve);
    (desk.terms.highest, desk.terms.lowest) = (Price::new(202_000), Price::new(198_000));
    let even = pool(50_000, 10_000_000);
    assert!(desk.buy(&even, Wh::new(1_000)).is_ok() && desk.sell(&even, Wh::new(1_000)).is_ok());
    let bound = Price::new(202_000);
    assert_eq!(
        desk.buy(&even, Wh::new(5_000)).unwrap_err(),
        CurveError::Aside { bound }
    );
    let bound = Price::new(198_000);
    assert_eq!(
        desk.sell(&even, Wh::new(5_000)).unwrap_err(),
        CurveError::Aside { bound }
    );
}

#[test]
fn an_anchor_outside_its_bounds_is_refused() {
    let spread = busbar_curves::Spread {
        base: Ppm::new(3000),
        volatility_gain: Ppm::ZERO,
        volatility_max: Ppm::ZERO,
        nominal: busbar_units::Millihertz::new(50_000),
        dead_band: busbar_units::Millihertz::ZERO,
        frequency_gain: Ppm::ZERO,
        frequency_max: Ppm::ZERO,
        inventory_max: Ppm::ZERO,
        inventory_relief: Ppm::ZERO,
        shape_gain: Ppm::ZERO,
        shape_max: Ppm::ZERO,
        reach: Ppm::ONE,
        rebate: Ppm::ZERO,
        fund: Ppm::ZERO,
    };
    for anchor in [Price::ZERO, Price::new(-1), Price::new(540_001)] {
        let cap = Price::new(540_000);
        let conditions = Conditions {
            anchor,
            expected: Price::new(1),
            cap,
            volatility: Ppm::ZERO,
            frequency: None,
        };
        let refused = spread.terms(conditions, Value::new(1), Value::new(1)).unwrap_err();
        assert_eq!(refused, CurveError::Anchor { anchor, cap });
    }
}

#[test]
fn curves_refuse_parameters_outside_their_bounds() {
    for value in [-1, 1_000_000_001] {
        assert!(matches!(
            Concentrated::new(Ppm::new(value)),
            Err(CurveError::Parameter {
                field: "concentration",
                ..
            })
        ));
    }
    for value in [0, 1_000_001] {
        assert!(matches!(
            Proactive::new(Ppm::new(value)),
            Err(CurveError::Parameter { field: "slippage", .. })
        ));
    }
    assert_eq!(Stable::new(0).unwrap_err(), CurveError::Zero { field: "amplification" });
}

/// 10,000,001^2 / 10,000,000 = 10,000,002.0000001 on the constant product, which both curves have as a special case.
#[test]
fn the_other_reserve_is_the_exact_one_rounded_up() {
    let (level, known) = (Value::new(10_000_001), Value::new(10_000_000));
    let product = Concentrated::PRODUCT.other(level, known).unwrap();
    let proactive = Proactive::new(Ppm::ONE).unwrap().other(level, known).unwrap();
    assert_eq!((product, proactive), (Value::new(10_000_003), Value::new(10_000_003)));
}

/// The largest reserves of the closed form trade; one beyond is refused by name.
#[test]
fn the_largest_reserves_trade() {
    let most = Value::MAX.get();
    let curve = Concentrated::new(Ppm::new(1_000_000_000)).unwrap();
    let half = Value::new(most / 2);
    assert_eq!(curve.level(Value::MAX, Value::MAX).unwrap(), Value::MAX);
    let got = curve.receive(half, half, Value::new(most / 4)).unwrap().get();
    assert!(got < most / 4 && got > most / 4 - most / 1000);
    assert_eq!(
        curve.receive(Value::MAX, half, Value::new(1)).unwrap_err(),
        CurveError::TooLarge { field: "reserve" }
    );
    let energy = pool(u64::MAX, 1).values(Price::new(1 << 33)).unwrap_err();
    assert_eq!(energy, CurveError::TooLarge { field: "energy" });
    let coin = pool(1, u128::MAX).values(ANCHOR).unwrap_err();
    assert_eq!(coin, CurveError::TooLarge { field: "coin" });
}

proptest! {
    /// Whatever is asked of whatever pool: an answer or an error, never a panic, and never more than the pool holds.
    #[test]
    fn every_number_holds_or_errs(
        curve in any_curve(), spread in any_spread(),
        anchor in 1i64.., expected in any::<i64>(), cap in any::<i64>(), volatility in any::<i64>(), frequency in any::<u32>(),
        reserves in (any::<u64>(), any::<u128>(), 0u32..128), pots in (any::<u128>(), any::<u128>()), amount in (any::<u128>(), 0u32..128),
    ) {
        let conditions = Conditions {
            anchor: Price::new(anchor),
            expected: Price::new(expected),
            cap: Price::new(cap),
            volatility: Ppm::new(volatility),
            frequency: Some(busbar_units::Millihertz::new(frequency)),
        };
        let venue = Venue { curve, spread, conditions };
        let pool = Pool {
            energy: Wh::new(reserves.0 >> (reserves.2 / 2)),
            coin: Money::new(reserves.1 >> reserves.2),
            earned: Money::new(pots.0),
            saved: Money::new(pots.1),
            bonus: Money::new(pots.1),
            shares: Shares::new(pots.0),
        };
        let coin = amount.0 >> amount.1;
        let energy = u64::try_from(coin >> 64).unwrap();
        for (trade, after) in [venue.buy_for(&pool, coin), venue.buy(&pool, energy)].into_iter().flatten() {
            prop_assert!(trade.energy <= pool.energy && after.held().is_ok());
        }
        for (trade, after) in [venue.sell_for(&pool, coin), venue.sell(&pool, energy)].into_iter().flatten() {
            prop_assert!(trade.curve <= pool.coin && trade.bonus <= pool.bonus && after.coin <= pool.coin);
        }
        let _ = pool.provide(&curve, conditions.anchor, Wh::new(energy), Money::new(coin));
        let _ = pool.withdraw(Shares::new(coin));
    }
}
