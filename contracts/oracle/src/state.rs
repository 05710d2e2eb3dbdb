//! Storage. What other contracts read has its keys in [`busbar_api::oracle::raw`].
use busbar_api::codec::{Reader, Writer};
use busbar_api::oracle::{raw, Anchor, Feeder, FeederSum, IntervalState, PruneCursor, ReadingPage};
use busbar_units::{Interval, NetWh};
use cosmwasm_std::{Addr, Order, StdError, StdResult, Storage};
use cw_storage_plus::Item;

/// The region's grid contract.
pub const GRID: Item<Addr> = Item::new("grid");

/// None where nothing was accepted, and where the page is pruned.
pub fn load_page(storage: &dyn Storage, interval: Interval, page: u32) -> StdResult<Option<ReadingPage>> {
    match storage.get(&raw::page_key(interval, page)) {
        Some(bytes) => Ok(ReadingPage::decode(&bytes)?),
        None => Ok(None),
    }
}

/// Pages of an interval from a page number on, ascending; none in place of a pruned page.
pub fn pages_from(
    storage: &dyn Storage,
    interval: Interval,
    page: u32,
) -> impl Iterator<Item = StdResult<(u32, Option<ReadingPage>)>> + '_ {
    let beyond_last = [raw::page_key(interval, u32::MAX), vec![0]].concat();
    let range = storage.range(
        Some(&raw::page_key(interval, page)),
        Some(&beyond_last),
        Order::Ascending,
    );
    range.map(|(key, value)| {
        let number = key.last_chunk::<4>().copied().map(u32::from_be_bytes);
        let number = number.ok_or_else(|| StdError::not_found("page number"))?;
        Ok((number, ReadingPage::decode(&value)?))
    })
}

pub fn load_interval(storage: &dyn Storage, interval: Interval) -> StdResult<Option<IntervalState>> {
    let bytes = storage.get(&raw::interval_key(interval));
    Ok(bytes.map(|bytes| IntervalState::decode(&bytes)).transpose()?)
}

pub fn save_interval(storage: &mut dyn Storage, interval: Interval, state: &IntervalState) {
    storage.set(&raw::interval_key(interval), &state.encode());
}

pub fn load_anchor(storage: &dyn Storage, device: u32) -> StdResult<Option<Anchor>> {
    let bytes = storage.get(&raw::anchor_key(device));
    Ok(bytes.map(|bytes| Anchor::decode(&bytes)).transpose()?)
}

pub fn save_anchor(storage: &mut dyn Storage, device: u32, anchor: &Anchor) -> StdResult<()> {
    storage.set(&raw::anchor_key(device), &anchor.encode()?);
    Ok(())
}

pub fn load_newest(storage: &dyn Storage, page: u32) -> StdResult<Option<Interval>> {
    match storage.get(&raw::newest_key(page)) {
        Some(bytes) => Ok(Some(Interval::new(Reader::new(&bytes).u64("newest")?))),
        None => Ok(None),
    }
}

/// The packed form of the newest interval of a page.
pub fn encode_newest(interval: Interval) -> Vec<u8> {
    Writer::new().u64(interval.get()).finish()
}

/// Buses with a declaration of what is unmetered, in the order of their first ones.
pub fn load_unmetered_buses(storage: &dyn Storage) -> StdResult<Vec<u16>> {
    let bytes = storage.get(raw::UNMETERED_BUSES.as_bytes()).unwrap_or_default();
    let mut reader = Reader::new(&bytes);
    let mut buses = vec![];
    while !reader.is_empty() {
        buses.push(reader.u16("bus")?);
    }
    Ok(buses)
}

pub fn save_unmetered_buses(storage: &mut dyn Storage, buses: &[u16]) {
    let packed = buses.iter().fold(Writer::new(), |writer, bus| writer.u16(*bus));
    storage.set(raw::UNMETERED_BUSES.as_bytes(), &packed.finish());
}

/// What was declared last at a bus for the interval or one before it.
pub fn load_unmetered(storage: &dyn Storage, bus: u16, interval: Interval) -> StdResult<NetWh> {
    let (first, last) = (
        raw::unmetered_key(bus, Interval::new(0)),
        raw::unmetered_key(bus, interval),
    );
    let end = [last, vec![0]].concat();
    let Some((_, bytes)) = storage.range(Some(&first), Some(&end), Order::Descending).next() else {
        return Ok(NetWh::ZERO);
    };
    Ok(NetWh::new(Reader::new(&bytes).zigzag_i64("unmetered")?))
}

pub fn save_unmetered(storage: &mut dyn Storage, bus: u16, from: Interval, net: NetWh) {
    storage.set(
        &raw::unmetered_key(bus, from),
        &Writer::new().zigzag(net.get().into()).finish(),
    );
}

pub fn load_feeder(storage: &dyn Storage, bus: u16) -> StdResult<Option<Feeder>> {
    let bytes = storage.get(&raw::feeder_key(bus));
    Ok(bytes.map(|bytes| Feeder::decode(&bytes)).transpose()?)
}

pub fn save_feeder(storage: &mut dyn Storage, feeder: &Feeder) {
    storage.set(&raw::feeder_key(feeder.bus), &feeder.encode());
}

/// Sums of the feeders that are being compared; none between intervals.
pub fn load_sums(storage: &dyn Storage) -> StdResult<Option<Vec<FeederSum>>> {
    let bytes = storage.get(raw::FEEDER_SUMS.as_bytes());
    Ok(bytes.map(|bytes| FeederSum::decode_list(&bytes)).transpose()?)
}

pub fn save_sums(storage: &mut dyn Storage, sums: &[FeederSum]) {
    storage.set(raw::FEEDER_SUMS.as_bytes(), &FeederSum::encode_list(sums));
}

pub fn clear_sums(storage: &mut dyn Storage) {
    storage.remove(raw::FEEDER_SUMS.as_bytes());
}

pub fn load_cursor(storage: &dyn Storage) -> StdResult<PruneCursor> {
    let bytes = storage.get(raw::PRUNE_CURSOR.as_bytes()).unwrap_or_default();
    Ok(PruneCursor::decode(&bytes)?)
}

pub fn save_cursor(storage: &mut dyn Storage, cursor: &PruneCursor) {
    storage.set(raw::PRUNE_CURSOR.as_bytes(), &cursor.encode());
}
