use crate::{root_up, RiskError};

/// Parts of a unit that means are kept in: a mean is in millionths of the unit, a variance in their square.
pub const SCALE: i128 = 1_000_000;
/// Largest size of an observation: all sums below then fit 128 bits.
pub const VALUE_BOUND: i64 = 1 << 31;
/// Millionths in one.
const ONE: i128 = 1_000_000;

/// How much of the past an average keeps at each step: L, in millionths.
///
/// The effective number of observations is `(1 + L) / (1 - L)`: 32 at 0.94, 199 at 0.99.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decay(u32);

impl Decay {
    /// A decay of 1 to 999,999 millionths.
    pub fn new(ppm: u32) -> Result<Self, RiskError> {
        if (1..1_000_000).contains(&ppm) {
            return Ok(Self(ppm));
        }
        Err(RiskError::Decay { ppm })
    }

    /// Millionths.
    pub fn ppm(self) -> u32 {
        self.0
    }

    pub(crate) fn past(self) -> i128 {
        self.0.into()
    }

    /// What a new observation weighs.
    pub(crate) fn news(self) -> i128 {
        ONE.saturating_sub(self.past())
    }
}

/// Exponentially weighted mean and variance of a series, updated in O(1).
///
/// `m' = m + (1 - L) (y - m)` and `v' = L v + (1 - L) (y - m)^2`: the variance of the forecast error of the mean before
/// the update (RiskMetrics Technical Document, 4th edition 1996, chapter 5, with a mean in place of zero). It is never
/// below the variance of the exponentially weighted sample, which weighs the same error by `L (1 - L)` (West 1979).
/// The first observation is the mean and has no error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ewma {
    /// Mean, in millionths of the unit.
    pub mean: i128,
    /// Variance, in the square of that.
    pub variance: u128,
    /// Observations so far, as many as fit.
    pub count: u32,
}

impl Ewma {
    /// The average with one more observation of at most [`VALUE_BOUND`] in size.
    pub fn with(self, value: i64, decay: Decay) -> Result<Self, RiskError> {
        let error = self.error(value)?;
        if self.count == 0 {
            return Ok(Self {
                mean: scaled(value)?,
                variance: 0,
                count: 1,
            });
        }
        let square = error.checked_mul(error).ok_or(overflow("variance"))?;
        let variance = i128::try_from(self.variance).map_err(|_| overflow("variance"))?;
        let variance = weighed(decay, variance, square)?;
        Ok(Self {
            mean: nearest(weighed(decay, self.mean, scaled(value)?)?),
            variance: u128::try_from(up(variance)).map_err(|_| overflow("variance"))?,
            count: self.count.saturating_add(1),
        })
    }

    /// Standard deviation in millionths of the unit, rounded up.
    pub fn volatility(&self) -> u128 {
        root_up(self.variance)
    }

    /// How far an observation lies from the mean so far, in millionths of the unit; nothing for the first.
    pub(crate) fn error(&self, value: i64) -> Result<i128, RiskError> {
        if value.unsigned_abs() > VALUE_BOUND.unsigned_abs() {
            return Err(RiskError::Value {
                value,
                max: VALUE_BOUND,
            });
        }
        if self.count == 0 {
            return Ok(0);
        }
        scaled(value)?.checked_sub(self.mean).ok_or(overflow("mean"))
    }
}

/// An observation brought within [`VALUE_BOUND`], for series that must go on whatever comes.
pub fn bounded(value: i128) -> i64 {
    let most = i128::from(VALUE_BOUND);
    // Within the bounds it fits.
    i64::try_from(value.clamp(most.saturating_neg(), most)).unwrap_or(VALUE_BOUND)
}

fn scaled(value: i64) -> Result<i128, RiskError> {
    i128::from(value).checked_mul(SCALE).ok_or(overflow("mean"))
}

/// `L past + (1 - L) news`, times a million.
pub(crate) fn weighed(decay: Decay, past: i128, news: i128) -> Result<i128, RiskError> {
    let past = decay.past().checked_mul(past);
    let news = decay.news().checked_mul(news);
    past.zip(news)
        .and_then(|(past, news)| past.checked_add(news))
        .ok_or(overflow("average"))
}

/// A millionth, to the nearest, halves up.
pub(crate) fn nearest(millionfold: i128) -> i128 {
    millionfold.saturating_add(ONE / 2).div_euclid(ONE)
}

/// A millionth, rounded up.
fn up(millionfold: i128) -> i128 {
    let floor = millionfold.div_euclid(ONE);
    floor.saturating_add(i128::from(millionfold.rem_euclid(ONE) != 0))
}

pub(crate) fn overflow(what: &'static str) -> RiskError {
    RiskError::Overflow { what }
}
