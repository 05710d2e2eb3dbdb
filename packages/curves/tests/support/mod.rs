//! Pools, curves and conditions of every kind.
#![allow(dead_code, reason = "each test file takes what it needs")]

use busbar_curves::{
    Concentrated, Conditions, Curve, CurveError, Desk, Pool, Proactive, Split, Spread, Stable, Trade, Value,
};
use busbar_units::{Millihertz, Money, Ppm, Price, Shares, Wh};
use proptest::prelude::*;

/// One of the curves.
#[derive(Debug, Clone, Copy)]
pub enum Any {
    Concentrated(Concentrated),
    Proactive(Proactive),
    Stable(Stable),
}

impl Curve for Any {
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError> {
        match self {
            Self::Concentrated(curve) => curve.level(a, b),
            Self::Proactive(curve) => curve.level(a, b),
            Self::Stable(curve) => curve.level(a, b),
        }
    }

    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError> {
        match self {
            Self::Concentrated(curve) => curve.other(level, known),
            Self::Proactive(curve) => curve.other(level, known),
            Self::Stable(curve) => curve.other(level, known),
        }
    }

    fn marginal(&self, energy: Value, coin: Value) -> Result<Ppm, CurveError> {
        match self {
            Self::Concentrated(curve) => curve.marginal(energy, coin),
            Self::Proactive(curve) => curve.marginal(energy, coin),
            Self::Stable(curve) => curve.marginal(energy, coin),
        }
    }
}

/// A curve in closed form: constant product to a thousand times as deep.
pub fn closed_form() -> impl Strategy<Value = Any> {
    prop_oneof![
        Just(Any::Concentrated(Concentrated::PRODUCT)),
        (0i64..=30_000_000).prop_map(|w| Any::Concentrated(Concentrated::new(Ppm::new(w)).unwrap())),
        (0i64..=1_000_000_000).prop_map(|w| Any::Concentrated(Concentrated::new(Ppm::new(w)).unwrap())),
        (1i64..=1_000_000).prop_map(|k| Any::Proactive(Proactive::new(Ppm::new(k)).unwrap())),
    ]
}

/// Any curve.
pub fn any_curve() -> impl Strategy<Value = Any> {
    prop_oneof![
        3 => closed_form(),
        1 => (1u32..2000).prop_map(|a| Any::Stable(Stable::new(a).unwrap())),
    ]
}

/// Parameters within their bounds.
pub fn any_spread() -> impl Strategy<Value = Spread> {
    let shares = (0i64..=1_000_000).prop_flat_map(|rebate| (Just(rebate), 0..=1_000_000 - rebate));
    let terms = (
        0i64..=100_000,
        0i64..=10_000_000,
        0i64..=200_000,
        0i64..=200_000,
        0i64..=1_000_000,
    );
    let others = (
        0i64..=100_000,
        0i64..=350_000,
        0i64..=1_000_000,
        0i64..=3_000_000,
        50_000i64..=100_000_000,
    );
    (shares, terms, others).prop_map(|(shares, terms, others)| Spread {
        base: Ppm::new(terms.0),
        volatility_gain: Ppm::new(terms.1),
        volatility_max: Ppm::new(terms.2),
        inventory_max: Ppm::new(terms.3),
        inventory_relief: Ppm::new(terms.4),
        nominal: Millihertz::new(50_000),
        dead_band: Millihertz::new(20),
        frequency_gain: Ppm::new(others.0),
        frequency_max: Ppm::new(others.1),
        shape_gain: Ppm::new(others.2),
        shape_max: Ppm::new(others.3),
        reach: Ppm::new(others.4),
        rebate: Ppm::new(shares.0),
        fund: Ppm::new(shares.1),
    })
}

/// Conditions of any interval, the cap far enough above the anchor not to end every trade.
pub fn any_conditions() -> impl Strategy<Value = Conditions> {
    let frequency = prop::option::of((49_000u32..51_000).prop_map(Millihertz::new));
    let anchor = prop_oneof![1i64..2000, 1i64..10_000_000];
    (anchor, 0i64..20_000_000, 0i64..1_000_000, frequency).prop_map(|(anchor, expected, volatility, frequency)| {
        Conditions {
            anchor: Price::new(anchor),
            expected: Price::new(expected),
            cap: Price::new(anchor * 1000),
            volatility: Ppm::new(volatility),
            frequency,
        }
    })
}

/// A pool with something on both sides and in its pots.
pub fn any_pool() -> impl Strategy<Value = Pool> {
    let energy = prop_oneof![1u64..1000, 1u64..10_000_000, 1u64..1 << 50];
    let coin = prop_oneof![1u128..1000, 1u128..10_000_000, 1u128..1 << 60];
    (energy, coin, 0u128..1_000_000, 0u128..1_000_000).prop_map(|(energy, coin, earned, bonus)| Pool {
        energy: Wh::new(energy),
        coin: Money::new(coin),
        earned: Money::new(earned),
        saved: Money::new(earned / 2),
        bonus: Money::new(bonus),
        shares: Shares::new(1_000_000),
    })
}

/// One of the four swaps, its size as a part of the pool in 2^16.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    BuyFor(u16),
    Buy(u16),
    Sell(u16),
    SellFor(u16),
}

pub fn any_action() -> impl Strategy<Value = Action> {
    prop_oneof![
        any::<u16>().prop_map(Action::BuyFor),
        any::<u16>().prop_map(Action::Buy),
        any::<u16>().prop_map(Action::Sell),
        any::<u16>().prop_map(Action::SellFor),
    ]
}

/// A curve, parameters and conditions: what a pool trades under.
#[derive(Debug, Clone, Copy)]
pub struct Venue {
    pub curve: Any,
    pub spread: Spread,
    pub conditions: Conditions,
}

pub fn venue(curve: impl Strategy<Value = Any>) -> impl Strategy<Value = Venue> {
    (curve, any_spread(), any_conditions()).prop_map(|(curve, spread, conditions)| Venue {
        curve,
        spread,
        conditions,
    })
}

impl Venue {
    /// The desk that the next trade meets.
    pub fn desk(&self, pool: &Pool) -> Result<Desk<'_, Any>, CurveError> {
        let (energy, coin) = pool.values(self.conditions.anchor)?;
        Ok(Desk {
            curve: &self.curve,
            terms: self.spread.terms(self.conditions, energy, coin)?,
            split: Split {
                rebate: self.spread.rebate,
                fund: self.spread.fund,
            },
        })
    }

    pub fn buy_for(&self, pool: &Pool, coin: u128) -> Result<(Trade, Pool), CurveError> {
        self.desk(pool)?.buy_for(pool, Money::new(coin))
    }

    pub fn buy(&self, pool: &Pool, energy: u64) -> Result<(Trade, Pool), CurveError> {
        self.desk(pool)?.buy(pool, Wh::new(energy))
    }

    pub fn sell(&self, pool: &Pool, energy: u64) -> Result<(Trade, Pool), CurveError> {
        self.desk(pool)?.sell(pool, Wh::new(energy))
    }

    pub fn sell_for(&self, pool: &Pool, coin: u128) -> Result<(Trade, Pool), CurveError> {
        self.desk(pool)?.sell_for(pool, Money::new(coin))
    }

    /// Does the action: by what the trader's energy and coin change, the fund's part, the pool after it.
    pub fn act(&self, pool: &Pool, action: Action) -> Result<(i128, i128, Money, Pool), CurveError> {
        let coin = |part: u16| (pool.coin.get() * u128::from(part)) >> 16;
        let energy = |part: u16| u64::try_from((u128::from(pool.energy.get()) * u128::from(part)) >> 16).unwrap();
        let (sign, (trade, after)) = match action {
            Action::BuyFor(part) => (1, self.buy_for(pool, coin(part))?),
            Action::Buy(part) => (1, self.buy(pool, energy(part))?),
            Action::Sell(part) => (-1, self.sell(pool, energy(part))?),
            Action::SellFor(part) => (-1, self.sell_for(pool, coin(part))?),
        };
        let (energy, coin) = (
            i128::from(trade.energy.get()),
            i128::try_from(trade.coin.get()).unwrap(),
        );
        Ok((sign * energy, -sign * coin, trade.fund, after))
    }
}
