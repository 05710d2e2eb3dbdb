//! Pages of 64 devices, packed: what the oracle reads with every batch and the market at settlement.
use busbar_attestation::{Curve, DeviceKind, PublicKey, BATCH_LIMIT};
use busbar_units::{Interval, Watt, Wh};

use crate::codec::{CodecError, Reader, Writer};

/// Where a confirmed device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotStatus {
    /// Its readings are accepted.
    Active,
    /// Its readings are refused until it is reinstated.
    Suspended,
    /// Over for good.
    Retired,
}

/// What checks readings from an interval on, until the next meter of the device takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    /// First interval whose reading its key signs.
    pub from: Interval,
    /// Key of its readings.
    pub key: PublicKey,
    /// Highest power drawn, as endorsed.
    pub rated_import: Watt,
    /// Highest power fed, as endorsed.
    pub rated_export: Watt,
    /// Registers run from 0 to this value less one, then start over.
    pub register_modulus: Wh,
}

/// A confirmed device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Where it stands.
    pub status: SlotStatus,
    /// What it measures.
    pub kind: DeviceKind,
    /// Bus of the region's network.
    pub bus: u16,
    /// Whether it trades, settles and counts in the region's net.
    pub settles: bool,
    /// First interval whose reading is accepted: the baseline may be this one or a later one.
    pub active_from: Interval,
    /// First interval whose energy is awaited and may count; later than `active_from`.
    pub awaited_from: Interval,
    /// Its latest meter, which may take over in an interval to come; earlier ones are in
    /// [`super::raw::past_meters`].
    pub meter: Meter,
}

/// Up to 64 confirmed devices whose numbers differ in the last six bits only.
///
/// Packed: bitmap of the slots in use (8 bytes, lowest bit = slot 0), then each slot in use as status
/// and curve and settling in one byte, kind 1, bus, active_from, awaited_from less active_from, meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePage([Option<Slot>; BATCH_LIMIT]);

impl Default for DevicePage {
    fn default() -> Self {
        Self([None; BATCH_LIMIT])
    }
}

impl DevicePage {
    /// The device at a slot.
    pub fn get(&self, slot: u8) -> Option<&Slot> {
        self.0.get(usize::from(slot))?.as_ref()
    }

    /// Puts a device at a slot; a slot above 63 holds nothing.
    pub fn set(&mut self, slot: u8, device: Slot) {
        if let Some(place) = self.0.get_mut(usize::from(slot)) {
            *place = Some(device);
        }
    }

    /// The devices with their slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &Slot)> {
        (0u8..)
            .zip(&self.0)
            .filter_map(|(slot, device)| Some((slot, device.as_ref()?)))
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let bitmap = self.iter().fold(0u64, |bitmap, (slot, _)| bitmap | (1 << slot));
        self.iter()
            .fold(Writer::new().u64(bitmap), |writer, (_, slot)| slot.write(writer))
            .finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let bitmap = reader.u64("bitmap")?;
        let mut page = Self::default();
        for (slot, place) in page.0.iter_mut().enumerate() {
            if bitmap >> slot & 1 == 1 {
                *place = Some(Slot::read(&mut reader)?);
            }
        }
        reader.finish()?;
        Ok(page)
    }
}

impl SlotStatus {
    const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Retired];

    const fn code(self) -> u8 {
        match self {
            Self::Active => 1,
            Self::Suspended => 2,
            Self::Retired => 3,
        }
    }
}

impl Slot {
    fn write(&self, writer: Writer) -> Writer {
        let awaited = self.awaited_from.get().saturating_sub(self.active_from.get());
        let writer = writer
            .u8(self.status.code() << 1 | u8::from(self.settles))
            .u8(self.kind.code())
            .varint(self.bus.into())
            .varint(self.active_from.get().into())
            .varint(awaited.into());
        self.meter.write(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let flags = reader.u8("status")?;
        let status = SlotStatus::ALL.into_iter().find(|status| status.code() == flags >> 1);
        let kind = DeviceKind::from_code(reader.u8("kind")?);
        let bus = u16::try_from(reader.varint("bus")?).map_err(|_| CodecError::Range { field: "bus" })?;
        let active_from = reader.varint_u64("active_from")?;
        let awaited = reader.varint_u64("awaited_from")?;
        Ok(Self {
            status: status.ok_or(CodecError::Range { field: "status" })?,
            kind: kind.ok_or(CodecError::Range { field: "kind" })?,
            bus,
            settles: flags & 1 == 1,
            active_from: Interval::new(active_from),
            awaited_from: Interval::new(
                active_from
                    .checked_add(awaited)
                    .ok_or(CodecError::Range { field: "awaited_from" })?,
            ),
            meter: Meter::read(reader)?,
        })
    }
}

impl Meter {
    fn write(&self, writer: Writer) -> Writer {
        writer
            .varint(self.from.get().into())
            .u8(self.key.curve().code())
            .bytes(self.key.as_bytes())
            .varint(self.rated_import.get().into())
            .varint(self.rated_export.get().into())
            .varint(self.register_modulus.get().into())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let from = Interval::new(reader.varint_u64("from")?);
        let curve = Curve::from_code(reader.u8("curve")?).ok_or(CodecError::Range { field: "curve" })?;
        let key = PublicKey::new(curve, reader.bytes("key", curve.key_length())?);
        Ok(Self {
            from,
            key: key.map_err(|_| CodecError::Range { field: "key" })?,
            rated_import: Watt::new(reader.varint_u64("rated_import")?),
            rated_export: Watt::new(reader.varint_u64("rated_export")?),
            register_modulus: Wh::new(reader.varint_u64("register_modulus")?),
        })
    }

    /// Packs the earlier meters of a device, oldest first.
    pub fn encode_list(meters: &[Self]) -> Vec<u8> {
        meters
            .iter()
            .fold(Writer::new(), |writer, meter| meter.write(writer))
            .finish()
    }

    /// Reads what [`Meter::encode_list`] packed.
    pub fn decode_list(bytes: &[u8]) -> Result<Vec<Self>, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut meters = Vec::new();
        while !reader.is_empty() {
            meters.push(Self::read(&mut reader)?);
        }
        Ok(meters)
    }
}
