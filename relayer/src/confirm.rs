//! A sent transaction ends: by its result, by the oracle's own state, or by its timeout.
use crate::metrics::bump;
use crate::queue::{End, OpenTx, Row, TxStage};
use crate::submit::batches;
use crate::verify::log_rejected;
use crate::{RejectReason, Relayer, RelayerError};
use busbar_api::oracle::{Outcome, SubmitResult, raw};
use busbar_attestation::{page_of, slot_of};
use busbar_chain::{Chain, ChainQuerier, ChainTime, Edge, Included, TxFailure, TxStatus};
use cosmwasm_std::from_json;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Most doublings of the pause after a failure.
const DOUBLINGS: u32 = 6;

impl Relayer {
    /// Learns what became of the open transaction. Before its timeout height only the same bytes are sent again.
    pub fn confirm(&mut self, chain: &mut dyn Chain) -> Result<(), RelayerError> {
        let Some(tx) = self.queue.open_tx() else { return Ok(()) };
        let (TxStage::Signed(signed) | TxStage::Broadcast(signed)) = tx.stage.clone() else {
            return Ok(());
        };
        // The clock first: a status read later knows of every block up to this height.
        let now = chain.now()?;
        match chain.status(&signed.hash)? {
            TxStatus::Included(included) => {
                Edge::RelayIncluded.reached();
                self.included(chain, &tx, now, &included)
            }
            TxStatus::Pending => Ok(()),
            TxStatus::Unknown if now.height > signed.timeout_height => {
                tracing::warn!(hash = %signed.hash, timeout_height = signed.timeout_height, "in no block up to its timeout height: its readings go into another transaction");
                self.expired(chain, &tx, now)
            }
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
        tx: &OpenTx,
        now: ChainTime,
        included: &Included,
    ) -> Result<(), RelayerError> {
        if let Some(failure) = included.failure() {
            tracing::warn!(%failure, readings = tx.rows.len(), "transaction failed");
            // Whoever signs learns from it: the next one gets more gas.
            let passes = matches!(failure, TxFailure::OutOfGas { .. });
            return self.failed(tx, Some(included.height), now, passes);
        }
        let ends = match outcomes(&tx.rows, included)? {
            Some(outcomes) => {
                let later_s = now.unix_s.saturating_add(self.config.retry_s);
                outcomes.into_iter().map(|outcome| end_of(outcome, later_s)).collect()
            }
            None => self.ends_by_state(chain, now, &tx.rows)?,
        };
        self.pace.failures = 0;
        self.pace.limit = self.pace.limit.saturating_mul(2).min(self.config.batch_limit());
        self.close(tx, Some(included.height), &ends)
    }

    /// The call failed as a whole, so it was not about one reading: send fewer at once, and when even a single one
    /// fails, pause. That one goes to the end of the line, lest it hold up the others, unless what failed passes.
    pub(crate) fn failed(
        &mut self,
        tx: &OpenTx,
        height: Option<u64>,
        now: ChainTime,
        passes: bool,
    ) -> Result<(), RelayerError> {
        bump(&mut self.metrics.failed);
        let pause = |doublings: u32| {
            now.unix_s
                .saturating_add(self.config.retry_s.saturating_mul(1 << doublings))
        };
        let due_s = if tx.rows.len() > 1 {
            self.pace.limit = tx.rows.len().div_ceil(2);
            now.unix_s
        } else {
            self.pace.resume_s = pause(self.pace.failures.min(DOUBLINGS));
            self.pace.failures = self.pace.failures.saturating_add(1);
            if passes { now.unix_s } else { pause(DOUBLINGS) }
        };
        self.close(tx, height, &vec![End::Released { due_s }; tx.rows.len()])
    }

    /// The timeout height has passed and the chain does not know the transaction: the oracle's state tells what it
    /// did, since a node may have included it and forgotten, or keep no index.
    fn expired(&mut self, chain: &dyn Chain, tx: &OpenTx, now: ChainTime) -> Result<(), RelayerError> {
        bump(&mut self.metrics.expired);
        let ends = self.ends_by_state(chain, now, &tx.rows)?;
        self.close(tx, None, &ends)
    }

    /// Confirmed is what the oracle's pages show; the rest waits for another transaction.
    fn ends_by_state(&self, chain: &dyn Chain, now: ChainTime, rows: &[Row]) -> Result<Vec<End>, RelayerError> {
        let mut pages = BTreeMap::new();
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            let reading = &row.signed.reading;
            let place = (reading.interval(), page_of(reading.device()));
            if let Entry::Vacant(unread) = pages.entry(place) {
                unread.insert(raw::page(
                    &ChainQuerier::new(chain).wrap(),
                    &self.oracle,
                    place.0,
                    place.1,
                )?);
            }
            let page = pages.get(&place).and_then(Option::as_ref);
            let has_it = page
                .and_then(|page| page.get(slot_of(reading.device())))
                .is_some_and(|stored| {
                    !stored.estimated
                        && stored.revision == reading.revision()
                        && stored.registers.import == reading.import()
                        && stored.registers.export == reading.export()
                });
            ends.push(if has_it {
                End::Confirmed
            } else {
                End::Released { due_s: now.unix_s }
            });
        }
        Ok(ends)
    }

    fn close(&mut self, tx: &OpenTx, height: Option<u64>, ends: &[End]) -> Result<(), RelayerError> {
        self.queue.end(tx, height, ends)?;
        let open = self.queue.open_readings();
        tracing::debug!(height, readings = tx.rows.len(), open, "transaction closed");
        for (row, end) in tx.rows.iter().zip(ends) {
            match end {
                End::Confirmed => bump(&mut self.metrics.confirmed),
                End::Released { .. } => bump(&mut self.metrics.released),
                End::Rejected(reason) => {
                    log_rejected(row, *reason);
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
