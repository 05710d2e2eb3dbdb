//! What is fixed and who runs it.
use busbar_api::grid::{Contracts, Region, Roles};
use cosmwasm_std::{Deps, StdResult};

use crate::state::{rules, GUARDIAN, REPORTER};

pub fn region(deps: Deps<'_>) -> StdResult<Region> {
    Ok(rules(deps.storage)?.region)
}

pub fn contracts(deps: Deps<'_>) -> StdResult<Contracts> {
    rules(deps.storage)?.contracts().cloned()
}

pub fn roles(deps: Deps<'_>) -> StdResult<Roles> {
    let region = rules(deps.storage)?.region;
    let owner = cw_ownable::get_ownership(deps.storage)?.owner;
    Ok(Roles {
        owner,
        operator: region.operator,
        utility: region.utility,
        guardian: GUARDIAN.may_load(deps.storage)?,
        reporter: REPORTER.may_load(deps.storage)?,
    })
}
