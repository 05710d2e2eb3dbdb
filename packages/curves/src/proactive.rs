use busbar_units::Ppm;

use crate::curve::{millionths, too_large, ONE};
use crate::error::bounded;
use crate::wide::{scaled, scaled_up, Wide};
use crate::{Curve, CurveError, Value};

/// The proactive market maker of DODO around the anchor, both targets worth the level.
///
/// ```text
/// y = d + (d - x) (1 - k + k d / x)           x <= d: the short reserve, y: the long one, k: slippage, 0 < k <= 1
/// ```
///
/// `k = 1` is the constant product, `k -> 0` the constant sum. Source: DODO team, A Next-Generation On-Chain Liquidity
/// Provider Powered by Pro-Active Market Maker Algorithm, 2020: `P = i R`, `R = 1 - k + k (B0 / B)^2`, integrated. DODO
/// keeps a target per side; here both follow from the reserves, which makes the curve one of the same family:
///
/// ```text
/// d = x (sqrt((1 - k)^2 + (k / x)(y + (1 - k) x)) - (1 - k)) / k
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proactive {
    slippage: Ppm,
}

impl Proactive {
    /// The curve of this slippage, above 0 and at most 1.
    pub fn new(slippage: Ppm) -> Result<Self, CurveError> {
        bounded("slippage", slippage, 1, Ppm::ONE.get())?;
        Ok(Self { slippage })
    }

    /// `k` and `1 - k` in millionths.
    fn parts(self) -> (u128, u128) {
        let k = millionths(self.slippage);
        (k, ONE.saturating_sub(k))
    }
}

impl Curve for Proactive {
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError> {
        let (short, long) = (a.min(b).get(), a.max(b).get());
        let (k, j) = self.parts();
        let exact = || {
            let linear = j.checked_mul(short)?;
            let inner = ONE.checked_mul(long)?.checked_add(linear)?;
            let square = Wide::product(linear, linear).plus(Wide::product(k.checked_mul(short)?, inner))?;
            Some(Value::new(square.root_up()?.checked_sub(linear)?.div_ceil(k)))
        };
        exact().ok_or_else(too_large)
    }

    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError> {
        let (k, j) = self.parts();
        let (d, known) = (level.get(), known.get());
        if known == 0 {
            return Err(CurveError::Empty);
        }
        let long = || {
            let slope = j.checked_mul(known)?.checked_add(k.checked_mul(d)?)?;
            let rise = scaled_up(d.checked_sub(known)?, slope, ONE.checked_mul(known)?)?;
            d.checked_add(rise)
        };
        // j x^2 + (y - 2 j d) x - k d^2 = 0, in millionths; `y` is the reserve that is known to be the long one.
        let short = || {
            let root_of = |half: u128| {
                let offset = Wide::product(d, d).times(k.checked_mul(j)?.checked_mul(4)?)?;
                Wide::product(half, half).plus(offset)?.root_up()
            };
            if j == 0 {
                return scaled_up(d, d, known);
            }
            let (plus, minus) = (ONE.checked_mul(known)?, j.checked_mul(2)?.checked_mul(d)?);
            let root = root_of(plus.abs_diff(minus))?;
            let numerator = root.checked_add(minus)?.checked_sub(plus)?;
            Some(numerator.div_ceil(j.checked_mul(2)?))
        };
        let other = if known <= d { long() } else { short() };
        other.map(Value::new).ok_or_else(too_large)
    }

    fn marginal(&self, energy: Value, coin: Value) -> Result<Ppm, CurveError> {
        let (k, j) = self.parts();
        let short = energy.min(coin).get();
        let price = || {
            let level = self.level(energy, coin).ok()?.get();
            let once = scaled(level, ONE, short)?;
            let dear = j.checked_add(scaled(once, scaled(once, k, ONE)?, ONE)?)?;
            let price = if energy <= coin { dear } else { scaled(ONE, ONE, dear)? };
            i64::try_from(price).ok().map(Ppm::new)
        };
        if short == 0 {
            return Err(CurveError::Empty);
        }
        price().ok_or_else(too_large)
    }
}
