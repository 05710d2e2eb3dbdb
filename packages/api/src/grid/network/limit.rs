use busbar_units::Wh;
use cosmwasm_schema::cw_serde;

use super::circuit::{narrow, step, stepped};
use crate::codec::{CodecError, Reader, Writer};

/// What a line may carry in one interval, below its rating: headroom that flows nobody bids for leave, or a
/// limit in an emergency.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct LineLimit {
    /// Number of the line.
    pub line: u16,
    /// Most energy in the direction `from` to `to`.
    pub capacity: Wh,
    /// Most energy in the direction `to` to `from`.
    pub capacity_back: Wh,
}

/// The limits of one interval, by ascending line.
///
/// Packed: per line the step to its number, its capacity, and the capacity back as a step from that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineLimits(Vec<LineLimit>);

impl LineLimits {
    /// The limits, by ascending line.
    pub fn iter(&self) -> impl Iterator<Item = LineLimit> + '_ {
        self.0.iter().copied()
    }

    /// The limit of a line, where it has one.
    pub fn get(&self, line: u16) -> Option<LineLimit> {
        let place = self.0.binary_search_by_key(&line, |limit| limit.line).ok()?;
        self.0.get(place).copied()
    }

    /// Sets the limit of a line.
    pub fn set(&mut self, limit: LineLimit) {
        match self.0.binary_search_by_key(&limit.line, |limit| limit.line) {
            Ok(place) => {
                if let Some(slot) = self.0.get_mut(place) {
                    *slot = limit;
                }
            }
            Err(place) => self.0.insert(place, limit),
        }
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let mut line = 0;
        let pack = |writer: Writer, limit: &LineLimit| {
            let before = core::mem::replace(&mut line, limit.line);
            let (capacity, back) = (limit.capacity.get(), limit.capacity_back.get());
            writer
                .zigzag(step(before.into(), limit.line.into()))
                .varint(capacity.into())
                .zigzag(step(capacity, back))
        };
        self.0.iter().fold(Writer::new(), pack).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut limits = Self::default();
        let mut line = 0;
        while !reader.is_empty() {
            line = stepped(&mut reader, line, "limited line")?;
            let capacity = reader.varint_u64("limit")?;
            limits.0.push(LineLimit {
                line: narrow(line, "limited line")?,
                capacity: Wh::new(capacity),
                capacity_back: Wh::new(stepped(&mut reader, capacity, "limit back")?),
            });
        }
        Ok(limits)
    }
}
