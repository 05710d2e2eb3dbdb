use crate::curve::{ratio, too_large};
use crate::wide::{scaled, scaled_up, Wide};
use crate::{Curve, CurveError, Value};

/// The stableswap of two assets around the anchor, for comparison: its level takes iterations.
///
/// ```text
/// 4 A (x + y) + D = 4 A D + D^3 / (4 x y),    D = 2 d          A: amplification
/// ```
///
/// Source: Egorov, StableSwap: efficient mechanism for stablecoin liquidity, 2019. With `A -> 0` a constant product,
/// with `A -> infinity` a constant sum. Rounded up to within a few thousandths of a millionth of the coin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stable {
    /// `4 A`.
    amplification: u128,
}

/// Newton's iteration doubles the correct digits: 96 bits take few steps from anywhere near, more from far.
const STEPS: usize = 255;

/// What the iteration's own rounding may miss.
const MARGIN: u128 = 4;

impl Stable {
    /// The curve of amplification `A`, at least 1.
    pub fn new(amplification: u32) -> Result<Self, CurveError> {
        match u128::from(amplification).checked_mul(4) {
            Some(amplification) if amplification > 0 => Ok(Self { amplification }),
            _ => Err(CurveError::Zero { field: "amplification" }),
        }
    }

    /// `D^3 / (4 x y)`, rounded down.
    fn cube(total: u128, a: u128, b: u128) -> Option<u128> {
        let once = scaled(total, total, a.checked_mul(2)?)?;
        scaled(once, total, b.checked_mul(2)?)
    }
}

impl Curve for Stable {
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError> {
        if a.get() == 0 || b.get() == 0 {
            return Err(CurveError::Empty);
        }
        let (a, b) = (a.get().max(b.get()), a.get().min(b.get()));
        let exact = || {
            let sum = a.checked_add(b)?;
            let amplified = self.amplification.checked_mul(sum)?;
            let mut total = sum;
            for _ in 0..STEPS {
                let cube = Self::cube(total, a, b)?;
                let factor = amplified.checked_add(cube.checked_mul(2)?)?;
                let down = self.amplification.checked_sub(1)?.checked_mul(total)?;
                let next = scaled(factor, total, down.checked_add(cube.checked_mul(3)?)?)?;
                if next.abs_diff(total) <= 1 {
                    return Some(next.max(total).checked_add(MARGIN)?.div_ceil(2));
                }
                total = next;
            }
            None
        };
        exact().map(Value::new).ok_or_else(too_large)
    }

    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError> {
        let known = known.get();
        if known == 0 {
            return Err(CurveError::Empty);
        }
        // y^2 + (x + D / 4A - D) y = D^3 / (4 x 4A)
        let exact = || {
            let total = level.get().checked_mul(2)?;
            let once = scaled_up(total, total, known.checked_mul(2)?)?;
            let constant = Wide::product(once, total.div_ceil(self.amplification)).times(2)?;
            let plus = known.checked_add(total.checked_div(self.amplification)?)?;
            let half = plus.abs_diff(total);
            let root = Wide::product(half, half).plus(constant)?.root_up()?;
            Some(root.checked_add(total)?.checked_sub(plus)?.div_ceil(2))
        };
        exact().map(Value::new).ok_or_else(too_large)
    }

    fn marginal(&self, energy: Value, coin: Value) -> Result<busbar_units::Ppm, CurveError> {
        let level = self.level(energy, coin)?.get();
        let (energy, coin) = (energy.get(), coin.get());
        let exact = || {
            let cube = Self::cube(level.checked_mul(2)?, energy, coin)?;
            let at = |reserve: u128| self.amplification.checked_mul(reserve)?.checked_add(cube);
            // ((4A x + P) y) / ((4A y + P) x)
            let slope = scaled(at(energy)?, 1_000_000_000_000, energy)?;
            let against = scaled(at(coin)?, 1_000_000_000_000, coin)?;
            Some((slope, against))
        };
        let (slope, against) = exact().ok_or_else(too_large)?;
        ratio(slope, against)
    }
}
