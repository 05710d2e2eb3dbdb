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
    let rules = grid::raw::rules(&deps.querier, &grid)?;
    let current = rules.region.current_interval(env.block.time)?;
    let Some(bank) = &rules.params(current)?.bank else {
        return Ok(Uint128::zero());
    };
    let registry = &rules.contracts()?.registry;
    let bank = grid::raw::bank_within(&deps.querier, registry, bank)?;
    Ok(bank.usable.get().into())
}
