//! Parameters of a region, each with its bounds.
use busbar_units::{Interval, Money, Ppm, Price, Watt, Wh};
use cosmwasm_schema::cw_serde;
use thiserror::Error;

use super::{Region, Tariff};

/// Everything that governance may set, for one interval. Bounds: [`bounds`]. The value that fits a region
/// of homes with a quarter-hour interval and a coin worth about one dollar stands at each field.
#[cw_serde]
pub struct Params {
    /// What the utility charges per kWh where no tariff is posted (0.21: `210000`).
    pub import_tariff: Price,
    /// What the utility pays per kWh where no tariff is posted; below `import_tariff` (0.07: `70000`).
    pub export_tariff: Price,
    /// Lowest limit price and lowest bus price per kWh; at most `export_tariff` (0: `0`).
    pub price_floor: Price,
    /// Highest limit price and highest bus price per kWh; at least `import_tariff` (1: `1000000`).
    pub price_cap: Price,
    /// Lowest imbalance price per kWh, at most 0 and at most every tariff (-0.1: `-100000`).
    pub imbalance_min: Price,
    /// Highest imbalance price per kWh, above 0 and at least every tariff (1: `1000000`).
    pub imbalance_max: Price,
    /// Power of the connection from the utility to the region (`1000000`: 1 MW).
    pub connection_import: Watt,
    /// Power of the connection from the region to the utility (`1000000`: 1 MW).
    pub connection_export: Watt,
    /// Intervals that are open ahead of the current one (`96`: a day).
    pub horizon: u32,
    /// Seconds from gate closure to the start of delivery; below `horizon` intervals (`300`).
    pub gate_closure_s: u32,
    /// Intervals after delivery within which every awaited reading should be in (`4`). Margin covers this time.
    pub confirmation_window: u32,
    /// Intervals after delivery until an interval is final; at least `confirmation_window` (`96`).
    pub correction_window: u32,
    /// Seconds by which a meter's clock may run ahead of block time; below one interval (`30`).
    pub clock_tolerance_s: u32,
    /// Orders (price steps) that a device may hold per interval (`8`).
    pub steps_per_device: u32,
    /// Fee per order, into its interval's escrow (`0`).
    pub order_fee: Money,
    /// Fee per device that traded in an interval, into its escrow (`0`).
    pub settlement_fee: Money,
    /// Paid per order to whoever clears; at most `order_fee` (`0`).
    pub clear_bounty: Money,
    /// Paid per device-interval to whoever settles; at most `settlement_fee` (`0`).
    pub settle_bounty: Money,
    /// Intervals without an accepted reading after which anyone may have a device suspended; at least
    /// `confirmation_window` (`96`).
    pub missing_limit: u32,
    /// The storage that backs the energy token; none where nothing can be banked (`null`).
    pub bank: Option<Bank>,
}

/// Storage that takes energy in from the market and gives it back.
#[cw_serde]
pub struct Bank {
    /// Number of the storage device, pledged to the bank alone.
    pub device: u32,
    /// Energy that the storage can hold for token holders; supply is never minted above it.
    pub usable: Wh,
    /// Tokens minted per Wh metered in, in millionths: the losses of a full cycle, taken once (0.9: `900000`).
    pub efficiency: Ppm,
    /// What the storage's owner earns per kWh taken in (`0`).
    pub fee: Price,
    /// What the storage's owner deposits against discharge that fails (`0`).
    pub bond: Money,
}

/// Parameters and the first interval in which they are in force.
#[cw_serde]
pub struct Version {
    /// First interval.
    pub from: Interval,
    /// The parameters.
    pub params: Params,
}

/// Bounds of the parameters.
pub mod bounds {
    use core::ops::RangeInclusive;

    /// Any price, in millionths per kWh: the auction's integer bound.
    pub const PRICE: RangeInclusive<i64> = -(1 << 40)..=1 << 40;
    /// Lowest imbalance price.
    pub const IMBALANCE_MIN: RangeInclusive<i64> = -(1 << 40)..=0;
    /// Highest imbalance price.
    pub const IMBALANCE_MAX: RangeInclusive<i64> = 1..=1 << 40;
    /// Power of the connection, in W: a day of it stays within the auction's quantity bound of 2^48 Wh.
    pub const CONNECTION: RangeInclusive<u64> = 0..=1 << 40;
    /// Intervals open ahead: up to a week of quarter-hours.
    pub const HORIZON: RangeInclusive<u32> = 1..=672;
    /// Seconds from gate closure to delivery.
    pub const GATE_CLOSURE_S: RangeInclusive<u32> = 0..=86_400;
    /// Intervals until confirmation.
    pub const CONFIRMATION_WINDOW: RangeInclusive<u32> = 1..=96;
    /// Intervals until an interval is final: up to a week of quarter-hours.
    pub const CORRECTION_WINDOW: RangeInclusive<u32> = 1..=672;
    /// Seconds by which a meter's clock may run ahead.
    pub const CLOCK_TOLERANCE_S: RangeInclusive<u32> = 0..=300;
    /// Orders per device and interval.
    pub const STEPS_PER_DEVICE: RangeInclusive<u32> = 1..=32;
    /// A fee or bounty per item, in millionths of the coin.
    pub const FEE: RangeInclusive<u128> = 0..=1 << 40;
    /// Intervals of silence: up to a month of quarter-hours.
    pub const MISSING_LIMIT: RangeInclusive<u32> = 1..=2976;
    /// Energy of the bank, in Wh: the auction's quantity bound.
    pub const USABLE: RangeInclusive<u64> = 0..=1 << 48;
    /// Efficiency of the bank, in millionths.
    pub const EFFICIENCY: RangeInclusive<i64> = 0..=1_000_000;
    /// Fee of the bank per kWh.
    pub const BANK_FEE: RangeInclusive<i64> = 0..=1 << 40;
    /// Bond of the bank, in millionths of the coin.
    pub const BOND: RangeInclusive<u128> = 0..=1 << 80;
}

/// A parameter outside its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} is {value}, must be {bound}")]
pub struct ParamError {
    /// Name of the parameter.
    pub field: &'static str,
    /// What was given; what exceeds the integer shows as its largest value.
    pub value: i128,
    /// What it breaks.
    pub bound: Bound,
}

/// What a parameter must satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Bound {
    /// A least value.
    #[error("at least {0}")]
    AtLeast(i128),
    /// A greatest value.
    #[error("at most {0}")]
    AtMost(i128),
    /// At least another parameter.
    #[error("at least {field} ({value})")]
    AtLeastField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
    /// At most another parameter.
    #[error("at most {field} ({value})")]
    AtMostField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
    /// Strictly below another parameter or a figure that follows from it.
    #[error("below {field} ({value})")]
    BelowField {
        /// The other parameter.
        field: &'static str,
        /// Its value.
        value: i128,
    },
}

/// A named value that is compared with its bounds.
#[derive(Clone, Copy)]
pub(super) struct Named(pub &'static str, pub i128);

impl Named {
    pub(super) fn within<T: Copy + TryInto<i128>>(
        self,
        range: &core::ops::RangeInclusive<T>,
    ) -> Result<(), ParamError> {
        let (min, max) = (clamped(*range.start()), clamped(*range.end()));
        if self.1 < min {
            return Err(self.breaks(Bound::AtLeast(min)));
        }
        if self.1 > max {
            return Err(self.breaks(Bound::AtMost(max)));
        }
        Ok(())
    }

    pub(super) fn at_least(self, other: Self) -> Result<(), ParamError> {
        if self.1 < other.1 {
            return Err(self.breaks(Bound::AtLeastField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    pub(super) fn at_most(self, other: Self) -> Result<(), ParamError> {
        if self.1 > other.1 {
            return Err(self.breaks(Bound::AtMostField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    pub(super) fn below(self, other: Self) -> Result<(), ParamError> {
        if self.1 >= other.1 {
            return Err(self.breaks(Bound::BelowField {
                field: other.0,
                value: other.1,
            }));
        }
        Ok(())
    }

    fn breaks(self, bound: Bound) -> ParamError {
        ParamError {
            field: self.0,
            value: self.1,
            bound,
        }
    }
}

/// The value, or the largest integer where it does not fit: still outside every bound.
fn clamped<T: TryInto<i128>>(value: T) -> i128 {
    value.try_into().unwrap_or(i128::MAX)
}

impl Params {
    /// Checks every parameter against [`bounds`] and against the others, in the order of the fields.
    pub fn validate(&self, region: &Region) -> Result<(), ParamError> {
        let floor = Named("price_floor", self.price_floor.get().into());
        let cap = Named("price_cap", self.price_cap.get().into());
        let lowest = Named("imbalance_min", self.imbalance_min.get().into());
        let highest = Named("imbalance_max", self.imbalance_max.get().into());
        floor.within(&bounds::PRICE)?;
        cap.within(&bounds::PRICE)?;
        lowest.within(&bounds::IMBALANCE_MIN)?;
        highest.within(&bounds::IMBALANCE_MAX)?;
        self.tariff().validate(self)?;
        self.validate_clock(region)?;
        let import = Named("connection_import", self.connection_import.get().into());
        import.within(&bounds::CONNECTION)?;
        let export = Named("connection_export", self.connection_export.get().into());
        export.within(&bounds::CONNECTION)?;
        Named("steps_per_device", self.steps_per_device.into()).within(&bounds::STEPS_PER_DEVICE)?;
        self.validate_fees()?;
        self.bank.as_ref().map_or(Ok(()), Bank::validate)
    }

    fn validate_clock(&self, region: &Region) -> Result<(), ParamError> {
        let horizon = Named("horizon", self.horizon.into());
        let gate = Named("gate_closure_s", self.gate_closure_s.into());
        let confirmation = Named("confirmation_window", self.confirmation_window.into());
        let correction = Named("correction_window", self.correction_window.into());
        let tolerance = Named("clock_tolerance_s", self.clock_tolerance_s.into());
        let missing = Named("missing_limit", self.missing_limit.into());
        horizon.within(&bounds::HORIZON)?;
        gate.within(&bounds::GATE_CLOSURE_S)?;
        let open = i128::from(region.interval_s).saturating_mul(horizon.1);
        gate.below(Named("horizon in seconds", open))?;
        confirmation.within(&bounds::CONFIRMATION_WINDOW)?;
        correction.within(&bounds::CORRECTION_WINDOW)?;
        correction.at_least(confirmation)?;
        tolerance.within(&bounds::CLOCK_TOLERANCE_S)?;
        tolerance.below(Named("interval_s", region.interval_s.into()))?;
        missing.within(&bounds::MISSING_LIMIT)?;
        missing.at_least(confirmation)
    }

    fn validate_fees(&self) -> Result<(), ParamError> {
        let order = Named("order_fee", clamped(self.order_fee.get()));
        let settlement = Named("settlement_fee", clamped(self.settlement_fee.get()));
        order.within(&bounds::FEE)?;
        settlement.within(&bounds::FEE)?;
        // A bounty above the fee would be paid out of somebody else's money.
        Named("clear_bounty", clamped(self.clear_bounty.get())).at_most(order)?;
        Named("settle_bounty", clamped(self.settle_bounty.get())).at_most(settlement)
    }

    /// The flat tariff.
    pub fn tariff(&self) -> Tariff {
        Tariff {
            import: self.import_tariff,
            export: self.export_tariff,
        }
    }
}

impl Bank {
    fn validate(&self) -> Result<(), ParamError> {
        Named("bank.usable", self.usable.get().into()).within(&bounds::USABLE)?;
        Named("bank.efficiency", self.efficiency.get().into()).within(&bounds::EFFICIENCY)?;
        Named("bank.fee", self.fee.get().into()).within(&bounds::BANK_FEE)?;
        Named("bank.bond", clamped(self.bond.get())).within(&bounds::BOND)
    }
}

impl Version {
    /// The version in force in an interval, of versions in ascending order.
    pub fn at(versions: &[Self], interval: Interval) -> Option<&Self> {
        versions.iter().rev().find(|version| version.from <= interval)
    }
}
