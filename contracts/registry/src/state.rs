//! Storage. What other contracts read has its keys in [`busbar_api::registry::raw`].
use busbar_api::codec::{Reader, Writer};
use busbar_api::grid::{self, Region};
use busbar_api::registry::raw::AwaitedChange;
use busbar_api::registry::{raw, Device, DevicePage, DeviceSummary, Manufacturer, Meter, Reservation, Slot};
use busbar_attestation::{page_of, slot_of, PublicKey};
use busbar_units::Interval;
use cosmwasm_std::{from_json, to_json_vec, Addr, Deps, Empty, StdResult, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// The region's grid contract.
pub const GRID: Item<Addr> = Item::new("grid");
pub const MANUFACTURERS: Map<u32, Manufacturer> = Map::new("manufacturers");
/// How far lowering the ratings of feeders has come, by bus of the head meters: strikes that every device has felt, and
/// the first number that the next one has not come to.
pub const LOWERED: Map<u16, (u32, u32)> = Map::new("lowered");
/// Numbers that wait for their device's confirmation.
pub const RESERVATIONS: Map<u32, Reservation> = Map::new("reservations");
/// Reservations by owner.
pub const RESERVED_BY: Map<(&Addr, u32), Empty> = Map::new("reserved_by");
/// Numbers that lapsed; given out again first.
pub const FREE: Map<u32, Empty> = Map::new("free");
/// Enrolled devices by owner.
pub const OWNED_BY: Map<(&Addr, u32), Empty> = Map::new("owned_by");
/// Devices behind a connection that are not retired.
pub const BEHIND: Map<(u32, u32), Empty> = Map::new("behind");
/// The device that holds a key, at present or earlier: by code of the curve and bytes.
pub const KEYS: Map<(u8, &[u8]), u32> = Map::new("keys");
/// The device with a serial number: by manufacturer and serial.
pub const SERIALS: Map<(u32, &str), u32> = Map::new("serials");

/// What is fixed about the region, and its operator.
pub fn region(deps: Deps<'_>) -> StdResult<Region> {
    grid::raw::region(&deps.querier, &GRID.load(deps.storage)?)
}

pub fn count(storage: &dyn Storage) -> StdResult<u32> {
    match storage.get(raw::COUNT.as_bytes()) {
        Some(bytes) => Ok(Reader::new(&bytes).u32("count")?),
        None => Ok(0),
    }
}

pub fn save_count(storage: &mut dyn Storage, count: u32) {
    storage.set(raw::COUNT.as_bytes(), &Writer::new().u32(count).finish());
}

/// Notes that a device stands at a bus: no later network may be without it.
pub fn claim_bus(storage: &mut dyn Storage, bus: u16) -> StdResult<()> {
    let needed = bus.saturating_add(1);
    let known = match storage.get(raw::BUSES.as_bytes()) {
        Some(bytes) => Reader::new(&bytes).u16("buses")?,
        None => 0,
    };
    if needed > known {
        storage.set(raw::BUSES.as_bytes(), &Writer::new().u16(needed).finish());
    }
    Ok(())
}

pub fn may_load_device(storage: &dyn Storage, number: u32) -> StdResult<Option<Device>> {
    let Some(summary) = storage.get(&raw::device_key(number)) else {
        return Ok(None);
    };
    join_device(storage, number, &summary).map(Some)
}

/// The device of a number, of whose two records one has been read.
pub fn join_device(storage: &dyn Storage, number: u32, summary: &[u8]) -> StdResult<Device> {
    let details = storage.get(&raw::details_key(number)).unwrap_or_default();
    Ok(Device::join(
        number,
        DeviceSummary::decode(summary)?,
        from_json(details)?,
    ))
}

pub fn load_device(storage: &dyn Storage, number: u32) -> Result<Device, ContractError> {
    may_load_device(storage, number)?.ok_or(ContractError::UnknownDevice { number })
}

pub fn save_device(storage: &mut dyn Storage, device: &Device) -> StdResult<()> {
    let (number, (summary, details)) = (device.number, device.clone().split());
    storage.set(&raw::device_key(number), &summary.encode());
    storage.set(&raw::details_key(number), &to_json_vec(&details)?);
    Ok(())
}

pub fn remove_device(storage: &mut dyn Storage, number: u32) {
    storage.remove(&raw::device_key(number));
    storage.remove(&raw::details_key(number));
}

fn load_page(storage: &dyn Storage, page: u32) -> StdResult<DevicePage> {
    match storage.get(&raw::page_key(page)) {
        Some(bytes) => Ok(DevicePage::decode(&bytes)?),
        None => Ok(DevicePage::default()),
    }
}

/// The packed form of a confirmed device.
pub fn load_slot(storage: &dyn Storage, number: u32) -> Result<Slot, ContractError> {
    let page = load_page(storage, page_of(number))?;
    page.get(slot_of(number))
        .copied()
        .ok_or(ContractError::UnknownDevice { number })
}

pub fn save_slot(storage: &mut dyn Storage, number: u32, slot: Slot) -> StdResult<()> {
    let mut page = load_page(storage, page_of(number))?;
    page.set(slot_of(number), slot);
    storage.set(&raw::page_key(page_of(number)), &page.encode());
    Ok(())
}

pub fn load_past_meters(storage: &dyn Storage, number: u32) -> StdResult<Vec<Meter>> {
    match storage.get(&raw::meters_key(number)) {
        Some(bytes) => Ok(Meter::decode_list(&bytes)?),
        None => Ok(vec![]),
    }
}

pub fn save_past_meters(storage: &mut dyn Storage, number: u32, meters: &[Meter]) {
    storage.set(&raw::meters_key(number), &Meter::encode_list(meters));
}

/// Claims a key for a device; a key is never given back to another.
pub fn claim_key(storage: &mut dyn Storage, key: &PublicKey, number: u32) -> Result<(), ContractError> {
    let id = (key.curve().code(), key.as_bytes());
    match KEYS.may_load(storage, id)? {
        Some(number) => Err(ContractError::KeyTaken { number }),
        None => Ok(KEYS.save(storage, id, &number)?),
    }
}

/// Gives a key back that never was in force.
pub fn release_key(storage: &mut dyn Storage, key: &PublicKey) {
    KEYS.remove(storage, (key.curve().code(), key.as_bytes()));
}

/// Claims a serial number for a device.
pub fn claim_serial(
    storage: &mut dyn Storage,
    manufacturer: u32,
    serial: &str,
    number: u32,
) -> Result<(), ContractError> {
    match SERIALS.may_load(storage, (manufacturer, serial))? {
        Some(number) => Err(ContractError::SerialTaken {
            manufacturer,
            serial: serial.to_owned(),
            number,
        }),
        None => Ok(SERIALS.save(storage, (manufacturer, serial), &number)?),
    }
}

/// Numbers of the head meters.
pub fn heads(storage: &dyn Storage) -> StdResult<Vec<u32>> {
    let bytes = storage.get(raw::HEADS.as_bytes()).unwrap_or_default();
    Ok(raw::decode_heads(&bytes)?)
}

pub fn save_heads(storage: &mut dyn Storage, heads: &[u32]) {
    match heads {
        // Storage takes no empty value.
        [] => storage.remove(raw::HEADS.as_bytes()),
        _ => storage.set(raw::HEADS.as_bytes(), &raw::encode_heads(heads)),
    }
}

pub fn awaited_tip(storage: &dyn Storage) -> StdResult<Option<Interval>> {
    match storage.get(raw::AWAITED_TIP.as_bytes()) {
        Some(bytes) => Ok(Some(Interval::new(Reader::new(&bytes).u64("tip")?))),
        None => Ok(None),
    }
}

pub fn save_awaited_tip(storage: &mut dyn Storage, tip: Interval) {
    storage.set(raw::AWAITED_TIP.as_bytes(), &Writer::new().u64(tip.get()).finish());
}

pub fn awaited_change(storage: &dyn Storage, at: Interval) -> StdResult<AwaitedChange> {
    let bytes = storage.get(&raw::awaited_key(at)).unwrap_or_default();
    Ok(AwaitedChange::decode(&bytes)?)
}

pub fn save_awaited_change(storage: &mut dyn Storage, at: Interval, change: AwaitedChange) {
    storage.set(&raw::awaited_key(at), &change.encode());
}
