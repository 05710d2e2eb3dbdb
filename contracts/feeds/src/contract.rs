//! Entry points.
use busbar_api::feeds::{ExecuteMsg, InstantiateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::{execute, query, ContractError};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Opens the feeds of a region.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    _env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    execute::no_funds(&info)?;
    cw2::set_contract_version(deps.storage, NAME, VERSION)?;
    execute::genesis(deps, msg)
}

/// Governs, stakes, reports and judges. Who may send what stands at each variant of [`ExecuteMsg`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    if !matches!(msg, ExecuteMsg::Bond {}) {
        execute::no_funds(&info)?;
    }
    match msg {
        ExecuteMsg::Admit { account, name, key } => execute::admit(deps, &info, &account, name, &key),
        ExecuteMsg::Remove { reporter } => execute::remove(deps, &info, reporter),
        ExecuteMsg::SetKey { key } => execute::set_key(deps, &info, &key),
        ExecuteMsg::Define { name, feed } => execute::define(deps, &env, &info, &name, feed),
        ExecuteMsg::SetParams { params } => execute::set_params(deps, &info, params),
        ExecuteMsg::Bond {} => execute::bond(deps, &info),
        ExecuteMsg::Unbond { amount } => execute::unbond(deps, &env, &info, amount),
        ExecuteMsg::Withdraw {} => execute::withdraw(deps, &env, &info),
        ExecuteMsg::Report { reports } => execute::report(deps, &env, &reports),
        ExecuteMsg::Settle { feed } => execute::settle(deps, &env, &feed),
        ExecuteMsg::Sweep {} => execute::sweep(deps),
        ExecuteMsg::Advance { interval } => execute::advance(deps, interval),
    }
}

/// Answers a question.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Feed { name } => to_json_binary(&query::feed(deps, &env, &name)?),
        QueryMsg::Feeds { start_after, limit } => to_json_binary(&query::feeds(deps, &env, start_after, limit)?),
        QueryMsg::Rounds { feed, before, limit } => to_json_binary(&query::rounds(deps, &feed, before, limit)?),
        QueryMsg::Reporter { reporter } => to_json_binary(&query::reporter(deps, reporter)?),
        QueryMsg::Reporters { start_after, limit } => to_json_binary(&query::reporters(deps, start_after, limit)?),
        QueryMsg::Indices {} => to_json_binary(&query::indices(deps)?),
        QueryMsg::Days { before, limit } => to_json_binary(&query::days(deps, before, limit)?),
        QueryMsg::Totals {} => to_json_binary(&crate::state::Totals::load(deps.storage)?.response()),
    };
    Ok(answer?)
}
