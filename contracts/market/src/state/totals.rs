use busbar_api::codec::{Reader, Writer};
use busbar_units::Money;
use cosmwasm_std::Storage;

use crate::ContractError;

pub const KEY: &[u8] = b"tt";

/// Sums over the whole market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Coin ever deposited.
    pub deposited: Money,
    /// Coin ever withdrawn.
    pub withdrawn: Money,
    /// The grid fund.
    pub fund: Money,
    /// What the utility did not get because charges could not be collected; debts paid later go there first.
    pub utility_loss: Money,
    /// Accounts opened.
    pub accounts: u32,
}

impl Totals {
    /// Reads the totals.
    pub fn load(storage: &dyn Storage) -> Result<Self, ContractError> {
        let Some(bytes) = storage.get(KEY) else {
            return Ok(Self::default());
        };
        let mut reader = Reader::new(&bytes);
        let totals = Self {
            deposited: Money::new(reader.varint("deposited")?),
            withdrawn: Money::new(reader.varint("withdrawn")?),
            fund: Money::new(reader.varint("fund")?),
            utility_loss: Money::new(reader.varint("utility loss")?),
            accounts: reader.varint_u32("accounts")?,
        };
        reader.finish()?;
        Ok(totals)
    }

    /// Writes the totals.
    pub fn save(&self, storage: &mut dyn Storage) {
        let coin = [self.deposited, self.withdrawn, self.fund, self.utility_loss];
        let writer = coin
            .iter()
            .fold(Writer::new(), |writer, money| writer.varint(money.get()));
        storage.set(KEY, &writer.varint(self.accounts.into()).finish());
    }
}
