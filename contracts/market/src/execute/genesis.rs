use busbar_api::grid;
use busbar_api::market::InstantiateMsg;
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{set_final_cursor, Totals, GRID};
use crate::ContractError;

/// Opens the market; the interval of this block is the first that it finalises.
pub fn genesis(deps: DepsMut<'_>, env: &Env, msg: InstantiateMsg) -> Result<Response, ContractError> {
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(&msg.owner))?;
    let grid = deps.api.addr_validate(&msg.grid)?;
    let region = grid::raw::region(&deps.querier, &grid)?;
    GRID.save(deps.storage, &grid)?;
    set_final_cursor(deps.storage, region.current_interval(env.block.time)?);
    Totals::default().save(deps.storage);
    Ok(Response::new())
}
