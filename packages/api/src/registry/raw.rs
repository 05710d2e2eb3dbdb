//! Storage of the registry that other contracts read at plain read price.
use busbar_attestation::page_of;
use busbar_units::Interval;
use cosmwasm_std::{from_json, Addr, QuerierWrapper, StdError, StdResult};

use super::{Device, DeviceDetails, DevicePage, DeviceSummary, Meter, Slot, StorageRating};
use crate::codec::{CodecError, Reader, Writer};

/// Key prefix of what other contracts need of devices ([`DeviceSummary`]).
pub const DEVICE: &str = "d/";
/// Key prefix of the rest of devices (JSON of [`DeviceDetails`]).
pub const DETAILS: &str = "e/";
/// Key prefix of device pages (packed).
pub const PAGE: &str = "p/";
/// Key prefix of a device's earlier meters (packed).
pub const METERS: &str = "m/";
/// Key of the count of numbers ever given out: 4 bytes.
pub const COUNT: &str = "n";
/// Key of the least number of buses that hold every device: 2 bytes.
pub const BUSES: &str = "b";
/// Key of the last interval in which the number of awaited devices changes: 8 bytes.
pub const AWAITED_TIP: &str = "t";
/// Key prefix of the changes of the number of awaited devices (packed).
pub const AWAITED: &str = "a/";

/// Key of the numbers of the head meters: 4 bytes each.
pub const HEADS: &str = "h";

/// Changes that [`awaited_at`] walks back at most: one for each interval that may still be open to
/// readings, and then some.
pub const AWAITED_WALK: usize = 1024;

/// Key of a device.
pub fn device_key(number: u32) -> Vec<u8> {
    [DEVICE.as_bytes(), &number.to_be_bytes()].concat()
}

/// Key of the rest of a device.
pub fn details_key(number: u32) -> Vec<u8> {
    [DETAILS.as_bytes(), &number.to_be_bytes()].concat()
}

/// Key of a device page.
pub fn page_key(page: u32) -> Vec<u8> {
    [PAGE.as_bytes(), &page.to_be_bytes()].concat()
}

/// Key of a device's earlier meters.
pub fn meters_key(number: u32) -> Vec<u8> {
    [METERS.as_bytes(), &number.to_be_bytes()].concat()
}

/// Key of a change of the number of awaited devices.
pub fn awaited_key(interval: Interval) -> Vec<u8> {
    [AWAITED.as_bytes(), &interval.get().to_be_bytes()].concat()
}

/// From an interval on, this many settling devices are awaited; `previous` is the change before.
///
/// The changes form a chain from the latest back, which a contract can walk by raw queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwaitedChange {
    /// Settling devices awaited.
    pub awaited: u32,
    /// Interval of the change before; none for the first.
    pub previous: Option<Interval>,
}

impl AwaitedChange {
    /// The packed form: count, then the interval before plus one, or zero.
    pub fn encode(&self) -> Vec<u8> {
        let previous = self
            .previous
            .map_or(0, |interval| u128::from(interval.get()).saturating_add(1));
        Writer::new().varint(self.awaited.into()).varint(previous).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let awaited = reader.varint_u32("awaited")?;
        let previous = reader.varint("previous")?.checked_sub(1).map(u64::try_from).transpose();
        reader.finish()?;
        let previous = previous.map_err(|_| CodecError::Range { field: "previous" })?;
        Ok(Self {
            awaited,
            previous: previous.map(Interval::new),
        })
    }
}

/// Number of awaited devices in an interval, from the tip of the chain and a way to read its records.
pub fn awaited_in(
    tip: Option<Interval>,
    interval: Interval,
    read: impl Fn(Interval) -> StdResult<AwaitedChange>,
) -> StdResult<u32> {
    let mut next = tip;
    for _ in 0..AWAITED_WALK {
        let Some(at) = next else { return Ok(0) };
        let change = read(at)?;
        if at <= interval {
            return Ok(change.awaited);
        }
        next = change.previous;
    }
    Err(StdError::not_found(format!("awaited devices of {interval}")))
}

/// A device, enrolled or later.
pub fn device(q: &QuerierWrapper<'_>, registry: &Addr, number: u32) -> StdResult<Option<Device>> {
    let Some(summary) = device_summary(q, registry, number)? else {
        return Ok(None);
    };
    let missing = || StdError::not_found(format!("details of device {number}"));
    let details: DeviceDetails = from_json(q.query_wasm_raw(registry, details_key(number))?.ok_or_else(missing)?)?;
    Ok(Some(Device::join(number, summary, details)))
}

/// What contracts need of a device, enrolled or later.
pub fn device_summary(q: &QuerierWrapper<'_>, registry: &Addr, number: u32) -> StdResult<Option<DeviceSummary>> {
    let bytes = q.query_wasm_raw(registry, device_key(number))?;
    Ok(bytes.map(|bytes| DeviceSummary::decode(&bytes)).transpose()?)
}

/// What a device can hold for others and give back; nothing where there is none.
pub fn storage(q: &QuerierWrapper<'_>, registry: &Addr, number: u32) -> StdResult<StorageRating> {
    let device = device_summary(q, registry, number)?;
    Ok(device.map_or_else(StorageRating::default, |device| device.storage()))
}

/// A page of confirmed devices; none before any of them was confirmed.
pub fn page(q: &QuerierWrapper<'_>, registry: &Addr, page: u32) -> StdResult<Option<DevicePage>> {
    let bytes = q.query_wasm_raw(registry, page_key(page))?;
    Ok(bytes.map(|bytes| DevicePage::decode(&bytes)).transpose()?)
}

/// The page that a device is in.
pub fn page_with(q: &QuerierWrapper<'_>, registry: &Addr, number: u32) -> StdResult<Option<DevicePage>> {
    page(q, registry, page_of(number))
}

/// Earlier meters of a device, oldest first; the latest is in its [`Slot`].
pub fn past_meters(q: &QuerierWrapper<'_>, registry: &Addr, number: u32) -> StdResult<Vec<Meter>> {
    match q.query_wasm_raw(registry, meters_key(number))? {
        Some(bytes) => Ok(Meter::decode_list(&bytes)?),
        None => Ok(vec![]),
    }
}

/// The meter whose key signs a device's reading of an interval; none before its first.
/// Only an interval before the latest meter's costs another read.
pub fn meter_at(
    q: &QuerierWrapper<'_>,
    registry: &Addr,
    number: u32,
    slot: &Slot,
    interval: Interval,
) -> StdResult<Option<Meter>> {
    if slot.meter.from <= interval {
        return Ok(Some(slot.meter));
    }
    let past = past_meters(q, registry, number)?;
    Ok(past.into_iter().rev().find(|meter| meter.from <= interval))
}

/// How many numbers were ever given out: all devices have lower ones.
pub fn count(q: &QuerierWrapper<'_>, registry: &Addr) -> StdResult<u32> {
    match q.query_wasm_raw(registry, COUNT.as_bytes())? {
        Some(bytes) => Ok(Reader::new(&bytes).u32("count")?),
        None => Ok(0),
    }
}

/// The least number of buses that a network needs so that every device ever enrolled stands at one.
pub fn buses(q: &QuerierWrapper<'_>, registry: &Addr) -> StdResult<u16> {
    match q.query_wasm_raw(registry, BUSES.as_bytes())? {
        Some(bytes) if !bytes.is_empty() => Ok(Reader::new(&bytes).u16("buses")?),
        _ => Ok(0),
    }
}

/// The packed form of the numbers of head meters.
pub fn encode_heads(heads: &[u32]) -> Vec<u8> {
    let writer = heads.iter().fold(Writer::new(), |writer, number| writer.u32(*number));
    writer.finish()
}

/// Reads the packed form of the numbers of head meters.
pub fn decode_heads(bytes: &[u8]) -> Result<Vec<u32>, CodecError> {
    let mut reader = Reader::new(bytes);
    let mut heads = vec![];
    while !reader.is_empty() {
        heads.push(reader.u32("head meter")?);
    }
    Ok(heads)
}

/// Numbers of the confirmed head meters that are not retired, at most [`super::HEAD_METERS`].
pub fn heads(q: &QuerierWrapper<'_>, registry: &Addr) -> StdResult<Vec<u32>> {
    match q.query_wasm_raw(registry, HEADS.as_bytes())? {
        Some(bytes) => Ok(decode_heads(&bytes)?),
        None => Ok(vec![]),
    }
}

/// How many settling devices are awaited in an interval.
pub fn awaited_at(q: &QuerierWrapper<'_>, registry: &Addr, interval: Interval) -> StdResult<u32> {
    let tip = match q.query_wasm_raw(registry, AWAITED_TIP.as_bytes())? {
        Some(bytes) => Some(Interval::new(Reader::new(&bytes).u64("tip")?)),
        None => None,
    };
    awaited_in(tip, interval, |at| {
        match q.query_wasm_raw(registry, awaited_key(at))? {
            Some(bytes) => Ok(AwaitedChange::decode(&bytes)?),
            None => Err(StdError::not_found(format!("change of awaited devices at {at}"))),
        }
    })
}
