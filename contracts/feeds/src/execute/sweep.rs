use busbar_units::Money;
use cosmwasm_std::{coins, BankMsg, DepsMut, Response};

use crate::state::{Totals, DENOM, PARAMS};
use crate::{events, ContractError};

/// Pays what was slashed to the recipient.
pub fn sweep(deps: DepsMut<'_>) -> Result<Response, ContractError> {
    let mut totals = Totals::load(deps.storage)?;
    let amount = totals.slashed;
    if amount.is_zero() {
        return Err(ContractError::NothingToSweep {});
    }
    let recipient = deps.api.addr_validate(&PARAMS.load(deps.storage)?.recipient)?;
    totals.slashed = Money::ZERO;
    totals.swept = totals.swept.add(amount)?;
    totals.save(deps.storage);
    let payment = BankMsg::Send {
        to_address: recipient.to_string(),
        amount: coins(amount.get(), DENOM.load(deps.storage)?),
    };
    Ok(Response::new()
        .add_event(events::swept(&recipient, amount))
        .add_message(payment))
}
