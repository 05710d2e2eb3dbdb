//! Energy metered out of the storage leaves the supply.
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Uint128};

use crate::state::market;
use crate::ContractError;

pub fn burn(deps: DepsMut<'_>, env: Env, info: MessageInfo, amount: Uint128) -> Result<Response, ContractError> {
    if info.sender != market(deps.as_ref())? {
        return Err(ContractError::NotMarket { sender: info.sender });
    }
    Ok(cw20_base::contract::execute_burn(deps, env, info, amount)?)
}
