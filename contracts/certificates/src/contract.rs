//! Entry points.
use busbar_api::certificates::{ExecuteMsg, InstantiateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::{execute, query, ContractError};

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Opens the certificates of a region.
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

/// Issues and moves certificates. Who may send what stands at each variant of [`ExecuteMsg`].
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    execute::no_funds(&info)?;
    match msg {
        ExecuteMsg::Issue { limit } => execute::issue(deps, &env, limit),
        ExecuteMsg::Transfer {
            certificates,
            recipient,
        } => execute::transfer(deps, &info, &certificates, &recipient),
        ExecuteMsg::Split { certificate, wh } => execute::split(deps, &info, certificate, wh),
        ExecuteMsg::Bundle { certificates } => execute::bundle(deps, &info, &certificates),
        ExecuteMsg::Retire {
            certificates,
            beneficiary,
            purpose,
        } => execute::retire(deps, &env, &info, &certificates, beneficiary, purpose),
        ExecuteMsg::Withdraw { device, evidence } => execute::withdraw(deps, &env, &info, device, evidence),
    }
}

/// Answers a question.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    let answer = match msg {
        QueryMsg::Config {} => to_json_binary(&query::config(deps)?),
        QueryMsg::Certificate { id } => to_json_binary(&query::certificate(deps, id)?),
        QueryMsg::ByOwner {
            owner,
            start_after,
            limit,
        } => to_json_binary(&query::by_owner(deps, &owner, start_after, limit)?),
        QueryMsg::ByDevice {
            device,
            interval,
            start_after,
            limit,
        } => to_json_binary(&query::by_device(deps, device, interval, start_after, limit)?),
        QueryMsg::RetiredFor {
            beneficiary,
            start_after,
            limit,
        } => to_json_binary(&query::retired_for(deps, &beneficiary, start_after, limit)?),
        QueryMsg::Totals { device } => to_json_binary(&query::totals(deps, device)?),
        QueryMsg::Withdrawal { device } => to_json_binary(&crate::state::withdrawal(deps.storage, device)?),
        QueryMsg::Progress {} => to_json_binary(&query::progress(deps)?),
    };
    Ok(answer?)
}
