//! What other contracts read of a device at plain read price, packed: keys, serial number and reasons stand elsewhere.
use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Ppm, Watt, Wh};
use cosmwasm_std::Addr;

use super::Status;
use crate::codec::{CodecError, Reader, Writer};

/// First byte of the packed form. Another form gets another number, and a contract that does not know it stops.
pub const FORMAT: u8 = 1;
/// First byte where the device has passed to another owner.
pub const FORMAT_PASSED: u8 = 2;

/// What other contracts need of a [`super::Device`].
///
/// Packed: [`FORMAT`] or [`FORMAT_PASSED`], status and settling in one byte, kind 1, bus, usable import, usable export, usable energy,
/// efficiency, active_from plus one or zero, owned_from where it has passed, then the owner to the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceSummary {
    /// Trades with it, pays and is paid for it, from `owned_from` on.
    pub owner: Addr,
    /// First interval that is the owner's, where another had the device before.
    pub owned_from: Option<Interval>,
    /// Where it stands.
    pub status: Status,
    /// What it measures.
    pub kind: DeviceKind,
    /// Bus of the region's network.
    pub bus: u16,
    /// Whether it trades, settles and counts in the region's net.
    pub settles: bool,
    /// Power that it may draw at its bus. Zero before the confirmation.
    pub usable_import: Watt,
    /// Power that it may feed at its bus. Zero before the confirmation.
    pub usable_export: Watt,
    /// Energy that a storage can deliver when full.
    pub usable: Wh,
    /// Share of what a storage draws that it can feed again, in millionths; zero for others.
    pub efficiency: Ppm,
    /// First interval whose reading is accepted; none before the confirmation.
    pub active_from: Option<Interval>,
}

/// What a device can hold for others and give back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StorageRating {
    /// Energy that it can deliver when full.
    pub usable: Wh,
    /// Share of what it draws that it can feed again.
    pub efficiency: Ppm,
}

impl DeviceSummary {
    /// What its manufacturer vouches for; nothing where it is no storage. A retired one holds nothing more.
    pub fn storage(&self) -> StorageRating {
        if self.kind != DeviceKind::Storage {
            return StorageRating::default();
        }
        let retired = self.status == Status::Retired;
        StorageRating {
            usable: if retired { Wh::ZERO } else { self.usable },
            efficiency: self.efficiency,
        }
    }

    /// Whether the owner answers for an interval; the one before him does if not.
    pub fn owned_in(&self, interval: Interval) -> bool {
        self.owned_from.is_none_or(|from| from <= interval)
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let active = self.active_from.map(|from| u128::from(from.get()).saturating_add(1));
        let format = if self.owned_from.is_some() {
            FORMAT_PASSED
        } else {
            FORMAT
        };
        let writer = Writer::new()
            .u8(format)
            .u8(code(self.status) << 1 | u8::from(self.settles))
            .u8(self.kind.code())
            .varint(self.bus.into())
            .varint(self.usable_import.get().into())
            .varint(self.usable_export.get().into())
            .varint(self.usable.get().into())
            .zigzag(self.efficiency.get().into())
            .varint(active.unwrap_or(0));
        let writer = self
            .owned_from
            .iter()
            .fold(writer, |writer, from| writer.varint(from.get().into()));
        writer.bytes(self.owner.as_bytes()).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let range = |field| CodecError::Range { field };
        let mut reader = Reader::new(bytes);
        let passed = match reader.u8("format")? {
            FORMAT => false,
            FORMAT_PASSED => true,
            _ => return Err(range("format")),
        };
        let flags = reader.u8("status")?;
        let status = STATUSES.into_iter().find(|status| code(*status) == flags >> 1);
        let kind = DeviceKind::from_code(reader.u8("kind")?);
        let bus = reader.varint_u32("bus")?;
        let usable_import = Watt::new(reader.varint_u64("usable_import")?);
        let usable_export = Watt::new(reader.varint_u64("usable_export")?);
        let usable = Wh::new(reader.varint_u64("usable")?);
        let efficiency = Ppm::new(reader.zigzag_i64("efficiency")?);
        let active = reader
            .varint("active_from")?
            .checked_sub(1)
            .map(u64::try_from)
            .transpose();
        let owned_from = match passed {
            true => Some(Interval::new(reader.varint_u64("owned_from")?)),
            false => None,
        };
        Ok(Self {
            owned_from,
            owner: Addr::unchecked(reader.rest("owner")?),
            status: status.ok_or(range("status"))?,
            kind: kind.ok_or(range("kind"))?,
            bus: u16::try_from(bus).map_err(|_| range("bus"))?,
            settles: flags & 1 == 1,
            usable_import,
            usable_export,
            usable,
            efficiency,
            active_from: active.map_err(|_| range("active_from"))?.map(Interval::new),
        })
    }
}

const STATUSES: [Status; 4] = [Status::Enrolled, Status::Active, Status::Suspended, Status::Retired];

const fn code(status: Status) -> u8 {
    match status {
        Status::Enrolled => 0,
        Status::Active => 1,
        Status::Suspended => 2,
        Status::Retired => 3,
    }
}
