//! Energy metered into the storage becomes tokens.
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, StdError, Uint128};
use cw20_base::state::{BALANCES, TOKEN_INFO};

use crate::state::{market, usable};
use crate::ContractError;

pub fn mint(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    recipient: &str,
    amount: Uint128,
) -> Result<Response, ContractError> {
    if info.sender != market(deps.as_ref())? {
        return Err(ContractError::NotMarket {
            sender: info.sender.clone(),
        });
    }
    let mut token = TOKEN_INFO.load(deps.storage)?;
    let (supply, usable) = (token.total_supply, usable(deps.as_ref(), env)?);
    let lifted = supply.checked_add(amount).ok().filter(|lifted| *lifted <= usable);
    token.total_supply = lifted.ok_or(ContractError::AboveUsable { supply, amount, usable })?;
    TOKEN_INFO.save(deps.storage, &token)?;
    let account = deps.api.addr_validate(recipient)?;
    BALANCES.update(deps.storage, &account, |balance| {
        balance
            .unwrap_or_default()
            .checked_add(amount)
            .map_err(StdError::overflow)
    })?;
    Ok(Response::new()
        .add_attribute("action", "mint")
        .add_attribute("to", recipient)
        .add_attribute("amount", amount))
}
