//! Wh by status, of each device and of all together.
use busbar_api::certificates::TotalsResponse;
use busbar_api::codec::{Reader, Writer};
use busbar_units::Wh;
use cosmwasm_std::Storage;

use super::withdrawal::is_withdrawn;
use crate::ContractError;

pub const ALL: &[u8] = b"a";
pub const DEVICES: &[u8] = b"t/";

/// What happens to Wh of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They are issued to somebody.
    Issued,
    /// They are issued into the bank's storage.
    Stored,
    /// Their owner claims them.
    Retired,
    /// The storage gives them back.
    Discharged,
}

fn key(device: u32) -> Vec<u8> {
    [DEVICES, &device.to_be_bytes()].concat()
}

fn load(storage: &dyn Storage, key: &[u8]) -> Result<TotalsResponse, ContractError> {
    let Some(bytes) = storage.get(key) else {
        return Ok(TotalsResponse::default());
    };
    let mut reader = Reader::new(&bytes);
    let mut wh = |field| reader.varint_u64(field).map(Wh::new);
    let totals = TotalsResponse {
        issued: wh("issued")?,
        live: wh("live")?,
        stored: wh("stored")?,
        retired: wh("retired")?,
        withdrawn: wh("withdrawn")?,
    };
    reader.finish()?;
    Ok(totals)
}

fn save(storage: &mut dyn Storage, key: &[u8], totals: &TotalsResponse) {
    let all = [
        totals.issued,
        totals.live,
        totals.stored,
        totals.retired,
        totals.withdrawn,
    ];
    let writer = all
        .iter()
        .fold(Writer::new(), |writer, wh| writer.varint(wh.get().into()));
    storage.set(key, &writer.finish());
}

/// Of one device.
pub fn totals_of(storage: &dyn Storage, device: u32) -> Result<TotalsResponse, ContractError> {
    load(storage, &key(device))
}

/// Of all devices.
pub fn totals_of_all(storage: &dyn Storage) -> Result<TotalsResponse, ContractError> {
    load(storage, ALL)
}

/// Counts what happens to Wh of a device; what is issued of one that was proven false is withdrawn at once.
pub fn reckon(storage: &mut dyn Storage, device: u32, change: Change, wh: Wh) -> Result<(), ContractError> {
    let withdrawn = is_withdrawn(storage, device);
    for key in [key(device), ALL.to_vec()] {
        let mut totals = load(storage, &key)?;
        if matches!(change, Change::Issued | Change::Stored) {
            totals.issued = totals.issued.add(wh)?;
        }
        match change {
            Change::Issued | Change::Stored if withdrawn => totals.withdrawn = totals.withdrawn.add(wh)?,
            Change::Issued => totals.live = totals.live.add(wh)?,
            Change::Stored => totals.stored = totals.stored.add(wh)?,
            Change::Retired => {
                totals.live = totals.live.sub(wh)?;
                totals.retired = totals.retired.add(wh)?;
            }
            Change::Discharged => {
                totals.stored = totals.stored.sub(wh)?;
                totals.retired = totals.retired.add(wh)?;
            }
        }
        save(storage, &key, &totals);
    }
    Ok(())
}

/// Counts everything that was issued of a device as withdrawn; returns how much that is.
pub fn withdraw_all(storage: &mut dyn Storage, device: u32) -> Result<Wh, ContractError> {
    let before = totals_of(storage, device)?;
    let mut all = totals_of_all(storage)?;
    all.live = all.live.sub(before.live)?;
    all.stored = all.stored.sub(before.stored)?;
    all.retired = all.retired.sub(before.retired)?;
    all.withdrawn = all.withdrawn.add(before.issued)?;
    save(storage, ALL, &all);
    let after = TotalsResponse {
        issued: before.issued,
        withdrawn: before.issued,
        ..TotalsResponse::default()
    };
    save(storage, &key(device), &after);
    Ok(before.issued)
}
