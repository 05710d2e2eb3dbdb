use crate::keys::Keys;
use crate::queue::Queue;
use crate::submit::Pace;
use crate::{Census, IngestOutcome, Metrics, RelayerConfig, RelayerError};
use busbar_api::grid::raw;
use busbar_attestation::{Domain, DomainId, SignedReading};
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::Interval;
use cosmwasm_std::Addr;
use std::path::Path;

/// Carries readings of one region to its oracle, under one account, from one queue file.
pub struct Relayer {
    pub(crate) config: RelayerConfig,
    pub(crate) queue: Queue,
    pub(crate) keys: Keys,
    pub(crate) pace: Pace,
    pub(crate) metrics: Metrics,
    pub(crate) account: Addr,
    pub(crate) oracle: Addr,
    pub(crate) domain: DomainId,
    pub(crate) interval_s: u64,
    /// Readings of earlier intervals are pruned.
    pruned_before: u64,
}

impl Relayer {
    /// Opens the queue at `path`, or creates it, for the region of a grid contract. The account signs and pays. A
    /// file that belongs to another chain or region is refused, and one that another relayer holds.
    pub fn open(
        path: &Path,
        config: RelayerConfig,
        chain: &dyn Chain,
        grid: &Addr,
        account: Addr,
    ) -> Result<Self, RelayerError> {
        config.validate()?;
        let querier = ChainQuerier::new(chain);
        let region = raw::region(&querier.wrap(), grid)?;
        let contracts = raw::contracts(&querier.wrap(), grid)?;
        let domain = Domain::new(&region.domain)?.id();
        let mut queue = Queue::open(path, config.durability)?;
        queue.belong_to(chain.chain_id(), &region.domain)?;
        tracing::info!(region = region.domain, open = queue.open_readings(), "queue opened");
        Ok(Self {
            pace: Pace::new(config.batch_limit()),
            config,
            queue,
            keys: Keys::new(contracts.registry),
            metrics: Metrics::default(),
            account,
            oracle: contracts.oracle,
            domain,
            interval_s: region.interval_s,
            pruned_before: 0,
        })
    }

    /// Stores readings, whoever sent them, and answers for each once all of them are stored.
    pub fn ingest(&mut self, readings: &[SignedReading]) -> Result<Vec<IngestOutcome>, RelayerError> {
        let outcomes = self.queue.ingest(&self.domain, readings, self.config.queue_readings)?;
        self.metrics.count_ingest(&outcomes);
        Ok(outcomes)
    }

    /// One pass of the pipeline: verify (a bounded number), batch, sign, broadcast, confirm, prune. Does what can be
    /// done without waiting; on an error the states stand, and the next pass goes on from them.
    pub fn step(&mut self, chain: &mut dyn Chain) -> Result<(), RelayerError> {
        self.verify_some(chain)?;
        self.batch(chain)?;
        self.sign(chain)?;
        self.broadcast(chain)?;
        self.confirm(chain)?;
        self.prune(chain)
    }

    /// Readings that are neither confirmed nor rejected.
    pub fn open_readings(&self) -> usize {
        self.queue.open_readings()
    }

    /// What this relayer did since it was opened.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Counts every reading in the file.
    pub fn census(&self) -> Result<Census, RelayerError> {
        self.queue.census()
    }

    /// Deletes confirmed and rejected readings beyond [`RelayerConfig::retain_intervals`].
    pub fn prune(&mut self, chain: &dyn Chain) -> Result<(), RelayerError> {
        let Some(retain) = self.config.retain_intervals else {
            return Ok(());
        };
        let current = Interval::containing(chain.now()?.unix_s, self.interval_s)?;
        let before = current.get().saturating_sub(retain);
        // In strides, so that a quiet pass costs no transaction.
        let stride = retain.checked_div(8).unwrap_or(0).max(1);
        if before >= self.pruned_before.saturating_add(stride) {
            let pruned = self.queue.prune(before)?;
            self.metrics.pruned = self
                .metrics
                .pruned
                .saturating_add(u64::try_from(pruned).unwrap_or(u64::MAX));
            self.pruned_before = before;
        }
        Ok(())
    }
}
