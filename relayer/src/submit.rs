//! Verified readings become a transaction, which is signed, stored and sent.
use crate::metrics::bump;
use crate::queue::{End, Row, TxStage};
use crate::{Relayer, RelayerError};
use busbar_api::oracle::{Batch, ExecuteMsg, READINGS_PER_BATCH};
use busbar_attestation::{SignedReading, page_of};
use busbar_chain::{BroadcastError, Chain, ChainError, Edge, Message, SignedTx, TxHash};
use busbar_units::Interval;
use cosmwasm_std::StdError;
use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

/// How much is sent at once, and when again. Kept in memory: a restart starts afresh.
pub(crate) struct Pace {
    /// Readings in the next transaction at most. Halved when a transaction fails as a whole, doubled when one
    /// succeeds.
    pub(crate) limit: usize,
    /// No transaction is formed before this chain time.
    pub(crate) resume_s: u64,
    /// Transactions of a single reading that failed in a row.
    pub(crate) failures: u32,
    /// Height at which the open transaction was last sent.
    pub(crate) sent_at: Option<u64>,
    /// The last refusal that was told: of which transaction, and of what kind.
    told: Option<(TxHash, Discriminant<BroadcastError>)>,
}

impl Pace {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            resume_s: 0,
            failures: 0,
            sent_at: None,
            told: None,
        }
    }
}

impl Relayer {
    /// Puts verified readings into a transaction, if none is on its way and a page or the transaction is full or
    /// the oldest reading has waited long enough.
    pub fn batch(&mut self, chain: &dyn Chain) -> Result<(), RelayerError> {
        if self.queue.open_tx().is_some() {
            return Ok(());
        }
        let now_s = chain.now()?.unix_s;
        let rows = self.queue.due(now_s, self.pace.limit);
        let Some(oldest_s) = rows.iter().map(|row| row.due_s).min() else {
            return Ok(());
        };
        let waited = now_s.saturating_sub(oldest_s) >= self.config.batch_age_s;
        if now_s < self.pace.resume_s || !(waited || rows.len() >= self.pace.limit || has_full_page(&rows)) {
            return Ok(());
        }
        self.queue.batch(rows)
    }

    /// Signs the transaction that waits for it and stores the bytes. Sends nothing.
    pub fn sign(&mut self, chain: &mut dyn Chain) -> Result<(), RelayerError> {
        let Some(tx) = self.queue.open_tx().filter(|tx| tx.stage == TxStage::Batched) else {
            return Ok(());
        };
        let rows = &tx.rows;
        let batches = batches(rows)?.into_iter().map(|(batch, _)| batch).collect();
        let message = Message::new(self.oracle.clone(), &ExecuteMsg::Submit { batches })?;
        match chain.sign(&self.account, &[message]) {
            Ok(signed) => {
                tracing::debug!(hash = %signed.hash, sequence = signed.sequence, readings = rows.len(), "signed");
                self.queue.signed(tx, signed)?;
                self.pace.sent_at = None;
                bump(&mut self.metrics.signed);
                Ok(())
            }
            Err(error @ (ChainError::TooLarge { .. } | ChainError::GasTooHigh { .. })) if rows.len() > 1 => {
                tracing::warn!(%error, readings = rows.len(), "sending fewer readings");
                self.pace.limit = rows.len().div_ceil(2);
                let ends: Vec<_> = rows.iter().map(|row| End::Released { due_s: row.due_s }).collect();
                self.queue.end(&tx, None, &ends)
            }
            // A chain that simulates tells beforehand what a block would say.
            Err(ChainError::WouldFail { text }) => {
                tracing::warn!(text, readings = rows.len(), "transaction would fail");
                let now = chain.now()?;
                self.failed(&tx, None, now, false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Sends the stored bytes of a signed transaction.
    pub fn broadcast(&mut self, chain: &mut dyn Chain) -> Result<(), RelayerError> {
        let Some(tx) = self.queue.open_tx() else { return Ok(()) };
        let TxStage::Signed(signed) = tx.stage.clone() else {
            return Ok(());
        };
        if self.send(chain, &signed)? {
            self.queue.broadcast(tx, signed)?;
        }
        Ok(())
    }

    /// Hands the bytes to the chain; whether it took them. Whatever it answers, only these bytes are sent again
    /// until their timeout height has passed: a refusal by one node does not keep them out of a block.
    pub(crate) fn send(&mut self, chain: &mut dyn Chain, signed: &SignedTx) -> Result<bool, RelayerError> {
        self.pace.sent_at = Some(chain.now()?.height);
        bump(&mut self.metrics.broadcasts);
        match chain.broadcast(signed) {
            Ok(()) => {
                Edge::RelaySent.reached();
                Ok(true)
            }
            Err(error) => {
                bump(&mut self.metrics.broadcast_errors);
                // The same bytes are sent again in each block, and refused again: it is told once.
                let refusal = Some((signed.hash, discriminant(&error)));
                let known = std::mem::replace(&mut self.pace.told, refusal) == refusal;
                // A full mempool the chain's client tells, and what timed out is told when it is signed again.
                let is_told = matches!(
                    error,
                    BroadcastError::MempoolFull { .. } | BroadcastError::Expired { .. }
                );
                if !known && !is_told {
                    let until = signed.timeout_height;
                    tracing::warn!(hash = %signed.hash, until, %error, "not taken, sent again in each block until that height");
                }
                Ok(false)
            }
        }
    }
}

/// Packs readings into the oracle's batches, in order: a batch ends where interval or page change, where it is
/// full, and where a device comes again (its second record is evidence, and a batch has one place for each device).
/// With each batch its number of readings.
pub(crate) fn batches(rows: &[Row]) -> Result<Vec<(Batch, usize)>, RelayerError> {
    let mut groups: Vec<(Interval, u32, Vec<SignedReading>)> = Vec::new();
    for row in rows {
        let reading = &row.signed.reading;
        let (interval, page) = (reading.interval(), page_of(reading.device()));
        match groups.last_mut() {
            Some((last_interval, last_page, group))
                if (*last_interval, *last_page) == (interval, page)
                    && group.len() < READINGS_PER_BATCH
                    && group
                        .last()
                        .is_none_or(|last| last.reading.device() != reading.device()) =>
            {
                group.push(row.signed);
            }
            _ => groups.push((interval, page, vec![row.signed])),
        }
    }
    let pack = |(interval, page, group): (Interval, u32, Vec<SignedReading>)| {
        let batch = Batch::new(interval, page, &group).map_err(|error| StdError::generic_err(error.to_string()))?;
        Ok((batch, group.len()))
    };
    groups.into_iter().map(pack).collect()
}

/// Whether all 64 places of some page are there.
fn has_full_page(rows: &[Row]) -> bool {
    let mut counts: BTreeMap<(Interval, u32), usize> = BTreeMap::new();
    rows.iter().any(|row| {
        let count = counts
            .entry((row.signed.reading.interval(), page_of(row.signed.reading.device())))
            .or_default();
        *count = count.saturating_add(1);
        *count >= READINGS_PER_BATCH
    })
}
