use busbar_api::codec::{Reader, Writer};
use busbar_api::feeds::{Feed, Params, ReporterResponse, Unbonding};
use busbar_attestation::{Curve, PublicKey};
use busbar_units::{Money, UnitsError};
use cosmwasm_std::{Addr, Storage};

use super::Totals;
use crate::ContractError;

pub const REPORTERS: &[u8] = b"rp/";
pub const ACCOUNTS: &[u8] = b"ra/";
pub const KEYS: &[u8] = b"rk/";
pub const COUNT: &[u8] = b"rn";

/// A reporter and its stake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporter {
    pub number: u32,
    pub account: Addr,
    pub name: String,
    pub key: PublicKey,
    pub removed: bool,
    pub bonded: Money,
    /// Amounts on their way out and the seconds at which they are due, oldest first.
    pub unbonding: Vec<(Money, u64)>,
    /// Lost so far.
    pub slashed: Money,
    /// Day of the latest loss, and what was lost on it.
    pub day: u64,
    pub day_slashed: Money,
}

fn number_key(number: u32) -> Vec<u8> {
    [REPORTERS, &number.to_be_bytes()].concat()
}

fn account_key(account: &Addr) -> Vec<u8> {
    [ACCOUNTS, account.as_bytes()].concat()
}

fn key_key(key: &PublicKey) -> Vec<u8> {
    [KEYS, &[key.curve().code()], key.as_bytes()].concat()
}

fn pointed(storage: &dyn Storage, key: &[u8]) -> Result<Option<u32>, ContractError> {
    let stored = storage.get(key);
    Ok(stored.map(|bytes| Reader::new(&bytes).u32("number")).transpose()?)
}

/// The reporter of an account.
pub fn number_of(storage: &dyn Storage, account: &Addr) -> Result<Option<u32>, ContractError> {
    pointed(storage, &account_key(account))
}

/// Reporters after a number, ascending.
pub fn reporters(
    storage: &dyn Storage,
    after: Option<u32>,
) -> impl Iterator<Item = Result<Reporter, ContractError>> + '_ {
    let start = after.map_or(0, |number| u64::from(number).saturating_add(1));
    let count = u64::from(pointed(storage, COUNT).ok().flatten().unwrap_or(0));
    let numbers = (start..count).filter_map(|number| u32::try_from(number).ok());
    numbers.map(|number| Reporter::load(storage, number))
}

impl Reporter {
    /// A reporter without stake, with the next number.
    pub fn new(storage: &mut dyn Storage, account: Addr, name: String, key: PublicKey) -> Result<Self, ContractError> {
        let number = pointed(storage, COUNT)?.unwrap_or(0);
        let next = number.checked_add(1).ok_or(ContractError::Corrupt { what: "count" })?;
        storage.set(COUNT, &next.to_be_bytes());
        storage.set(&account_key(&account), &number.to_be_bytes());
        Ok(Self {
            number,
            account,
            name,
            key,
            removed: false,
            bonded: Money::ZERO,
            unbonding: vec![],
            slashed: Money::ZERO,
            day: 0,
            day_slashed: Money::ZERO,
        })
    }

    /// A reporter that may not be there.
    pub fn find(storage: &dyn Storage, number: u32) -> Result<Option<Self>, ContractError> {
        let stored = storage.get(&number_key(number));
        stored.map(|bytes| Self::decode(number, &bytes)).transpose()
    }

    /// A reporter that must be there.
    pub fn load(storage: &dyn Storage, number: u32) -> Result<Self, ContractError> {
        Self::find(storage, number)?.ok_or(ContractError::UnknownReporter { reporter: number })
    }

    /// The reporter of an account.
    pub fn of(storage: &dyn Storage, account: &Addr) -> Result<Self, ContractError> {
        match number_of(storage, account)? {
            Some(number) => Self::load(storage, number),
            None => Err(ContractError::NotAReporter {
                sender: account.clone(),
            }),
        }
    }

    /// Takes a key that no other reporter has.
    pub fn take_key(&mut self, storage: &mut dyn Storage, key: PublicKey) -> Result<(), ContractError> {
        match pointed(storage, &key_key(&key))? {
            Some(reporter) if reporter != self.number => return Err(ContractError::KeyTaken { reporter }),
            _ => {}
        }
        storage.remove(&key_key(&self.key));
        storage.set(&key_key(&key), &self.number.to_be_bytes());
        self.key = key;
        Ok(())
    }

    /// What it weighs in a feed; nothing where its stake is too small.
    pub fn weight(&self, feed: &Feed, params: &Params) -> Money {
        if self.removed || self.bonded < params.min_stake {
            return Money::ZERO;
        }
        self.bonded.min(feed.most)
    }

    /// Takes up to an amount away: first of what is bonded, then of what unbonds, latest first; never more than a
    /// day's worth, nor more than there is. Returns what was taken.
    pub fn slash(
        &mut self,
        amount: Money,
        params: &Params,
        day: u64,
        totals: &mut Totals,
    ) -> Result<Money, UnitsError> {
        if self.day != day {
            self.day = day;
            self.day_slashed = Money::ZERO;
        }
        let left = params.day_slash.sub(self.day_slashed).unwrap_or(Money::ZERO);
        let due = amount.min(left);
        let bonded = due.min(self.bonded);
        self.bonded = self.bonded.sub(bonded)?;
        totals.bonded = totals.bonded.sub(bonded)?;
        let mut taken = bonded;
        for (unbonding, _) in self.unbonding.iter_mut().rev() {
            let part = due.sub(taken)?.min(*unbonding);
            *unbonding = unbonding.sub(part)?;
            totals.unbonding = totals.unbonding.sub(part)?;
            taken = taken.add(part)?;
        }
        self.unbonding.retain(|(amount, _)| !amount.is_zero());
        self.slashed = self.slashed.add(taken)?;
        self.day_slashed = self.day_slashed.add(taken)?;
        totals.slashed = totals.slashed.add(taken)?;
        Ok(taken)
    }

    pub fn save(&self, storage: &mut dyn Storage) {
        let flags = u8::from(self.removed);
        let mut writer = Writer::new()
            .u8(flags)
            .text(self.account.as_str())
            .text(&self.name)
            .u8(self.key.curve().code())
            .bytes(self.key.as_bytes())
            .varint(self.bonded.get())
            .varint(self.slashed.get())
            .varint(self.day.into())
            .varint(self.day_slashed.get());
        for (amount, at_s) in &self.unbonding {
            writer = writer.varint(amount.get()).varint((*at_s).into());
        }
        storage.set(&number_key(self.number), &writer.finish());
    }

    fn decode(number: u32, bytes: &[u8]) -> Result<Self, ContractError> {
        let corrupt = || ContractError::Corrupt { what: "key" };
        let mut reader = Reader::new(bytes);
        let removed = reader.u8("flags")? != 0;
        let account = Addr::unchecked(reader.text("account")?);
        let name = reader.text("name")?;
        let curve = Curve::from_code(reader.u8("curve")?).ok_or_else(corrupt)?;
        let key = PublicKey::new(curve, reader.bytes("key", curve.key_length())?)?;
        let mut reporter = Self {
            number,
            account,
            name,
            key,
            removed,
            bonded: Money::new(reader.varint("bonded")?),
            slashed: Money::new(reader.varint("slashed")?),
            day: reader.varint_u64("day")?,
            day_slashed: Money::new(reader.varint("slashed that day")?),
            unbonding: vec![],
        };
        while !reader.is_empty() {
            let amount = Money::new(reader.varint("unbonding")?);
            reporter.unbonding.push((amount, reader.varint_u64("due")?));
        }
        Ok(reporter)
    }

    /// What a query answers.
    pub fn response(self) -> ReporterResponse {
        let unbonding = self.unbonding.into_iter().map(|(amount, at_s)| Unbonding {
            amount,
            at_s: at_s.into(),
        });
        ReporterResponse {
            number: self.number,
            account: self.account,
            name: self.name,
            key: self.key.into(),
            removed: self.removed,
            bonded: self.bonded,
            unbonding: unbonding.collect(),
            slashed: self.slashed,
        }
    }
}
