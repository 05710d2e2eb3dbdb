use busbar_api::feeds::raw::{day_key, DAY, INDICES};
use busbar_api::feeds::{decode_day, encode_day, Indices};
use busbar_risk::Day;
use cosmwasm_std::{Order, Storage};

use crate::ContractError;

/// All indices.
pub fn load_indices(storage: &dyn Storage) -> Result<Indices, ContractError> {
    let stored = storage.get(INDICES).ok_or(ContractError::Corrupt { what: "indices" })?;
    Ok(Indices::decode(&stored)?)
}

/// Writes all indices.
pub fn save_indices(storage: &mut dyn Storage, indices: &Indices) {
    storage.set(INDICES, &indices.encode());
}

/// Keeps a day that is over, if anything was traded on it.
pub fn save_day(storage: &mut dyn Storage, day: &Day) {
    if day.base.volume > 0 {
        storage.set(&day_key(day.number), &encode_day(day));
    }
}

/// Days that are over before a day, latest first.
pub fn days(storage: &dyn Storage, before: u64) -> impl Iterator<Item = Result<Day, ContractError>> + '_ {
    let days = storage.range(Some(DAY), Some(&day_key(before)), Order::Descending);
    days.map(|(_, value)| Ok(decode_day(&value)?))
}
