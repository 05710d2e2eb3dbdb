use busbar_api::codec::{Reader, Writer};
use busbar_api::market::raw::address_key;
use busbar_units::{Money, Wh};
use cosmwasm_std::{Addr, Storage};

use super::{prefixed, Totals};
use crate::ContractError;

pub const BY_NUMBER: &[u8] = b"ac/";
pub const NUMBER_OF: &[u8] = b"an/";

/// Registration number of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountId(pub u32);

/// The market's ledger of one owner.
///
/// `locked + pending` may exceed the withdrawable part only, never `balance` by locks alone: charges
/// never take what other intervals' orders lock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// All coin of the account.
    pub balance: Money,
    /// Locked by orders of intervals not yet settled.
    pub locked: Money,
    /// Receipts of intervals not yet final.
    pub pending: Money,
    /// Margin of the account's devices.
    pub margin: Money,
    /// Charges that could not be collected.
    pub debt: Money,
    /// Energy tokens.
    pub energy: Wh,
    /// Energy tokens locked by redeem orders.
    pub energy_locked: Wh,
}

impl Account {
    /// Coin that no order locks: what a charge may take.
    pub fn free_of_locks(&self) -> Result<Money, ContractError> {
        Ok(self.balance.sub(self.locked)?)
    }

    /// Coin beyond locks and margin: what further orders may lock.
    pub fn collateral(&self) -> Result<Money, ContractError> {
        let free = self.free_of_locks()?;
        Ok(free.sub(self.margin).unwrap_or(Money::ZERO))
    }

    /// Coin beyond locks, margin and pending receipts: what may leave.
    pub fn withdrawable(&self) -> Result<Money, ContractError> {
        Ok(self.collateral()?.sub(self.pending).unwrap_or(Money::ZERO))
    }

    /// Energy that no redeem order locks.
    pub fn free_energy(&self) -> Result<Wh, ContractError> {
        Ok(self.energy.sub(self.energy_locked)?)
    }

    /// Takes a charge as far as the coin free of locks goes; the rest becomes debt. Returns what was taken.
    pub fn charge(&mut self, amount: Money) -> Result<Money, ContractError> {
        let taken = amount.min(self.free_of_locks()?);
        self.balance = self.balance.sub(taken)?;
        self.debt = self.debt.add(amount.sub(taken)?)?;
        Ok(taken)
    }

    /// Adds coin.
    pub fn credit(&mut self, amount: Money) -> Result<(), ContractError> {
        self.balance = self.balance.add(amount)?;
        Ok(())
    }

    fn encode(&self) -> Vec<u8> {
        let coin = [self.balance, self.locked, self.pending, self.margin, self.debt];
        let writer = coin
            .iter()
            .fold(Writer::new(), |writer, money| writer.varint(money.get()));
        writer
            .varint(self.energy.get().into())
            .varint(self.energy_locked.get().into())
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let mut money = |field| reader.varint(field).map(Money::new);
        let account = Self {
            balance: money("balance")?,
            locked: money("locked")?,
            pending: money("pending")?,
            margin: money("margin")?,
            debt: money("debt")?,
            energy: Wh::new(reader.varint_u64("energy")?),
            energy_locked: Wh::new(reader.varint_u64("energy locked")?),
        };
        reader.finish()?;
        Ok(account)
    }
}

fn key(namespace: &[u8], id: AccountId) -> Vec<u8> {
    [namespace, &id.0.to_be_bytes()].concat()
}

fn number_key(owner: &Addr) -> Vec<u8> {
    [NUMBER_OF, owner.as_bytes()].concat()
}

impl AccountId {
    /// The account of an owner, if it has one.
    pub fn of(storage: &dyn Storage, owner: &Addr) -> Result<Option<Self>, ContractError> {
        let Some(bytes) = storage.get(&number_key(owner)) else {
            return Ok(None);
        };
        let number = <[u8; 4]>::try_from(bytes).map_err(|_| ContractError::Corrupt { what: "account number" })?;
        Ok(Some(Self(u32::from_be_bytes(number))))
    }

    /// The account of an owner, opened with the next number where there is none.
    pub fn open(storage: &mut dyn Storage, owner: &Addr) -> Result<Self, ContractError> {
        if let Some(id) = Self::of(storage, owner)? {
            return Ok(id);
        }
        let mut totals = Totals::load(storage)?;
        let id = Self(totals.accounts);
        totals.accounts = totals
            .accounts
            .checked_add(1)
            .ok_or(ContractError::Corrupt { what: "account count" })?;
        totals.save(storage);
        storage.set(&number_key(owner), &id.0.to_be_bytes());
        storage.set(&address_key(id.0), owner.as_bytes());
        Account::default().save(storage, id);
        Ok(id)
    }

    /// The owner.
    pub fn owner(self, storage: &dyn Storage) -> Result<Addr, ContractError> {
        let bytes = storage
            .get(&address_key(self.0))
            .ok_or(ContractError::Corrupt { what: "account owner" })?;
        let text = String::from_utf8(bytes).map_err(|_| ContractError::Corrupt { what: "account owner" })?;
        Ok(Addr::unchecked(text))
    }
}

impl Account {
    /// Reads an account that exists.
    pub fn load(storage: &dyn Storage, id: AccountId) -> Result<Self, ContractError> {
        let bytes = storage
            .get(&key(BY_NUMBER, id))
            .ok_or(ContractError::Corrupt { what: "account" })?;
        Self::decode(&bytes)
    }

    /// Writes an account.
    pub fn save(&self, storage: &mut dyn Storage, id: AccountId) {
        storage.set(&key(BY_NUMBER, id), &self.encode());
    }

    /// Reads, changes and writes an account.
    pub fn update<T>(
        storage: &mut dyn Storage,
        id: AccountId,
        change: impl FnOnce(&mut Self) -> Result<T, ContractError>,
    ) -> Result<T, ContractError> {
        let mut account = Self::load(storage, id)?;
        let result = change(&mut account)?;
        account.save(storage, id);
        Ok(result)
    }

    /// Accounts in the order of their numbers, after `after`.
    pub fn list(
        storage: &dyn Storage,
        after: Option<AccountId>,
    ) -> impl Iterator<Item = Result<(AccountId, Self), ContractError>> + '_ {
        prefixed(storage, BY_NUMBER.to_vec(), after.map(|id| key(BY_NUMBER, id))).map(|(key, value)| {
            let number = key
                .get(BY_NUMBER.len()..)
                .and_then(|rest| <[u8; 4]>::try_from(rest).ok());
            let number = number.ok_or(ContractError::Corrupt { what: "account key" })?;
            Ok((AccountId(u32::from_be_bytes(number)), Self::decode(&value)?))
        })
    }
}
