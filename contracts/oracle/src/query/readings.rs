//! Pages of readings as people read them, and the check of records against a page's hash.
use busbar_api::codec::Reader;
use busbar_api::oracle::{
    raw, DeviceReading, PageHash, ReadingPage, ReadingsResponse, VerifyRecordResponse, RECORDS_PER_PAGE,
};
use busbar_attestation::device_at;
use busbar_units::Interval;
use cosmwasm_std::{Binary, Deps, HexBinary, StdResult};

use crate::{hash, ContractError};

pub fn of_page(deps: Deps<'_>, interval: Interval, page: u32) -> StdResult<ReadingsResponse> {
    let Some(bytes) = deps.storage.get(&raw::page_key(interval, page)) else {
        return Ok(ReadingsResponse {
            hash: None,
            pruned: false,
            readings: vec![],
        });
    };
    let hash = Some(hex(Reader::new(&bytes).array("hash")?));
    let Some(accepted) = ReadingPage::decode(&bytes)? else {
        return Ok(ReadingsResponse {
            hash,
            pruned: true,
            readings: vec![],
        });
    };
    let readings = accepted.iter().filter_map(|(slot, reading)| {
        Some(DeviceReading {
            device: device_at(page, slot)?,
            revision: reading.revision,
            registers: reading.registers,
            reset: reading.reset,
            counted: reading.counted,
            estimated: reading.estimated,
            late: reading.late,
            frozen: reading.frozen,
        })
    });
    Ok(ReadingsResponse {
        hash,
        pruned: false,
        readings: readings.collect(),
    })
}

pub fn verify(
    deps: Deps<'_>,
    interval: Interval,
    page: u32,
    records: &[Binary],
) -> Result<VerifyRecordResponse, ContractError> {
    if records.len() > RECORDS_PER_PAGE {
        return Err(ContractError::TooManyRecords {
            count: records.len(),
            max: RECORDS_PER_PAGE,
        });
    }
    let supplied = records
        .iter()
        .fold(PageHash::default(), |so_far, record| hash::next(&so_far, record));
    let stored = match deps.storage.get(&raw::page_key(interval, page)) {
        Some(bytes) => Some(
            Reader::new(&bytes)
                .array("hash")
                .map_err(cosmwasm_std::StdError::from)?,
        ),
        None => None,
    };
    Ok(VerifyRecordResponse {
        verified: stored == Some(supplied),
        hash: stored.map(hex),
        supplied: hex(supplied),
    })
}

fn hex(hash: PageHash) -> String {
    HexBinary::from(hash).to_hex()
}
