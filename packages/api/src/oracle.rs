//! The oracle: signed readings of every meter, verified, stored by interval and page of 64 devices,
//! and confirmed interval by interval.
//!
//! A reading labelled i holds the registers at the end of interval i. The energy of a device in i is
//! known when its readings of i - 1 and i are both accepted ([`energy`]); between two readings that lie
//! further apart each interval gets an even share, an estimate, until its own reading replaces it.
mod client;
mod feeder;
mod outcome;
mod page;
pub mod raw;
mod registers;
mod state;

use busbar_attestation::BATCH_LIMIT;
use busbar_units::{Interval, NetWh};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Binary};
use cw_ownable::{cw_ownable_execute, cw_ownable_query};

use crate::registry::Key;

pub use client::Client;
pub use feeder::{Feeder, FeederSum};
pub use outcome::{Outcome, SubmitResult};
pub use page::{counted, energy, PageHash, ReadingPage, SlotReading};
pub use registers::{Energy, Registers};
pub use state::{Anchor, IntervalState, PruneCursor};

/// Most readings in one message.
pub const READINGS_PER_MESSAGE: usize = 512;
/// Most readings in one batch.
pub const READINGS_PER_BATCH: usize = BATCH_LIMIT;
/// Most pages that one call of [`ExecuteMsg::Prune`] reduces; the rest waits for the next call.
pub const PAGES_PER_PRUNE: usize = 16;
/// Most buses with a declaration of what is unmetered.
pub const UNMETERED_BUSES: usize = 64;
/// Most records that [`QueryMsg::VerifyRecord`] takes: all revisions of a reading and a reset of each device.
pub const RECORDS_PER_PAGE: usize = 64 * 257;

/// Genesis of the oracle. Domain, clock, registry and market are read from the grid contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Owner; readings need none, feeds of facts do.
    pub owner: String,
    /// The region's grid contract.
    pub grid: String,
}

/// Nothing has to be told to a migration.
#[cw_serde]
pub struct MigrateMsg {}

/// Readings of one interval and one page of devices.
#[cw_serde]
pub struct Batch {
    /// The interval at whose end the registers were read.
    pub interval: Interval,
    /// Device numbers divided by 64.
    pub page: u32,
    /// 78 bytes per reading, 1 to 64 readings; see [`busbar_attestation::encode_batch`].
    pub readings: Binary,
}

/// What one may do. No message takes coins.
#[cw_ownable_execute]
#[cw_serde]
pub enum ExecuteMsg {
    /// Hands signed readings in, at most 512. A bad reading is reported by reason in [`SubmitResult`]
    /// (the response's data) and spoils no other. Anyone; a revision above 0 counts only if the grid operator
    /// sends it, as meter operator: his signature on the transaction is the second one that it needs.
    Submit {
        /// At least one batch.
        batches: Vec<Batch>,
    },
    /// Confirms an interval whose confirmation window has ended without all awaited readings, or whose dispute
    /// window has ended; where the head meters contradict the devices, the first call opens the dispute
    /// window instead. Anyone.
    Confirm {
        /// The interval.
        interval: Interval,
    },
    /// Reduces the pages of the oldest interval that still has them to their hashes, once the market has
    /// made it and the two after it final; again while pages are left. Where there are head meters, the energies of
    /// the interval after it are compared feeder by feeder on the way ([`Feeder`]). Anyone.
    Prune {
        /// Must be the interval of [`QueryMsg::PruneCursor`].
        interval: Interval,
    },
    /// Has a device suspended that has been silent for more than the region's `missing_limit`. Anyone.
    ReportMissing {
        /// The device.
        device: u32,
    },
    /// States what connections outside the market draw in an interval at a bus, all together, from the next interval
    /// on: what the head meters measure beyond the devices and their losses. Grid operator only.
    DeclareUnmetered {
        /// The bus; at most [`UNMETERED_BUSES`] have a declaration. One for all below a head meter may stand at its
        /// bus.
        bus: u16,
        /// Net energy per interval, import positive.
        net: NetWh,
    },
    /// Starts a device's registers over at the end of an interval. Registry only.
    Reset {
        /// The device.
        device: u32,
        /// The interval; it must have ended, and no later reading of the device may have been accepted.
        interval: Interval,
        /// Registers of the old meter: the device's reading of `interval`.
        last: Registers,
        /// Registers of the new meter: what its next reading is compared with.
        first: Registers,
        /// Key of the new meter, part of the signed record.
        key: Key,
    },
}

/// Questions about readings.
#[cw_ownable_query]
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What the contract was founded with.
    #[returns(ConfigResponse)]
    Config {},
    /// Net sum, confirmation and head balance of an interval; none before its first reading.
    #[returns(Option<IntervalState>)]
    Interval {
        /// The interval.
        interval: Interval,
    },
    /// Accepted readings of a page.
    #[returns(ReadingsResponse)]
    Readings {
        /// The interval.
        interval: Interval,
        /// Device numbers divided by 64.
        page: u32,
    },
    /// The last reading of a device before its pages were pruned, where none followed at once.
    #[returns(Option<Anchor>)]
    Anchor {
        /// The device.
        device: u32,
    },
    /// What the head meters at a bus have told of the feeder below it; none before its first comparison.
    #[returns(Option<Feeder>)]
    Feeder {
        /// The bus.
        bus: u16,
    },
    /// What connections outside the market draw in an interval in the whole region, as the grid operator declared
    /// it.
    #[returns(NetWh)]
    Unmetered {
        /// The interval.
        interval: Interval,
    },
    /// Whether these are all records that a page accepted, in their order: the page's hash is their
    /// running SHA-256, and stays when the page is pruned.
    #[returns(VerifyRecordResponse)]
    VerifyRecord {
        /// The interval.
        interval: Interval,
        /// Device numbers divided by 64.
        page: u32,
        /// At most 16,448 signed records in the order of acceptance.
        records: Vec<Binary>,
    },
    /// The oldest interval whose pages are kept.
    #[returns(PruneCursor)]
    PruneCursor {},
}

/// Answer to [`QueryMsg::Config`].
#[cw_serde]
pub struct ConfigResponse {
    /// The region's grid contract.
    pub grid: Addr,
    /// Region id that devices sign for.
    pub domain: String,
}

/// Answer to [`QueryMsg::Readings`].
#[cw_serde]
pub struct ReadingsResponse {
    /// Running SHA-256 over the accepted records, hex; none where nothing was accepted.
    pub hash: Option<String>,
    /// Whether the page has been reduced to its hash.
    pub pruned: bool,
    /// Accepted readings and estimates by device.
    pub readings: Vec<DeviceReading>,
}

/// An accepted reading, or an estimate between two.
#[cw_serde]
pub struct DeviceReading {
    /// The device.
    pub device: u32,
    /// Revision of the record.
    pub revision: u8,
    /// Registers at the end of the interval.
    pub registers: Registers,
    /// Registers of the new meter, where one took over at that moment.
    pub reset: Option<Registers>,
    /// Whether its energy is in the interval's net sum.
    pub counted: bool,
    /// No record says so: an even share of the energy between the readings around it.
    pub estimated: bool,
    /// An estimate that was made after the interval's correction window: its energy is late energy.
    pub late: bool,
    /// Energy in the interval's net sum, where the registers have told another since.
    pub frozen: Option<Energy>,
}

/// Answer to [`QueryMsg::VerifyRecord`].
#[cw_serde]
pub struct VerifyRecordResponse {
    /// Whether the records are the page's, all of them, in order.
    pub verified: bool,
    /// The page's hash, hex; none where nothing was accepted.
    pub hash: Option<String>,
    /// The hash of the supplied records, hex.
    pub supplied: String,
}
