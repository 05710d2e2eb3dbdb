//! Parameters of a region, each with its bounds.
use busbar_units::{Interval, Money, Ppm, Price, Watt, Wh};
use cosmwasm_schema::cw_serde;

use super::{FrequencyTable, Tariff};
use crate::registry::StorageRating;

pub mod bounds;
mod error;
mod validate;

pub(super) use error::Named;
pub use error::{Bound, ParamError};

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
    /// Seconds from the end of the reveal window within which certificates are posted where the network needs one;
    /// below `gate_closure_s` (`120`).
    pub solver_window_s: u32,
    /// Seconds from gate closure within which sealed orders are revealed; together with `solver_window_s`, which begins
    /// at its end, below `gate_closure_s`; 0 where no sealed orders are taken (`0`).
    pub reveal_s: u32,
    /// Seconds before gate closure within which orders are placed but not cancelled (`30`).
    pub no_cancel_s: u32,
    /// Intervals after delivery within which every awaited reading should be in (`4`). Margin covers this time.
    pub confirmation_window: u32,
    /// Intervals that an interval waits after its confirmation window where head meters contradict the devices
    /// (`4`).
    pub dispute_window: u32,
    /// Intervals after delivery until an interval is final; at least `confirmation_window` and `dispute_window`
    /// together (`96`).
    pub correction_window: u32,
    /// Seconds by which a meter's clock may run ahead of block time; below one interval (`30`).
    pub clock_tolerance_s: u32,
    /// Orders (price steps) that a device may hold per interval (`8`).
    pub steps_per_device: u32,
    /// Orders that an interval may hold, so that one transaction clears it; bounds devices times
    /// `steps_per_device` (`16384`).
    pub orders_per_interval: u32,
    /// Share of the welfare by which a certificate may miss the optimum; trees are cleared exactly (0.002:
    /// `2000`).
    pub epsilon: Ppm,
    /// Uncongested intervals that a zone's reference price averages (`96`).
    pub reference_window: u32,
    /// Supply of everybody else in a zone per its demand below which a seller is pivotal (1: `1000000`).
    pub residual_supply: Ppm,
    /// Buses at the top of the zones of residual supply, ascending; a zone is all that hangs below (`[]`).
    pub zones: Vec<u16>,
    /// Fee per order, into its interval's escrow (`0`).
    pub order_fee: Money,
    /// Fee per device that traded in an interval, into its escrow (`0`).
    pub settlement_fee: Money,
    /// Paid per order to whoever clears; at most `order_fee` (`0`).
    pub clear_bounty: Money,
    /// Paid per device-interval to whoever settles; at most `settlement_fee` (`0`).
    pub settle_bounty: Money,
    /// Paid to whoever posted the certificate that an interval is cleared by (`0`).
    pub solver_bounty: Money,
    /// Locked per sealed order until it is revealed (`0`).
    pub sealed_lock: Money,
    /// Forfeit of a sealed order that nobody revealed; at most `sealed_lock` (`0`).
    pub sealed_fee: Money,
    /// Energy through the head meters that may stay unexplained, as a share of what flows there (0.01: `10000`).
    pub head_tolerance: Ppm,
    /// Energy through the head meters that may stay unexplained whatever flows (`100`).
    pub head_tolerance_wh: Wh,
    /// Intervals outside that tolerance, with none inside between them, after which the ratings on a feeder are
    /// lowered; 0: never (`0`).
    pub head_mismatches: u32,
    /// Share by which they are lowered each time; above 0 where `head_mismatches` is (0.1: `100000`).
    pub head_derating: Ppm,
    /// Losses of the network per energy drawn, charged with import and paid to the utility (0.02: `20000`).
    pub losses: Ppm,
    /// What deviations cost more while the frequency is off (`{"nominal":"50000","steps":[]}`).
    pub frequency: FrequencyTable,
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
    /// Tokens minted per Wh metered in, in millionths: the losses of a full cycle, taken once (0.9: `900000`). Never
    /// more than the registered storage gives back.
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

impl Bank {
    /// The bank as far as its storage carries it: no more usable energy and no higher efficiency than registered.
    pub fn within(&self, storage: StorageRating) -> Self {
        Self {
            usable: self.usable.min(storage.usable),
            efficiency: self.efficiency.min(storage.efficiency),
            ..self.clone()
        }
    }
}

impl Params {
    /// Most devices whose price steps fit [`Self::orders_per_interval`].
    pub fn device_limit(&self) -> u32 {
        self.orders_per_interval.checked_div(self.steps_per_device).unwrap_or(0)
    }

    /// The flat tariff.
    pub fn tariff(&self) -> Tariff {
        Tariff {
            import: self.import_tariff,
            export: self.export_tariff,
        }
    }
}

impl Version {
    /// The version in force in an interval, of versions in ascending order.
    pub fn at(versions: &[Self], interval: Interval) -> Option<&Self> {
        versions.iter().rev().find(|version| version.from <= interval)
    }

    /// The versions in force in some interval from `from` on, of versions in ascending order.
    pub fn since(versions: &[Self], from: Interval) -> &[Self] {
        let first = versions.iter().rposition(|version| version.from <= from).unwrap_or(0);
        versions.get(first..).unwrap_or_default()
    }
}
