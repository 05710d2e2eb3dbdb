//! Appointing everybody but the owner.
use cosmwasm_std::{Addr, DepsMut, Response};
use cw_storage_plus::Item;

use crate::state::{rules, save_rules, GUARDIAN, REPORTER};
use crate::{events, ContractError};

pub fn set_operator(deps: DepsMut<'_>, operator: &str) -> Result<Response, ContractError> {
    let mut rules = rules(deps.storage)?;
    rules.region.operator = deps.api.addr_validate(operator)?;
    save_rules(deps.storage, &rules);
    Ok(Response::new().add_event(events::appointed("operator", &rules.region.operator)))
}

pub fn set_utility(deps: DepsMut<'_>, utility: &str) -> Result<Response, ContractError> {
    let mut rules = rules(deps.storage)?;
    rules.region.utility = deps.api.addr_validate(utility)?;
    save_rules(deps.storage, &rules);
    Ok(Response::new().add_event(events::appointed("utility", &rules.region.utility)))
}

pub fn set_guardian(deps: DepsMut<'_>, guardian: Option<&str>) -> Result<Response, ContractError> {
    set(deps, &GUARDIAN, "guardian", guardian)
}

pub fn set_reporter(deps: DepsMut<'_>, reporter: Option<&str>) -> Result<Response, ContractError> {
    set(deps, &REPORTER, "reporter", reporter)
}

/// A role that may be nobody's.
fn set(
    deps: DepsMut<'_>,
    item: &Item<Addr>,
    role: &'static str,
    account: Option<&str>,
) -> Result<Response, ContractError> {
    let event = match account {
        Some(account) => {
            let account = deps.api.addr_validate(account)?;
            item.save(deps.storage, &account)?;
            events::appointed(role, &account)
        }
        None => {
            item.remove(deps.storage);
            events::vacated(role)
        }
    };
    Ok(Response::new().add_event(event))
}
