use super::runs::runs;
use super::{Queue, Row};
use crate::RelayerError;
use busbar_chain::{Edge, SignedTx, TxHash};
use cosmwasm_std::Addr;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

/// The transaction that is on its way. This process alone writes the file, so what it last committed is what the
/// file holds; a clone is cheap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenTx {
    pub(crate) id: i64,
    /// What it carries, in order.
    pub(crate) rows: Arc<[Row]>,
    pub(crate) stage: TxStage,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TxStage {
    /// Its readings are chosen.
    Batched,
    /// Its bytes are stored; whether they were sent is not known.
    Signed(Arc<SignedTx>),
    /// The chain took it into its mempool.
    Broadcast(Arc<SignedTx>),
}

impl Queue {
    /// The transaction that is on its way, if any.
    pub(crate) fn open_tx(&self) -> Option<OpenTx> {
        self.open_tx.clone()
    }

    /// Puts verified readings into one transaction, in the order of [`Queue::due`].
    pub(crate) fn batch(&mut self, rows: Vec<Row>) -> Result<(), RelayerError> {
        let moving = self.db.transaction()?;
        let id = {
            let newest = rows.iter().map(|row| row.signed.reading.interval().get()).max();
            moving
                .prepare_cached("INSERT INTO tx (state, newest) VALUES (2, ?1)")?
                .execute([newest.unwrap_or(0)])?;
            let id = moving.last_insert_rowid();
            let mut carry =
                moving.prepare_cached("UPDATE reading SET state = 2, tx = ?3 WHERE id BETWEEN ?1 AND ?2")?;
            for (first, last, ()) in runs(rows.iter().map(|row| (row.id, ()))) {
                carry.execute([first, last, id])?;
            }
            id
        };
        Edge::RelayChosen.reached();
        moving.commit()?;
        Edge::RelayBatched.reached();
        self.waiting.drop_verified(&rows);
        self.open_tx = Some(OpenTx {
            id,
            rows: rows.into(),
            stage: TxStage::Batched,
        });
        Ok(())
    }

    /// Stores the signed bytes; from here on only they may be sent.
    pub(crate) fn signed(&mut self, tx: OpenTx, signed: SignedTx) -> Result<(), RelayerError> {
        Edge::RelaySigned.reached();
        self.db
            .prepare_cached(
                "UPDATE tx SET state = 3, bytes = ?2, hash = ?3, account = ?4, sequence = ?5, timeout_height = ?6 \
                 WHERE id = ?1",
            )?
            .execute(params![
                tx.id,
                signed.bytes,
                signed.hash.0,
                signed.account.as_str(),
                signed.sequence,
                signed.timeout_height
            ])?;
        Edge::RelayKept.reached();
        let stage = TxStage::Signed(Arc::new(signed));
        self.open_tx = Some(OpenTx { stage, ..tx });
        Ok(())
    }

    /// The chain took it into its mempool.
    pub(crate) fn broadcast(&mut self, tx: OpenTx, signed: Arc<SignedTx>) -> Result<(), RelayerError> {
        self.db
            .prepare_cached("UPDATE tx SET state = 4 WHERE id = ?1")?
            .execute([tx.id])?;
        Edge::RelayBroadcast.reached();
        let stage = TxStage::Broadcast(signed);
        self.open_tx = Some(OpenTx { stage, ..tx });
        Ok(())
    }
}

/// The open transaction as the file has it.
pub(super) fn load(db: &Connection) -> Result<Option<OpenTx>, RelayerError> {
    let mut statement =
        db.prepare("SELECT id, state, bytes, account, sequence, timeout_height FROM tx WHERE state < 5")?;
    let found = statement
        .query_row([], |row| {
            let (id, state): (i64, u8) = (row.get(0)?, row.get(1)?);
            if state == 2 {
                return Ok((id, TxStage::Batched));
            }
            let bytes: Vec<u8> = row.get(2)?;
            let signed = Arc::new(SignedTx {
                hash: TxHash::of(&bytes),
                bytes,
                account: Addr::unchecked(row.get::<_, String>(3)?),
                sequence: row.get(4)?,
                timeout_height: row.get(5)?,
            });
            let stage = match state {
                3 => TxStage::Signed(signed),
                _ => TxStage::Broadcast(signed),
            };
            Ok((id, stage))
        })
        .optional()?;
    let Some((id, stage)) = found else { return Ok(None) };
    let rows = super::reads::carried_by(db, id)?.into();
    Ok(Some(OpenTx { id, rows, stage }))
}
