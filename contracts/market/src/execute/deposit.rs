use busbar_units::Money;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::context::Context;
use crate::state::{Account, AccountId, Totals};
use crate::{events, ContractError};

/// Adds the attached coin to the sender's account. What the account owes is paid off first: to the
/// utility as far as it went without, else to the fund.
pub fn deposit(deps: DepsMut<'_>, info: MessageInfo) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let amount = match info.funds.as_slice() {
        [coin] if coin.denom == context.region().denom && !coin.amount.is_zero() => Money::new(coin.amount.u128()),
        funds => {
            let got: Vec<String> = funds.iter().map(ToString::to_string).collect();
            return Err(ContractError::WrongCoin {
                expected: context.region().denom.clone(),
                got: got.join(","),
            });
        }
    };
    let utility = context.utility(deps.storage)?;
    let account = AccountId::open(deps.storage, &info.sender)?;
    let repaid = Account::update(deps.storage, account, |account| {
        let repaid = amount.min(account.debt);
        account.debt = account.debt.sub(repaid)?;
        account.credit(amount.sub(repaid)?)?;
        Ok(repaid)
    })?;
    let mut totals = Totals::load(deps.storage)?;
    totals.deposited = totals.deposited.add(amount)?;
    let to_utility = repaid.min(totals.utility_loss);
    totals.utility_loss = totals.utility_loss.sub(to_utility)?;
    totals.fund = totals.fund.add(repaid.sub(to_utility)?)?;
    totals.save(deps.storage);
    if !to_utility.is_zero() {
        Account::update(deps.storage, utility, |account| account.credit(to_utility))?;
    }
    Ok(Response::new().add_event(events::deposited(&info.sender, amount, repaid)))
}
