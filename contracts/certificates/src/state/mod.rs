//! Storage of the certificates. Every key starts with one of [`NAMESPACES`].
mod certificate;
mod progress;
mod queue;
mod totals;
mod withdrawal;

use busbar_api::certificates::CertificateId;
use busbar_api::codec::Reader;
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Addr, Order, Storage};
use cw_storage_plus::Item;

use crate::ContractError;

pub use certificate::{ids_of_device, ids_of_owner, ids_retired_for, Certificate, Claim, Source, Stage};
pub use progress::{load_progress, save_progress};
pub use queue::{dequeue, enqueue, oldest};
pub use totals::{reckon, totals_of, totals_of_all, withdraw_all, Change};
pub use withdrawal::{is_withdrawn, save_withdrawal, withdrawal};

/// Every key and key prefix of this contract.
#[cfg(test)]
pub const NAMESPACES: &[&[u8]] = &[
    b"contract_info",
    b"grid",
    b"issuer",
    certificate::CERTIFICATES,
    certificate::OWNERS,
    certificate::BENEFICIARIES,
    progress::PROGRESS,
    queue::QUEUE,
    totals::ALL,
    totals::DEVICES,
    withdrawal::WITHDRAWALS,
];

/// Address of the region's grid contract.
pub const GRID: Item<Addr> = Item::new("grid");
/// Name of the issuing body.
pub const ISSUER: Item<String> = Item::new("issuer");

/// Bytes of a certificate's name in a key.
const ID_LENGTH: usize = 20;

/// A name as it stands in keys: ordered by device, interval and serial number.
fn id_key(id: CertificateId) -> Vec<u8> {
    [
        &id.device.to_be_bytes()[..],
        &id.interval.get().to_be_bytes(),
        &id.first.get().to_be_bytes(),
    ]
    .concat()
}

/// The name at the end of a key.
fn id_of(key: &[u8]) -> Result<CertificateId, ContractError> {
    let start = key.len().checked_sub(ID_LENGTH);
    let bytes = start.and_then(|start| key.get(start..));
    let mut reader = Reader::new(bytes.ok_or(ContractError::Corrupt { what: "name" })?);
    Ok(CertificateId {
        device: reader.u32("device")?,
        interval: Interval::new(reader.u64("interval")?),
        first: Wh::new(reader.u64("first")?),
    })
}

/// The names at the end of the keys that start with `prefix` and lie after that of `after`, ascending.
fn ids<'a>(
    storage: &'a dyn Storage,
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
) -> impl Iterator<Item = Result<CertificateId, ContractError>> + 'a {
    let start = match after {
        Some(mut key) => {
            // The least key above one of fixed length; never one before the prefix itself.
            key.push(0);
            key.max(prefix.clone())
        }
        None => prefix.clone(),
    };
    storage
        .range(Some(&start), None, Order::Ascending)
        .take_while(move |(key, _)| key.starts_with(&prefix))
        .map(|(key, _)| id_of(&key))
}

#[cfg(test)]
mod tests;
