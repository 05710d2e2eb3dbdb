//! Founding the oracle.
use busbar_api::grid;
use busbar_api::oracle::{InstantiateMsg, PruneCursor};
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{save_cursor, GRID};
use crate::{events, ContractError};

pub fn instantiate(deps: DepsMut<'_>, env: &Env, msg: &InstantiateMsg) -> Result<Response, ContractError> {
    let grid = deps.api.addr_validate(&msg.grid)?;
    // Shows that a region stands behind the address.
    let region = grid::raw::region(&deps.querier, &grid)?;
    cw2::set_contract_version(deps.storage, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    GRID.save(deps.storage, &grid)?;
    // No reading can be older: no device of this oracle was active before.
    let interval = region.current_interval(env.block.time)?;
    save_cursor(deps.storage, &PruneCursor { interval, page: 0 });
    Ok(Response::new().add_event(events::founded(&grid, &region.domain)))
}
