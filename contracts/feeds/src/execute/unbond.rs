use busbar_api::feeds::bounds;
use busbar_units::Money;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use crate::state::{Reporter, Totals, PARAMS};
use crate::{events, ContractError};

/// Takes coin out of the stake that gives weight. It is slashed for what its owner did before it is due.
pub fn unbond(deps: DepsMut<'_>, env: &Env, info: &MessageInfo, amount: Money) -> Result<Response, ContractError> {
    let mut reporter = Reporter::of(deps.storage, &info.sender)?;
    if amount.is_zero() || amount > reporter.bonded {
        return Err(ContractError::UnbondBounds {
            amount,
            bonded: reporter.bonded,
        });
    }
    let count = reporter.unbonding.len();
    if count >= bounds::UNBONDINGS {
        return Err(ContractError::TooManyUnbondings { count });
    }
    let period_s = PARAMS.load(deps.storage)?.unbonding_s;
    let due_s = env.block.time.seconds().saturating_add(period_s.into());
    let mut totals = Totals::load(deps.storage)?;
    totals.bonded = totals.bonded.sub(amount)?;
    totals.unbonding = totals.unbonding.add(amount)?;
    reporter.bonded = reporter.bonded.sub(amount)?;
    reporter.unbonding.push((amount, due_s));
    totals.save(deps.storage);
    reporter.save(deps.storage);
    Ok(Response::new().add_event(events::staked("unbond", reporter.number, amount)))
}
