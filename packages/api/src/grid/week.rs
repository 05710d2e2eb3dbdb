//! Tariffs by hour of the week.
use busbar_units::Price;

use super::Tariff;
use crate::codec::{CodecError, Reader, Writer};

/// Hours in a week.
pub const HOURS_PER_WEEK: usize = 168;

/// The first hour of the epoch, a Thursday, counted from Monday.
const EPOCH_HOUR: u64 = 72;

/// One tariff per hour of the week, Monday 0:00 to 1:00 UTC first.
///
/// Packed: import and export as steps from the hour before, zigzag varints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekTariffs([Tariff; HOURS_PER_WEEK]);

impl WeekTariffs {
    /// The table; none unless there are [`HOURS_PER_WEEK`] tariffs.
    pub fn new(tariffs: &[Tariff]) -> Option<Self> {
        tariffs.try_into().ok().map(Self)
    }

    /// The hour of the week that contains an instant, in unix seconds.
    pub fn hour_of(unix_s: u64) -> usize {
        let hour = (unix_s / 3600).saturating_add(EPOCH_HOUR) % 168;
        usize::try_from(hour).unwrap_or(0)
    }

    /// Tariff of an interval that starts at an instant.
    pub fn at(&self, start_s: u64) -> Tariff {
        let [first, ..] = self.0;
        self.0.get(Self::hour_of(start_s)).copied().unwrap_or(first)
    }

    /// The tariffs by hour.
    pub fn hours(&self) -> &[Tariff] {
        &self.0
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let mut before = NOTHING;
        let pack = |writer: Writer, tariff: &Tariff| {
            let last = core::mem::replace(&mut before, *tariff);
            writer
                .zigzag(step(last.import, tariff.import))
                .zigzag(step(last.export, tariff.export))
        };
        self.0.iter().fold(Writer::new(), pack).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut hours = [NOTHING; HOURS_PER_WEEK];
        let mut before = NOTHING;
        for hour in &mut hours {
            let import = stepped(&mut reader, before.import, "import tariff")?;
            let export = stepped(&mut reader, before.export, "export tariff")?;
            before = Tariff { import, export };
            *hour = before;
        }
        reader.finish()?;
        Ok(Self(hours))
    }
}

const NOTHING: Tariff = Tariff {
    import: Price::ZERO,
    export: Price::ZERO,
};

fn step(from: Price, to: Price) -> i128 {
    i128::from(to.get()).saturating_sub(from.get().into())
}

fn stepped(reader: &mut Reader<'_>, from: Price, field: &'static str) -> Result<Price, CodecError> {
    let to = i128::from(from.get()).checked_add(reader.zigzag(field)?);
    to.and_then(|to| i64::try_from(to).ok())
        .map(Price::new)
        .ok_or(CodecError::Range { field })
}
