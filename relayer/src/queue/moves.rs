use super::runs::runs;
use super::{OpenTx, Queue, Row};
use crate::{RejectReason, RelayerError};
use busbar_chain::Edge;
use rusqlite::{Transaction, params};

/// What verification says of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The device signed it; it may be batched from this chain time on.
    Genuine { due_s: u64 },
    /// It goes no further.
    Rejected(RejectReason),
}

/// How a transaction ends for one of its readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The oracle has it.
    Confirmed,
    /// The oracle refused it.
    Rejected(RejectReason),
    /// The transaction did nothing for it: it waits for another from this chain time on.
    Released { due_s: u64 },
}

impl Queue {
    /// Moves the first received readings to verified or rejected; the answer is how each ended up.
    pub(crate) fn judge(&mut self, rows: &[Row], mut verdicts: Vec<Verdict>) -> Result<Vec<Verdict>, RelayerError> {
        let moving = self.db.transaction()?;
        let (plain, twins): (Vec<_>, Vec<_>) = rows.iter().zip(&mut verdicts).partition(|(row, _)| !row.twin);
        write(&moving, plain.into_iter().map(|(row, verdict)| (row.id, *verdict)))?;
        // One after the other, so that the first of two stands in the other's way.
        for (row, verdict) in twins {
            if matches!(verdict, Verdict::Genuine { .. }) && is_known(&moving, row)? {
                *verdict = Verdict::Rejected(RejectReason::Repeated);
            }
            write(&moving, [(row.id, *verdict)])?;
        }
        Edge::RelayJudged.reached();
        moving.commit()?;
        Edge::RelayVerified.reached();
        self.waiting.drop_received(rows.len());
        for (row, verdict) in rows.iter().zip(&verdicts) {
            if let Verdict::Genuine { due_s } = *verdict {
                self.waiting.verify(Row { due_s, ..*row });
            }
        }
        Ok(verdicts)
    }

    /// Ends the open transaction: each of its readings is confirmed, rejected or released, in their order, and the
    /// transaction is closed. `height` is the block that holds it, if one does.
    pub(crate) fn end(&mut self, tx: &OpenTx, height: Option<u64>, ends: &[End]) -> Result<(), RelayerError> {
        let moving = self.db.transaction()?;
        let fates = tx.rows.iter().zip(ends).map(|(row, end)| (row.id, *end));
        for (first, last, end) in runs(fates) {
            match end {
                End::Confirmed => moving
                    .prepare_cached("UPDATE reading SET state = 5 WHERE id BETWEEN ?1 AND ?2")?
                    .execute([first, last])?,
                End::Rejected(reason) => reject(&moving, first, last, reason)?,
                End::Released { due_s } => moving
                    .prepare_cached("UPDATE reading SET state = 1, tx = NULL, due_s = ?3 WHERE id BETWEEN ?1 AND ?2")?
                    .execute(params![first, last, due_s])?,
            };
        }
        moving
            .prepare_cached("UPDATE tx SET state = 5, bytes = NULL, height = ?2 WHERE id = ?1")?
            .execute(params![tx.id, height])?;
        Edge::RelayConfirming.reached();
        moving.commit()?;
        Edge::RelayConfirmed.reached();
        self.open_tx = None;
        for (row, end) in tx.rows.iter().zip(ends) {
            if let End::Released { due_s } = *end {
                self.waiting.verify(Row { due_s, ..*row });
            }
        }
        Ok(())
    }

    /// Deletes confirmed and rejected readings of intervals before `interval`, and the transactions
    /// that carried nothing later. The answer is the number of readings deleted.
    pub(crate) fn prune(&mut self, interval: u64) -> Result<usize, RelayerError> {
        let moving = self.db.transaction()?;
        moving
            .prepare_cached("DELETE FROM tx WHERE newest < ?1 AND state = 5")?
            .execute([interval])?;
        let deleted = moving
            .prepare_cached("DELETE FROM reading WHERE interval < ?1 AND state >= 5")?
            .execute([interval])?;
        Edge::RelayPruning.reached();
        moving.commit()?;
        Edge::RelayPruned.reached();
        Ok(deleted)
    }
}

fn write(moving: &Transaction<'_>, verdicts: impl IntoIterator<Item = (i64, Verdict)>) -> Result<(), RelayerError> {
    for (first, last, verdict) in runs(verdicts) {
        match verdict {
            Verdict::Genuine { due_s } => moving
                .prepare_cached("UPDATE reading SET state = 1, due_s = ?3 WHERE id BETWEEN ?1 AND ?2")?
                .execute(params![first, last, due_s])?,
            Verdict::Rejected(reason) => reject(moving, first, last, reason)?,
        };
    }
    Ok(())
}

fn reject(moving: &Transaction<'_>, first: i64, last: i64, reason: RejectReason) -> rusqlite::Result<usize> {
    moving
        .prepare_cached("UPDATE reading SET state = 6, reason = ?3 WHERE id BETWEEN ?1 AND ?2")?
        .execute(params![first, last, reason.to_string()])
}

/// Whether the same record, proven genuine, is in the file in another row.
fn is_known(moving: &Transaction<'_>, row: &Row) -> Result<bool, RelayerError> {
    let it = &row.signed.reading;
    let mut twin = moving.prepare_cached(
        "SELECT 1 FROM reading WHERE interval = ?1 AND device = ?2 AND revision = ?3 \
         AND import_wh = ?4 AND export_wh = ?5 AND id <> ?6 \
         AND (state BETWEEN 1 AND 5 OR state = 6 AND reason LIKE 'oracle/%' \
              AND reason NOT IN ('oracle/forged', 'oracle/suspended'))",
    )?;
    Ok(twin.exists(params![
        it.interval().get(),
        it.device(),
        it.revision(),
        it.import().get(),
        it.export().get(),
        row.id
    ])?)
}
