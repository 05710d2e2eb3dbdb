//! Granular certificates: who may claim which watt-hour of which device and interval.
//!
//! A certificate is a range of serial numbers of one device and interval, one number per Wh. Its fields are those of
//! the EnergyTag scheme. What is issued, and to whom, follows from the market's line of provenance
//! ([`crate::market::provenance`]) alone, so anyone may call [`ExecuteMsg::Issue`].
mod client;
mod evidence;

use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Wh};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Timestamp};

pub use client::Client;
pub use evidence::{Evidence, EvidenceMeter, EvidencePage};

/// Certificates and intervals that one call of [`ExecuteMsg::Issue`] works on when the caller names no limit.
pub const DEFAULT_STEP: u32 = 64;
/// Most that it works on.
pub const MAX_STEP: u32 = 256;
/// Most certificates that one message names.
pub const MAX_NAMED: usize = 64;
/// Most entries of one page of a list query.
pub const MAX_PAGE: u32 = 100;
/// Longest issuer, beneficiary, purpose and evidence, in bytes.
pub const TEXT_LIMIT: usize = 128;

/// Genesis. Domain, roles and the other contracts are read from the grid contract, which must be wired; the first
/// interval that is issued is the first that the market has not made final at that moment.
#[cw_serde]
pub struct InstantiateMsg {
    /// The region's grid contract.
    pub grid: String,
    /// Name of the issuing body, 1 to 128 bytes without control characters.
    pub issuer: String,
}

/// Names a certificate. It stays the same while the certificate is transferred or cut short.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    /// The device that produced.
    pub device: u32,
    /// The interval in which it did.
    pub interval: Interval,
    /// Serial number of its first Wh: the Wh of the same device and interval that come before it.
    pub first: Wh,
}

impl core::fmt::Display for CertificateId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}/{}/{}", self.device, self.interval.get(), self.first.get())
    }
}

/// Where a certificate stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Status {
    /// Its owner may transfer, split, bundle and retire it.
    Live,
    /// The energy is in the bank's storage; it is retired when that discharges.
    Stored,
    /// Claimed for good.
    Retired,
    /// Its device was proven false; nobody may claim it.
    Withdrawn,
}

/// What one may do. No message takes coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// Issues the certificates of final intervals, oldest first, going on where the last call stopped: each exactly
    /// once. Anyone.
    Issue {
        /// Certificates and intervals to work on in this call, at most [`MAX_STEP`].
        limit: Option<u32>,
    },
    /// Gives live certificates to another account. Their owner only; all or none.
    Transfer {
        /// 1 to 64 certificates.
        certificates: Vec<CertificateId>,
        /// The new owner.
        recipient: String,
    },
    /// Cuts a live certificate in two: the first keeps its name, the second is named by its first Wh.
    /// Its owner only.
    Split {
        /// The certificate.
        certificate: CertificateId,
        /// Wh of the first part: at least 1, and less than the whole.
        wh: Wh,
    },
    /// Makes one certificate of contiguous live ones of equal origin, in ascending order. Their owner only.
    Bundle {
        /// 2 to 64 certificates; the first gives the name.
        certificates: Vec<CertificateId>,
    },
    /// Claims live certificates for a beneficiary, for good. Their owner only; all or none.
    Retire {
        /// 1 to 64 certificates.
        certificates: Vec<CertificateId>,
        /// Who claims them, 1 to 128 bytes without control characters.
        beneficiary: String,
        /// What for, 1 to 128 bytes without control characters.
        purpose: String,
    },
    /// Withdraws all certificates of a device that was proven false, retired ones and those still to be issued
    /// included, for good. The registry must have suspended or retired it. Grid operator or region owner.
    Withdraw {
        /// The device.
        device: u32,
        /// Where the proof is to be found, 1 to 128 bytes without control characters.
        evidence: String,
    },
}

/// Questions of wallets and auditors.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What the contract was founded with.
    #[returns(ConfigResponse)]
    Config {},
    /// A certificate.
    #[returns(CertificateResponse)]
    Certificate {
        /// Its name.
        id: CertificateId,
    },
    /// Certificates of an owner by name.
    #[returns(Vec<CertificateResponse>)]
    ByOwner {
        /// The owner.
        owner: String,
        /// Continue after this one.
        start_after: Option<CertificateId>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Certificates of a device by name.
    #[returns(Vec<CertificateResponse>)]
    ByDevice {
        /// The device.
        device: u32,
        /// Only of this interval.
        interval: Option<Interval>,
        /// Continue after this one.
        start_after: Option<CertificateId>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Certificates that were retired for a beneficiary, by name.
    #[returns(Vec<CertificateResponse>)]
    RetiredFor {
        /// The beneficiary, as given.
        beneficiary: String,
        /// Continue after this one.
        start_after: Option<CertificateId>,
        /// At most [`MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Wh by status, of one device or of all.
    #[returns(TotalsResponse)]
    Totals {
        /// Only of this device.
        device: Option<u32>,
    },
    /// Why a device's certificates are withdrawn; none where they are not.
    #[returns(Option<Withdrawal>)]
    Withdrawal {
        /// The device.
        device: u32,
    },
    /// How far certificates have been issued.
    #[returns(Progress)]
    Progress {},
}

/// Answer to [`QueryMsg::Config`].
#[cw_serde]
pub struct ConfigResponse {
    /// The region's grid contract.
    pub grid: Addr,
    /// Name of the issuing body.
    pub issuer: String,
    /// Region id that devices sign for.
    pub domain: String,
}

/// A certificate with the fields of the EnergyTag scheme.
#[cw_serde]
pub struct CertificateResponse {
    /// Its name.
    pub id: CertificateId,
    /// Serial number of its last Wh.
    pub last: Wh,
    /// How much energy it certifies.
    pub wh: Wh,
    /// Whose it is.
    pub owner: Addr,
    /// Where it stands.
    pub status: Status,
    /// What produced: sun, wind, the connection of a home, or a storage.
    pub kind: DeviceKind,
    /// Start of production.
    pub production_start: Timestamp,
    /// End of production.
    pub production_end: Timestamp,
    /// Region id of the grid that it was fed into.
    pub domain: String,
    /// Bus of that grid.
    pub bus: u16,
    /// Name of the issuing body.
    pub issuer: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// Of energy out of a storage: what it was charged with.
    pub origin: Option<Origin>,
    /// Who claimed it, once it is retired.
    pub retirement: Option<Retirement>,
    /// Why it is withdrawn, where it is.
    pub withdrawal: Option<Withdrawal>,
}

/// The charge that a storage gave back.
#[cw_serde]
#[derive(Eq)]
pub struct Origin {
    /// The certificate that was retired for it.
    pub certificate: CertificateId,
    /// What produced it.
    pub kind: DeviceKind,
    /// Whether that certificate is withdrawn.
    pub withdrawn: bool,
}

/// A final claim.
#[cw_serde]
#[derive(Eq)]
pub struct Retirement {
    /// Who claimed it.
    pub beneficiary: String,
    /// What for.
    pub purpose: String,
    /// When.
    pub at: Timestamp,
}

/// Why a device's certificates are withdrawn.
#[cw_serde]
#[derive(Eq)]
pub struct Withdrawal {
    /// Where the proof is to be found.
    pub evidence: String,
    /// Who withdrew them.
    pub by: Addr,
    /// When.
    pub at: Timestamp,
}

/// Wh by status: `issued = live + stored + retired + withdrawn`.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct TotalsResponse {
    /// Ever issued.
    pub issued: Wh,
    /// Live.
    pub live: Wh,
    /// In the bank's storage.
    pub stored: Wh,
    /// Claimed.
    pub retired: Wh,
    /// Of devices that were proven false.
    pub withdrawn: Wh,
}

/// How far certificates have been issued: everything before it, nothing after.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Progress {
    /// The interval that is being issued.
    pub interval: Interval,
    /// Its grants that are done: stretches of one source that go to one account.
    pub grants: u32,
    /// Wh of the next grant that are done.
    pub wh: Wh,
}
