//! What is kept per interval and per device.
use busbar_units::{Interval, NetWh};
use cosmwasm_schema::cw_serde;

use super::Registers;
use crate::codec::{CodecError, Reader, Writer};

/// Net sum and confirmation of an interval; created with its first reading.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct IntervalState {
    /// Sum of the counted energies of all settling devices, import positive. Frozen by the confirmation.
    pub net: NetWh,
    /// Settling devices whose energy is in `net`.
    pub measured: u32,
    /// Settling devices that are awaited.
    pub awaited: u32,
    /// Whether `net` is frozen: all awaited energies are in, or the confirmation window has ended.
    pub confirmed: bool,
}

impl IntervalState {
    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let writer = Writer::new().u8(u8::from(self.confirmed)).zigzag(self.net.get().into());
        writer.varint(self.measured.into()).varint(self.awaited.into()).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let confirmed = match reader.u8("confirmed")? {
            0 => false,
            1 => true,
            _ => return Err(CodecError::Range { field: "confirmed" }),
        };
        let net = NetWh::new(reader.zigzag_i64("net")?);
        let (measured, awaited) = (reader.varint_u32("measured")?, reader.varint_u32("awaited")?);
        reader.finish()?;
        Ok(Self {
            net,
            measured,
            awaited,
            confirmed,
        })
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
