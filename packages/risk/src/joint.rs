use busbar_units::Ppm;

use crate::ewma::{nearest, overflow, weighed};
use crate::{root_down, root_up, Decay, Ewma, RiskError};

/// Millionths in one.
const ONE: u128 = 1_000_000;

/// Exponentially weighted means, variances and covariance of two series, updated in O(1).
///
/// `c' = L c + (1 - L) (x - mx) (y - my)` with the means before the update (RiskMetrics Technical Document, 4th edition
/// 1996, chapter 5): with the variances of [`Ewma`] this is a Gram matrix, so that `c^2 <= vx vy` but for rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Joint {
    /// First series.
    pub x: Ewma,
    /// Second series.
    pub y: Ewma,
    /// Covariance, in millionths of the one unit times millionths of the other.
    pub covariance: i128,
}

impl Joint {
    /// The averages with one more pair, each at most [`crate::VALUE_BOUND`] in size.
    pub fn with(self, x: i64, y: i64, decay: Decay) -> Result<Self, RiskError> {
        let product = self.x.error(x)?.checked_mul(self.y.error(y)?);
        let product = product.ok_or(overflow("covariance"))?;
        Ok(Self {
            x: self.x.with(x, decay)?,
            y: self.y.with(y, decay)?,
            covariance: nearest(weighed(decay, self.covariance, product)?),
        })
    }

    /// Pearson's correlation in millionths, from -1,000,000 to 1,000,000, rounded up by at most 2; none where a
    /// series never moved.
    pub fn correlation(&self) -> Option<Ppm> {
        if self.x.variance == 0 || self.y.variance == 0 {
            return None;
        }
        let size = self.covariance.unsigned_abs();
        // Up is away from zero where it is positive, and towards zero where it is negative.
        let sign = self.covariance.signum();
        let ppm = ratio(size, self.x.variance, self.y.variance, sign > 0).min(ONE);
        let ppm = i64::try_from(ppm).unwrap_or(1_000_000);
        Some(Ppm::new(if sign < 0 { ppm.saturating_neg() } else { ppm }))
    }
}

/// `10^6 size / sqrt(vx vy)`. Each root is taken of the variance shifted to at least 126 bits, so that its relative
/// error is below 2^-62; the two divisions are shifted likewise.
fn ratio(size: u128, vx: u128, vy: u128, round_up: bool) -> u128 {
    let root = |value: u128| {
        let half = value.leading_zeros() / 2;
        let shifted = value << half.saturating_mul(2);
        (if round_up { root_down(shifted) } else { root_up(shifted) }, half)
    };
    let divide = |over: u128, under: u128| {
        let down = over.checked_div(under).unwrap_or(u128::MAX);
        let rest = over.checked_rem(under).unwrap_or(0);
        down.saturating_add(u128::from(round_up && rest != 0))
    };
    let ((rx, hx), (ry, hy)) = (root(vx), root(vy));
    if size == 0 {
        return 0;
    }
    let shift = size.leading_zeros();
    let first = divide(size << shift, rx);
    // first = 2^(shift - hx) size / sqrt(vx), of about 64 bits.
    let millionfold = first.saturating_mul(ONE);
    let (gained, owed) = (shift, hx.saturating_add(hy));
    if owed >= gained {
        let back = owed.saturating_sub(gained);
        let scaled = millionfold
            .checked_shl(back)
            .filter(|scaled| scaled >> back == millionfold);
        return divide(scaled.unwrap_or(u128::MAX), ry);
    }
    let down = divide(millionfold, ry);
    let excess = gained.saturating_sub(owed);
    let Some(whole) = down.checked_shr(excess) else {
        return u128::from(round_up);
    };
    whole.saturating_add(u128::from(round_up && whole.checked_shl(excess) != Some(down)))
}
