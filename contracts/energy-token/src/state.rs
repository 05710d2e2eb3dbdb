//! Storage beside that of `cw20-base`.
use busbar_api::energy_token::raw;
use busbar_api::grid;
use cosmwasm_std::{Addr, Deps, Env, Uint128};
use cw_storage_plus::Item;

use crate::ContractError;

/// The region's grid contract.
pub const GRID: Item<Addr> = Item::new(raw::GRID);

/// The market: mints and burns.
pub fn market(deps: Deps<'_>) -> Result<Addr, ContractError> {
    let grid = GRID.load(deps.storage)?;
    Ok(grid::raw::contracts(&deps.querier, &grid)?.market)
}

/// Most energy that may be in supply in the current interval, in Wh; none without a bank.
pub fn usable(deps: Deps<'_>, env: &Env) -> Result<Uint128, ContractError> {
    let grid = GRID.load(deps.storage)?;
    let current = grid::raw::region(&deps.querier, &grid)?.current_interval(env.block.time)?;
    let bank = grid::raw::params_at(&deps.querier, &grid, current)?.bank;
    let Some(bank) = bank else {
        return Ok(Uint128::zero());
    };
    let registry = grid::raw::contracts(&deps.querier, &grid)?.registry;
    Ok(grid::raw::bank_usable(&deps.querier, &registry, &bank)?.get().into())
}
