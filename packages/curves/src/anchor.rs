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
/// An interval that traded replaces or moves the entry of the same interval one turnover before; in one that did not the
/// index stands where it stood. So the anchor is a mean over whole days, however the day is shaped, and the spot interval is one entry
/// among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    positions: Vec<Ppm>,
    last: Ppm,
    surprise: Ppm,
}

/// Where prices are taken to lie before any is known: the middle of the band.
const UNKNOWN: Ppm = Ppm::new(500_000);

impl Profile {
    /// A profile of `intervals` entries that knows nothing: the middle of every band.
    pub fn new(intervals: usize) -> Result<Self, CurveError> {
        if intervals == 0 {
            return Err(CurveError::Missing { field: "profile" });
        }
        Ok(Self {
            positions: alloc::vec![UNKNOWN; intervals],
            last: UNKNOWN,
            surprise: Ppm::ZERO,
        })
    }

    /// Takes the price of a confirmed interval, none where nothing was traded: its entry moves to the price's position,
    /// or to that of the last interval that traded, by a weight of at most 1.
    pub fn record(&mut self, interval: usize, band: Band, price: Option<Price>, weight: Ppm) -> Result<(), CurveError> {
        bounded("weight", weight, 0, 1_000_000)?;
        self.last = price.map_or(self.last, |price| band.position(price));
        let last = self.last.get();
        let slot = self.slot(interval)?;
        let surprise = last.saturating_sub(slot.get());
        let step = surprise.saturating_mul(weight.get()) / 1_000_000;
        *slot = Ppm::new(slot.get().saturating_add(step));
        self.surprise = Ppm::new(surprise);
        Ok(())
    }

    fn slot(&mut self, interval: usize) -> Result<&mut Ppm, CurveError> {
        let at = interval.checked_rem(self.positions.len()).unwrap_or(0);
        self.positions
            .get_mut(at)
            .ok_or(CurveError::Missing { field: "profile" })
    }

    /// Price expected in the interval that follows the last recorded one: the profile's position, moved by a share of
    /// how far the last interval was from its own (`carry`, at most 1), in the band of its tariffs.
    pub fn expected(&self, interval: usize, band: Band, carry: Ppm) -> Result<Price, CurveError> {
        bounded("carry", carry, 0, 1_000_000)?;
        let moved = self.surprise.get().saturating_mul(carry.get()) / 1_000_000;
        Ok(band.price(Ppm::new(self.position(interval).get().saturating_add(moved))))
    }

    fn position(&self, interval: usize) -> Ppm {
        let at = interval.checked_rem(self.positions.len()).unwrap_or(0);
        self.positions.get(at).copied().unwrap_or(UNKNOWN)
    }

    /// The anchor: mean of the profile's prices over the intervals from `first` on, whose tariffs are known; rounded
    /// down. The last interval counts as one of them.
    pub fn anchor(&self, first: usize, ahead: &[Band]) -> Result<Price, CurveError> {
        let mut sum = 0i128;
        for (step, band) in ahead.iter().enumerate() {
            let price = band.price(self.position(first.saturating_add(step)));
            sum = sum.saturating_add(price.get().into());
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
