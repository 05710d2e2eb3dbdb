use busbar_api::market::{AccountResponse, MarginResponse};
use busbar_units::Watt;
use cosmwasm_std::{Addr, Deps, Env};

use crate::collateral::rating_margin;
use crate::context::Context;
use crate::state::{Account, AccountId};
use crate::ContractError;

/// The account of an address.
pub fn account(deps: Deps<'_>, address: String) -> Result<AccountResponse, ContractError> {
    let owner = deps.api.addr_validate(&address)?;
    match AccountId::of(deps.storage, &owner)? {
        Some(id) => response(Some(id), owner, &Account::load(deps.storage, id)?),
        None => response(None, owner, &Account::default()),
    }
}

/// A page of all accounts.
pub fn accounts(
    deps: Deps<'_>,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<AccountResponse>, ContractError> {
    Account::list(deps.storage, start_after.map(AccountId))
        .take(super::page(limit))
        .map(|listed| {
            let (id, account) = listed?;
            response(Some(id), id.owner(deps.storage)?, &account)
        })
        .collect()
}

/// What a device of these ratings asks for as margin, by the current parameters.
pub fn margin(deps: Deps<'_>, env: Env, import: Watt, export: Watt) -> Result<MarginResponse, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(context.region().current_interval(env.block.time)?)?;
    let (drawn, fed) = (context.region().energy(import)?, context.region().energy(export)?);
    Ok(MarginResponse {
        margin: rating_margin(&params, context.unconfirmed(&params)?, drawn, fed)?,
    })
}

fn response(id: Option<AccountId>, address: Addr, account: &Account) -> Result<AccountResponse, ContractError> {
    Ok(AccountResponse {
        number: id.map(|id| id.0),
        address,
        balance: account.balance,
        locked: account.locked,
        pending: account.pending,
        margin: account.margin,
        withdrawable: account.withdrawable()?,
        debt: account.debt,
        energy: account.energy,
        energy_locked: account.energy_locked,
    })
}
