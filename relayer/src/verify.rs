//! Received readings become verified or rejected.
use crate::metrics::bump;
use crate::queue::{Row, Verdict};
use crate::{RejectReason, Relayer, RelayerError};
use busbar_attestation::{DomainId, HostCrypto, PublicKey, Verifier, page_of};
use busbar_chain::Chain;
use std::collections::BTreeSet;

/// Readings verified in one commit.
const CHUNK: usize = 2_048;
/// Checks worth a thread of their own: about a millisecond of work.
const CHECKS_PER_THREAD: usize = 4;

impl Relayer {
    /// Checks the signatures of received readings with the chain's own function and the keys of the registry. A
    /// page of keys is read again, once in a pass, when it lacks a device or a signature does not fit.
    pub fn verify(&mut self, chain: &dyn Chain) -> Result<(), RelayerError> {
        while self.verify_some(chain)? {}
        Ok(())
    }

    /// Verifies so many that the rest of a pass does not wait long; whether there were any.
    pub(crate) fn verify_some(&mut self, chain: &dyn Chain) -> Result<bool, RelayerError> {
        let rows = self.queue.received(CHUNK);
        if rows.is_empty() {
            return Ok(false);
        }
        let verdicts = self.judge(chain, &rows)?;
        let judged = self.queue.judge(&rows, verdicts)?;
        for (row, verdict) in rows.iter().zip(judged) {
            match verdict {
                Verdict::Genuine { .. } => bump(&mut self.metrics.verified),
                Verdict::Rejected(reason) => {
                    log_rejected(row, reason);
                    self.metrics.reject(reason);
                }
            }
        }
        Ok(true)
    }

    fn judge(&mut self, chain: &dyn Chain, rows: &[Row]) -> Result<Vec<Verdict>, RelayerError> {
        let now_s = chain.now()?.unix_s;
        let mut fresh = BTreeSet::new();
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            keys.push(self.key(chain, row, &mut fresh)?);
        }
        let mut genuine = self.check(rows, &keys);
        for ((row, key), genuine) in rows.iter().zip(&mut keys).zip(&mut genuine) {
            let page = page_of(row.signed.reading.device());
            if *genuine || key.is_none() {
                continue;
            }
            if fresh.insert(page) {
                self.refresh(chain, page)?;
            }
            let latest = self
                .keys
                .get(chain, row.signed.reading.device(), row.signed.reading.interval())?;
            if latest != *key {
                *key = latest;
                *genuine = self
                    .check(std::slice::from_ref(row), std::slice::from_ref(key))
                    .contains(&true);
            }
        }
        let verdicts = rows.iter().zip(keys.iter().zip(genuine));
        Ok(verdicts
            .map(|(row, (key, genuine))| self.verdict(row, key.is_some(), genuine, now_s))
            .collect())
    }

    fn verdict(&self, row: &Row, known: bool, genuine: bool, now_s: u64) -> Verdict {
        // The interval fits the queue's 63 bits, so an end beyond 64 bits is merely far ahead.
        let end_s = row.signed.reading.interval().end_s(self.interval_s).unwrap_or(u64::MAX);
        match (known, genuine) {
            (false, _) => Verdict::Rejected(RejectReason::UnknownDevice),
            (true, false) => Verdict::Rejected(RejectReason::Forged),
            (true, true) if end_s > now_s.saturating_add(self.config.future_s) => {
                Verdict::Rejected(RejectReason::Future)
            }
            (true, true) => Verdict::Genuine {
                due_s: end_s.max(now_s),
            },
        }
    }

    /// The key of a reading; reads its page again, once in a pass, if the device is not in it.
    fn key(
        &mut self,
        chain: &dyn Chain,
        row: &Row,
        fresh: &mut BTreeSet<u32>,
    ) -> Result<Option<PublicKey>, RelayerError> {
        let (device, interval) = (row.signed.reading.device(), row.signed.reading.interval());
        let key = self.keys.get(chain, device, interval)?;
        if key.is_some() || !fresh.insert(page_of(device)) {
            return Ok(key);
        }
        self.refresh(chain, page_of(device))?;
        self.keys.get(chain, device, interval)
    }

    fn refresh(&mut self, chain: &dyn Chain, page: u32) -> Result<(), RelayerError> {
        bump(&mut self.metrics.pages_refreshed);
        self.keys.refresh(chain, page)
    }

    fn check(&mut self, rows: &[Row], keys: &[Option<PublicKey>]) -> Vec<bool> {
        let jobs: Vec<_> = rows.iter().zip(keys.iter().copied()).collect();
        let checks = u64::try_from(keys.iter().flatten().count()).unwrap_or(u64::MAX);
        self.metrics.signature_checks = self.metrics.signature_checks.saturating_add(checks);
        check_all(&self.domain, &jobs, self.config.threads)
    }
}

pub(crate) fn log_rejected(row: &Row, reason: RejectReason) {
    let reading = &row.signed.reading;
    tracing::warn!(device = reading.device(), interval = reading.interval().get(), %reason, "reading rejected");
}

/// Checks signatures on several threads; the answers are in the order of the jobs, a job without a key fails.
fn check_all(domain: &DomainId, jobs: &[(&Row, Option<PublicKey>)], threads: usize) -> Vec<bool> {
    let threads = threads.min(jobs.len().div_ceil(CHECKS_PER_THREAD)).max(1);
    let share = jobs.len().div_ceil(threads).max(1);
    let run = |jobs: &[(&Row, Option<PublicKey>)]| {
        jobs.iter()
            .map(|(row, key)| key.is_some_and(|key| is_genuine(domain, row, &key)))
            .collect::<Vec<_>>()
    };
    let mut chunks = jobs.chunks(share);
    let Some(own) = chunks.next() else { return Vec::new() };
    std::thread::scope(|scope| {
        let helpers: Vec<_> = chunks.map(|chunk| (chunk, scope.spawn(move || run(chunk)))).collect();
        let mut answers = run(own);
        for (chunk, helper) in helpers {
            // A helper that could not finish leaves its work to this thread.
            answers.extend(helper.join().unwrap_or_else(|_| run(chunk)));
        }
        answers
    })
}

fn is_genuine(domain: &DomainId, row: &Row, key: &PublicKey) -> bool {
    HostCrypto
        .verify(&row.signed.reading.record(domain), &row.signed.signature, key)
        .unwrap_or(false)
}
