use super::{Queue, Row};
use crate::{RejectReason, RelayerError, State};
use busbar_attestation::{DomainId, SignedReading};
use busbar_chain::Edge;
use rusqlite::{CachedStatement, params};
use sha2::{Digest, Sha256};

/// What became of a reading at ingest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngestOutcome {
    /// Stored; it will be verified and relayed.
    Stored,
    /// Stored beside a record of the same device, interval and revision with other registers. If both are signed,
    /// both go to the oracle, which suspends the device.
    Conflicting,
    /// The same record is in the queue already. Nothing was stored.
    Duplicate {
        /// Where the stored one stands; whatever is inside a transaction shows as batched.
        state: State,
    },
    /// The queue is full: send it again later. Nothing was stored.
    QueueFull {
        /// Readings that may be on their way.
        limit: usize,
    },
    /// No chain will ever reach this interval. Nothing was stored.
    OutOfTime,
}

/// What is in the queue under the same device, interval and revision.
enum Known {
    /// Nothing that stands in the way.
    Free {
        /// Whether another record is there.
        other: bool,
        /// Whether the same record is there, unproven.
        twin: bool,
    },
    /// The same record.
    Same(State),
}

impl Queue {
    /// Stores readings, all in one commit, and returns once they are stored.
    pub(crate) fn ingest(
        &mut self,
        domain: &DomainId,
        readings: &[SignedReading],
        limit: usize,
    ) -> Result<Vec<IngestOutcome>, RelayerError> {
        let mut open = self.open_readings();
        let moving = self.db.transaction()?;
        let mut stored = Vec::new();
        let mut outcomes = Vec::with_capacity(readings.len());
        {
            let mut find = moving.prepare_cached(
                "SELECT digest, signature, state, reason, id FROM reading \
                 WHERE interval = ?1 AND device = ?2 AND revision = ?3",
            )?;
            let mut insert = moving.prepare_cached(
                "INSERT INTO reading \
                 (interval, device, revision, import_wh, export_wh, digest, signature, state, due_s) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0)",
            )?;
            for signed in readings {
                let reading = &signed.reading;
                let Ok(interval) = i64::try_from(reading.interval().get()) else {
                    outcomes.push(IngestOutcome::OutOfTime);
                    continue;
                };
                let digest: [u8; 32] = Sha256::digest(reading.record(domain)).into();
                let (other, twin) = match known(&mut find, interval, signed, &digest)? {
                    Known::Same(state) => {
                        outcomes.push(IngestOutcome::Duplicate { state });
                        continue;
                    }
                    Known::Free { .. } if open >= limit => {
                        outcomes.push(IngestOutcome::QueueFull { limit });
                        continue;
                    }
                    Known::Free { other, twin } => (other, twin),
                };
                let id = insert.insert(params![
                    interval,
                    reading.device(),
                    reading.revision(),
                    reading.import().get(),
                    reading.export().get(),
                    digest,
                    signed.signature,
                ])?;
                open = open.saturating_add(1);
                stored.push(Row {
                    id,
                    signed: *signed,
                    due_s: 0,
                    twin,
                });
                outcomes.push(if other {
                    IngestOutcome::Conflicting
                } else {
                    IngestOutcome::Stored
                });
            }
        }
        Edge::RelayReceived.reached();
        moving.commit()?;
        Edge::RelayStored.reached();
        self.waiting.receive(stored);
        Ok(outcomes)
    }
}

/// Looks a record up. A record whose signature is not yet checked, or was found forged, stands for no other: else
/// whoever guesses a record could keep the true one out by sending it first with a bad signature.
fn known(
    find: &mut CachedStatement<'_>,
    interval: i64,
    signed: &SignedReading,
    digest: &[u8; 32],
) -> Result<Known, RelayerError> {
    let (mut other, mut twin) = (false, false);
    let mut rows = find.query(params![interval, signed.reading.device(), signed.reading.revision()])?;
    while let Some(row) = rows.next()? {
        let same_record = row.get_ref(0)?.as_blob().is_ok_and(|stored| stored == digest);
        let same_signature = row.get_ref(1)?.as_blob().is_ok_and(|stored| stored == signed.signature);
        let state = State::from_code(row.get(2)?).ok_or(RelayerError::Corrupt {
            field: "state",
            id: row.get(4)?,
        })?;
        let reason = row
            .get_ref(3)?
            .as_str_or_null()
            .ok()
            .flatten()
            .and_then(RejectReason::parse);
        if reason.is_some_and(RejectReason::may_pass) {
            continue;
        }
        let unproven = state == State::Received || reason.is_some_and(RejectReason::is_about_signature);
        match same_record {
            true if same_signature || !unproven => return Ok(Known::Same(state)),
            true => twin = true,
            false => other = true,
        }
    }
    Ok(Known::Free { other, twin })
}
