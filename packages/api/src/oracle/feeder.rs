//! What head meters tell of the feeders below them.
use busbar_units::{Interval, NetWh, Wh};
use cosmwasm_schema::cw_serde;

use crate::codec::{CodecError, Reader, Writer};

/// The feeder below a bus with head meters, which together measure all that flows into it: the bus and every bus that
/// the utility reaches through it alone. Compared interval by interval when nothing changes any more.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Feeder {
    /// The bus.
    pub bus: u16,
    /// The interval that was compared last.
    pub interval: Interval,
    /// What the head meters measured in it beyond the feeder's devices, their losses and what was declared as
    /// unmetered.
    pub unexplained: NetWh,
    /// Intervals outside the tolerance since the last one inside and the last strike. One without a comparison, since
    /// some reading is missing, counts neither way.
    pub mismatches: u32,
    /// How often `mismatches` has reached the region's `head_mismatches`: each lowers the ratings once.
    pub strikes: u32,
    /// Interval of the last strike; zero where there is none.
    pub struck: Interval,
}

impl Feeder {
    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new()
            .u16(self.bus)
            .varint(self.interval.get().into())
            .zigzag(self.unexplained.get().into())
            .varint(self.mismatches.into())
            .varint(self.strikes.into())
            .varint(self.struck.get().into())
            .finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let feeder = Self {
            bus: reader.u16("bus")?,
            interval: Interval::new(reader.varint_u64("interval")?),
            unexplained: NetWh::new(reader.zigzag_i64("unexplained")?),
            mismatches: reader.varint_u32("mismatches")?,
            strikes: reader.varint_u32("strikes")?,
            struck: Interval::new(reader.varint_u64("struck")?),
        };
        reader.finish()?;
        Ok(feeder)
    }
}

/// What is known of a feeder while the pages of an interval are gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeederSum {
    /// Bus of its head meters.
    pub bus: u16,
    /// Net energy of the head meters.
    pub head: NetWh,
    /// Net energy of the feeder's devices so far, import positive.
    pub net: NetWh,
    /// The energy drawn that is in `net`.
    pub drawn: Wh,
    /// Whether all energies are known so far, those of the head meters by readings of their own.
    pub complete: bool,
}

impl FeederSum {
    /// The packed form of the sums of an interval.
    pub fn encode_list(sums: &[Self]) -> Vec<u8> {
        let pack = |writer: Writer, sum: &Self| {
            writer
                .u16(sum.bus)
                .zigzag(sum.head.get().into())
                .zigzag(sum.net.get().into())
                .varint(sum.drawn.get().into())
                .u8(u8::from(sum.complete))
        };
        sums.iter().fold(Writer::new(), pack).finish()
    }

    /// Reads what [`Self::encode_list`] packed.
    pub fn decode_list(bytes: &[u8]) -> Result<Vec<Self>, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut sums = vec![];
        while !reader.is_empty() {
            sums.push(Self {
                bus: reader.u16("bus")?,
                head: NetWh::new(reader.zigzag_i64("head")?),
                net: NetWh::new(reader.zigzag_i64("net")?),
                drawn: Wh::new(reader.varint_u64("drawn")?),
                complete: match reader.u8("complete")? {
                    0 => false,
                    1 => true,
                    _ => return Err(CodecError::Range { field: "complete" }),
                },
            });
        }
        Ok(sums)
    }
}
