//! Devices, by number, owner, key and serial.
use busbar_api::registry::{raw, Device, Key};
use cosmwasm_std::{Deps, Order, StdError, StdResult};
use cw_storage_plus::Bound;

use crate::state::{join_device, load_device, KEYS, OWNED_BY, SERIALS};
use crate::ContractError;

pub fn by_key(deps: Deps<'_>, key: &Key) -> Result<Device, ContractError> {
    let key = key.check()?;
    let number = KEYS.may_load(deps.storage, (key.curve().code(), key.as_bytes()))?;
    load_device(
        deps.storage,
        number.ok_or_else(|| StdError::not_found("device with this key"))?,
    )
}

pub fn by_serial(deps: Deps<'_>, manufacturer: u32, serial: &str) -> Result<Device, ContractError> {
    let number = SERIALS.may_load(deps.storage, (manufacturer, serial))?;
    load_device(
        deps.storage,
        number.ok_or_else(|| StdError::not_found("device with this serial"))?,
    )
}

pub fn all(deps: Deps<'_>, start_after: Option<u32>, limit: usize) -> Result<Vec<Device>, ContractError> {
    let first = start_after.map_or(Some(0), |number| number.checked_add(1));
    let Some(first) = first else { return Ok(vec![]) };
    let beyond_last = [raw::device_key(u32::MAX), vec![0]].concat();
    let range = deps
        .storage
        .range(Some(&raw::device_key(first)), Some(&beyond_last), Order::Ascending);
    Ok(range
        .take(limit)
        .map(|(key, summary)| {
            let number = key.last_chunk::<4>().map(|number| u32::from_be_bytes(*number));
            join_device(deps.storage, number.unwrap_or_default(), &summary)
        })
        .collect::<StdResult<_>>()?)
}

pub fn by_owner(
    deps: Deps<'_>,
    owner: &str,
    start_after: Option<u32>,
    limit: usize,
) -> Result<Vec<Device>, ContractError> {
    let owner = deps.api.addr_validate(owner)?;
    OWNED_BY
        .prefix(&owner)
        .keys(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(limit)
        .map(|number| load_device(deps.storage, number?))
        .collect()
}
