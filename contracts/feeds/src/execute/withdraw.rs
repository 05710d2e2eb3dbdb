use busbar_units::Money;
use cosmwasm_std::{coins, BankMsg, DepsMut, Env, MessageInfo, Response};

use super::judge::judge_ended;
use crate::state::{feed_names, Reporter, StoredFeed, Totals, DENOM};
use crate::{events, ContractError};

/// Pays out what has unbonded. Rounds that have ended are judged first, so that nobody leaves before the verdict.
pub fn withdraw(deps: DepsMut<'_>, env: &Env, info: &MessageInfo) -> Result<Response, ContractError> {
    let number = Reporter::of(deps.storage, &info.sender)?.number;
    let mut judged = vec![];
    for name in feed_names(deps.storage, None) {
        let stored = StoredFeed::load(deps.storage, &name)?;
        judged.extend(judge_ended(deps.storage, env, &name, &stored)?);
    }
    let mut reporter = Reporter::load(deps.storage, number)?;
    let now_s = env.block.time.seconds();
    let (due, waiting): (Vec<_>, Vec<_>) = reporter.unbonding.iter().partition(|(_, at_s)| *at_s <= now_s);
    let amount = Money::sum(due.into_iter().map(|(amount, _)| amount))?;
    if amount.is_zero() {
        let next_s = waiting.first().map(|(_, at_s)| *at_s);
        return Err(ContractError::NothingDue { next_s });
    }
    reporter.unbonding = waiting;
    let mut totals = Totals::load(deps.storage)?;
    totals.unbonding = totals.unbonding.sub(amount)?;
    totals.withdrawn = totals.withdrawn.add(amount)?;
    totals.save(deps.storage);
    reporter.save(deps.storage);
    let payment = BankMsg::Send {
        to_address: reporter.account.to_string(),
        amount: coins(amount.get(), DENOM.load(deps.storage)?),
    };
    Ok(Response::new()
        .add_events(judged)
        .add_event(events::staked("withdraw", number, amount))
        .add_message(payment))
}
