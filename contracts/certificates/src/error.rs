//! Why the certificates contract refuses.
use busbar_api::certificates::{CertificateId, Status};
use busbar_api::codec::CodecError;
use busbar_api::market::provenance::ProvenanceError;
use busbar_api::registry;
use busbar_units::{Interval, UnitsError, Wh};
use cosmwasm_std::{Addr, StdError};
use thiserror::Error;

/// Why the certificates contract refuses; nothing has changed then.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// Storage, JSON, an address, or another contract's state.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Unit arithmetic.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The line of an interval.
    #[error(transparent)]
    Provenance(#[from] ProvenanceError),
    /// Coins came with a message that takes none.
    #[error("this message takes no coins, {count} kinds were attached")]
    UnexpectedFunds {
        /// Number of coins attached.
        count: usize,
    },
    /// A text is empty, too long, or has control characters.
    #[error("{field} has {length} bytes; allowed are 1 to {max} without control characters")]
    Text {
        /// The field.
        field: &'static str,
        /// Bytes given.
        length: usize,
        /// Most bytes.
        max: usize,
    },
    /// A list is too short or too long.
    #[error("{field} has {count} entries, allowed are {min} to {max}")]
    Count {
        /// The field.
        field: &'static str,
        /// Entries given.
        count: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// All that is final has been issued.
    #[error("everything before {next} is issued, and {next} is not final")]
    NothingToIssue {
        /// The interval that comes next.
        next: Interval,
    },
    /// No certificate has this name.
    #[error("there is no certificate {id}")]
    UnknownCertificate {
        /// The name.
        id: CertificateId,
    },
    /// The certificate is somebody else's.
    #[error("certificate {id} belongs to {owner}, not to {sender}")]
    NotTheOwner {
        /// The certificate.
        id: CertificateId,
        /// Its owner.
        owner: Addr,
        /// Who called.
        sender: Addr,
    },
    /// Only a live certificate moves.
    #[error("certificate {id} is {status:?}, not live")]
    NotLive {
        /// The certificate.
        id: CertificateId,
        /// Where it stands.
        status: Status,
    },
    /// The recipient owns it already.
    #[error("{recipient} owns certificate {id} already")]
    OwnRecipient {
        /// The certificate.
        id: CertificateId,
        /// Owner and recipient.
        recipient: Addr,
    },
    /// Both parts of a split must hold at least 1 Wh.
    #[error("{wh} cannot be split off certificate {id} of {whole}: each part holds at least 1 Wh")]
    SplitBounds {
        /// The certificate.
        id: CertificateId,
        /// Wh asked for.
        wh: Wh,
        /// Wh that it has.
        whole: Wh,
    },
    /// Certificates of a bundle follow each other without a gap.
    #[error("certificate {id} does not follow the one before, which ends before Wh {end}")]
    NotContiguous {
        /// The certificate.
        id: CertificateId,
        /// Where it would have to begin.
        end: Wh,
    },
    /// Certificates of a bundle have one origin.
    #[error("certificate {id} has another origin than the one before")]
    AnotherOrigin {
        /// The certificate.
        id: CertificateId,
    },
    /// Neither grid operator nor region owner.
    #[error("{sender} is neither grid operator nor owner of the region")]
    NotPermitted {
        /// Who called.
        sender: Addr,
    },
    /// No device has this number.
    #[error("device {device} does not exist")]
    UnknownDevice {
        /// Number asked for.
        device: u32,
    },
    /// Certificates of a device in good standing stay.
    #[error("device {device} is {status:?}; the registry must have suspended or retired it")]
    NotProvenFalse {
        /// The device.
        device: u32,
        /// Where it stands.
        status: registry::Status,
    },
    /// Withdrawn for good already.
    #[error("the certificates of device {device} are withdrawn already")]
    AlreadyWithdrawn {
        /// The device.
        device: u32,
    },
    /// Stored bytes make no sense.
    #[error("stored {what} cannot be read")]
    Corrupt {
        /// What was being read.
        what: &'static str,
    },
}

impl From<CodecError> for ContractError {
    fn from(error: CodecError) -> Self {
        Self::Std(error.into())
    }
}
