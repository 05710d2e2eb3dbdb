//! Pages of readings, packed: one interval, up to 64 devices.
use busbar_attestation::BATCH_LIMIT;
use busbar_units::Wh;

use super::{Energy, Registers};
use crate::codec::{CodecError, Reader, Writer};

/// Bytes of a page's hash; a pruned page is nothing else.
const HASH_LENGTH: usize = 32;
/// The energy of the reading is in its interval's net sum.
const COUNTED: u8 = 1;
/// The registers start over after the reading.
const RESET: u8 = 2;
/// The registers are an even share of a gap.
const ESTIMATED: u8 = 4;
/// The registers became known after the interval was final.
const LATE: u8 = 8;
/// The energy in the net sum is not the one that the registers tell.
const FROZEN: u8 = 16;

/// Running SHA-256 over the records that a page accepted: each step hashes the hash before and the
/// record; the first starts from 32 zero bytes.
pub type PageHash = [u8; HASH_LENGTH];

/// The registers of a device at the end of an interval: an accepted reading, or an estimate between two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotReading {
    /// Revision of the record.
    pub revision: u8,
    /// Whether its energy is in the interval's net sum.
    pub counted: bool,
    /// No record says so: an even share of the energy between the readings around it.
    pub estimated: bool,
    /// An estimate that was made after the interval's correction window: its energy is late energy.
    pub late: bool,
    /// Registers at the end of the interval.
    pub registers: Registers,
    /// Registers of the new meter, where one took over at that moment.
    pub reset: Option<Registers>,
    /// Energy in the interval's net sum, where a later reading or revision changed it after the confirmation.
    pub frozen: Option<Energy>,
}

impl SlotReading {
    /// What the next reading is compared with.
    pub fn base(&self) -> Registers {
        self.reset.unwrap_or(self.registers)
    }
}

/// Registers of one interval and 64 devices.
///
/// Packed: hash 32, bitmap of the slots in use 8 (lowest bit = slot 0), then each of them as revision 1, flags 1
/// (1 counted, 2 reset, 4 estimated, 8 late, 16 frozen), import 6, export 6, after a reset the new meter's
/// import 6 and export 6, and where frozen the energy in the net sum, import 6 and export 6. A pruned page is
/// its hash alone.
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
            writer = reading
                .registers
                .write(writer.u8(reading.revision).u8(reading.flags()))?;
            if let Some(first) = reading.reset {
                writer = first.write(writer)?;
            }
            if let Some(frozen) = reading.frozen {
                writer = frozen.write(writer)?;
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
    fn flags(&self) -> u8 {
        let flags = [
            (COUNTED, self.counted),
            (RESET, self.reset.is_some()),
            (ESTIMATED, self.estimated),
            (LATE, self.late),
            (FROZEN, self.frozen.is_some()),
        ];
        flags
            .into_iter()
            .fold(0, |all, (flag, set)| if set { all | flag } else { all })
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let revision = reader.u8("revision")?;
        let flags = reader.u8("flags")?;
        if flags & !(COUNTED | RESET | ESTIMATED | LATE | FROZEN) != 0 {
            return Err(CodecError::Range { field: "flags" });
        }
        Ok(Self {
            revision,
            counted: flags & COUNTED != 0,
            estimated: flags & ESTIMATED != 0,
            late: flags & LATE != 0,
            registers: Registers::read(reader)?,
            reset: (flags & RESET != 0).then(|| Registers::read(reader)).transpose()?,
            frozen: (flags & FROZEN != 0).then(|| Energy::read(reader)).transpose()?,
        })
    }
}

/// Energy of the device at `slot` in an interval as it is known at last: from the registers at the end of the
/// interval before (`previous`) to those at the end of the interval itself (`page`), read or estimated; none
/// unless both are there, and none where the latter came after the correction window.
///
/// `modulus` is that of the meter which is valid in the interval
/// ([`crate::registry::raw::meter_at`]).
pub fn energy(previous: Option<&ReadingPage>, page: Option<&ReadingPage>, slot: u8, modulus: Wh) -> Option<Energy> {
    let from = previous?.get(slot)?.base();
    let to = page?.get(slot).filter(|to| !to.late)?;
    from.until(&to.registers, modulus)
}

/// Energy of the device at `slot` in the interval's net sum, arguments as in [`energy`]; none where it is not
/// in it. Whatever is learned after the confirmation, this stays.
pub fn counted(previous: Option<&ReadingPage>, page: Option<&ReadingPage>, slot: u8, modulus: Wh) -> Option<Energy> {
    let reading = page?.get(slot).filter(|reading| reading.counted)?;
    reading.frozen.or_else(|| energy(previous, page, slot, modulus))
}
