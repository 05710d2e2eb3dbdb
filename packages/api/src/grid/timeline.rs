//! What holds from an interval on, until the next entry.
use busbar_units::Interval;

use crate::codec::{CodecError, Reader, Writer};

/// Values by the first interval in which they hold, ascending.
///
/// Packed: per entry the step from the interval before and the value, both varints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timeline(Vec<(Interval, u16)>);

impl Timeline {
    /// One value from the first interval on.
    pub fn from_start(value: u16) -> Self {
        Self(vec![(Interval::ZERO, value)])
    }

    /// Entries, ascending.
    pub fn entries(&self) -> &[(Interval, u16)] {
        &self.0
    }

    /// The entry that holds in an interval; none before the first.
    pub fn at(&self, interval: Interval) -> Option<(Interval, u16)> {
        self.0.iter().rev().find(|(from, _)| *from <= interval).copied()
    }

    /// The entries that hold in some interval from `from` on.
    pub fn since(&self, from: Interval) -> impl Iterator<Item = (Interval, u16)> + '_ {
        let first = self.0.iter().rposition(|(start, _)| *start <= from).unwrap_or(0);
        self.0.iter().skip(first).copied()
    }

    /// Lets a value hold from an interval on, in place of everything later; returns what it replaces.
    pub fn replace_from(&mut self, from: Interval, value: u16) -> Vec<(Interval, u16)> {
        let kept = self.0.partition_point(|(start, _)| *start < from);
        let replaced = self.0.split_off(kept);
        self.0.push((from, value));
        replaced
    }

    /// Drops entries that hold in no interval from `needed` on.
    pub fn forget_before(&mut self, needed: Interval) {
        let first = self.0.iter().rposition(|(start, _)| *start <= needed).unwrap_or(0);
        self.0.drain(..first);
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let mut last = 0;
        let pack = |writer: Writer, (from, value): &(Interval, u16)| {
            let before = core::mem::replace(&mut last, from.get());
            let step = from.get().saturating_sub(before);
            writer.varint(step.into()).varint((*value).into())
        };
        self.0.iter().fold(Writer::new(), pack).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut timeline = Self::default();
        let mut last = 0u64;
        while !reader.is_empty() {
            let step = reader.varint_u64("interval")?;
            last = last.checked_add(step).ok_or(CodecError::Range { field: "interval" })?;
            let value = u16::try_from(reader.varint_u64("value")?).map_err(|_| CodecError::Range { field: "value" })?;
            timeline.0.push((Interval::new(last), value));
        }
        Ok(timeline)
    }
}
