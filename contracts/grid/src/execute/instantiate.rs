//! Founding the region.
use busbar_api::grid::{InstantiateMsg, MarketStates, Region, Rules, Timeline, Version};
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::update::check_zones;
use super::wire::check_contracts;
use crate::state::{save_network, save_networks, save_rules, FOUNDED};
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
    save_network(deps.storage, Interval::ZERO, &network);
    save_networks(deps.storage, &Timeline::from_start(network.circuit().buses));
    let mut response = Response::new().add_event(events::founded(&region.domain));
    let contracts = msg
        .contracts
        .map(|wiring| check_contracts(deps.api, &wiring))
        .transpose()?;
    if let Some(contracts) = &contracts {
        response = response.add_event(events::wired(contracts));
    }
    let rules = Rules {
        region,
        contracts,
        versions: vec![Version {
            from: Interval::ZERO,
            params: msg.params,
        }],
        states: MarketStates::default(),
    };
    save_rules(deps.storage, &rules);
    Ok(response)
}
