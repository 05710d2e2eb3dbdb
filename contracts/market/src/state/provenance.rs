//! The record that an interval's line of provenance is drawn from; it stays for ever.
use busbar_api::market::provenance::Line;
use busbar_api::market::raw::provenance_key;
use busbar_units::Interval;
use cosmwasm_std::Storage;

use super::final_cursor;
use crate::ContractError;

/// Reads the record of an interval, whole or still being entered.
pub fn load_line(storage: &dyn Storage, interval: Interval) -> Result<Option<Line>, ContractError> {
    let stored = storage.get(&provenance_key(interval));
    Ok(stored.map(|bytes| Line::decode(&bytes)).transpose()?)
}

/// Reads the record of a final interval.
pub fn final_line(storage: &dyn Storage, interval: Interval) -> Result<Option<Line>, ContractError> {
    if interval >= final_cursor(storage)? {
        return Ok(None);
    }
    load_line(storage, interval)
}

/// Writes the record of an interval.
pub fn save_line(storage: &mut dyn Storage, interval: Interval, line: &Line) {
    storage.set(&provenance_key(interval), &line.encode());
}
