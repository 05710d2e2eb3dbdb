use busbar_units::{Interval, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::HexBinary;

use super::CertificateResponse;
use crate::registry::Key;

/// Everything that leads from a certificate back to the records that its meter signed: what the chain answers about
/// it, and the records as an archive keeps them. Needs no chain to be checked.
#[cw_serde]
pub struct Evidence {
    /// The certificate as its contract answers it.
    pub certificate: CertificateResponse,
    /// The market's record of the interval ([`crate::market::raw::provenance_key`]).
    pub line: HexBinary,
    /// Meters of the device by their first interval, ascending: those valid in the interval and in the one before.
    pub meters: Vec<EvidenceMeter>,
    /// The device's page of the interval before.
    pub before: EvidencePage,
    /// Its page of the interval.
    pub after: EvidencePage,
}

/// A meter that signs from an interval on.
#[cw_serde]
pub struct EvidenceMeter {
    /// First interval.
    pub from: Interval,
    /// Its key.
    pub key: Key,
    /// Registers run from 0 to this value less one.
    pub register_modulus: Wh,
}

/// The records of one interval and 64 devices.
#[cw_serde]
pub struct EvidencePage {
    /// The page's hash in the oracle: running SHA-256 over its records.
    pub hash: HexBinary,
    /// All records that the page accepted, in the order of acceptance.
    pub records: Vec<HexBinary>,
    /// Signature of the device's latest record.
    pub signature: HexBinary,
}
