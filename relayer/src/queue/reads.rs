use super::Queue;
use crate::{Census, RejectReason, RelayerError, State};
use busbar_attestation::{Reading, SIGNATURE_LENGTH, SignedReading};
use busbar_units::{Interval, Wh};
use rusqlite::{Connection, params};

/// A stored reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) signed: SignedReading,
    /// Chain time from which it may be batched.
    pub(crate) due_s: u64,
    /// Whether the file may hold the same record in another row.
    pub(crate) twin: bool,
}

const COLUMNS: &str = "id, interval, device, revision, import_wh, export_wh, signature, due_s";

impl Queue {
    /// Counts every reading in the file.
    pub(crate) fn census(&self) -> Result<Census, RelayerError> {
        let mut census = Census::default();
        let mut states = self.db.prepare(
            "SELECT CASE reading.state WHEN 2 THEN tx.state ELSE reading.state END, reason, count(*) \
             FROM reading LEFT JOIN tx ON tx.id = reading.tx GROUP BY 1, 2",
        )?;
        let mut rows = states.query([])?;
        while let Some(row) = rows.next()? {
            let state = State::from_code(row.get(0)?).ok_or(RelayerError::Corrupt { field: "state", id: 0 })?;
            let (reason, readings): (Option<String>, u64) = (row.get(1)?, row.get(2)?);
            add(census.states.entry(state).or_default(), readings);
            if let Some(reason) = reason.as_deref().and_then(RejectReason::parse) {
                add(census.reasons.entry(reason).or_default(), readings);
            }
        }
        Ok(census)
    }
}

/// The readings of the open transaction, in the order in which they were chosen.
pub(super) fn carried_by(db: &Connection, tx: i64) -> Result<Vec<Row>, RelayerError> {
    let sql = format!("SELECT {COLUMNS} FROM reading WHERE state = 2 AND tx = ?1 ORDER BY interval, device, id");
    rows(db, &sql, params![tx])
}

/// The readings in a state, in the order in which they came.
pub(super) fn in_state(db: &Connection, state: u8) -> Result<Vec<Row>, RelayerError> {
    rows(
        db,
        &format!("SELECT {COLUMNS} FROM reading WHERE state = ?1 ORDER BY id"),
        params![state],
    )
}

fn rows(db: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<Row>, RelayerError> {
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

fn add(total: &mut u64, more: u64) {
    *total = total.saturating_add(more);
}

fn read(row: &rusqlite::Row<'_>) -> Result<Row, RelayerError> {
    let id = row.get(0)?;
    let corrupt = |field| RelayerError::Corrupt { field, id };
    let signature = row
        .get_ref(6)?
        .as_blob()
        .ok()
        .and_then(|bytes| <[u8; SIGNATURE_LENGTH]>::try_from(bytes).ok());
    let reading = Reading::new(
        row.get(2)?,
        Interval::new(row.get(1)?),
        row.get(3)?,
        Wh::new(row.get(4)?),
        Wh::new(row.get(5)?),
    );
    Ok(Row {
        id,
        signed: SignedReading {
            reading: reading.map_err(|_| corrupt("register"))?,
            signature: signature.ok_or_else(|| corrupt("signature"))?,
        },
        due_s: row.get(7)?,
        twin: true,
    })
}
