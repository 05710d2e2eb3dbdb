use busbar_api::grid::{Params, Tariff, Times};
use busbar_units::{Interval, Money, Price, Wh};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use super::close::finish;
use super::propose::{forget, solver_window_ends};
use super::reveal::{check_revealed, lapse};
use crate::auction::{book, Auction};
use crate::context::Context;
use crate::state::{Account, AccountId, Best, BookClosing, Capped, FixedReferences, Offer, Record};
use crate::{agreement, events, power, ContractError};

/// Clears an interval between its gate closure and its delivery: a tree by itself; a network with loops or voltage
/// limits by the best proposal of the solver window, or by its derated spanning tree if there was none.
pub fn clear(deps: DepsMut<'_>, env: Env, info: MessageInfo, interval: Interval) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    context.allows(interval, |state| state.trades())?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    let now_s = uncleared(deps.storage, &env, &times, interval)?;
    check_revealed(deps.storage, &params, &times, interval, now_s)?;
    let entered = finish(deps.storage, &context, &params, &env, interval)?;
    let circuit = context.network(&params, interval)?;
    if circuit.needs_certificate() {
        let until_s = solver_window_ends(&params, times.closes_s);
        if now_s < until_s {
            return Err(ContractError::Solving {
                interval,
                until_s,
                now_s,
            });
        }
    }
    let tariff = context.tariff(interval)?;
    let best = Best::load(deps.storage, interval)?;
    let utility = context.utility_of(deps.storage, best.as_ref())?;
    BookClosing::remove(deps.storage, interval);
    let forfeited = lapse(deps.storage, &params, interval, params.sealed_fee)?;
    if let Some(best) = &best {
        forget(deps.storage, interval, best)?;
    }
    let free = Account::load(deps.storage, utility)?.free_of_locks()?;

    let auction = Auction::of(deps.storage, interval, &circuit, &params, tariff, free)?;
    let computed;
    let outcome = match &best {
        Some(best) => &best.outcome,
        None => {
            computed = auction.clear(&circuit)?;
            &computed
        }
    };
    let mut record = book(deps.storage, interval, &auction, outcome)?;
    power::learn(deps.storage, params.reference_window, &circuit, &auction, outcome)?;
    Capped::save(&auction.capped, deps.storage, interval);
    FixedReferences::remove(deps.storage, interval);
    Offer::lapse(deps.storage, interval);
    let differences = agreement::pay(deps.storage, &auction, outcome)?;
    let orders = u64::from(record.orders);
    (record.work.clearer, record.work.clear_bounty) = match &best {
        // Flat, but out of the interval's own fees.
        Some(best) => (best.solver.0, params.solver_bounty.min(params.order_fee.times(orders)?)),
        None => (
            AccountId::open(deps.storage, &info.sender)?.0,
            params.clear_bounty.times(orders)?,
        ),
    };
    record.work.escrow = forfeited;
    record.work.utility = utility.0;
    record.work.utility_lock = lock_utility(deps.storage, utility, &params, tariff, &record)?;
    record.save(deps.storage, interval);
    let mut event = events::cleared(interval, &record, &auction.capped)?;
    if let Some(best) = best {
        event = event.add_attribute("gap", best.gap.to_string());
    }
    if !forfeited.is_zero() {
        event = event.add_attribute("forfeited", forfeited.get().to_string());
    }
    Ok(Response::new()
        .add_events(entered)
        .add_event(event)
        .add_events(differences))
}

/// The block time, if an interval waits for its clearing: its gate is closed, delivery has not begun and nobody has
/// cleared it.
pub fn uncleared(storage: &dyn Storage, env: &Env, times: &Times, interval: Interval) -> Result<u64, ContractError> {
    if let Some(record) = Record::load(storage, interval)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    let now_s = env.block.time.seconds();
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
    Ok(now_s)
}

/// What purchases of the utility may cost it.
pub fn purchase_lock(params: &Params, tariff: Tariff, purchases: Wh) -> Result<Money, ContractError> {
    let price = tariff.export.positive().clamp(Price::ZERO, params.price_cap);
    Ok(price.charge(purchases.drawn()?)?.positive())
}

/// Locks on the utility's account what its purchases may cost.
fn lock_utility(
    storage: &mut dyn Storage,
    utility: AccountId,
    params: &Params,
    tariff: Tariff,
    record: &Record,
) -> Result<Money, ContractError> {
    let lock = purchase_lock(params, tariff, record.traded_net()?.negative())?;
    Account::update(storage, utility, |account| {
        account.locked = account.locked.add(lock)?;
        Ok(())
    })?;
    Ok(lock)
}
