use busbar_api::codec::CodecError;
use busbar_api::market::provenance::ProvenanceError;
use busbar_attestation::KeyError;
use busbar_units::{Interval, Wh};
use thiserror::Error;

/// Why a certificate is not valid.
#[derive(Debug, PartialEq, Error)]
pub enum Reason {
    /// Its device was proven false.
    #[error("the certificate is withdrawn: {evidence}")]
    Withdrawn { evidence: String },
    /// Serial numbers and length of the certificate disagree.
    #[error("serial numbers {first} to {last} are not {wh} Wh")]
    Serials { first: u64, last: u64, wh: u64 },
    /// The region id is none.
    #[error("{domain:?} is no region id")]
    Domain { domain: String },
    /// There is no interval before the first.
    #[error("{interval} has none before it")]
    FirstInterval { interval: Interval },
    /// No meter of the bundle is valid in the interval.
    #[error("no meter of the bundle is valid in {interval}")]
    NoMeter { interval: Interval },
    /// A key is none.
    #[error("the meter's key cannot be used: {error}")]
    Key { error: KeyError },
    /// The page has no record of the device.
    #[error("the page of {interval} has no record of device {device}")]
    NoRecord { interval: Interval, device: u32 },
    /// The record was signed for another region.
    #[error("the record of {interval} was signed for another region")]
    AnotherRegion { interval: Interval },
    /// The key of the interval did not sign the record.
    #[error("the record of {interval} was not signed by the key of that interval")]
    Signature { interval: Interval },
    /// The records are not those that the oracle accepted.
    #[error("the records of {interval} hash to {found}, the page's hash is {hash}")]
    PageHash {
        interval: Interval,
        found: String,
        hash: String,
    },
    /// A register is not below the meter's modulus.
    #[error("the registers are not below the meter's modulus of {modulus}")]
    Registers { modulus: Wh },
    /// The market's record cannot be read.
    #[error("the line cannot be read: {error}")]
    Line { error: CodecError },
    /// The line does not add up.
    #[error("the line cannot be drawn: {error}")]
    LineSums { error: ProvenanceError },
    /// The device is not on the line.
    #[error("device {device} is not on the line of {interval}")]
    NotOnLine { device: u32, interval: Interval },
    /// The line says another energy than the records.
    #[error("the line says that {line} were fed, the meter signed {metered}")]
    Energy { line: Wh, metered: Wh },
    /// The certificate names Wh that the device did not feed.
    #[error("serial number {last} is beyond the {fed} that the device fed")]
    Beyond { last: u64, fed: Wh },
    /// Storage without a charge, or generation with one.
    #[error("a certificate of storage, and no other, names the charge that it stands for")]
    Origin,
    /// The charge that it stands for was of a false device.
    #[error("the charge {charge} that it stands for is withdrawn")]
    OriginWithdrawn { charge: String },
}
