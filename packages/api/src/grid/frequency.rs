//! What deviations cost more while the grid's frequency is off.
use busbar_units::{Millihertz, NetWh, Price};
use cosmwasm_schema::cw_serde;

use super::params::Named;
use super::ParamError;

/// Add-on to the imbalance price by how far the frequency is off.
#[cw_serde]
#[derive(Eq)]
pub struct FrequencyTable {
    /// Frequency at which supply meets demand.
    pub nominal: Millihertz,
    /// Steps by ascending deviation, their add-ons ascending too; none where deviations never cost more.
    pub steps: Vec<FrequencyStep>,
}

/// From a deviation of the frequency on, deviations of energy cost this much more.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct FrequencyStep {
    /// Least deviation from the nominal frequency, in either direction.
    pub deviation: Millihertz,
    /// Add-on per kWh.
    pub add_on: Price,
}

/// Bounds of frequencies.
pub mod bounds {
    use core::ops::RangeInclusive;

    /// Nominal frequency, in mHz: 50 and 60 Hz are in use.
    pub const NOMINAL: RangeInclusive<u32> = 45_000..=65_000;
    /// Steps of the table.
    pub const FREQUENCY_STEPS: RangeInclusive<usize> = 0..=8;
    /// Add-on per kWh.
    pub const ADD_ON: RangeInclusive<i64> = 0..=1 << 40;
    /// A frequency and a step lie within the nominal one divided by this.
    pub const DEVIATION_DIVISOR: u32 = 10;
}

impl FrequencyTable {
    /// Add-on to the imbalance price: raises it where the region drew more than it traded and the frequency is
    /// low, lowers it where the region drew less and the frequency is high, else zero. So it is where no frequency
    /// is known.
    pub fn add_on(&self, frequency: Option<Millihertz>, deviation: NetWh) -> Price {
        let Some(frequency) = frequency else {
            return Price::ZERO;
        };
        let off = frequency.get().abs_diff(self.nominal.get());
        let step = self.steps.iter().rev().find(|step| step.deviation.get() <= off);
        let add_on = step.map_or(0, |step| step.add_on.get());
        match (deviation.get().signum(), frequency < self.nominal) {
            (1, true) => Price::new(add_on),
            (-1, false) => Price::new(add_on.saturating_neg()),
            _ => Price::ZERO,
        }
    }

    /// Most that a frequency may be off to be believed: a tenth of the nominal one.
    pub fn reach(&self) -> u32 {
        self.nominal
            .get()
            .checked_div(bounds::DEVIATION_DIVISOR)
            .unwrap_or_default()
    }

    /// Checks that a frequency lies within [`Self::reach`] of the nominal one.
    pub fn believe(&self, frequency: Millihertz) -> Result<(), ParamError> {
        let (nominal, reach) = (self.nominal.get(), self.reach());
        let range = nominal.saturating_sub(reach)..=nominal.saturating_add(reach);
        Named("frequency", frequency.get().into()).within(&range)
    }

    pub(super) fn validate(&self) -> Result<(), ParamError> {
        Named("frequency.nominal", self.nominal.get().into()).within(&bounds::NOMINAL)?;
        let count = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        Named("count of frequency.steps", count.into()).within(&bounds::FREQUENCY_STEPS)?;
        let mut before: Option<(i128, i128)> = None;
        for step in &self.steps {
            let deviation = Named("frequency.deviation", step.deviation.get().into());
            let add_on = Named("frequency.add_on", step.add_on.get().into());
            deviation.within(&(1..=self.reach()))?;
            add_on.within(&bounds::ADD_ON)?;
            if let Some((nearer, cheaper)) = before {
                deviation.above(Named("the deviation before", nearer))?;
                add_on.at_least(Named("the add-on before", cheaper))?;
            }
            before = Some((deviation.1, add_on.1));
        }
        Ok(())
    }
}
