use super::Queue;
use crate::RelayerError;
use rusqlite::OptionalExtension;

impl Queue {
    /// Writes to a fresh file what it belongs to; refuses a file that belongs to something else.
    pub(crate) fn belong_to(&mut self, chain: &str, region: &str) -> Result<(), RelayerError> {
        let moving = self.db.transaction()?;
        for (field, given) in [("chain", chain), ("region", region)] {
            let stored: Option<String> = moving
                .query_row("SELECT value FROM meta WHERE key = ?1", [field], |row| row.get(0))
                .optional()?;
            match stored {
                Some(stored) if stored != given => {
                    return Err(RelayerError::Foreign {
                        field,
                        stored,
                        given: given.to_owned(),
                    });
                }
                Some(_) => {}
                None => {
                    moving.execute("INSERT INTO meta (key, value) VALUES (?1, ?2)", [field, given])?;
                }
            }
        }
        Ok(moving.commit()?)
    }
}
