//! What is fixed and who runs it.
use busbar_api::grid::{Contracts, Region, Roles};
use cosmwasm_std::{Deps, StdResult};

use crate::state::{CONTRACTS, GUARDIAN, REGION, REPORTER};

pub fn region(deps: Deps<'_>) -> StdResult<Region> {
    REGION.load(deps.storage)
}

pub fn contracts(deps: Deps<'_>) -> StdResult<Contracts> {
    CONTRACTS.load(deps.storage)
}

pub fn roles(deps: Deps<'_>) -> StdResult<Roles> {
    let region = REGION.load(deps.storage)?;
    let owner = cw_ownable::get_ownership(deps.storage)?.owner;
    Ok(Roles {
        owner,
        operator: region.operator,
        utility: region.utility,
        guardian: GUARDIAN.may_load(deps.storage)?,
        reporter: REPORTER.may_load(deps.storage)?,
    })
}
