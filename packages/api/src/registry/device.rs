//! Devices, reservations and manufacturers as JSON shows them.
use busbar_attestation as attestation;
use busbar_attestation::{Curve, DeviceKind, KeyError, PublicKey};
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Timestamp};

use super::DeviceSummary;

/// A public key that has not been checked.
#[cw_serde]
pub struct Key {
    /// Signature scheme.
    pub curve: Curve,
    /// 33 bytes of compressed SEC1, or 32 of Ed25519.
    pub bytes: Binary,
}

impl Key {
    /// The key, if length and prefix fit the scheme.
    pub fn check(&self) -> Result<PublicKey, KeyError> {
        PublicKey::new(self.curve, &self.bytes)
    }
}

impl From<PublicKey> for Key {
    fn from(key: PublicKey) -> Self {
        Self {
            curve: key.curve(),
            bytes: Binary::from(key.as_bytes()),
        }
    }
}

/// What a manufacturer vouches for; see [`attestation::Endorsement`].
#[cw_serde]
pub struct Endorsement {
    /// Number of the manufacturer.
    pub manufacturer: u32,
    /// Serial number: 1 to 32 printable ASCII characters without blanks.
    pub serial: String,
    /// What the device measures.
    pub kind: DeviceKind,
    /// Public part of the device's key.
    pub key: Key,
    /// Highest power drawn from the grid.
    pub rated_import: Watt,
    /// Highest power fed into the grid.
    pub rated_export: Watt,
    /// Energy that a storage can deliver when full; zero for others.
    pub usable: Wh,
    /// Share of what a storage draws that it can feed again, in millionths; zero for others.
    pub efficiency: Ppm,
    /// Registers run from 0 to this value less one, then start over.
    pub register_modulus: Wh,
}

impl Endorsement {
    /// The endorsement as it is signed.
    pub fn check(&self) -> Result<attestation::Endorsement, KeyError> {
        Ok(attestation::Endorsement {
            manufacturer: self.manufacturer,
            serial: self.serial.clone(),
            kind: self.kind,
            key: self.key.check()?,
            rated_import: self.rated_import,
            rated_export: self.rated_export,
            usable: self.usable,
            efficiency: self.efficiency,
            register_modulus: self.register_modulus,
        })
    }
}

impl From<&attestation::Endorsement> for Endorsement {
    fn from(signed: &attestation::Endorsement) -> Self {
        Self {
            manufacturer: signed.manufacturer,
            serial: signed.serial.clone(),
            kind: signed.kind,
            key: signed.key.into(),
            rated_import: signed.rated_import,
            rated_export: signed.rated_export,
            usable: signed.usable,
            efficiency: signed.efficiency,
            register_modulus: signed.register_modulus,
        }
    }
}

/// Where a device stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Status {
    /// Waits for the operator's confirmation.
    Enrolled,
    /// Its readings are accepted.
    Active,
    /// Its readings are refused until it is reinstated.
    Suspended,
    /// Over for good.
    Retired,
}

/// Why a device is suspended.
#[cw_serde]
#[derive(Eq)]
pub enum Suspension {
    /// The operator says why.
    Operator {
        /// At most 128 bytes.
        note: String,
    },
    /// It signed two different records of equal revision.
    UnequalRecords {
        /// Interval of the records.
        interval: Interval,
    },
    /// It has been silent for longer than the region bears.
    Missing {
        /// Last interval of the silence.
        interval: Interval,
    },
    /// Its key signed a record for another region.
    ForeignRecord {
        /// Id of the other region.
        domain: String,
    },
}

/// A device.
#[cw_serde]
pub struct Device {
    /// Its number.
    pub number: u32,
    /// Trades with it, pays and is paid for it, from `owned_from` on.
    pub owner: Addr,
    /// First interval that is the owner's, where another had the device before.
    pub owned_from: Option<Interval>,
    /// Who answers for the intervals before `owned_from`.
    pub former_owner: Option<Addr>,
    /// Who may take the device over ([`super::ExecuteMsg::AcceptDevice`]).
    pub offered_to: Option<Addr>,
    /// Where it stands.
    pub status: Status,
    /// Why it is suspended, while it is.
    pub suspension: Option<Suspension>,
    /// What it measures.
    pub kind: DeviceKind,
    /// Number of its meter's manufacturer.
    pub manufacturer: u32,
    /// Serial number of its meter.
    pub serial: String,
    /// The key that signs its readings, or will from the interval in the device page on.
    pub key: Key,
    /// A key that stands in public until it may take over.
    pub pending_key: Option<PendingKey>,
    /// Bus of the region's network.
    pub bus: u16,
    /// The connection that it sits behind; none for a connection itself.
    pub behind: Option<u32>,
    /// Whether it trades, settles and counts in the region's net.
    pub settles: bool,
    /// Highest power drawn, as the manufacturer endorsed it.
    pub endorsed_import: Watt,
    /// Highest power fed, as the manufacturer endorsed it.
    pub endorsed_export: Watt,
    /// Power that it may draw at its bus: bounds orders and margin. Zero before the confirmation.
    pub usable_import: Watt,
    /// Power that it may feed at its bus: bounds orders and margin. Zero before the confirmation.
    pub usable_export: Watt,
    /// Energy that a storage can deliver when full.
    pub usable: Wh,
    /// Share of what a storage draws that it can feed again, in millionths; zero for others.
    pub efficiency: Ppm,
    /// Registers run from 0 to this value less one, then start over.
    pub register_modulus: Wh,
    /// First interval whose reading is accepted; none before the confirmation.
    pub active_from: Option<Interval>,
}

impl Device {
    /// The two records that are stored of a device: what other contracts need of it, and the rest.
    pub fn split(self) -> (DeviceSummary, DeviceDetails) {
        let summary = DeviceSummary {
            owner: self.owner,
            owned_from: self.owned_from,
            status: self.status,
            kind: self.kind,
            bus: self.bus,
            settles: self.settles,
            usable_import: self.usable_import,
            usable_export: self.usable_export,
            usable: self.usable,
            efficiency: self.efficiency,
            active_from: self.active_from,
        };
        let details = DeviceDetails {
            former_owner: self.former_owner,
            offered_to: self.offered_to,
            suspension: self.suspension,
            manufacturer: self.manufacturer,
            serial: self.serial,
            key: self.key,
            pending_key: self.pending_key,
            behind: self.behind,
            endorsed_import: self.endorsed_import,
            endorsed_export: self.endorsed_export,
            register_modulus: self.register_modulus,
        };
        (summary, details)
    }

    /// Who answers for an interval.
    pub fn owner_in(&self, interval: Interval) -> &Addr {
        match (&self.former_owner, self.owned_from) {
            (Some(former), Some(from)) if interval < from => former,
            _ => &self.owner,
        }
    }

    /// The device of a number and its two records.
    pub fn join(number: u32, summary: DeviceSummary, details: DeviceDetails) -> Self {
        Self {
            number,
            owner: summary.owner,
            owned_from: summary.owned_from,
            former_owner: details.former_owner,
            offered_to: details.offered_to,
            status: summary.status,
            suspension: details.suspension,
            kind: summary.kind,
            manufacturer: details.manufacturer,
            serial: details.serial,
            key: details.key,
            pending_key: details.pending_key,
            bus: summary.bus,
            behind: details.behind,
            settles: summary.settles,
            endorsed_import: details.endorsed_import,
            endorsed_export: details.endorsed_export,
            usable_import: summary.usable_import,
            usable_export: summary.usable_export,
            usable: summary.usable,
            efficiency: summary.efficiency,
            register_modulus: details.register_modulus,
            active_from: summary.active_from,
        }
    }
}

/// What the registry alone needs of a [`Device`]: the rest of its [`DeviceSummary`]. Stored as JSON.
#[cw_serde]
pub struct DeviceDetails {
    /// Who answers for the intervals before the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_owner: Option<Addr>,
    /// Who may take the device over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_to: Option<Addr>,
    /// Why it is suspended, while it is.
    pub suspension: Option<Suspension>,
    /// Number of its meter's manufacturer.
    pub manufacturer: u32,
    /// Serial number of its meter.
    pub serial: String,
    /// The key that signs its readings.
    pub key: Key,
    /// A key that stands in public until it may take over.
    pub pending_key: Option<PendingKey>,
    /// The connection that it sits behind.
    pub behind: Option<u32>,
    /// Highest power drawn, as endorsed.
    pub endorsed_import: Watt,
    /// Highest power fed, as endorsed.
    pub endorsed_export: Watt,
    /// Registers run from 0 to this value less one, then start over.
    pub register_modulus: Wh,
}

/// A key that the old one did not sign for.
#[cw_serde]
pub struct PendingKey {
    /// The key.
    pub key: Key,
    /// From here on it can be put in force.
    pub due: Timestamp,
}

/// A number that waits for its device's confirmation.
#[cw_serde]
pub struct Reservation {
    /// The number.
    pub number: u32,
    /// The account that it is reserved for.
    pub owner: Addr,
    /// From here on anyone may release it.
    pub lapses: Timestamp,
}

/// A manufacturer.
#[cw_serde]
pub struct Manufacturer {
    /// IANA private enterprise number.
    pub id: u32,
    /// Name.
    pub name: String,
    /// The key that signs its endorsements.
    pub key: Key,
    /// Whether its endorsements count.
    pub admitted: bool,
}
