use busbar_api::grid::{Params, Tariff};
use busbar_units::{Interval, Money, Price};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use crate::auction::{book, Auction};
use crate::context::Context;
use crate::state::{Account, AccountId, Record};
use crate::{events, ContractError};

/// Clears an interval between its gate closure and its delivery.
pub fn clear(deps: DepsMut<'_>, env: Env, info: MessageInfo, interval: Interval) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    context.allows(interval, |state| state.trades())?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    let now_s = env.block.time.seconds();
    if let Some(record) = Record::load(deps.storage, interval)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    if now_s < times.closes_s {
        return Err(ContractError::GateOpen {
            interval,
            closes_s: times.closes_s,
            now_s,
        });
    }
    if now_s >= times.start_s {
        return Err(ContractError::DeliveryStarted {
            interval,
            start_s: times.start_s,
            now_s,
        });
    }
    let tariff = context.tariff(interval)?;
    let circuit = context.network(&params, interval)?;
    let utility = context.utility(deps.storage)?;
    let free = Account::load(deps.storage, utility)?.free_of_locks()?;

    let auction = Auction::of(deps.storage, interval, &circuit, &params, tariff, free)?;
    let clearing = auction.clear()?;
    let mut record = book(deps.storage, interval, &auction, &clearing)?;
    record.work.clearer = AccountId::open(deps.storage, &info.sender)?.0;
    record.work.clear_bounty = params.clear_bounty.times(record.orders.into())?;
    record.work.utility_lock = lock_utility(deps.storage, utility, &params, tariff, &record)?;
    record.save(deps.storage, interval);
    Ok(Response::new().add_event(events::cleared(interval, &record)?))
}

/// Locks on the utility's account what its purchases may cost.
fn lock_utility(
    storage: &mut dyn Storage,
    utility: AccountId,
    params: &Params,
    tariff: Tariff,
    record: &Record,
) -> Result<Money, ContractError> {
    let purchases = record.traded_net()?.negative();
    let price = tariff.export.positive().clamp(Price::ZERO, params.price_cap);
    let lock = price.charge(purchases.drawn()?)?.positive();
    Account::update(storage, utility, |account| {
        account.locked = account.locked.add(lock)?;
        Ok(())
    })?;
    Ok(lock)
}
