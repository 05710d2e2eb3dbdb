//! The life of an interval as instants of chain time.
use busbar_units::{Interval, UnitsError};
use cosmwasm_schema::cw_serde;

use super::region::decimal;
use super::{Params, Region};

/// Instants in the life of an interval, in unix seconds. Each is the first second of the next stage.
///
/// Open from `opens_s`; closed from `closes_s` (gate closure); delivered from `start_s` to `end_s`, when the
/// registers are read; confirmed at the latest from `confirmation_ends_s`; final from `final_s`.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Times {
    /// Orders can be placed from here: [`Params::horizon`] intervals before delivery.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub opens_s: u64,
    /// Gate closure: [`Params::gate_closure_s`] before delivery. From here it can be cleared.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub closes_s: u64,
    /// Delivery starts; what is not cleared by here is skipped.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub start_s: u64,
    /// Delivery ends; registers are read.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub end_s: u64,
    /// From here anyone may confirm it without the missing readings.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub confirmation_ends_s: u64,
    /// From here nothing about it changes.
    #[serde(with = "decimal")]
    #[schemars(with = "String")]
    pub final_s: u64,
}

impl Times {
    /// The life of an interval with these parameters (those of that very interval).
    ///
    /// Instants before the epoch are the epoch. Fails where an instant leaves 64 bits.
    pub fn of(region: &Region, params: &Params, interval: Interval) -> Result<Self, UnitsError> {
        let end = interval.plus(1)?;
        let start_s = interval.start_s(region.interval_s)?;
        let opens = interval.get().saturating_sub(params.horizon.into());
        Ok(Self {
            opens_s: Interval::new(opens).start_s(region.interval_s)?,
            closes_s: start_s.saturating_sub(params.gate_closure_s.into()),
            start_s,
            end_s: end.start_s(region.interval_s)?,
            confirmation_ends_s: end
                .plus(params.confirmation_window.into())?
                .start_s(region.interval_s)?,
            final_s: end.plus(params.correction_window.into())?.start_s(region.interval_s)?,
        })
    }
}
