use busbar_units::{Money, Ppm, Price, Wh};

use crate::wide::scaled;
use crate::CurveError;

/// What a reserve is worth at the anchor, in thousandths of a millionth of the coin.
///
/// In this unit energy (Wh times millionths per kWh) and coin (millionths times 1000) are both whole, so that a curve
/// never rounds what it is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value(u128);

/// Values in a millionth of the coin.
const PER_MONEY: u128 = 1000;

impl Value {
    /// The largest reserve: curves square and multiply it inside 256 bits.
    pub const MAX: Self = Self(1 << 96);

    /// This many thousandths of a millionth.
    pub const fn new(value: u128) -> Self {
        Self(value)
    }

    /// The bare number.
    pub const fn get(self) -> u128 {
        self.0
    }

    /// Energy at the anchor price.
    pub fn of_energy(energy: Wh, anchor: Price) -> Result<Self, CurveError> {
        let price = u128::try_from(anchor.get()).unwrap_or(0);
        let value = price.checked_mul(energy.get().into()).map(Self);
        value
            .filter(|value| *value <= Self::MAX)
            .ok_or(CurveError::TooLarge { field: "energy" })
    }

    /// Coin.
    pub fn of_coin(coin: Money) -> Result<Self, CurveError> {
        let value = coin.get().checked_mul(PER_MONEY).map(Self);
        value
            .filter(|value| *value <= Self::MAX)
            .ok_or(CurveError::TooLarge { field: "coin" })
    }

    /// The energy that this is worth, rounded down.
    pub(crate) fn energy(self, anchor: Price) -> Result<Wh, CurveError> {
        let price = u128::try_from(anchor.get()).unwrap_or(0);
        let energy = self.0.checked_div(price).and_then(|wh| u64::try_from(wh).ok());
        energy.map(Wh::new).ok_or(CurveError::TooLarge { field: "energy" })
    }

    /// The energy that this is worth, rounded up.
    pub(crate) fn energy_up(self, anchor: Price) -> Result<Wh, CurveError> {
        let price = u128::try_from(anchor.get()).unwrap_or(0);
        if price == 0 {
            return Err(CurveError::TooLarge { field: "energy" });
        }
        let energy = u64::try_from(self.0.div_ceil(price));
        energy
            .map(Wh::new)
            .map_err(|_| CurveError::TooLarge { field: "energy" })
    }

    /// The coin that this is, rounded down.
    pub(crate) fn coin(self) -> Money {
        Money::new(self.0 / PER_MONEY)
    }

    /// The coin that this is, rounded up.
    pub(crate) fn coin_up(self) -> Money {
        Money::new(self.0.div_ceil(PER_MONEY))
    }

    fn plus(self, other: Self) -> Result<Self, CurveError> {
        let sum = self.0.checked_add(other.0).map(Self);
        sum.filter(|sum| *sum <= Self::MAX)
            .ok_or(CurveError::TooLarge { field: "reserve" })
    }

    fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

/// A symmetric trading curve through the pool's reserves, both valued at the anchor: with equal reserves one unit of
/// value buys one unit of value.
///
/// The family of curves is told apart by its *level* `d`: the value of each reserve where they are equal. Swaps stay
/// on the curve of one level. Level and reserve are exact real numbers **rounded up**, and both rise with the level;
/// so the reserves after a swap lie on a curve at least as high as before, whatever was rounded. That is the one place
/// where a curve rounds, and it rounds for the pool.
pub trait Curve {
    /// The level through two reserves, rounded up.
    fn level(&self, a: Value, b: Value) -> Result<Value, CurveError>;

    /// The reserve that belongs to `known` on the curve of `level`, rounded up.
    fn other(&self, level: Value, known: Value) -> Result<Value, CurveError>;

    /// Price of an infinitesimal amount of energy in terms of the anchor: 1,000,000 = the anchor itself.
    fn marginal(&self, energy: Value, coin: Value) -> Result<Ppm, CurveError>;

    /// What the pool gives out of reserve `to` for `amount` more in reserve `from`, rounded down.
    fn receive(&self, from: Value, to: Value, amount: Value) -> Result<Value, CurveError> {
        let level = self.level(from, to)?;
        let left = self.other(level, from.plus(amount)?)?;
        Ok(to.minus(left).unwrap_or_default())
    }

    /// What reserve `from` must gain for `amount` out of reserve `to`, rounded up.
    fn pay(&self, from: Value, to: Value, amount: Value) -> Result<Value, CurveError> {
        let level = self.level(from, to)?;
        let left = to.minus(amount).ok_or(CurveError::TooLarge { field: "amount" })?;
        let needed = self.other(level, left)?;
        Ok(needed.minus(from).unwrap_or_default())
    }
}

/// A ratio in millionths, rounded down.
pub(crate) fn ratio(numerator: u128, denominator: u128) -> Result<Ppm, CurveError> {
    if denominator == 0 {
        return Err(CurveError::Empty);
    }
    let millionths = scaled(numerator, 1_000_000, denominator).and_then(|ratio| i64::try_from(ratio).ok());
    millionths.map(Ppm::new).ok_or(CurveError::TooLarge { field: "price" })
}

/// A parameter in millionths that its constructor has found to be above zero.
pub(crate) fn millionths(value: Ppm) -> u128 {
    u128::try_from(value.get()).unwrap_or(0)
}

/// Millionths in one.
pub(crate) const ONE: u128 = 1_000_000;

/// What does not fit 128 bits after all.
pub(crate) const fn too_large() -> CurveError {
    CurveError::TooLarge { field: "curve" }
}
