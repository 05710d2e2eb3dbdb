use busbar_units::{Millihertz, Ppm, Price};

use crate::curve::Value;
use crate::error::bounded;
use crate::CurveError;

/// The spread's parameters: every term has a gain and a bound, both governed. In millionths of the curve's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    /// Base term, on both sides; at most 0.1.
    pub base: Ppm,
    /// Share of the index of volatility that joins, on both sides; at most 10.
    pub volatility_gain: Ppm,
    /// Bound of the term of volatility; at most 0.2.
    pub volatility_max: Ppm,
    /// Frequency the grid is meant to have.
    pub nominal: Millihertz,
    /// Deviation that counts as none.
    pub dead_band: Millihertz,
    /// Term of frequency per millihertz beyond the dead band; at most 0.1.
    pub frequency_gain: Ppm,
    /// Bound of the term of frequency; at most 0.35.
    pub frequency_max: Ppm,
    /// Term of inventory of an entirely one-sided pool, for the side that makes it worse; at most 0.2.
    pub inventory_max: Ppm,
    /// Share of the base term that an entirely one-sided pool waives for the side that mends it; at most 1.
    pub inventory_relief: Ppm,
    /// Share of the distance between the anchor and the price expected in the next interval that joins, on the side that
    /// takes from the pool what the next interval is short of; at most 1.
    pub shape_gain: Ppm,
    /// Bound of the term of shape; at most 3.
    pub shape_max: Ppm,
    /// Largest distance between what a trade pays and the price expected in the next interval, as a share of it; beyond,
    /// the pool stands aside and the auction serves better. From 0.05 to 100; from 1 on every seller is served.
    pub reach: Ppm,
    /// Share of the spread that is put aside as bonus for trades that help the grid; with `fund` at most 1.
    pub rebate: Ppm,
    /// Share of the spread that is the fund's.
    pub fund: Ppm,
}

/// What the spread depends on beside the pool itself. All of it is known before the trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Anchor price.
    pub anchor: Price,
    /// Price expected in the next interval.
    pub expected: Price,
    /// Highest import tariff of the coming day.
    pub cap: Price,
    /// Index of volatility.
    pub volatility: Ppm,
    /// The grid's frequency; none where no fresh one is known.
    pub frequency: Option<Millihertz>,
}

/// What a trade is charged, in millionths of the curve's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Anchor price.
    pub anchor: Price,
    /// No buyer pays more on average, whatever is expected.
    pub cap: Price,
    /// No buyer pays more on average, as the next interval is expected.
    pub highest: Price,
    /// No seller gets less on average, as the next interval is expected.
    pub lowest: Price,
    /// Added when energy is bought from the pool; never negative.
    pub ask: Ppm,
    /// Taken off when energy is sold to the pool; never negative, and with `lean` never above one.
    pub bid: Ppm,
    /// Term of frequency: added to both prices. Above zero the grid needs energy: taking it costs more and bringing it
    /// pays more. Below zero it is mirrored. What it adds to a trader's receipts comes from the bonus pot alone.
    pub lean: Ppm,
}

/// The most that a seller's spread may be before frequency: with the largest term of frequency it stays below one.
const BID_MOST: i64 = 600_000;

impl Spread {
    /// Refuses any term outside its bounds.
    pub fn check(&self) -> Result<(), CurveError> {
        bounded("base", self.base, 0, 100_000)?;
        bounded("volatility_gain", self.volatility_gain, 0, 10_000_000)?;
        bounded("volatility_max", self.volatility_max, 0, 200_000)?;
        bounded("frequency_gain", self.frequency_gain, 0, 100_000)?;
        bounded("frequency_max", self.frequency_max, 0, 350_000)?;
        bounded("inventory_max", self.inventory_max, 0, 200_000)?;
        bounded("inventory_relief", self.inventory_relief, 0, 1_000_000)?;
        bounded("shape_gain", self.shape_gain, 0, 1_000_000)?;
        bounded("shape_max", self.shape_max, 0, 3_000_000)?;
        bounded("reach", self.reach, 50_000, 100_000_000)?;
        bounded("rebate", self.rebate, 0, 1_000_000)?;
        bounded("fund", self.fund, 0, 1_000_000)?;
        bounded("rebate and fund", self.rebate.add(self.fund)?, 0, 1_000_000)
    }

    /// The terms for a trade that meets reserves of these values. They are those of the trade's start: a trade that
    /// makes the pool more one-sided would pay more in parts, one that mends it would get less in parts.
    pub fn terms(&self, conditions: Conditions, energy: Value, coin: Value) -> Result<Terms, CurveError> {
        let Conditions { anchor, cap, .. } = conditions;
        if anchor < Price::new(1) || anchor > cap {
            return Err(CurveError::Anchor { anchor, cap });
        }
        let tilt = tilt(energy, coin);
        let (long, short) = (tilt.max(0), tilt.min(0).saturating_neg());
        let volatility = share(conditions.volatility.get().max(0), self.volatility_gain).min(self.volatility_max.get());
        let shape = shape(conditions)?;
        let side = |worse: i64, better: i64, shape: i64| {
            let base = self
                .base
                .get()
                .saturating_sub(share(share(better, self.inventory_relief), self.base));
            base.saturating_add(volatility)
                .saturating_add(share(worse, self.inventory_max))
                .saturating_add(share(shape, self.shape_gain).min(self.shape_max.get()))
        };
        Ok(Terms {
            anchor,
            cap,
            highest: self.beyond(conditions.expected, 1).min(cap),
            lowest: self.beyond(conditions.expected, -1).max(Price::ZERO),
            ask: Ppm::new(side(short, long, shape.max(0))),
            bid: Ppm::new(side(long, short, shape.min(0).saturating_neg()).min(BID_MOST)),
            lean: self.lean(conditions.frequency),
        })
    }

    /// The expected price and the reach above or below it.
    fn beyond(&self, expected: Price, sign: i64) -> Price {
        let share = i128::from(sign.saturating_mul(self.reach.get())).saturating_add(1_000_000);
        let price = i128::from(expected.get()).saturating_mul(share) / 1_000_000;
        Price::new(i64::try_from(price).unwrap_or(i64::MAX))
    }

    /// The term of frequency: rises with the deviation beyond the dead band up to its bound, against the deviation.
    fn lean(&self, frequency: Option<Millihertz>) -> Ppm {
        let Some(frequency) = frequency else { return Ppm::ZERO };
        let missing = i64::from(self.nominal.get()).saturating_sub(frequency.get().into());
        let beyond = missing
            .saturating_abs()
            .saturating_sub(self.dead_band.get().into())
            .max(0);
        let size = beyond
            .saturating_mul(self.frequency_gain.get())
            .min(self.frequency_max.get());
        Ppm::new(size.saturating_mul(missing.signum()))
    }
}

/// How one-sided the pool is, in millionths of what it holds: 1,000,000 = energy alone.
fn tilt(energy: Value, coin: Value) -> i64 {
    let (x, y) = (energy.get(), coin.get());
    let part = x.abs_diff(y).saturating_mul(1_000_000).checked_div(x.saturating_add(y));
    let size = part.and_then(|part| i64::try_from(part).ok()).unwrap_or(0);
    if x >= y {
        size
    } else {
        size.saturating_neg()
    }
}

/// How far the expected price lies above the anchor, in millionths of it.
fn shape(conditions: Conditions) -> Result<i64, CurveError> {
    let distance = i128::from(conditions.expected.get()).saturating_sub(conditions.anchor.get().into());
    let relative = distance
        .saturating_mul(1_000_000)
        .checked_div(conditions.anchor.get().into())
        .unwrap_or(0);
    i64::try_from(relative).map_err(|_| CurveError::TooLarge { field: "expected" })
}

/// A share of a ratio that is not negative, rounded down.
fn share(of: i64, share: Ppm) -> i64 {
    let part = i128::from(of).saturating_mul(share.get().into()) / 1_000_000;
    i64::try_from(part).unwrap_or(i64::MAX)
}
