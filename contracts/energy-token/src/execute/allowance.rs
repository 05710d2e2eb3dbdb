//! Allowances. Plain CW20 keeps the amount of an allowance that expired, and lends it out again when the
//! expiry moves; here an expired allowance is none.
use cosmwasm_std::{Addr, DepsMut, Env, MessageInfo, Response, StdResult, Storage, Uint128};
use cw20::Expiration;
use cw20_base::allowances::{execute_decrease_allowance, execute_increase_allowance};
use cw20_base::state::{ALLOWANCES, ALLOWANCES_SPENDER};

use crate::ContractError;

pub fn increase_allowance(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    spender: String,
    amount: Uint128,
    expires: Option<Expiration>,
) -> Result<Response, ContractError> {
    let account = deps.api.addr_validate(&spender)?;
    let allowance = live_allowance(deps.storage, &env, &info.sender, &account)?.unwrap_or_default();
    if allowance.checked_add(amount).is_err() {
        return Err(ContractError::AllowanceOverflow { allowance, amount });
    }
    Ok(execute_increase_allowance(deps, env, info, spender, amount, expires)?)
}

/// To decrease to nothing, or what has expired, removes the allowance.
pub fn decrease_allowance(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    spender: String,
    amount: Uint128,
    expires: Option<Expiration>,
) -> Result<Response, ContractError> {
    let account = deps.api.addr_validate(&spender)?;
    let stored = ALLOWANCES.has(deps.storage, (&info.sender, &account));
    if stored && live_allowance(deps.storage, &env, &info.sender, &account)?.is_none() {
        return Ok(Response::new()
            .add_attribute("action", "decrease_allowance")
            .add_attribute("owner", info.sender)
            .add_attribute("spender", spender)
            .add_attribute("amount", amount));
    }
    Ok(execute_decrease_allowance(deps, env, info, spender, amount, expires)?)
}

/// What is left of an allowance; one that has expired is removed.
fn live_allowance(storage: &mut dyn Storage, env: &Env, owner: &Addr, spender: &Addr) -> StdResult<Option<Uint128>> {
    match ALLOWANCES.may_load(storage, (owner, spender))? {
        Some(stored) if stored.expires.is_expired(&env.block) => {
            ALLOWANCES.remove(storage, (owner, spender));
            ALLOWANCES_SPENDER.remove(storage, (spender, owner));
            Ok(None)
        }
        stored => Ok(stored.map(|stored| stored.allowance)),
    }
}
