//! Storage of the market. What is touched at every call is packed; every key starts with one of [`NAMESPACES`].
mod account;
mod best;
mod device;
mod nodal;
mod offer;
mod order;
mod position;
mod provenance;
mod record;
mod reference;
mod sealed;
mod standing;
mod totals;

use busbar_api::market::raw::FINAL_CURSOR;
use busbar_units::Interval;
use cosmwasm_std::{Addr, Order, Storage};
use cw_storage_plus::Item;

use crate::ContractError;

pub use account::{Account, AccountId};
pub use best::Best;
pub use device::{DevicePage, DeviceSlot, Former, Gap};
pub use nodal::{remove_nodal, BusPrice, BusPrices, LineFlows};
pub use offer::Offer;
pub use order::{Agreed, BookOrder, OrderId};
pub use position::{Position, PositionPage};
pub use provenance::{final_line, load_line, save_line};
pub use record::{Record, Work};
pub use reference::{Capped, FixedReferences, History};
pub use sealed::Seal;
pub use standing::{BookClosing, StandingOrders};
pub use totals::Totals;

/// Devices per page of every paged value.
pub const PAGE: u32 = 64;

/// Every key and key prefix of this contract.
#[cfg(test)]
pub const NAMESPACES: &[&[u8]] = &[
    b"contract_info",
    b"ownership",
    b"grid",
    FINAL_CURSOR,
    totals::KEY,
    account::BY_NUMBER,
    account::NUMBER_OF,
    busbar_api::market::raw::ADDRESS_OF,
    best::BEST,
    device::PAGES,
    nodal::PRICES,
    nodal::FLOWS,
    offer::OFFERS,
    order::BOOK,
    position::PAGES,
    busbar_api::market::raw::PROVENANCE,
    busbar_api::market::raw::RECORDS,
    reference::HISTORIES,
    reference::POINTS,
    reference::FIXED,
    reference::CAPPED,
    sealed::SEALED,
    standing::STANDING,
    standing::CLOSING,
];

/// Address of the region's grid contract.
pub const GRID: Item<Addr> = Item::new("grid");

/// Page and slot of a device.
pub fn locate(device: u32) -> (u32, u8) {
    // A slot is below 64.
    (device / PAGE, u8::try_from(device % PAGE).unwrap_or(0))
}

/// Number of the device at a slot of a page.
pub fn device_at(page: u32, slot: u8) -> Result<u32, ContractError> {
    let first = page
        .checked_mul(PAGE)
        .and_then(|first| first.checked_add(u32::from(slot)));
    first.ok_or(ContractError::Corrupt { what: "device page" })
}

/// Number of pages that hold this many devices.
pub fn pages(devices: u32) -> u32 {
    devices.div_ceil(PAGE)
}

/// First interval that is not final.
pub fn final_cursor(storage: &dyn Storage) -> Result<Interval, ContractError> {
    let bytes = storage
        .get(FINAL_CURSOR)
        .ok_or(ContractError::Corrupt { what: "final cursor" })?;
    let bytes = <[u8; 8]>::try_from(bytes).map_err(|_| ContractError::Corrupt { what: "final cursor" })?;
    Ok(Interval::new(u64::from_be_bytes(bytes)))
}

/// Moves the first interval that is not final.
pub fn set_final_cursor(storage: &mut dyn Storage, interval: Interval) {
    storage.set(FINAL_CURSOR, &interval.get().to_be_bytes());
}

/// The key, or the prefix of the keys, of an interval.
fn interval_key(namespace: &[u8], interval: Interval) -> Vec<u8> {
    [namespace, &interval.get().to_be_bytes()].concat()
}

/// The least key above all that start with a prefix; none where there is none.
fn beyond(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

/// The keys and values whose key starts with `prefix` and lies after `after`, ascending.
fn prefixed<'a>(
    storage: &'a dyn Storage,
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> + 'a {
    let end = beyond(&prefix);
    let start = match after {
        // The least key above one of fixed length.
        Some(mut key) => {
            key.push(0);
            key
        }
        None => prefix,
    };
    // A scan is charged with the entry that it would stop at, so that it ends before it.
    storage.range(Some(&start), end.as_deref(), Order::Ascending)
}

#[cfg(test)]
mod tests;
