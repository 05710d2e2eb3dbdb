use busbar_units::Ppm;

use crate::curve::{millionths, ratio, too_large, ONE};
use crate::error::bounded;
use crate::wide::Wide;
use crate::{Curve, CurveError, Value};

/// Constant product on virtual reserves around the anchor.
///
/// ```text
/// (x + w d)(y + w d) = ((1 + w) d)^2          x, y: reserves valued at the anchor, d: level, w: concentration
/// ```
///
/// Each reserve lasts until the price has moved by `(1 + 1/w)^2`; near the anchor the pool is `1 + w` times as deep as
/// a constant product of the same reserves. `w = 0` is the constant product, `w -> infinity` the constant sum. This is
/// one position of Uniswap v3 (Adams, Zinsmeister, Salem, Keefer, Robinson: Uniswap v3 Core, 2021, section 2) with the
/// range `[1/r, r]` around the anchor, `r = (1 + 1/w)^2`, whose liquidity follows from the reserves when the anchor moves:
///
/// ```text
/// d = (w (x + y) + sqrt(w^2 (x + y)^2 + 4 (1 + 2 w) x y)) / (2 (1 + 2 w))
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concentrated {
    concentration: Ppm,
}

/// Largest concentration: the pool is a thousand times as deep, and empty 0.2 % away from the anchor.
const MOST: i64 = 1_000_000_000;

impl Concentrated {
    /// The constant product.
    pub const PRODUCT: Self = Self {
        concentration: Ppm::ZERO,
    };

    /// The curve of this concentration, 0 to 1000.
    pub fn new(concentration: Ppm) -> Result<Self, CurveError> {
        bounded("concentration", concentration, 0, MOST)?;
        Ok(Self { concentration })
    }

    /// `w d` in millionths of a value.
    fn virtual_reserve(self, level: Value) -> Result<u128, CurveError> {
        let reserve = level.get().checked_mul(millionths(self.concentration));
        reserve.ok_or_else(too_large)
    }
}

impl Curve for Concentrated {
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError> {
        let exact = || {
            let w = millionths(self.concentration);
            let linear = w.checked_mul(a.get().checked_add(b.get())?)?;
            // 4 (1 + 2 w) in millionths of millionths: at most 2^53 beside reserves of 2^96 each.
            let factor = ONE.checked_add(w.checked_mul(2)?)?.checked_mul(ONE.checked_mul(4)?)?;
            let corner = Wide::product(a.get(), b.get()).times(factor)?;
            let root = Wide::product(linear, linear).plus(corner)?.root_up()?;
            let twice = ONE.checked_add(w.checked_mul(2)?)?.checked_mul(2)?;
            Some(Value::new(linear.checked_add(root)?.div_ceil(twice)))
        };
        exact().ok_or_else(too_large)
    }

    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError> {
        let offset = self.virtual_reserve(level)?;
        let shifted = || {
            let side = level.get().checked_mul(ONE)?.checked_add(offset)?;
            let known = known.get().checked_mul(ONE)?.checked_add(offset)?;
            Wide::product(side, side).over_up(known)
        };
        if known.get() == 0 && offset == 0 {
            return Err(CurveError::Empty);
        }
        let left = shifted().ok_or_else(too_large)?.checked_sub(offset);
        left.map(|left| Value::new(left.div_ceil(ONE)))
            .ok_or(CurveError::Exhausted)
    }

    fn marginal(&self, energy: Value, coin: Value) -> Result<Ppm, CurveError> {
        let offset = self.virtual_reserve(self.level(energy, coin)?)?;
        let shifted = |reserve: Value| {
            let scaled = reserve.get().checked_mul(ONE)?;
            scaled.checked_add(offset)
        };
        ratio(
            shifted(coin).ok_or_else(too_large)?,
            shifted(energy).ok_or_else(too_large)?,
        )
    }
}
