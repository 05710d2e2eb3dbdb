use busbar_api::feeds::{Indices, InstantiateMsg};
use busbar_api::{grid, market};
use busbar_risk::Day;
use cosmwasm_std::{DepsMut, Response};

use super::set_params::save;
use crate::state::{save_indices, DENOM, GRID, INDEX_RULES};
use crate::ContractError;

/// Opens the feeds of a region.
pub fn genesis(mut deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let grid = deps.api.addr_validate(&msg.grid)?;
    let rules = grid::raw::rules(&deps.querier, &grid)?;
    let next = market::raw::final_cursor(&deps.querier, &rules.contracts()?.market)?;
    GRID.save(deps.storage, &grid)?;
    DENOM.save(deps.storage, &rules.region.denom)?;
    save(&mut deps, msg.params)?;
    msg.indices.check()?;
    INDEX_RULES.save(deps.storage, &msg.indices)?;
    let start_s = next.start_s(rules.region.interval_s)?;
    let indices = Indices {
        next,
        day: Day::new(Day::of(start_s)),
        ..Indices::default()
    };
    save_indices(deps.storage, &indices);
    Ok(Response::new())
}
