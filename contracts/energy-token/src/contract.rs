//! Entry points.
use busbar_api::energy_token::{ExecuteMsg, InstantiateMsg, QueryMsg};
#[cfg(not(feature = "library"))]
use cosmwasm_std::entry_point;
use cosmwasm_std::{to_json_binary, Binary, Deps, DepsMut, Env, MessageInfo, Response};

use crate::{execute, query, ContractError};

/// Creates the token with no supply.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn instantiate(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    execute::instantiate(deps, env, info, msg)
}

/// Moves, mints and burns energy.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn execute(deps: DepsMut<'_>, env: Env, info: MessageInfo, msg: ExecuteMsg) -> Result<Response, ContractError> {
    execute::nonpayable(&info)?;
    match msg {
        ExecuteMsg::Mint { recipient, amount } => execute::mint(deps, &env, &info, &recipient, amount),
        ExecuteMsg::Burn { amount } => execute::burn(deps, env, info, amount),
        ExecuteMsg::BurnFrom { .. } => Err(ContractError::BurnFromRefused),
        ExecuteMsg::UpdateMinter { .. } => Err(ContractError::MinterFixed),
        ExecuteMsg::IncreaseAllowance {
            spender,
            amount,
            expires,
        } => execute::increase_allowance(deps, env, info, spender, amount, expires),
        ExecuteMsg::DecreaseAllowance {
            spender,
            amount,
            expires,
        } => execute::decrease_allowance(deps, env, info, spender, amount, expires),
        ExecuteMsg::Transfer { .. }
        | ExecuteMsg::Send { .. }
        | ExecuteMsg::TransferFrom { .. }
        | ExecuteMsg::SendFrom { .. }
        | ExecuteMsg::UpdateMarketing { .. }
        | ExecuteMsg::UploadLogo(..) => Ok(cw20_base::contract::execute(deps, env, info, msg)?),
    }
}

/// Answers the questions of the CW20 standard.
#[cfg_attr(not(feature = "library"), entry_point)]
pub fn query(deps: Deps<'_>, env: Env, msg: QueryMsg) -> Result<Binary, ContractError> {
    match msg {
        QueryMsg::Minter {} => Ok(to_json_binary(&query::minter(deps, &env)?)?),
        standard => Ok(cw20_base::contract::query(deps, env, standard)?),
    }
}
