use busbar_units::{Price, Wh};

use crate::ewma::overflow;
use crate::RiskError;

const DAY_S: u64 = 86_400;
const HOUR_S: u64 = 3_600;

/// A mean of prices weighted by volume, kept as its two sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WeightedMean {
    /// Sum of price times volume.
    pub value: i128,
    /// Sum of volume, Wh.
    pub volume: u128,
}

impl WeightedMean {
    /// The mean with some energy more, traded at a price.
    pub fn with(self, price: Price, volume: Wh) -> Result<Self, RiskError> {
        let value = i128::from(price.get()).checked_mul(volume.get().into());
        let value = value.and_then(|value| self.value.checked_add(value));
        let sum = self.volume.checked_add(volume.get().into());
        Ok(Self {
            value: value.ok_or(overflow("price times volume"))?,
            volume: sum.ok_or(overflow("volume"))?,
        })
    }

    /// The mean, rounded down; none where nothing was traded.
    pub fn mean(&self) -> Option<Price> {
        let volume = i128::try_from(self.volume).ok()?;
        let mean = self.value.checked_div_euclid(volume)?;
        i64::try_from(mean).ok().map(Price::new)
    }
}

/// The hours of a day, UTC, whose trades make the peak index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeakHours {
    from: u8,
    to: u8,
}

impl PeakHours {
    /// From the start of hour `from` to the start of hour `to`, both of 0 to 24.
    pub fn new(from: u8, to: u8) -> Result<Self, RiskError> {
        if from < to && to <= 24 {
            return Ok(Self { from, to });
        }
        Err(RiskError::PeakHours { from, to })
    }

    /// First hour.
    pub fn from(self) -> u8 {
        self.from
    }

    /// Hour behind the last.
    pub fn to(self) -> u8 {
        self.to
    }

    /// Whether an instant of unix time lies in them.
    pub fn contain(self, unix_s: u64) -> bool {
        let hour = (unix_s % DAY_S) / HOUR_S;
        (u64::from(self.from)..u64::from(self.to)).contains(&hour)
    }
}

/// Average prices of a day: of all of it (base) and of its peak hours, as power exchanges publish them, weighted by
/// volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// Days since the epoch.
    pub number: u64,
    /// All hours.
    pub base: WeightedMean,
    /// Peak hours.
    pub peak: WeightedMean,
}

impl Day {
    /// A day without trades.
    pub fn new(number: u64) -> Self {
        Self {
            number,
            ..Self::default()
        }
    }

    /// The day of an instant of unix time.
    pub fn of(unix_s: u64) -> u64 {
        unix_s / DAY_S
    }

    /// The day with the trades of an interval that starts at an instant of it.
    pub fn with(mut self, start_s: u64, hours: PeakHours, price: Price, volume: Wh) -> Result<Self, RiskError> {
        self.base = self.base.with(price, volume)?;
        if hours.contain(start_s) {
            self.peak = self.peak.with(price, volume)?;
        }
        Ok(self)
    }
}
