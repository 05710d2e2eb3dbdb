use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Readings that one message of the oracle takes.
const MESSAGE_READINGS: usize = 512;

/// How a relayer works. Every key has a default; an unknown key is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelayerConfig {
    /// What a commit survives. Default `full`.
    pub durability: Durability,
    /// Readings that may be on their way (not yet confirmed or rejected); beyond, ingest refuses. 1 to 10,000,000,
    /// default 100,000.
    pub queue_readings: usize,
    /// Readings in a transaction at most: 1 to 512, which is what one message of the oracle takes. Default 512.
    pub batch_readings: usize,
    /// Bytes of readings in a transaction at most, 78 for each: 78 to 1,048,576, default 65,536.
    pub batch_bytes: usize,
    /// Seconds of chain time that a verified reading waits for others to fill its page: 0 to 3,600, default 5.
    pub batch_age_s: u64,
    /// Threads that verify signatures: 1 to 64. Default: as many as the machine has cores.
    pub threads: usize,
    /// Seconds that an interval's end may lie ahead of the chain's clock; a reading further ahead is rejected, a
    /// nearer one waits for its time. Default 3,600.
    pub future_s: u64,
    /// Seconds of chain time after which a transaction that failed as a whole is tried in a new one; doubled at each
    /// failure in a row, up to 64 times. 1 to 3,600, default 10.
    pub retry_s: u64,
    /// Intervals after which confirmed and rejected readings are deleted from the queue; none keeps them for good.
    /// At least 1. Default none.
    pub retain_intervals: Option<u64>,
}

/// What a committed state survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Loss of power: every commit is on the disk.
    Full,
    /// The end of the process, not the loss of power. For demos.
    Process,
}

impl Default for RelayerConfig {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            queue_readings: 100_000,
            batch_readings: MESSAGE_READINGS,
            batch_bytes: 1 << 16,
            batch_age_s: 5,
            threads: std::thread::available_parallelism().map_or(1, |cores| cores.get().min(64)),
            future_s: 3_600,
            retry_s: 10,
            retain_intervals: None,
        }
    }
}

/// A key of the configuration is out of its bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key} is {value}, must be from {min} to {max}")]
pub struct ConfigError {
    /// The key.
    pub key: &'static str,
    /// The value given.
    pub value: u64,
    /// Least value.
    pub min: u64,
    /// Greatest value.
    pub max: u64,
}

impl RelayerConfig {
    /// Checks every bound.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let wire = busbar_attestation::WIRE_LENGTH;
        within("queue_readings", count(self.queue_readings), 1, 10_000_000)?;
        within("batch_readings", count(self.batch_readings), 1, count(MESSAGE_READINGS))?;
        within("batch_bytes", count(self.batch_bytes), count(wire), 1 << 20)?;
        within("batch_age_s", self.batch_age_s, 0, 3_600)?;
        within("threads", count(self.threads), 1, 64)?;
        within("retry_s", self.retry_s, 1, 3_600)?;
        within("future_s", self.future_s, 0, 31_622_400)?;
        within("retain_intervals", self.retain_intervals.unwrap_or(1), 1, u64::MAX)
    }

    /// Readings that fit a transaction by count and by bytes.
    pub(crate) fn batch_limit(&self) -> usize {
        let by_bytes = self
            .batch_bytes
            .checked_div(busbar_attestation::WIRE_LENGTH)
            .unwrap_or(1);
        self.batch_readings.min(by_bytes)
    }
}

fn count(value: usize) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

fn within(key: &'static str, value: u64, min: u64, max: u64) -> Result<(), ConfigError> {
    if (min..=max).contains(&value) {
        Ok(())
    } else {
        Err(ConfigError { key, value, min, max })
    }
}
