use cosmwasm_std::Storage;

use busbar_units::Interval;

use super::order::{OrderId, BOOK};
use super::{interval_key, prefixed, AccountId};
use crate::ContractError;

pub const SEALED: &[u8] = b"se/";

/// A sealed order that nobody has revealed: the SHA-256 of its bytes. It takes one of the device's slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal(pub [u8; 32]);

/// Same order of the bytes as in the book.
fn under_seal(book_key: &[u8]) -> Vec<u8> {
    [SEALED, book_key.strip_prefix(BOOK).unwrap_or_default()].concat()
}

type Listed = Result<(OrderId, Seal), ContractError>;

fn listed((key, value): (Vec<u8>, Vec<u8>)) -> Listed {
    let book_key = [BOOK, key.strip_prefix(SEALED).unwrap_or_default()].concat();
    Ok((OrderId::parse(&book_key)?, Seal::decode(value)?))
}

impl Seal {
    fn decode(bytes: Vec<u8>) -> Result<Self, ContractError> {
        let hash = <[u8; 32]>::try_from(bytes).map_err(|_| ContractError::Corrupt { what: "seal" })?;
        Ok(Self(hash))
    }

    /// Reads a seal.
    pub fn load(storage: &dyn Storage, id: OrderId) -> Result<Option<Self>, ContractError> {
        storage.get(&under_seal(&id.bytes())).map(Self::decode).transpose()
    }

    /// Writes a seal.
    pub fn save(&self, storage: &mut dyn Storage, id: OrderId) {
        storage.set(&under_seal(&id.bytes()), &self.0);
    }

    /// Deletes a seal.
    pub fn remove(storage: &mut dyn Storage, id: OrderId) {
        storage.remove(&under_seal(&id.bytes()));
    }

    /// Seals of an interval, after `after`.
    pub fn of_interval(
        storage: &dyn Storage,
        interval: Interval,
        after: Option<OrderId>,
    ) -> impl Iterator<Item = Listed> + '_ {
        let after = after.map(|id| under_seal(&id.bytes()));
        prefixed(storage, under_seal(&interval_key(BOOK, interval)), after).map(listed)
    }

    /// Seals of a device in an interval.
    pub fn of_device(
        storage: &dyn Storage,
        interval: Interval,
        account: AccountId,
        device: u32,
    ) -> impl Iterator<Item = Listed> + '_ {
        let prefix = super::order::device_prefix(interval, account, device);
        prefixed(storage, under_seal(&prefix), None).map(listed)
    }
}
