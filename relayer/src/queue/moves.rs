use super::{OpenTx, Queue, Row};
use crate::{RejectReason, RelayerError};
use rusqlite::params;

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
    pub(crate) fn judge(&mut self, rows: &[Row], verdicts: Vec<Verdict>) -> Result<Vec<Verdict>, RelayerError> {
        let moving = self.db.transaction()?;
        let mut open = self.open;
        let mut judged = Vec::with_capacity(verdicts.len());
        {
            let mut twin = moving.prepare_cached(
                "SELECT 1 FROM reading WHERE interval = ?2 AND device = ?3 AND revision = ?4 AND id <> ?1 \
                 AND import_wh = ?5 AND export_wh = ?6 \
                 AND (state BETWEEN 1 AND 5 OR state = 6 AND reason LIKE 'oracle/%' \
                      AND reason NOT IN ('oracle/forged', 'oracle/suspended')) LIMIT 1",
            )?;
            let mut verify = moving.prepare_cached("UPDATE reading SET state = 1, due_s = ?2 WHERE id = ?1")?;
            let mut reject = moving.prepare_cached("UPDATE reading SET state = 6, reason = ?2 WHERE id = ?1")?;
            for (row, verdict) in rows.iter().zip(verdicts) {
                let (id, it) = (row.id, &row.signed.reading);
                let place = (it.interval().get(), it.device(), it.revision());
                let registers = (it.import().get(), it.export().get());
                let record = params![id, place.0, place.1, place.2, registers.0, registers.1];
                let verdict = match verdict {
                    Verdict::Genuine { .. } if twin.exists(record)? => Verdict::Rejected(RejectReason::Repeated),
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

    /// Ends the open transaction: each of its readings is confirmed, rejected or released, in their order, and the
    /// transaction is closed. `height` is the block that holds it, if one does.
    pub(crate) fn end(&mut self, tx: &OpenTx, height: Option<u64>, ends: &[End]) -> Result<(), RelayerError> {
        let moving = self.db.transaction()?;
        let mut open = self.open;
        {
            let mut confirm = moving.prepare_cached("UPDATE reading SET state = 5 WHERE id = ?1")?;
            let mut reject = moving.prepare_cached("UPDATE reading SET state = 6, reason = ?2 WHERE id = ?1")?;
            let mut release = moving
                .prepare_cached("UPDATE reading SET state = 1, tx = NULL, position = NULL, due_s = ?2 WHERE id = ?1")?;
            for (row, end) in tx.rows.iter().zip(ends) {
                let id = row.id;
                match end {
                    End::Confirmed => confirm.execute([id])?,
                    End::Rejected(reason) => reject.execute(params![id, reason.to_string()])?,
                    End::Released { due_s } => release.execute(params![id, due_s])?,
                };
                open = open.saturating_sub(usize::from(!matches!(end, End::Released { .. })));
            }
            moving
                .prepare_cached("UPDATE tx SET state = 5, bytes = NULL, height = ?2 WHERE id = ?1")?
                .execute(params![tx.id, height])?;
        }
        moving.commit()?;
        self.open = open;
        self.open_tx = None;
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
