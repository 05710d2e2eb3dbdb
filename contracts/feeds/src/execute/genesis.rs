use busbar_api::feeds::InstantiateMsg;
use busbar_api::grid;
use cosmwasm_std::{DepsMut, Response};

use super::set_params::save;
use crate::state::{DENOM, GRID};
use crate::ContractError;

/// Opens the feeds of a region.
pub fn genesis(mut deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let grid = deps.api.addr_validate(&msg.grid)?;
    let region = grid::raw::region(&deps.querier, &grid)?;
    GRID.save(deps.storage, &grid)?;
    DENOM.save(deps.storage, &region.denom)?;
    save(&mut deps, msg.params)?;
    Ok(Response::new())
}
