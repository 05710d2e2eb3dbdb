//! Founding the region.
use busbar_api::grid::{InstantiateMsg, Region, Timeline, Version};
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::update::check_zones;
use super::wire::store_contracts;
use crate::state::{save_network, save_networks, FOUNDED, REGION, VERSIONS};
use crate::{events, ContractError};

pub fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let region = Region {
        domain: msg.domain,
        denom: msg.denom,
        interval_s: msg.interval_s,
        energy_interval_s: msg.energy_interval_s,
        operator: deps.api.addr_validate(&msg.operator)?,
        utility: deps.api.addr_validate(&msg.utility)?,
    };
    region.validate()?;
    msg.params.validate(&region)?;
    let network = msg.network.unwrap_or_default();
    network.validate()?;
    check_zones(&msg.params, network.circuit().buses)?;
    cw2::set_contract_version(deps.storage, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    let owner = msg.owner.as_deref().unwrap_or(info.sender.as_str());
    cw_ownable::initialize_owner(deps.storage, deps.api, Some(owner))?;
    let open = region
        .current_interval(env.block.time)?
        .plus(msg.params.horizon.into())?;
    FOUNDED.save(deps.storage, &open)?;
    VERSIONS.save(
        deps.storage,
        &vec![Version {
            from: Interval::ZERO,
            params: msg.params,
        }],
    )?;
    save_network(deps.storage, Interval::ZERO, &network);
    save_networks(deps.storage, &Timeline::from_start(network.circuit().buses));
    REGION.save(deps.storage, &region)?;
    let mut response = Response::new().add_event(events::founded(&region.domain));
    if let Some(wiring) = msg.contracts {
        response = response.add_event(store_contracts(deps, wiring)?);
    }
    Ok(response)
}
