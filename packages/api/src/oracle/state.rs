//! What is kept per interval and per device.
use busbar_units::{Interval, NetWh, Wh};
use cosmwasm_schema::cw_serde;

use super::Registers;
use crate::codec::{CodecError, Reader, Writer};

/// The interval is confirmed.
const CONFIRMED: u8 = 1;
/// The head meters contradict the devices, and the dispute window was opened.
const DISPUTED: u8 = 2;
/// All head meters are known.
const BALANCED: u8 = 4;

/// Net sum and confirmation of an interval; created with its first reading.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct IntervalState {
    /// Sum of the counted energies of all settling devices, import positive. Frozen by the confirmation.
    pub net: NetWh,
    /// The energy drawn that is in `net`: what the estimate of the losses is a share of.
    pub drawn: Wh,
    /// Settling devices whose energy is in `net` by readings of their own.
    pub measured: u32,
    /// Settling devices whose energy is in `net` as an estimate. They do not confirm the interval early.
    pub estimated: u32,
    /// Settling devices that are awaited.
    pub awaited: u32,
    /// Whether `net` is frozen: all awaited energies are in, or the confirmation window has ended.
    pub confirmed: bool,
    /// The head meters contradict the devices: its dispute window ends with the start of this interval, and it
    /// can be confirmed from then on.
    pub disputed: Option<Interval>,
    /// What the head meters measured beyond the devices, their losses and what was declared as unmetered; none
    /// while a head meter is missing, and where there is none.
    pub unexplained: Option<NetWh>,
}

impl IntervalState {
    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let flags = [
            (CONFIRMED, self.confirmed),
            (DISPUTED, self.disputed.is_some()),
            (BALANCED, self.unexplained.is_some()),
        ];
        let flags = flags
            .into_iter()
            .fold(0, |all, (flag, set)| if set { all | flag } else { all });
        let mut writer = Writer::new().u8(flags).zigzag(self.net.get().into());
        writer = writer.varint(self.drawn.get().into());
        for count in [self.measured, self.estimated, self.awaited] {
            writer = writer.varint(count.into());
        }
        if let Some(interval) = self.disputed {
            writer = writer.varint(interval.get().into());
        }
        if let Some(net) = self.unexplained {
            writer = writer.zigzag(net.get().into());
        }
        writer.finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let flags = reader.u8("flags")?;
        if flags & !(CONFIRMED | DISPUTED | BALANCED) != 0 {
            return Err(CodecError::Range { field: "flags" });
        }
        let state = Self {
            net: NetWh::new(reader.zigzag_i64("net")?),
            drawn: Wh::new(reader.varint_u64("drawn")?),
            measured: reader.varint_u32("measured")?,
            estimated: reader.varint_u32("estimated")?,
            awaited: reader.varint_u32("awaited")?,
            confirmed: flags & CONFIRMED != 0,
            disputed: (flags & DISPUTED != 0)
                .then(|| reader.varint_u64("disputed").map(Interval::new))
                .transpose()?,
            unexplained: (flags & BALANCED != 0)
                .then(|| reader.zigzag_i64("unexplained").map(NetWh::new))
                .transpose()?,
        };
        reader.finish()?;
        Ok(state)
    }
}

/// The last reading of a device before its pages were pruned, where no reading of the next interval
/// followed: what a later reading is compared with.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Anchor {
    /// Interval of the reading.
    pub interval: Interval,
    /// Registers that the next reading is compared with.
    pub registers: Registers,
}

impl Anchor {
    /// The packed form; a register of 2^48 or above is an error.
    pub fn encode(&self) -> Result<Vec<u8>, CodecError> {
        Ok(self.registers.write(Writer::new().u64(self.interval.get()))?.finish())
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let interval = Interval::new(reader.u64("interval")?);
        let registers = Registers::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { interval, registers })
    }
}

/// How far pruning has come.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct PruneCursor {
    /// The oldest interval whose pages are kept.
    pub interval: Interval,
    /// Its first page that is not yet reduced to its hash.
    pub page: u32,
}

impl PruneCursor {
    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new().u64(self.interval.get()).u32(self.page).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let cursor = Self {
            interval: Interval::new(reader.u64("interval")?),
            page: reader.u32("page")?,
        };
        reader.finish()?;
        Ok(cursor)
    }
}
