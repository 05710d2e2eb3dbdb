//! Manufacturers.
use busbar_api::registry::Manufacturer;
use cosmwasm_std::{Deps, Order, StdResult};
use cw_storage_plus::Bound;

use crate::state::MANUFACTURERS;
use crate::ContractError;

pub fn one(deps: Deps<'_>, id: u32) -> Result<Manufacturer, ContractError> {
    let manufacturer = MANUFACTURERS.may_load(deps.storage, id)?;
    manufacturer.ok_or(ContractError::UnknownManufacturer { id })
}

pub fn all(deps: Deps<'_>, start_after: Option<u32>, limit: usize) -> StdResult<Vec<Manufacturer>> {
    MANUFACTURERS
        .range(deps.storage, start_after.map(Bound::exclusive), None, Order::Ascending)
        .take(limit)
        .map(|entry| entry.map(|(_, manufacturer)| manufacturer))
        .collect()
}
