use super::{Queue, Row};
use crate::RelayerError;
use rusqlite::Connection;
use std::collections::{BTreeMap, VecDeque};

/// Readings that are in no transaction, as the file has them: this process alone writes it, so what it last
/// committed need not be read again. About 250 bytes each.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    received: VecDeque<Row>,
    /// By interval, device and row id: the order in which they are sent.
    verified: BTreeMap<(u64, u32, i64), Row>,
}

impl Waiting {
    pub(super) fn load(db: &Connection) -> Result<Self, RelayerError> {
        let received = super::reads::in_state(db, 0)?.into();
        let mut waiting = Self {
            received,
            ..Self::default()
        };
        super::reads::in_state(db, 1)?
            .into_iter()
            .for_each(|row| waiting.verify(row));
        Ok(waiting)
    }

    pub(super) fn receive(&mut self, rows: Vec<Row>) {
        self.received.extend(rows);
    }

    pub(super) fn drop_received(&mut self, count: usize) {
        self.received.drain(..count.min(self.received.len()));
    }

    pub(super) fn verify(&mut self, row: Row) {
        self.verified.insert(place(&row), row);
    }

    pub(super) fn drop_verified(&mut self, rows: &[Row]) {
        for row in rows {
            self.verified.remove(&place(row));
        }
    }
}

fn place(row: &Row) -> (u64, u32, i64) {
    (row.signed.reading.interval().get(), row.signed.reading.device(), row.id)
}

impl Queue {
    /// Readings to verify, in the order in which they came.
    pub(crate) fn received(&self, limit: usize) -> Vec<Row> {
        self.waiting.received.iter().take(limit).copied().collect()
    }

    /// Verified readings that may be batched at `now_s`, oldest interval first.
    pub(crate) fn due(&self, now_s: u64, limit: usize) -> Vec<Row> {
        let due = self.waiting.verified.values().filter(|row| row.due_s <= now_s);
        due.take(limit).copied().collect()
    }

    /// Readings that are neither confirmed nor rejected.
    pub(crate) fn open_readings(&self) -> usize {
        let carried = self.open_tx.as_ref().map_or(0, |tx| tx.rows.len());
        let waiting = self.waiting.received.len().saturating_add(self.waiting.verified.len());
        waiting.saturating_add(carried)
    }
}
