use busbar_units::Money;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::state::{Reporter, Totals, DENOM};
use crate::{events, ContractError};

/// Adds the attached coin to the sender's stake.
pub fn bond(deps: DepsMut<'_>, info: &MessageInfo) -> Result<Response, ContractError> {
    let denom = DENOM.load(deps.storage)?;
    let amount = match info.funds.as_slice() {
        [coin] if coin.denom == denom && !coin.amount.is_zero() => Money::new(coin.amount.u128()),
        funds => {
            return Err(ContractError::Stake {
                denom,
                count: funds.len(),
            })
        }
    };
    let mut reporter = Reporter::of(deps.storage, &info.sender)?;
    if reporter.removed {
        return Err(ContractError::Removed {
            reporter: reporter.number,
        });
    }
    let mut totals = Totals::load(deps.storage)?;
    totals.deposited = totals.deposited.add(amount)?;
    totals.bonded = totals.bonded.add(amount)?;
    reporter.bonded = reporter.bonded.add(amount)?;
    totals.save(deps.storage);
    reporter.save(deps.storage);
    Ok(Response::new().add_event(events::staked("bond", reporter.number, amount)))
}
