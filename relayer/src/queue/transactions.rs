use super::{Queue, Row};
use crate::RelayerError;
use busbar_chain::{SignedTx, TxHash};
use cosmwasm_std::Addr;
use rusqlite::{OptionalExtension, params};

/// The transaction that is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenTx {
    pub(crate) id: i64,
    pub(crate) stage: TxStage,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TxStage {
    /// Its readings are chosen.
    Batched,
    /// Its bytes are stored; whether they were sent is not known.
    Signed(SignedTx),
    /// The chain took it into its mempool.
    Broadcast(SignedTx),
}

impl Queue {
    /// The transaction that is on its way, if any.
    pub(crate) fn open_tx(&self) -> Result<Option<OpenTx>, RelayerError> {
        let mut statement = self.db.prepare_cached(
            "SELECT id, state, bytes, account, sequence, timeout_height FROM tx WHERE state < 5 LIMIT 1",
        )?;
        let found = statement
            .query_row([], |row| {
                let (id, state): (i64, u8) = (row.get(0)?, row.get(1)?);
                if state == 2 {
                    return Ok(OpenTx {
                        id,
                        stage: TxStage::Batched,
                    });
                }
                let bytes: Vec<u8> = row.get(2)?;
                let signed = SignedTx {
                    hash: TxHash::of(&bytes),
                    bytes,
                    account: Addr::unchecked(row.get::<_, String>(3)?),
                    sequence: row.get(4)?,
                    timeout_height: row.get(5)?,
                };
                let stage = if state == 3 {
                    TxStage::Signed(signed)
                } else {
                    TxStage::Broadcast(signed)
                };
                Ok(OpenTx { id, stage })
            })
            .optional()?;
        Ok(found)
    }

    /// Puts verified readings into one transaction, in this order.
    pub(crate) fn batch(&mut self, rows: &[Row]) -> Result<i64, RelayerError> {
        let moving = self.db.transaction()?;
        let tx = {
            let newest = rows.iter().map(|row| row.signed.reading.interval().get()).max();
            moving
                .prepare_cached("INSERT INTO tx (state, newest) VALUES (2, ?1)")?
                .execute([newest.unwrap_or(0)])?;
            let tx = moving.last_insert_rowid();
            let mut carry =
                moving.prepare_cached("UPDATE reading SET state = 2, tx = ?2, position = ?3 WHERE id = ?1")?;
            for (position, row) in rows.iter().enumerate() {
                carry.execute(params![row.id, tx, position])?;
            }
            tx
        };
        moving.commit()?;
        Ok(tx)
    }

    /// Stores the signed bytes; from here on only they may be sent.
    pub(crate) fn signed(&mut self, tx: i64, signed: &SignedTx) -> Result<(), RelayerError> {
        self.db
            .prepare_cached(
                "UPDATE tx SET state = 3, bytes = ?2, hash = ?3, account = ?4, sequence = ?5, timeout_height = ?6 \
                 WHERE id = ?1 AND state = 2",
            )?
            .execute(params![
                tx,
                signed.bytes,
                signed.hash.0,
                signed.account.as_str(),
                signed.sequence,
                signed.timeout_height
            ])?;
        Ok(())
    }

    /// The chain took it into its mempool.
    pub(crate) fn broadcast(&mut self, tx: i64) -> Result<(), RelayerError> {
        self.db
            .prepare_cached("UPDATE tx SET state = 4 WHERE id = ?1")?
            .execute([tx])?;
        Ok(())
    }
}
