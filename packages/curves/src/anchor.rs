use alloc::vec::Vec;

use busbar_units::{Ppm, Price};

use crate::error::bounded;
use crate::CurveError;

/// The utility's two tariffs of an interval: between them neighbours trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    export: Price,
    import: Price,
}

impl Band {
    /// A band with `export` below `import`.
    pub fn new(export: Price, import: Price) -> Result<Self, CurveError> {
        if export >= import {
            return Err(CurveError::Band { export, import });
        }
        Ok(Self { export, import })
    }

    /// The import tariff.
    pub fn import(self) -> Price {
        self.import
    }

    fn width(self) -> i128 {
        i128::from(self.import.get()).saturating_sub(self.export.get().into())
    }

    /// Where a price lies in the band: 0 = export tariff, 1,000,000 = import tariff; beyond either, that one.
    pub fn position(self, price: Price) -> Ppm {
        let above = i128::from(price.get()).saturating_sub(self.export.get().into());
        let part = above.saturating_mul(1_000_000).checked_div(self.width()).unwrap_or(0);
        Ppm::new(i64::try_from(part.clamp(0, 1_000_000)).unwrap_or(0))
    }

    /// The price at a position, rounded down.
    pub fn price(self, position: Ppm) -> Price {
        let part = self.width().saturating_mul(position.get().clamp(0, 1_000_000).into()) / 1_000_000;
        let price = i128::from(self.export.get()).saturating_add(part);
        // Between two prices lies a price.
        Price::new(i64::try_from(price).unwrap_or(i64::MAX))
    }
}

/// Where confirmed prices lay in their bands, one entry for each interval of the turnover time: the bank's usable energy
/// over its power, at least one day of tariffs.
///
/// An interval that traded replaces or moves the entry of the same interval one turnover before; one that did not
/// leaves it. So the anchor is a mean over whole days, however the day is shaped, and the spot interval is one entry
/// among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    positions: Vec<Ppm>,
}

impl Profile {
    /// A profile of `intervals` entries that knows nothing: the middle of every band.
    pub fn new(intervals: usize) -> Result<Self, CurveError> {
        if intervals == 0 {
            return Err(CurveError::Missing { field: "profile" });
        }
        Ok(Self {
            positions: alloc::vec![Ppm::new(500_000); intervals],
        })
    }

    /// Takes the price of a confirmed interval that traded, with a weight of at most 1: 1 replaces its entry.
    pub fn record(&mut self, interval: usize, band: Band, price: Price, weight: Ppm) -> Result<(), CurveError> {
        bounded("weight", weight, 0, 1_000_000)?;
        let slot = self.slot(interval)?;
        let step = band.position(price).get().saturating_sub(slot.get());
        let step = step.saturating_mul(weight.get()) / 1_000_000;
        *slot = Ppm::new(slot.get().saturating_add(step));
        Ok(())
    }

    fn slot(&mut self, interval: usize) -> Result<&mut Ppm, CurveError> {
        let at = interval.checked_rem(self.positions.len()).unwrap_or(0);
        self.positions
            .get_mut(at)
            .ok_or(CurveError::Missing { field: "profile" })
    }

    /// Price expected in an interval: the profile's position in the band that its tariffs make.
    pub fn expected(&self, interval: usize, band: Band) -> Price {
        let at = interval.checked_rem(self.positions.len()).unwrap_or(0);
        band.price(self.positions.get(at).copied().unwrap_or(Ppm::ZERO))
    }

    /// The anchor: mean of the expected prices of the intervals from `first` on, whose tariffs are known; rounded down.
    pub fn anchor(&self, first: usize, ahead: &[Band]) -> Result<Price, CurveError> {
        let mut sum = 0i128;
        for (step, band) in ahead.iter().enumerate() {
            let expected = self.expected(first.saturating_add(step), *band);
            sum = sum.saturating_add(expected.get().into());
        }
        let count = i128::try_from(ahead.len()).unwrap_or(i128::MAX);
        let mean = sum.checked_div(count).and_then(|mean| i64::try_from(mean).ok());
        mean.map(Price::new).ok_or(CurveError::Missing { field: "tariffs" })
    }

    /// The cap: highest import tariff of the intervals ahead.
    pub fn cap(ahead: &[Band]) -> Result<Price, CurveError> {
        let highest = ahead.iter().map(|band| band.import).max();
        highest.ok_or(CurveError::Missing { field: "tariffs" })
    }
}
