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

    /// Lets no value from an interval on be below this one; an interval without a value has 0.
    pub fn raise_from(&mut self, from: Interval, least: u16) {
        let (_, before) = self.at(from).unwrap_or_default();
        let kept = self.0.partition_point(|(start, _)| *start < from);
        let later = self.0.split_off(kept);
        self.0.push((from, before.max(least)));
        let raised = later.into_iter().filter(|(start, _)| *start > from);
        self.0.extend(raised.map(|(start, value)| (start, value.max(least))));
        self.merge_equal();
    }

    /// Drops entries that say what the one before says, and a first one that says 0.
    pub fn merge_equal(&mut self) {
        let mut before = 0;
        self.0
            .retain(|(_, value)| core::mem::replace(&mut before, *value) != *value);
    }

    /// Drops entries that hold in no interval from `needed` on, and returns them.
    pub fn forget_before(&mut self, needed: Interval) -> Vec<(Interval, u16)> {
        let first = self.0.iter().rposition(|(start, _)| *start <= needed).unwrap_or(0);
        self.0.drain(..first).collect()
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
        Self::read(Reader::new(bytes))
    }

    /// Reads the packed form to the end of the bytes.
    pub(super) fn read(mut reader: Reader<'_>) -> Result<Self, CodecError> {
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
