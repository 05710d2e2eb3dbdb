use crate::{IngestOutcome, RejectReason, State};
use std::collections::BTreeMap;

/// What a relayer did since it was opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metrics {
    /// Readings stored at ingest.
    pub stored: u64,
    /// Of these, readings that differ from a stored one of the same device, interval and revision.
    pub conflicting: u64,
    /// Readings that were in the queue already.
    pub duplicates: u64,
    /// Readings refused because the queue was full.
    pub queue_full: u64,
    /// Readings of intervals that no chain reaches.
    pub out_of_time: u64,
    /// Signature checks made.
    pub signature_checks: u64,
    /// Readings found genuine.
    pub verified: u64,
    /// Readings that the oracle has.
    pub confirmed: u64,
    /// Readings rejected, by reason.
    pub rejected: BTreeMap<RejectReason, u64>,
    /// Readings put back to wait for another transaction.
    pub released: u64,
    /// Transactions signed.
    pub signed: u64,
    /// Times that signed bytes were handed to the chain, again ones included.
    pub broadcasts: u64,
    /// Of these, those that the chain did not take.
    pub broadcast_errors: u64,
    /// Transactions whose timeout height passed before the chain had them.
    pub expired: u64,
    /// Transactions that failed as a whole.
    pub failed: u64,
    /// Registry pages read.
    pub pages_refreshed: u64,
    /// Readings deleted by retention.
    pub pruned: u64,
}

/// Every reading in the queue's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// Readings by state.
    pub states: BTreeMap<State, u64>,
    /// Rejected readings by reason.
    pub reasons: BTreeMap<RejectReason, u64>,
}

impl Census {
    /// Readings in a state.
    pub fn count(&self, state: State) -> u64 {
        self.states.get(&state).copied().unwrap_or(0)
    }
}

impl Metrics {
    pub(crate) fn count_ingest(&mut self, outcomes: &[IngestOutcome]) {
        for outcome in outcomes {
            match outcome {
                IngestOutcome::Stored => bump(&mut self.stored),
                IngestOutcome::Conflicting => {
                    bump(&mut self.stored);
                    bump(&mut self.conflicting);
                }
                IngestOutcome::Duplicate { .. } => bump(&mut self.duplicates),
                IngestOutcome::QueueFull { .. } => bump(&mut self.queue_full),
                IngestOutcome::OutOfTime => bump(&mut self.out_of_time),
            }
        }
    }

    pub(crate) fn reject(&mut self, reason: RejectReason) {
        bump(self.rejected.entry(reason).or_default());
    }
}

pub(crate) fn bump(counter: &mut u64) {
    *counter = counter.saturating_add(1);
}
