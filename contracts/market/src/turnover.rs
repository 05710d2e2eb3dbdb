//! Traded energy and what it was traded at.
use busbar_units::{Price, UnitsError, Wh};

/// Sums of energy and of price times energy, whose ratio is the mean price weighted by volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// Energy, Wh.
    pub wh: i128,
    /// Price times energy.
    pub price_wh: i128,
}

impl Turnover {
    /// What one fill adds.
    pub fn of(price: Price, fill: Wh) -> Result<Self, UnitsError> {
        let wh = i128::from(fill.get());
        let price_wh = i128::from(price.get()).checked_mul(wh).ok_or(OVERFLOW)?;
        Ok(Self { wh, price_wh })
    }

    /// Both together.
    pub fn add(self, other: Self) -> Result<Self, UnitsError> {
        self.each(other, i128::checked_add)
    }

    /// This one without the other.
    pub fn sub(self, other: Self) -> Result<Self, UnitsError> {
        self.each(other, i128::checked_sub)
    }

    fn each(self, other: Self, of: fn(i128, i128) -> Option<i128>) -> Result<Self, UnitsError> {
        Ok(Self {
            wh: of(self.wh, other.wh).ok_or(OVERFLOW)?,
            price_wh: of(self.price_wh, other.price_wh).ok_or(OVERFLOW)?,
        })
    }

    /// The mean weighted by volume, rounded down; none without volume.
    pub fn mean(self) -> Option<Price> {
        let mean = self.price_wh.checked_div_euclid(self.wh)?;
        i64::try_from(mean).ok().map(Price::new)
    }
}

const OVERFLOW: UnitsError = UnitsError::Overflow {
    unit: "Price",
    operation: "mean",
};
