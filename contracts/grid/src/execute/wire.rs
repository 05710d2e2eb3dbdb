//! Naming the region's other contracts, once.
use busbar_api::grid::{Contracts, Wiring};
use cosmwasm_std::{Api, DepsMut, Response};

use crate::state::{rules, save_rules};
use crate::{events, ContractError};

pub fn wire(deps: DepsMut<'_>, wiring: Wiring) -> Result<Response, ContractError> {
    let mut rules = rules(deps.storage)?;
    if rules.contracts.is_some() {
        return Err(ContractError::AlreadyWired);
    }
    let contracts = check_contracts(deps.api, &wiring)?;
    let event = events::wired(&contracts);
    rules.contracts = Some(contracts);
    save_rules(deps.storage, &rules);
    Ok(Response::new().add_event(event))
}

/// Checks the addresses.
pub(super) fn check_contracts(api: &dyn Api, wiring: &Wiring) -> Result<Contracts, ContractError> {
    let contracts = Contracts {
        registry: api.addr_validate(&wiring.registry)?,
        oracle: api.addr_validate(&wiring.oracle)?,
        market: api.addr_validate(&wiring.market)?,
        energy_token: api.addr_validate(&wiring.energy_token)?,
    };
    let mut all = [
        &contracts.registry,
        &contracts.oracle,
        &contracts.market,
        &contracts.energy_token,
    ];
    all.sort_unstable();
    if let Some((address, _)) = all.iter().zip(all.iter().skip(1)).find(|(left, right)| left == right) {
        return Err(ContractError::SameContract {
            address: (*address).clone(),
        });
    }
    Ok(contracts)
}
