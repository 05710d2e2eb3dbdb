//! Carries signed readings to the chain: ingest, verify, durable queue, batch, sign, broadcast, confirm.
//!
//! # The pipeline
//!
//! | state | moved there by | what is on disk before the move returns |
//! |---|---|---|
//! | received | [`Relayer::ingest`] | the record as its device signed it; only then is it acknowledged |
//! | verified | [`Relayer::verify`] | that the signature is the device's, by the chain's own function |
//! | batched | [`Relayer::batch`] | which transaction carries it, and where |
//! | signed | [`Relayer::sign`] | bytes, hash, sequence and timeout height of that transaction |
//! | broadcast | [`Relayer::broadcast`] | that the chain took the bytes |
//! | confirmed | [`Relayer::confirm`] | that the oracle has the reading |
//! | rejected | verify or confirm | the reason |
//!
//! Every move is one SQLite transaction, so the process may end anywhere. What is lost with it is found again: the
//! signed bytes are on disk before they are first sent, and only the same bytes are sent again. Another transaction
//! is signed only after the timeout height of the last has passed and the oracle's own state shows what it did. The
//! oracle answers a repeated record with `duplicate`, so that nothing can count twice whatever happens. The moments at
//! which a test ends the process are named in [`busbar_chain::Edge`].
//!
//! A relayer is trusted with nothing: it cannot forge, and what it drops another one may carry.

mod config;
mod confirm;
mod error;
mod keys;
mod metrics;
mod queue;
mod reason;
mod relayer;
mod source;
mod state;
mod submit;
mod verify;

pub use config::{ConfigError, Durability, RelayerConfig};
pub use error::RelayerError;
pub use metrics::{Census, Metrics};
pub use queue::IngestOutcome;
pub use reason::RejectReason;
pub use relayer::Relayer;
pub use source::{Cell, CsvError, CsvReadings};
pub use state::State;
