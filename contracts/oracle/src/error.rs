//! Why the oracle refuses.
use busbar_api::oracle::{Outcome, Registers};
use busbar_attestation::{DomainError, KeyError, ReadingError, WireError};
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{Addr, StdError};
use cw_ownable::OwnershipError;
use thiserror::Error;

/// Why the oracle refuses a whole call; nothing has changed then. A reading that is turned down is no
/// error but an [`Outcome`].
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// Storage, address or JSON.
    #[error(transparent)]
    Std(#[from] StdError),
    /// An integer would overflow.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The sender is not the owner, or a transfer of ownership is not possible.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// The region's id is none that devices can sign for.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// Bytes are no public key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A register is out of bounds.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// Coins are attached where none belong.
    #[error("{count} coins are attached to a message that takes none")]
    Funds {
        /// Denominations attached.
        count: usize,
    },
    /// Only the registry may do this.
    #[error("{sender} is not the registry")]
    NotRegistry {
        /// Who tried.
        sender: Addr,
    },
    /// Only the grid operator may do this.
    #[error("{sender} is not the grid operator")]
    NotOperator {
        /// Who tried.
        sender: Addr,
    },
    /// A message without readings.
    #[error("a message holds at least one batch")]
    NoBatches,
    /// A batch cannot be unpacked.
    #[error("batch {position}: {error}")]
    Batch {
        /// Position of the batch in the message, from 0.
        position: usize,
        /// What is wrong.
        error: WireError,
    },
    /// More readings than one message may hold.
    #[error("{count} readings in one message, at most {max}")]
    TooManyReadings {
        /// Readings up to and with the batch that went beyond.
        count: usize,
        /// Most readings.
        max: usize,
    },
    /// More records than a page holds.
    #[error("{count} records, at most {max}")]
    TooManyRecords {
        /// Records given.
        count: usize,
        /// Most records.
        max: usize,
    },
    /// The interval is confirmed.
    #[error("{interval} is confirmed")]
    Confirmed {
        /// The interval.
        interval: Interval,
    },
    /// The confirmation window is open, or the dispute window.
    #[error("{interval} can be confirmed by anyone from {from_s}")]
    NotConfirmable {
        /// The interval.
        interval: Interval,
        /// Unix seconds at which the window ends.
        from_s: u64,
    },
    /// The interval is over: its pages are pruned, or it lies before the oracle's first.
    #[error("{interval} lies before the oldest interval that is kept, {oldest}")]
    Pruned {
        /// The interval.
        interval: Interval,
        /// The oldest that is kept.
        oldest: Interval,
    },
    /// Intervals are pruned in order.
    #[error("{interval} is not next to be pruned, {next} is")]
    NotNext {
        /// The interval that was asked for.
        interval: Interval,
        /// The one that is next.
        next: Interval,
    },
    /// The readings of the interval are needed until the two after it are final as well.
    #[error("{interval} can be pruned when the first interval that is not final is {needed}; it is {cursor}")]
    NotFinal {
        /// The interval.
        interval: Interval,
        /// The market's first interval that is not final.
        cursor: Interval,
        /// What that must at least be.
        needed: Interval,
    },
    /// No confirmed device has this number.
    #[error("device {device} is unknown")]
    UnknownDevice {
        /// The number.
        device: u32,
    },
    /// The device is not active.
    #[error("device {device} is not active")]
    NotActive {
        /// The device.
        device: u32,
    },
    /// The device was not silent for long enough.
    #[error("device {device} was not silent from {from} to {to}")]
    NotMissing {
        /// The device.
        device: u32,
        /// First interval of the silence that it would take.
        from: Interval,
        /// Last interval of it.
        to: Interval,
    },
    /// Registers cannot start over where a later reading stands.
    #[error("device {device} has a reading of {interval}")]
    LaterReading {
        /// The device.
        device: u32,
        /// Interval of the later reading.
        interval: Interval,
    },
    /// The network has no such bus.
    #[error("bus is {bus}, but the network has {buses}: name one below that")]
    UnknownBus {
        /// As given.
        bus: u16,
        /// How many there are.
        buses: u16,
    },
    /// Too many buses have a declaration of what is unmetered.
    #[error("bus {bus} would be one more than the {max} with a declaration: declare at a bus that has one")]
    TooManyUnmetered {
        /// As given.
        bus: u16,
        /// Most buses with one.
        max: usize,
    },
    /// The registers started over in this interval already.
    #[error("the registers of device {device} start over after {interval} already")]
    AlreadyReset {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
    },
    /// The old meter's own reading says otherwise.
    #[error("device {device} read {accepted:?} itself in {interval}")]
    ResetDiffers {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// Its accepted registers.
        accepted: Registers,
    },
    /// The last registers of the old meter are implausible, or the interval is future or final.
    #[error("the last registers of device {device} in {interval} are refused: {}", outcome.name())]
    ResetRefused {
        /// The device.
        device: u32,
        /// The interval.
        interval: Interval,
        /// What would become of a reading with these registers.
        outcome: Outcome,
    },
}
