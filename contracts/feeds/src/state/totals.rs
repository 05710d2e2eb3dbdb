use busbar_api::codec::{Reader, Writer};
use busbar_api::feeds::TotalsResponse;
use busbar_units::Money;
use cosmwasm_std::Storage;

use crate::ContractError;

pub const TOTALS: &[u8] = b"tt";

/// All coin that came in, where it is, and what went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub deposited: Money,
    pub withdrawn: Money,
    pub swept: Money,
    pub bonded: Money,
    pub unbonding: Money,
    pub slashed: Money,
}

impl Totals {
    pub fn load(storage: &dyn Storage) -> Result<Self, ContractError> {
        let Some(bytes) = storage.get(TOTALS) else {
            return Ok(Self::default());
        };
        let mut reader = Reader::new(&bytes);
        let mut money = |field| reader.varint(field).map(Money::new);
        let totals = Self {
            deposited: money("deposited")?,
            withdrawn: money("withdrawn")?,
            swept: money("swept")?,
            bonded: money("bonded")?,
            unbonding: money("unbonding")?,
            slashed: money("slashed")?,
        };
        reader.finish()?;
        Ok(totals)
    }

    pub fn save(&self, storage: &mut dyn Storage) {
        let all = [
            self.deposited,
            self.withdrawn,
            self.swept,
            self.bonded,
            self.unbonding,
            self.slashed,
        ];
        let writer = all
            .iter()
            .fold(Writer::new(), |writer, money| writer.varint(money.get()));
        storage.set(TOTALS, &writer.finish());
    }

    /// What a query answers.
    pub fn response(&self) -> TotalsResponse {
        TotalsResponse {
            deposited: self.deposited,
            withdrawn: self.withdrawn,
            swept: self.swept,
            bonded: self.bonded,
            unbonding: self.unbonding,
            slashed: self.slashed,
        }
    }
}
