//! What became of each reading.
use std::collections::BTreeMap;

use cosmwasm_schema::cw_serde;

/// What became of a reading. Everything but `accepted` and `duplicate` is a refusal.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Stored.
    Accepted,
    /// The same record was accepted before; nothing changes.
    Duplicate,
    /// The slot names no device, or a register is not below the device's modulus.
    Malformed,
    /// No confirmed device has this number.
    UnknownDevice,
    /// The device is suspended.
    Suspended,
    /// The device is retired.
    Retired,
    /// The interval lies before the device's first one.
    NotYetActive,
    /// The interval has not ended, even with the clock tolerance.
    Future,
    /// The interval is final.
    TooOld,
    /// The revision is not the next: 0 where no record of the device and interval was accepted, else one more
    /// than the accepted one's.
    Revision,
    /// A revision above 0 that the grid operator did not send.
    Uncountersigned,
    /// The signature is not that of the key which is valid in the interval.
    Forged,
    /// Another record of this interval and revision was accepted before: the device is suspended.
    Conflict,
    /// A register lies below an earlier reading's, or above a later one's.
    Backwards,
    /// More energy than the endorsed rated power carries between two readings.
    AboveRating,
    /// The nearest earlier reading lies further back than is searched; older intervals must be pruned first.
    Unpruned,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 16] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Malformed,
        Self::UnknownDevice,
        Self::Suspended,
        Self::Retired,
        Self::NotYetActive,
        Self::Future,
        Self::TooOld,
        Self::Revision,
        Self::Uncountersigned,
        Self::Forged,
        Self::Conflict,
        Self::Backwards,
        Self::AboveRating,
        Self::Unpruned,
    ];

    /// Its name, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Malformed => "malformed",
            Self::UnknownDevice => "unknown_device",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
            Self::NotYetActive => "not_yet_active",
            Self::Future => "future",
            Self::TooOld => "too_old",
            Self::Revision => "revision",
            Self::Uncountersigned => "uncountersigned",
            Self::Forged => "forged",
            Self::Conflict => "conflict",
            Self::Backwards => "backwards",
            Self::AboveRating => "above_rating",
            Self::Unpruned => "unpruned",
        }
    }

    /// Whether the reading was turned down.
    pub const fn is_rejected(self) -> bool {
        !matches!(self, Self::Accepted | Self::Duplicate)
    }
}

/// Data of the response to [`super::ExecuteMsg::Submit`].
#[cw_serde]
#[derive(Default)]
pub struct SubmitResult {
    /// One list per batch, one outcome per reading, in the order in which they were handed in.
    pub batches: Vec<Vec<Outcome>>,
}

impl SubmitResult {
    /// How many readings came out how; outcomes that did not occur are left out.
    pub fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for outcome in self.batches.iter().flatten() {
            let count: &mut usize = counts.entry(*outcome).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }

    /// How many readings came out like this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.batches.iter().flatten().filter(|each| **each == outcome).count()
    }
}
