//! Founding the registry.
use busbar_api::grid;
use busbar_api::registry::InstantiateMsg;
use cosmwasm_std::{DepsMut, Response};

use crate::state::GRID;
use crate::{events, ContractError};

pub fn instantiate(deps: DepsMut<'_>, msg: &InstantiateMsg) -> Result<Response, ContractError> {
    let grid = deps.api.addr_validate(&msg.grid)?;
    // Shows that a region stands behind the address.
    let region = grid::raw::region(&deps.querier, &grid)?;
    cw2::set_contract_version(deps.storage, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    GRID.save(deps.storage, &grid)?;
    Ok(Response::new().add_event(events::founded(&grid, &region.domain)))
}
