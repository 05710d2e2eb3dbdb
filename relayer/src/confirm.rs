//! A sent transaction ends: by its result, by the oracle's own state, or by its timeout.
use crate::metrics::bump;
use crate::queue::{End, OpenTx, Row, TxStage};
use crate::submit::batches;
use crate::{RejectReason, Relayer, RelayerError};
use busbar_api::oracle::{Outcome, SubmitResult, raw};
use busbar_attestation::{page_of, slot_of};
use busbar_chain::{Chain, ChainQuerier, ChainTime, Included, SignedTx, TxStatus};
use cosmwasm_std::from_json;
use std::collections::BTreeMap;

/// Most doublings of the pause after a failure.
const DOUBLINGS: u32 = 6;

impl Relayer {
    /// Learns what became of the open transaction. Before its timeout height only the same bytes are sent again.
    pub fn confirm(&mut self, chain: &mut dyn Chain) -> Result<(), RelayerError> {
        let Some(OpenTx {
            id,
            stage: TxStage::Signed(signed) | TxStage::Broadcast(signed),
        }) = self.queue.open_tx()?
        else {
            return Ok(());
        };
        // The clock first: a status read later knows of every block up to this height.
        let now = chain.now()?;
        match chain.status(&signed.hash)? {
            TxStatus::Included(included) => self.included(chain, id, now, &included),
            TxStatus::Pending => Ok(()),
            TxStatus::Unknown if now.height > signed.timeout_height => self.expired(chain, id, now, &signed),
            TxStatus::Unknown => {
                if self.pace.sent_at != Some(now.height) {
                    self.send(chain, &signed)?;
                }
                Ok(())
            }
        }
    }

    fn included(
        &mut self,
        chain: &dyn Chain,
        id: i64,
        now: ChainTime,
        included: &Included,
    ) -> Result<(), RelayerError> {
        let rows = self.queue.carried_by(id)?;
        if let Some(failure) = included.failure() {
            tracing::warn!(%failure, readings = rows.len(), "transaction failed");
            return self.failed(id, included.height, now, &rows);
        }
        let ends = match outcomes(&rows, included)? {
            Some(outcomes) => {
                let later = now.unix_s.saturating_add(self.config.retry_s);
                rows.iter()
                    .zip(outcomes)
                    .map(|(row, outcome)| (row.id, end_of(outcome, later)))
                    .collect()
            }
            None => self.ends_by_state(chain, now, &rows)?,
        };
        self.pace.failures = 0;
        self.pace.limit = self.pace.limit.saturating_mul(2).min(self.config.batch_limit());
        self.close(id, Some(included.height), &ends)
    }

    /// The call failed as a whole, so it was not about one reading: send fewer at once, and when even a single one
    /// fails, pause. That one goes to the end of the line, lest it hold up the others.
    fn failed(&mut self, id: i64, height: u64, now: ChainTime, rows: &[Row]) -> Result<(), RelayerError> {
        bump(&mut self.metrics.failed);
        let pause = |doublings: u32| {
            now.unix_s
                .saturating_add(self.config.retry_s.saturating_mul(1 << doublings))
        };
        let due_s = if rows.len() > 1 {
            self.pace.limit = rows.len().div_ceil(2);
            now.unix_s
        } else {
            self.pace.resume_s = pause(self.pace.failures.min(DOUBLINGS));
            let due_s = pause(DOUBLINGS);
            self.pace.failures = self.pace.failures.saturating_add(1);
            due_s
        };
        let ends: Vec<_> = rows.iter().map(|row| (row.id, End::Released { due_s })).collect();
        self.close(id, Some(height), &ends)
    }

    /// The timeout height has passed and the chain does not know the transaction: the oracle's state tells what it
    /// did, since a node may have included it and forgotten, or keep no index.
    fn expired(&mut self, chain: &dyn Chain, id: i64, now: ChainTime, signed: &SignedTx) -> Result<(), RelayerError> {
        tracing::warn!(hash = %signed.hash, timeout_height = signed.timeout_height, "transaction timed out");
        bump(&mut self.metrics.expired);
        let rows = self.queue.carried_by(id)?;
        let ends = self.ends_by_state(chain, now, &rows)?;
        self.close(id, None, &ends)
    }

    /// Confirmed is what the oracle's pages show; the rest waits for another transaction.
    fn ends_by_state(&self, chain: &dyn Chain, now: ChainTime, rows: &[Row]) -> Result<Vec<(i64, End)>, RelayerError> {
        let mut pages = BTreeMap::new();
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            let reading = &row.signed.reading;
            let place = (reading.interval(), page_of(reading.device()));
            if let std::collections::btree_map::Entry::Vacant(unread) = pages.entry(place) {
                unread.insert(raw::page(
                    &ChainQuerier::new(chain).wrap(),
                    &self.oracle,
                    place.0,
                    place.1,
                )?);
            }
            let stored = pages
                .get(&place)
                .and_then(Option::as_ref)
                .and_then(|page| page.get(slot_of(reading.device())));
            let has_it = stored.is_some_and(|stored| {
                stored.revision == reading.revision()
                    && stored.registers.import == reading.import()
                    && stored.registers.export == reading.export()
            });
            ends.push((
                row.id,
                if has_it {
                    End::Confirmed
                } else {
                    End::Released { due_s: now.unix_s }
                },
            ));
        }
        Ok(ends)
    }

    fn close(&mut self, id: i64, height: Option<u64>, ends: &[(i64, End)]) -> Result<(), RelayerError> {
        self.queue.end(id, height, ends)?;
        for (_, end) in ends {
            match end {
                End::Confirmed => bump(&mut self.metrics.confirmed),
                End::Released { .. } => bump(&mut self.metrics.released),
                End::Rejected(reason) => {
                    tracing::warn!(%reason, "reading rejected");
                    self.metrics.reject(*reason);
                }
            }
        }
        Ok(())
    }
}

/// The oracle's outcome of each reading, in order; none if the answer does not fit what was sent.
fn outcomes(rows: &[Row], included: &Included) -> Result<Option<Vec<Outcome>>, RelayerError> {
    let [Some(data)] = included.data.as_slice() else {
        return Ok(None);
    };
    let Ok(result) = from_json::<SubmitResult>(data) else {
        return Ok(None);
    };
    let sent = batches(rows)?;
    let lengths = sent.iter().map(|(_, readings)| *readings);
    let fits = lengths.eq(result.batches.iter().map(Vec::len));
    Ok(fits.then(|| result.batches.into_iter().flatten().collect()))
}

fn end_of(outcome: Outcome, later_s: u64) -> End {
    match outcome {
        Outcome::Accepted | Outcome::Duplicate => End::Confirmed,
        // These pass by themselves: the clock goes on, old intervals are pruned.
        Outcome::Future | Outcome::Unpruned => End::Released { due_s: later_s },
        refused => End::Rejected(RejectReason::Oracle(refused)),
    }
}
