//! Pages of readings, packed: one interval, up to 64 devices.
use busbar_attestation::BATCH_LIMIT;
use busbar_units::Wh;
use cosmwasm_schema::cw_serde;

use crate::codec::{CodecError, Reader, Writer};

/// Bytes of a page's hash; a pruned page is nothing else.
const HASH_LENGTH: usize = 32;
/// The energy of the reading is in its interval's net sum.
const COUNTED: u8 = 1;
/// The registers start over after the reading.
const RESET: u8 = 2;

/// Running SHA-256 over the records that a page accepted: each step hashes the hash before and the
/// record; the first starts from 32 zero bytes.
pub type PageHash = [u8; HASH_LENGTH];

/// Cumulative registers of a device, each below 2^48 Wh.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct Registers {
    /// Energy drawn from the grid.
    pub import: Wh,
    /// Energy fed into the grid.
    pub export: Wh,
}

/// Energy of a device between two readings.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Energy {
    /// Energy drawn from the grid.
    pub import: Wh,
    /// Energy fed into the grid.
    pub export: Wh,
}

/// An accepted reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotReading {
    /// Revision of the record.
    pub revision: u8,
    /// Whether its energy is in the interval's net sum.
    pub counted: bool,
    /// Registers at the end of the interval.
    pub registers: Registers,
    /// Registers of the new meter, where one took over at that moment.
    pub reset: Option<Registers>,
}

impl SlotReading {
    /// What the next reading is compared with.
    pub fn base(&self) -> Registers {
        self.reset.unwrap_or(self.registers)
    }
}

/// Accepted readings of one interval and 64 devices.
///
/// Packed: hash 32, bitmap of the slots with a reading 8 (lowest bit = slot 0), then each of them as
/// revision 1, flags 1 (1 counted, 2 reset), import 6, export 6 and, after a reset, the new meter's
/// import 6 and export 6. A pruned page is its hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingPage {
    /// Running SHA-256 over the accepted records.
    pub hash: PageHash,
    slots: [Option<SlotReading>; BATCH_LIMIT],
}

impl Default for ReadingPage {
    fn default() -> Self {
        Self {
            hash: [0; HASH_LENGTH],
            slots: [None; BATCH_LIMIT],
        }
    }
}

impl ReadingPage {
    /// The reading at a slot.
    pub fn get(&self, slot: u8) -> Option<&SlotReading> {
        self.slots.get(usize::from(slot))?.as_ref()
    }

    /// The reading at a slot, to change.
    pub fn get_mut(&mut self, slot: u8) -> Option<&mut SlotReading> {
        self.slots.get_mut(usize::from(slot))?.as_mut()
    }

    /// Puts a reading at a slot; a slot above 63 holds nothing.
    pub fn set(&mut self, slot: u8, reading: SlotReading) {
        if let Some(place) = self.slots.get_mut(usize::from(slot)) {
            *place = Some(reading);
        }
    }

    /// The readings with their slots, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &SlotReading)> {
        (0u8..)
            .zip(&self.slots)
            .filter_map(|(slot, reading)| Some((slot, reading.as_ref()?)))
    }

    /// The packed form; a register of 2^48 or above is an error.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        let bitmap = self.iter().fold(0u64, |bitmap, (slot, _)| bitmap | (1 << slot));
        let mut writer = Writer::new().bytes(&self.hash).u64(bitmap);
        for (_, reading) in self.iter() {
            let counted = if reading.counted { COUNTED } else { 0 };
            let flags = counted | if reading.reset.is_some() { RESET } else { 0 };
            writer = reading.registers.write(writer.u8(reading.revision).u8(flags))?;
            if let Some(first) = reading.reset {
                writer = first.write(writer)?;
            }
        }
        Ok(writer.finish())
    }

    /// Reads the packed form; none for a pruned page.
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut page = Self {
            hash: reader.array("hash")?,
            ..Self::default()
        };
        if reader.is_empty() {
            return Ok(None);
        }
        let bitmap = reader.u64("bitmap")?;
        for (slot, place) in page.slots.iter_mut().enumerate() {
            if bitmap >> slot & 1 == 1 {
                *place = Some(SlotReading::read(&mut reader)?);
            }
        }
        reader.finish()?;
        Ok(Some(page))
    }
}

impl SlotReading {
    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let revision = reader.u8("revision")?;
        let flags = reader.u8("flags")?;
        if flags & !(COUNTED | RESET) != 0 {
            return Err(CodecError::Range { field: "flags" });
        }
        let registers = Registers::read(reader)?;
        let reset = if flags & RESET == 0 {
            None
        } else {
            Some(Registers::read(reader)?)
        };
        Ok(Self {
            revision,
            counted: flags & COUNTED != 0,
            registers,
            reset,
        })
    }
}

impl Registers {
    pub(super) fn write(&self, writer: Writer) -> Result<Writer, CodecError> {
        writer
            .u48("import", self.import.get())?
            .u48("export", self.export.get())
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        Ok(Self {
            import: Wh::new(reader.u48("import")?),
            export: Wh::new(reader.u48("export")?),
        })
    }

    /// Energy from these registers to later ones of the same meter: the steps forward, over the
    /// modulus where a register started over. None where a register is not below the modulus.
    pub fn until(&self, later: &Self, modulus: Wh) -> Option<Energy> {
        Some(Energy {
            import: step(self.import, later.import, modulus)?,
            export: step(self.export, later.export, modulus)?,
        })
    }
}

fn step(from: Wh, to: Wh, modulus: Wh) -> Option<Wh> {
    if from >= modulus || to >= modulus {
        return None;
    }
    let to = if to < from { to.add(modulus).ok()? } else { to };
    to.sub(from).ok()
}

/// Energy of the device at `slot` in an interval: from its reading at the end of the interval before
/// (`previous`) to the one at the end of the interval itself (`page`); none unless both are accepted.
///
/// `modulus` is that of the meter which is valid in the interval
/// ([`crate::registry::raw::meter_at`]).
pub fn energy(previous: Option<&ReadingPage>, page: Option<&ReadingPage>, slot: u8, modulus: Wh) -> Option<Energy> {
    let from = previous?.get(slot)?.base();
    from.until(&page?.get(slot)?.registers, modulus)
}
