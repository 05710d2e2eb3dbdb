//! The durable queue: one SQLite file, every move one transaction.
mod identity;
mod ingest;
mod moves;
mod reads;
mod runs;
mod transactions;
mod waiting;

pub use ingest::IngestOutcome;
pub(crate) use moves::{End, Verdict};
pub(crate) use reads::Row;
pub(crate) use transactions::{OpenTx, TxStage};

use crate::{Durability, RelayerError};
use rusqlite::Connection;
use std::path::Path;
use waiting::Waiting;

/// The queue's file, held by this process alone.
pub(crate) struct Queue {
    db: Connection,
    waiting: Waiting,
    open_tx: Option<OpenTx>,
}

impl Queue {
    /// Opens or creates the file.
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self, RelayerError> {
        let db = Connection::open(path)?;
        // Exclusive: a second relayer on the same file would sign with the same sequences.
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Process => "OFF",
        };
        db.pragma_update(None, "synchronous", synchronous)?;
        db.execute_batch(include_str!("schema.sql"))?;
        db.set_prepared_statement_cache_capacity(64);
        let waiting = Waiting::load(&db)?;
        let open_tx = transactions::load(&db)?;
        Ok(Self { db, waiting, open_tx })
    }
}
