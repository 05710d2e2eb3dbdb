use super::Queue;
use crate::{RejectReason, RelayerError};
use rusqlite::{OptionalExtension, params};

/// What verification says of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The device signed it; it may be batched from this chain time on.
    Genuine { due_s: u64 },
    /// It goes no further.
    Rejected(RejectReason),
}

/// How a transaction ends for one of its readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The oracle has it.
    Confirmed,
    /// The oracle refused it.
    Rejected(RejectReason),
    /// The transaction did nothing for it: it waits for another from this chain time on.
    Released { due_s: u64 },
}

impl Queue {
    /// Moves readings from received to verified or rejected; the answer is how each ended up.
    pub(crate) fn judge(&mut self, verdicts: Vec<(i64, Verdict)>) -> Result<Vec<Verdict>, RelayerError> {
        let moving = self.db.transaction()?;
        let mut open = self.open;
        let mut judged = Vec::with_capacity(verdicts.len());
        {
            let mut twin = moving.prepare_cached(
                "SELECT 1 FROM reading AS this JOIN reading AS other \
                 ON other.interval = this.interval AND other.device = this.device AND other.revision = this.revision \
                 WHERE this.id = ?1 AND other.id <> ?1 AND other.digest = this.digest \
                 AND (other.state BETWEEN 1 AND 5 OR other.state = 6 AND other.reason LIKE 'oracle/%' \
                      AND other.reason NOT IN ('oracle/forged', 'oracle/suspended')) LIMIT 1",
            )?;
            let mut verify = moving.prepare_cached("UPDATE reading SET state = 1, due_s = ?2 WHERE id = ?1")?;
            let mut reject = moving.prepare_cached("UPDATE reading SET state = 6, reason = ?2 WHERE id = ?1")?;
            for (id, verdict) in verdicts {
                let verdict = match verdict {
                    Verdict::Genuine { .. } if twin.query_row([id], |_| Ok(())).optional()?.is_some() => {
                        Verdict::Rejected(RejectReason::Repeated)
                    }
                    verdict => verdict,
                };
                match &verdict {
                    Verdict::Genuine { due_s } => {
                        verify.execute(params![id, due_s])?;
                    }
                    Verdict::Rejected(reason) => {
                        reject.execute(params![id, reason.to_string()])?;
                        open = open.saturating_sub(1);
                    }
                }
                judged.push(verdict);
            }
        }
        moving.commit()?;
        self.open = open;
        Ok(judged)
    }

    /// Ends a transaction: each of its readings is confirmed, rejected or released, and the transaction is closed.
    /// `height` is the block that holds it, if one does.
    pub(crate) fn end(&mut self, tx: i64, height: Option<u64>, ends: &[(i64, End)]) -> Result<(), RelayerError> {
        let moving = self.db.transaction()?;
        let mut open = self.open;
        {
            let mut confirm = moving.prepare_cached("UPDATE reading SET state = 5 WHERE id = ?1")?;
            let mut reject = moving.prepare_cached("UPDATE reading SET state = 6, reason = ?2 WHERE id = ?1")?;
            let mut release = moving
                .prepare_cached("UPDATE reading SET state = 1, tx = NULL, position = NULL, due_s = ?2 WHERE id = ?1")?;
            for (id, end) in ends {
                match end {
                    End::Confirmed => confirm.execute([id])?,
                    End::Rejected(reason) => reject.execute(params![id, reason.to_string()])?,
                    End::Released { due_s } => release.execute(params![id, due_s])?,
                };
                open = open.saturating_sub(usize::from(!matches!(end, End::Released { .. })));
            }
            moving
                .prepare_cached("UPDATE tx SET state = 5, bytes = NULL, height = ?2 WHERE id = ?1")?
                .execute(params![tx, height])?;
        }
        moving.commit()?;
        self.open = open;
        Ok(())
    }

    /// Deletes confirmed and rejected readings of intervals before `interval`, and the transactions
    /// that carried nothing later. The answer is the number of readings deleted.
    pub(crate) fn prune(&mut self, interval: u64) -> Result<usize, RelayerError> {
        let moving = self.db.transaction()?;
        let deleted = {
            moving
                .prepare_cached("DELETE FROM tx WHERE newest < ?1 AND state = 5")?
                .execute([interval])?;
            moving
                .prepare_cached("DELETE FROM reading WHERE interval < ?1 AND state >= 5")?
                .execute([interval])?
        };
        moving.commit()?;
        Ok(deleted)
    }
}
