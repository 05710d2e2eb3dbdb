use busbar_units::{Money, Price, Shares, Wh};

use crate::{Curve, CurveError, Value};

/// A pool of energy token and coin. Its reserves are what it recorded, never what it happens to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// Energy on the curve.
    pub energy: Wh,
    /// Coin on the curve.
    pub coin: Money,
    /// The liquidity providers' part of the spread, beside the curve until [`Pool::compound`]: coin that joined at once
    /// would move the price for the next part of the same trade.
    pub earned: Money,
    /// What goes into the bonus pot, beside it until [`Pool::compound`]: else a trade in parts would earn its own rebate.
    pub saved: Money,
    /// The bonus pot of trades that help the grid. It belongs to no liquidity provider.
    pub bonus: Money,
    /// Shares of the pool.
    pub shares: Shares,
}

impl Pool {
    /// The reserves at an anchor price: energy, coin.
    pub fn values(&self, anchor: Price) -> Result<(Value, Value), CurveError> {
        Ok((Value::of_energy(self.energy, anchor)?, Value::of_coin(self.coin)?))
    }

    /// What the liquidity providers own, valued by the curve: twice the level, and the earned spread.
    ///
    /// At a given anchor no swap lowers it.
    pub fn worth(&self, curve: &impl Curve, anchor: Price) -> Result<Value, CurveError> {
        let (energy, coin) = self.values(anchor)?;
        let level = curve.level(energy, coin)?.get();
        let earned = Value::of_coin(self.earned)?.get();
        Ok(Value::new(level.saturating_mul(2).saturating_add(earned)))
    }

    /// Brings the earned spread onto the curve and the saved one into the bonus pot. Once in an interval, before its
    /// first trade.
    pub fn compound(self) -> Result<Self, CurveError> {
        Ok(Self {
            coin: self.coin.add(self.earned)?,
            earned: Money::ZERO,
            bonus: self.bonus.add(self.saved)?,
            saved: Money::ZERO,
            ..self
        })
    }

    /// All coin that the pool must hold.
    pub fn held(&self) -> Result<Money, CurveError> {
        Ok(self.coin.add(self.earned)?.add(self.saved)?.add(self.bonus)?)
    }
}
