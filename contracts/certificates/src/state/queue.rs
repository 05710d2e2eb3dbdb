//! Charge certificates of a storage in the order in which they are discharged: by interval, then by name.
use busbar_api::certificates::CertificateId;
use busbar_api::codec::Reader;
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Order, Storage};

use crate::ContractError;

pub const QUEUE: &[u8] = b"q/";

fn prefix(storage_device: u32) -> Vec<u8> {
    [QUEUE, &storage_device.to_be_bytes()].concat()
}

fn key(storage_device: u32, id: CertificateId) -> Vec<u8> {
    [
        &prefix(storage_device)[..],
        &id.interval.get().to_be_bytes(),
        &id.device.to_be_bytes(),
        &id.first.get().to_be_bytes(),
    ]
    .concat()
}

/// Puts a charge certificate into the queue of a storage.
pub fn enqueue(storage: &mut dyn Storage, storage_device: u32, id: CertificateId) {
    storage.set(&key(storage_device, id), &[1]);
}

/// Takes a charge certificate out of it.
pub fn dequeue(storage: &mut dyn Storage, storage_device: u32, id: CertificateId) {
    storage.remove(&key(storage_device, id));
}

/// The oldest charge certificate of a storage.
pub fn oldest(storage: &dyn Storage, storage_device: u32) -> Result<Option<CertificateId>, ContractError> {
    let prefix = prefix(storage_device);
    let found = storage.range(Some(&prefix), None, Order::Ascending).next();
    let Some((key, _)) = found.filter(|(key, _)| key.starts_with(&prefix)) else {
        return Ok(None);
    };
    let mut reader = Reader::new(key.get(prefix.len()..).unwrap_or_default());
    let interval = Interval::new(reader.u64("interval")?);
    Ok(Some(CertificateId {
        interval,
        device: reader.u32("device")?,
        first: Wh::new(reader.u64("first")?),
    }))
}
