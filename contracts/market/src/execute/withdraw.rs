use busbar_units::Money;
use cosmwasm_std::{coins, BankMsg, DepsMut, MessageInfo, Response};

use crate::context::Context;
use crate::state::{Account, AccountId, Totals};
use crate::{events, ContractError};

/// Pays free coin out to the sender.
pub fn withdraw(deps: DepsMut<'_>, info: MessageInfo, amount: Money) -> Result<Response, ContractError> {
    if amount.is_zero() {
        return Err(ContractError::Zero { field: "amount" });
    }
    let context = Context::load(deps.storage, deps.querier)?;
    let Some(id) = AccountId::of(deps.storage, &info.sender)? else {
        return Err(ContractError::InsufficientFree {
            asked: amount,
            free: Money::ZERO,
        });
    };
    Account::update(deps.storage, id, |account| {
        if !account.debt.is_zero() {
            return Err(ContractError::InDebt { debt: account.debt });
        }
        let free = account.withdrawable()?;
        if amount > free {
            return Err(ContractError::InsufficientFree { asked: amount, free });
        }
        account.balance = account.balance.sub(amount)?;
        Ok(())
    })?;
    let mut totals = Totals::load(deps.storage)?;
    totals.withdrawn = totals.withdrawn.add(amount)?;
    totals.save(deps.storage);
    let payment = BankMsg::Send {
        to_address: info.sender.to_string(),
        amount: coins(amount.get(), &context.region().denom),
    };
    Ok(Response::new()
        .add_message(payment)
        .add_event(events::withdrawn(&info.sender, amount)))
}
