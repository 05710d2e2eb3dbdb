//! Entry points.
use busbar_api::grid::{ExecuteMsg, InstantiateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::{execute, query, ContractError};

/// Founds the region.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    execute::instantiate(deps, &env, &info, msg)
}

/// Changes the region.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    execute::permit(deps.as_ref(), &info.sender, &msg)?;
    match msg {
        ExecuteMsg::Wire(wiring) => execute::wire(deps, wiring),
        ExecuteMsg::Update { params } => execute::update(deps, &env, params),
        ExecuteMsg::PostTariffs { from, tariffs } => execute::post_tariffs(deps, &env, from, &tariffs),
        ExecuteMsg::SetNetwork { network } => execute::set_network(deps, &env, &network),
        ExecuteMsg::PostHeadroom { from, headroom } => execute::post_headroom(deps, &env, from, &headroom),
        ExecuteMsg::Tighten { from, to, limits } => execute::tighten(deps, &env, from, to, &limits),
        ExecuteMsg::SetState { state, only } => execute::set_state(deps, &env, &info, state, only),
        ExecuteMsg::PostFrequency { interval, frequency } => execute::post_frequency(deps, &env, interval, frequency),
        ExecuteMsg::SetWeek { tariffs } => execute::set_week(deps, &env, tariffs.as_deref()),
        ExecuteMsg::SetGuardian { guardian } => execute::set_guardian(deps, guardian.as_deref()),
        ExecuteMsg::SetReporter { reporter } => execute::set_reporter(deps, reporter.as_deref()),
        ExecuteMsg::SetOperator { operator } => execute::set_operator(deps, &operator),
        ExecuteMsg::SetUtility { utility } => execute::set_utility(deps, &utility),
        ExecuteMsg::UpdateOwnership(action) => execute::update_ownership(deps, &env, &info, action),
    }
}

/// Answers questions about the region.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Region {} => to_json_binary(&query::region(deps)?),
        QueryMsg::Contracts {} => to_json_binary(&query::contracts(deps)?),
        QueryMsg::Roles {} => to_json_binary(&query::roles(deps)?),
        QueryMsg::Params { interval } => to_json_binary(&query::params(deps, interval)?),
        QueryMsg::Versions { start_after, limit } => to_json_binary(&query::versions(deps, start_after, limit)?),
        QueryMsg::Tariff { interval } => to_json_binary(&query::tariff(deps, interval)?),
        QueryMsg::Week { interval } => to_json_binary(&query::week(deps, interval)?),
        QueryMsg::State { interval } => to_json_binary(&query::state(deps, interval)?),
        QueryMsg::Frequency { interval } => to_json_binary(&query::frequency(deps, interval)?),
        QueryMsg::Times { interval } => to_json_binary(&query::times(deps, interval)?),
        QueryMsg::CurrentInterval {} => to_json_binary(&query::current_interval(deps, &env)?),
        QueryMsg::Network { interval } => to_json_binary(&query::network(deps, interval)?),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}
