//! Naming the region's other contracts, once.
use busbar_api::grid::{Contracts, Wiring};
use cosmwasm_std::{DepsMut, Event, Response};

use crate::state::CONTRACTS;
use crate::{events, ContractError};

pub fn wire(deps: DepsMut<'_>, wiring: Wiring) -> Result<Response, ContractError> {
    if CONTRACTS.exists(deps.storage) {
        return Err(ContractError::AlreadyWired);
    }
    Ok(Response::new().add_event(store_contracts(deps, wiring)?))
}

/// Checks and stores the addresses.
pub(super) fn store_contracts(deps: DepsMut<'_>, wiring: Wiring) -> Result<Event, ContractError> {
    let contracts = Contracts {
        registry: deps.api.addr_validate(&wiring.registry)?,
        oracle: deps.api.addr_validate(&wiring.oracle)?,
        market: deps.api.addr_validate(&wiring.market)?,
        energy_token: deps.api.addr_validate(&wiring.energy_token)?,
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
    CONTRACTS.save(deps.storage, &contracts)?;
    Ok(events::wired(&contracts))
}
