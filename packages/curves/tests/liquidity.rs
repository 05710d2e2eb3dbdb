//! Shares: nobody gains by coming and going, and nobody else loses by it.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod support;

use busbar_curves::{Concentrated, CurveError, Pool, LOCKED};
use busbar_units::{Money, Ppm, Price, Shares, Wh};
use proptest::prelude::*;
use support::{any_action, any_pool, closed_form, venue};

const ANCHOR: Price = Price::new(200_000);

fn curve() -> Concentrated {
    Concentrated::new(Ppm::new(4_000_000)).unwrap()
}

fn founded() -> Pool {
    let pool = Pool::default();
    pool.provide(&curve(), ANCHOR, Wh::new(50_000), Money::new(10_000_000))
        .unwrap()
        .1
}

#[test]
fn the_first_provider_gets_a_share_per_millionth_less_the_locked_ones() {
    let pool = Pool::default();
    let (brought, pool) = pool
        .provide(&curve(), ANCHOR, Wh::new(50_000), Money::new(10_000_000))
        .unwrap();
    assert_eq!(pool.shares, Shares::new(20_000_000));
    assert_eq!(brought.shares, Shares::new(20_000_000 - LOCKED.get()));
    let (taken, left) = pool.withdraw(brought.shares).unwrap();
    assert_eq!((taken.energy, taken.coin), (Wh::new(49_997), Money::new(9_999_500)));
    assert_eq!(left.shares, LOCKED);
    assert_eq!(left.withdraw(Shares::new(1)).unwrap_err(), CurveError::Shares);
}

#[test]
fn too_little_is_refused() {
    let pool = Pool::default();
    for (energy, coin) in [(0, 10), (10, 0), (1, 1), (2, 500)] {
        let refused = pool.provide(&curve(), ANCHOR, Wh::new(energy), Money::new(coin));
        assert!(matches!(refused, Err(CurveError::Zero { .. })), "{energy} {coin}");
    }
    let nothing = founded().provide(&curve(), ANCHOR, Wh::ZERO, Money::new(5));
    assert_eq!(nothing.unwrap_err(), CurveError::Zero { field: "shares" });
    assert_eq!(
        founded().withdraw(Shares::ZERO).unwrap_err(),
        CurveError::Zero { field: "shares" }
    );
}

/// The classic inflation of the first share: what the attacker adds to the pool, the locked shares keep.
#[test]
fn a_share_cannot_be_made_so_dear_that_deposits_round_to_nothing() {
    let first = Pool::default()
        .provide(&curve(), ANCHOR, Wh::new(3), Money::new(500))
        .unwrap();
    let (brought, pool) = first;
    // Whatever the attacker can bring into the pool without shares counts as spread.
    let donated = Pool {
        earned: Money::new(1_000_000),
        ..pool
    };
    let (victim, after) = donated
        .provide(&curve(), ANCHOR, Wh::new(1_000), Money::new(400_000))
        .unwrap();
    assert!(victim.shares > brought.shares);
    let (back, _) = after.withdraw(victim.shares).unwrap();
    assert!(victim.coin.get() - back.coin.get() < 2000);
    let (spoils, _) = after.withdraw(brought.shares).unwrap();
    assert!(spoils.coin.get() < 1_000_000);
}

proptest! {
    /// In and out again: at most what was brought, and what the others hold has not become less.
    #[test]
    fn coming_and_going_gains_nothing(curve in closed_form(), pool in any_pool(), energy in 0u64..1 << 52, coin in 0u128..1 << 62) {
        let Ok((brought, after)) = pool.provide(&curve, ANCHOR, Wh::new(energy), Money::new(coin)) else { return Ok(()) };
        prop_assert!(brought.energy <= Wh::new(energy) && brought.coin <= Money::new(coin));
        // Per share there is no less of anything.
        let held = |pool: &Pool| [u128::from(pool.energy.get()), pool.coin.get() + pool.earned.get(), pool.earned.get()];
        for (before, now) in held(&pool).into_iter().zip(held(&after)) {
            let (Some(before), Some(now)) = (before.checked_mul(after.shares.get()), now.checked_mul(pool.shares.get())) else { continue };
            prop_assert!(now >= before);
        }
        let (taken, left) = after.withdraw(brought.shares).unwrap();
        prop_assert!(taken.energy <= brought.energy && taken.coin <= brought.coin);
        prop_assert!(left.energy >= pool.energy && left.coin >= pool.coin && left.earned >= pool.earned);
        prop_assert_eq!((left.shares, left.bonus), (pool.shares, pool.bonus));
    }

    /// A provider whose pool only trades leaves with no less than he brought, valued by the curve at an unmoved anchor.
    #[test]
    fn trades_make_providers_no_poorer(venue in venue(closed_form()), pool in any_pool(), actions in prop::collection::vec(any_action(), 1..6), shares in 1u128..999_000) {
        let anchor = venue.conditions.anchor;
        let of = |pool: &Pool| {
            let (part, _) = pool.withdraw(Shares::new(shares)).unwrap();
            Pool { energy: part.energy, coin: part.coin, ..Pool::default() }
        };
        let (before, mut now) = (pool, pool);
        for action in actions {
            if let Ok((_, _, _, after)) = venue.act(&now, action) {
                now = after;
            }
        }
        // Shares are worth their part of the pool, which no swap lowers.
        prop_assert!(now.worth(&venue.curve, anchor).unwrap() >= before.worth(&venue.curve, anchor).unwrap());
        prop_assert!(of(&now).energy <= now.energy);
    }

    /// Bringing the earned spread onto the curve loses none of it.
    #[test]
    fn compounding_keeps_all_coin(curve in closed_form(), pool in any_pool()) {
        let after = pool.compound().unwrap();
        prop_assert_eq!(after.held().unwrap(), pool.held().unwrap());
        let level = |pool: Pool| Pool { earned: Money::ZERO, ..pool }.worth(&curve, ANCHOR).unwrap();
        prop_assert!(level(after) >= level(pool));
    }
}
