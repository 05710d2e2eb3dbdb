//! Entry points.
use busbar_api::oracle::{ExecuteMsg, InstantiateMsg, MigrateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::{execute, query, ContractError};

/// Founds the oracle.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    execute::instantiate(deps, &env, &msg)
}

/// Takes readings in, confirms intervals and prunes them.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    let msg = execute::permit(deps.as_ref(), &info.sender, msg)?.into_inner();
    match msg {
        ExecuteMsg::Submit { batches } => execute::submit(deps, &env, &info.sender, &batches),
        ExecuteMsg::Confirm { interval } => execute::confirm(deps, &env, interval),
        ExecuteMsg::Prune { interval } => execute::prune(deps, &env, interval),
        ExecuteMsg::ReportMissing { device } => execute::report_missing(deps, &env, device),
        ExecuteMsg::DeclareUnmetered { bus, net } => execute::declare_unmetered(deps, &env, bus, net),
        ExecuteMsg::Reset {
            device,
            interval,
            last,
            first,
            key,
        } => execute::reset(deps, &env, device, interval, last, first, &key),
        ExecuteMsg::UpdateOwnership(action) => {
            let ownership = cw_ownable::update_ownership(deps, &env.block, &info.sender, action)?;
            Ok(Response::new().add_attributes(ownership.into_attributes()))
        }
    }
}

/// Answers questions about readings.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, _env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    query::answer(deps, msg)
}

/// Takes over the storage of an earlier version.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn migrate(deps: DepsMut<'_>, _env: Env, _msg: MigrateMsg) -> Result<Response, ContractError> {
    cw2::ensure_from_older_version(deps.storage, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))?;
    Ok(Response::new())
}
