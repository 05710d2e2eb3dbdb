//! Questions.
mod readings;

use busbar_api::grid;
use busbar_api::oracle::{ConfigResponse, QueryMsg};
use cosmwasm_std::{to_json_binary, Binary, Deps, StdResult};

use crate::book::Book;
use crate::state::{load_anchor, load_cursor, load_feeder, load_interval, GRID};
use crate::ContractError;

/// Answers a question.
pub fn answer(deps: Deps<'_>, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Interval { interval } => to_json_binary(&load_interval(deps.storage, interval)?),
        QueryMsg::Readings { interval, page } => to_json_binary(&readings::of_page(deps, interval, page)?),
        QueryMsg::Anchor { device } => to_json_binary(&load_anchor(deps.storage, device)?),
        QueryMsg::Feeder { bus } => to_json_binary(&load_feeder(deps.storage, bus)?),
        QueryMsg::Unmetered { interval } => to_json_binary(&Book::open(deps.storage)?.unmetered(interval, |_| true)?),
        QueryMsg::VerifyRecord {
            interval,
            page,
            records,
        } => to_json_binary(&readings::verify(deps, interval, page, &records)?),
        QueryMsg::PruneCursor {} => to_json_binary(&load_cursor(deps.storage)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    let grid = GRID.load(deps.storage)?;
    let domain = grid::raw::region(&deps.querier, &grid)?.domain;
    Ok(ConfigResponse { grid, domain })
}
