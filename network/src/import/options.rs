use std::ops::RangeInclusive;

use super::ImportError;

/// Bounds of the options.
pub mod bounds {
    use std::ops::RangeInclusive;

    /// Margin inside the limits of voltage, p.u.
    pub const VOLTAGE_MARGIN_PU: RangeInclusive<f64> = 0.0..=0.1;
    /// Lowest voltage of a bus that has no limits of its own, p.u.
    pub const VOLTAGE_MIN_PU: RangeInclusive<f64> = 0.5..=1.0;
    /// Highest voltage of a bus that has no limits of its own, p.u.
    pub const VOLTAGE_MAX_PU: RangeInclusive<f64> = 1.0..=1.5;
    /// Power factor; below 0.45 the tangent leaves the bounds of the network file.
    pub const POWER_FACTOR: RangeInclusive<f64> = 0.5..=1.0;
    /// Multiple of the ratings.
    pub const RATING_SCALE: RangeInclusive<f64> = 0.001..=1000.0;
    /// Rating of lines that have none, W: up to 1 TW.
    pub const RATING_W: RangeInclusive<u64> = 1..=1_000_000_000_000;
    /// Share of the rating that is left for losses.
    pub const LOSS_MARGIN: RangeInclusive<f64> = 0.0..=0.5;
    /// Highest over mean power of an interval.
    pub const PEAK_TO_MEAN: RangeInclusive<f64> = 1.0..=10.0;
    /// Length of an interval, seconds: the bounds of a region.
    pub const INTERVAL_S: RangeInclusive<u64> = 60..=86_400;
}

/// How a case becomes a network file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Whether a radial network gets limits of voltage.
    pub voltage: bool,
    /// By how much the limits of voltage are narrowed at both ends, p.u.
    pub voltage_margin_pu: f64,
    /// Lowest voltage of buses that have no limits of their own, p.u.
    pub voltage_min_pu: f64,
    /// Highest voltage of buses that have no limits of their own, p.u.
    pub voltage_max_pu: f64,
    /// Active over apparent power: derates capacities, and gives reactive power in limits of voltage.
    pub power_factor: f64,
    /// Multiple of every rating.
    pub rating_scale: f64,
    /// Rating of lines that have none, W at a power factor of 1.
    pub rating_w: Option<u64>,
    /// Share of each rating left for losses.
    pub loss_margin: f64,
    /// Highest over mean power of an interval: capacities bound the mean, ratings the highest.
    pub peak_to_mean: f64,
    /// Length of an interval, seconds.
    pub interval_s: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Options {
    /// What the command line takes where nothing is said.
    pub const DEFAULT: Self = Self {
        voltage: true,
        voltage_margin_pu: 0.01,
        voltage_min_pu: 0.9,
        voltage_max_pu: 1.1,
        power_factor: 0.95,
        rating_scale: 1.0,
        rating_w: None,
        loss_margin: 0.05,
        peak_to_mean: 1.2,
        interval_s: 900,
    };

    /// Checks every option against its bounds.
    ///
    /// # Errors
    /// [`ImportError::Option`] names the first outside them; not a number is outside.
    pub fn check(&self) -> Result<(), ImportError> {
        within("voltage-margin-pu", self.voltage_margin_pu, bounds::VOLTAGE_MARGIN_PU)?;
        within("voltage-min-pu", self.voltage_min_pu, bounds::VOLTAGE_MIN_PU)?;
        within("voltage-max-pu", self.voltage_max_pu, bounds::VOLTAGE_MAX_PU)?;
        within("power-factor", self.power_factor, bounds::POWER_FACTOR)?;
        within("rating-scale", self.rating_scale, bounds::RATING_SCALE)?;
        within("loss-margin", self.loss_margin, bounds::LOSS_MARGIN)?;
        within("peak-to-mean", self.peak_to_mean, bounds::PEAK_TO_MEAN)?;
        within("interval-s", self.interval_s, bounds::INTERVAL_S)?;
        self.rating_w
            .map_or(Ok(()), |watt| within("rating-w", watt, bounds::RATING_W))
    }

    /// Tangent of the angle between apparent and active power.
    pub fn tan_phi(&self) -> f64 {
        (self.power_factor.powi(-2) - 1.0).max(0.0).sqrt()
    }

    /// Hours of an interval.
    pub fn hours(&self) -> f64 {
        crate::numbers::real(self.interval_s) / 3600.0
    }
}

fn within<T: PartialOrd + ToString>(
    option: &'static str,
    value: T,
    bounds: RangeInclusive<T>,
) -> Result<(), ImportError> {
    if bounds.contains(&value) {
        return Ok(());
    }
    Err(ImportError::Option {
        option,
        value: value.to_string(),
        min: bounds.start().to_string(),
        max: bounds.end().to_string(),
    })
}
