//! Topology and ratings for every interval that opens after the call. Headroom posted for those intervals is
//! dropped, because the lines may have other numbers.
use busbar_api::grid::{Contracts, Network, Rules, Version};
use busbar_api::registry;
use cosmwasm_std::{Deps, DepsMut, Env, Response};

use super::limits::drop_from;
use super::update::check_zones;
use crate::state::{
    first_needed, first_unopened, networks, remove_network, rules, save_network, save_networks, MAX_VERSIONS,
};
use crate::{events, ContractError};

pub fn set_network(deps: DepsMut<'_>, env: &Env, network: &Network) -> Result<Response, ContractError> {
    network.validate()?;
    let buses = network.circuit().buses;
    let Rules {
        region,
        contracts,
        versions,
        ..
    } = rules(deps.storage)?;
    check_devices(deps.as_ref(), contracts, buses)?;
    let current = region.current_interval(env.block.time)?;
    let from = first_unopened(&versions, current)?;
    for version in Version::since(&versions, from) {
        check_zones(&version.params, buses)?;
    }
    let mut live = networks(deps.storage)?;
    // A network whose first interval has not opened yet was never in force.
    for (unopened, _) in live.replace_from(from, buses) {
        remove_network(deps.storage, unopened);
    }
    live.forget_before(first_needed(deps.as_ref())?);
    let count = live.entries().len();
    if count > MAX_VERSIONS {
        return Err(ContractError::TooManyNetworks {
            live: count,
            max: MAX_VERSIONS,
        });
    }
    let dropped = drop_from(deps.storage, from);
    save_network(deps.storage, from, network);
    save_networks(deps.storage, &live);
    Ok(Response::new().add_event(events::network_set(from, network, dropped)))
}

/// No device is left without its bus.
fn check_devices(deps: Deps<'_>, contracts: Option<Contracts>, buses: u16) -> Result<(), ContractError> {
    let Some(contracts) = contracts else {
        return Ok(());
    };
    let needed = registry::raw::buses(&deps.querier, &contracts.registry)?;
    if buses < needed {
        return Err(ContractError::BusInUse { buses, needed });
    }
    Ok(())
}
