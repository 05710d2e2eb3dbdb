//! What no sequence of trades can do.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod support;

use busbar_curves::Curve;
use proptest::prelude::*;
use support::{any_action, any_curve, any_pool, closed_form, venue};

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(512) })]

    /// Whoever trades in any order and amounts and ends with the energy that he had, has at most the coin that he had:
    /// at whatever spread, none included, in whatever state of the grid, however full the bonus pot.
    #[test]
    fn no_round_trip_gains(venue in venue(any_curve()), pool in any_pool(), actions in prop::collection::vec(any_action(), 1..8)) {
        let (mut energy, mut coin, mut now) = (0i128, 0i128, pool);
        for action in actions {
            if let Ok((wh, money, _, after)) = venue.act(&now, action) {
                (energy, coin, now) = (energy + wh, coin + money, after);
            }
        }
        if energy > 0 {
            match venue.sell(&now, u64::try_from(energy).unwrap()) {
                Ok((trade, _)) => coin += i128::try_from(trade.coin.get()).unwrap(),
                // Worth less than a millionth: given away.
                Err(_) => prop_assert!(energy > 0),
            }
        } else if energy < 0 {
            let closed = venue.buy(&now, u64::try_from(-energy).unwrap());
            prop_assume!(closed.is_ok());
            coin -= i128::try_from(closed.unwrap().0.coin.get()).unwrap();
        }
        prop_assert!(coin <= 0, "gained {coin}");
    }

    /// What the providers own never falls by a swap, and coin is never made or lost.
    #[test]
    fn no_swap_lowers_the_worth_of_a_share(venue in venue(closed_form()), pool in any_pool(), actions in prop::collection::vec(any_action(), 1..8)) {
        let anchor = venue.conditions.anchor;
        let mut now = pool;
        for action in actions {
            let Ok((wh, money, fund, after)) = venue.act(&now, action) else { continue };
            prop_assert!(after.worth(&venue.curve, anchor).unwrap() >= now.worth(&venue.curve, anchor).unwrap());
            prop_assert!(after.earned >= now.earned);
            prop_assert_eq!(after.shares, now.shares);
            prop_assert_eq!(i128::from(after.energy.get()), i128::from(now.energy.get()) - wh);
            // What the trader brought and nobody else took is in the pool.
            let held = |pool: &busbar_curves::Pool| i128::try_from(pool.held().unwrap().get()).unwrap();
            prop_assert_eq!(held(&after), held(&now) - money - i128::try_from(fund.get()).unwrap());
            now = after;
        }
    }

    /// Exact-in and exact-out are each other's inverse, up to what is rounded for the pool.
    #[test]
    fn exact_in_and_exact_out_agree(venue in venue(closed_form()), pool in any_pool(), part in any::<u16>()) {
        let coin = (pool.coin.get() * u128::from(part)) >> 14;
        if let Ok((trade, _)) = venue.buy_for(&pool, coin) {
            let exact = venue.buy(&pool, trade.energy.get());
            prop_assert!(exact.is_ok() && exact.unwrap().0.coin <= trade.coin);
        }
        let energy = u64::try_from((u128::from(pool.energy.get()) * u128::from(part)) >> 16).unwrap();
        if let Ok((trade, _)) = venue.buy(&pool, energy) {
            // The last millionth, rounded up, may be worth more than is left up to the curve's end.
            match venue.buy_for(&pool, trade.coin.get()) {
                Ok((other, _)) => prop_assert!(other.energy >= trade.energy),
                Err(refused) => prop_assert_eq!(refused, busbar_curves::CurveError::Exhausted),
            }
        }
        if let Ok((trade, _)) = venue.sell(&pool, energy) {
            let (exact, _) = venue.sell_for(&pool, trade.coin.get()).unwrap();
            prop_assert!(exact.energy <= trade.energy);
            prop_assert_eq!(exact.coin, trade.coin);
        }
        if let Ok((trade, _)) = venue.sell_for(&pool, coin) {
            // The last watt-hour, rounded up, may be worth more than is left up to the curve's end.
            match venue.sell(&pool, trade.energy.get()) {
                Ok((other, _)) => prop_assert!(other.coin >= trade.coin),
                Err(refused) => prop_assert_eq!(refused, busbar_curves::CurveError::Exhausted),
            }
        }
    }

    /// In parts nobody gets more or pays less than at once.
    #[test]
    fn splitting_gains_nothing(venue in venue(closed_form()), pool in any_pool(), a in any::<u16>(), b in any::<u16>()) {
        let of = |whole: u128, part: u16| (whole * u128::from(part)) >> 17;
        let (first, second) = (of(pool.coin.get(), a), of(pool.coin.get(), b));
        let twice = |(one, two): (u128, u128), buy: bool| {
            let (trade, after) = if buy { venue.buy_for(&pool, one) } else { venue.sell(&pool, u64::try_from(one).ok()?) }.ok()?;
            let (more, _) = if buy { venue.buy_for(&after, two) } else { venue.sell(&after, u64::try_from(two).ok()?) }.ok()?;
            Some((trade, more))
        };
        if let (Some((one, two)), Ok((whole, _))) = (twice((first, second), true), venue.buy_for(&pool, first + second)) {
            prop_assert!(one.energy.get() + two.energy.get() <= whole.energy.get());
        }
        let (first, second) = (of(pool.energy.get().into(), a), of(pool.energy.get().into(), b));
        let whole = venue.sell(&pool, u64::try_from(first + second).unwrap());
        if let (Some((one, two)), Ok((whole, _))) = (twice((first, second), false), whole) {
            prop_assert!(one.coin.get() + two.coin.get() <= whole.coin.get());
        }
        let whole = venue.buy(&pool, u64::try_from(first + second).unwrap());
        if let (Ok((one, after)), Ok((whole, _))) = (venue.buy(&pool, u64::try_from(first).unwrap()), whole) {
            if let Ok((two, _)) = venue.buy(&after, u64::try_from(second).unwrap()) {
                prop_assert!(one.coin.get() + two.coin.get() >= whole.coin.get());
            }
        }
    }

    /// A larger trade never gets a better price, and never a smaller amount.
    #[test]
    fn size_never_pays(venue in venue(closed_form()), pool in any_pool(), a in any::<u16>(), b in any::<u16>()) {
        let of = |part: u16| u64::try_from((u128::from(pool.energy.get()) * u128::from(part)) >> 16).unwrap();
        let (small, large) = (of(a.min(b)), of(a.max(b)));
        if let (Ok((one, _)), Ok((other, _))) = (venue.sell(&pool, small), venue.sell(&pool, large)) {
            prop_assert!(other.coin >= one.coin);
        }
        if let (Ok((one, _)), Ok((other, _))) = (venue.buy(&pool, small), venue.buy(&pool, large)) {
            prop_assert!(other.coin >= one.coin);
        }
    }

    /// A curve comes back to the reserve that it left from, never below it, and its level never falls on the way.
    #[test]
    fn a_curve_rounds_up_only(curve in closed_form(), pool in any_pool(), part in any::<u16>()) {
        let (x, y) = pool.values(busbar_units::Price::new(200_000)).unwrap();
        let level = curve.level(x, y).unwrap();
        let moved = busbar_curves::Value::new(x.get() + ((x.get() * u128::from(part)) >> 16));
        if let Ok(other) = curve.other(level, moved) {
            prop_assert!(other <= y || moved == x);
            prop_assert!(curve.level(moved, other).unwrap() >= level);
        }
    }
}
