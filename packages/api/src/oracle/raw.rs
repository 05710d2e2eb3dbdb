//! Storage of the oracle that other contracts read at plain read price.
use busbar_units::Interval;
use cosmwasm_std::{Addr, QuerierWrapper, StdResult};

use super::{Anchor, Feeder, IntervalState, PageHash, PruneCursor, ReadingPage};
use crate::codec::Reader;

/// Key prefix of reading pages (packed).
pub const PAGE: &str = "r/";
/// Key prefix of interval states (packed).
pub const INTERVAL: &str = "i/";
/// Key prefix of anchors (packed).
pub const ANCHOR: &str = "a/";
/// Key prefix of the newest interval of each page with an accepted reading: 8 bytes.
pub const NEWEST: &str = "n/";
/// Key prefix of feeders, by bus (packed).
pub const FEEDER: &str = "f/";
/// Key of the sums of feeders while their interval is compared (packed).
pub const FEEDER_SUMS: &str = "s";
/// Key of the buses with a declaration of what is unmetered: 2 bytes each.
pub const UNMETERED_BUSES: &str = "w";
/// Key prefix of what was declared as unmetered, by bus and the first interval that it holds for (packed).
pub const UNMETERED: &str = "u/";
/// Key of the prune cursor (packed).
pub const PRUNE_CURSOR: &str = "p";

/// Prefix of the keys of all pages of an interval.
pub fn pages_prefix(interval: Interval) -> Vec<u8> {
    [PAGE.as_bytes(), &interval.get().to_be_bytes()].concat()
}

/// Key of a reading page.
pub fn page_key(interval: Interval, page: u32) -> Vec<u8> {
    [PAGE.as_bytes(), &interval.get().to_be_bytes(), &page.to_be_bytes()].concat()
}

/// Key of an interval's state.
pub fn interval_key(interval: Interval) -> Vec<u8> {
    [INTERVAL.as_bytes(), &interval.get().to_be_bytes()].concat()
}

/// Key of a device's anchor.
pub fn anchor_key(device: u32) -> Vec<u8> {
    [ANCHOR.as_bytes(), &device.to_be_bytes()].concat()
}

/// Key of the newest interval of a page.
pub fn newest_key(page: u32) -> Vec<u8> {
    [NEWEST.as_bytes(), &page.to_be_bytes()].concat()
}

/// Key of what was declared as unmetered at a bus from an interval on.
pub fn unmetered_key(bus: u16, from: Interval) -> Vec<u8> {
    [UNMETERED.as_bytes(), &bus.to_be_bytes(), &from.get().to_be_bytes()].concat()
}

/// Key of a feeder.
pub fn feeder_key(bus: u16) -> Vec<u8> {
    [FEEDER.as_bytes(), &bus.to_be_bytes()].concat()
}

/// Net sum and confirmation of an interval; none before its first reading or confirmation.
pub fn interval(q: &QuerierWrapper<'_>, oracle: &Addr, interval: Interval) -> StdResult<Option<IntervalState>> {
    let bytes = q.query_wasm_raw(oracle, interval_key(interval))?;
    Ok(bytes.map(|bytes| IntervalState::decode(&bytes)).transpose()?)
}

/// Accepted readings and estimates of a page; none where there are none and where the page is pruned.
pub fn page(q: &QuerierWrapper<'_>, oracle: &Addr, interval: Interval, page: u32) -> StdResult<Option<ReadingPage>> {
    match q.query_wasm_raw(oracle, page_key(interval, page))? {
        Some(bytes) => Ok(ReadingPage::decode(&bytes)?),
        None => Ok(None),
    }
}

/// Running SHA-256 over the records that a page accepted, pruned or not; none where nothing was accepted.
pub fn page_hash(q: &QuerierWrapper<'_>, oracle: &Addr, interval: Interval, page: u32) -> StdResult<Option<PageHash>> {
    match q.query_wasm_raw(oracle, page_key(interval, page))? {
        Some(bytes) => Ok(Some(Reader::new(&bytes).array("hash")?)),
        None => Ok(None),
    }
}

/// The last reading of a device before its pages were pruned, where none followed at once.
pub fn anchor(q: &QuerierWrapper<'_>, oracle: &Addr, device: u32) -> StdResult<Option<Anchor>> {
    let bytes = q.query_wasm_raw(oracle, anchor_key(device))?;
    Ok(bytes.map(|bytes| Anchor::decode(&bytes)).transpose()?)
}

/// What the head meters at a bus have told of the feeder below it; none before its first comparison.
pub fn feeder(q: &QuerierWrapper<'_>, oracle: &Addr, bus: u16) -> StdResult<Option<Feeder>> {
    let bytes = q.query_wasm_raw(oracle, feeder_key(bus))?;
    Ok(bytes.map(|bytes| Feeder::decode(&bytes)).transpose()?)
}

/// How far pruning has come; none before the oracle is founded.
pub fn prune_cursor(q: &QuerierWrapper<'_>, oracle: &Addr) -> StdResult<Option<PruneCursor>> {
    let bytes = q.query_wasm_raw(oracle, PRUNE_CURSOR.as_bytes())?;
    Ok(bytes.map(|bytes| PruneCursor::decode(&bytes)).transpose()?)
}
