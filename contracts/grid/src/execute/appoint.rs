//! Appointing the grid operator and the utility.
use cosmwasm_std::{DepsMut, Response};

use crate::state::REGION;
use crate::{events, ContractError};

pub fn set_operator(deps: DepsMut<'_>, operator: &str) -> Result<Response, ContractError> {
    let mut region = REGION.load(deps.storage)?;
    region.operator = deps.api.addr_validate(operator)?;
    REGION.save(deps.storage, &region)?;
    Ok(Response::new().add_event(events::appointed("operator", &region.operator)))
}

pub fn set_utility(deps: DepsMut<'_>, utility: &str) -> Result<Response, ContractError> {
    let mut region = REGION.load(deps.storage)?;
    region.utility = deps.api.addr_validate(utility)?;
    REGION.save(deps.storage, &region)?;
    Ok(Response::new().add_event(events::appointed("utility", &region.utility)))
}
