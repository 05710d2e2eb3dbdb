//! Sealed orders after gate closure.
use busbar_api::grid::{Params, Times};
use busbar_api::market::{NewOrder, SealedOrder, SALT_LENGTH};
use busbar_units::{Interval, Money};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use super::clear::uncleared;
use super::owner::may_trade;
use super::place::{take_locks, Placing};
use crate::context::Context;
use crate::state::{Account, AccountId, OrderId, Seal};
use crate::{events, ContractError};

/// Opens a seal: the order is checked as a placed one, takes its own lock in place of the flat one, and enters the
/// book. A refused call leaves the seal as it was, so it may be tried again within the window.
pub fn reveal(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    interval: Interval,
    slot: u8,
    order: SealedOrder,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let device = context.device(number)?;
    may_trade(deps.storage, &context, number, &device, &info, interval)?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    let now_s = uncleared(deps.storage, &env, &times, interval)?;
    let until_s = reveal_window_ends(&params, &times);
    if now_s >= until_s {
        return Err(ContractError::RevealWindow {
            interval,
            until_s,
            now_s,
        });
    }
    let now = context.params_now(&env)?;
    let placing = Placing::of(deps.storage, &context, &now, number, &device, interval)?;
    let account = placing.account;
    let id = OrderId {
        interval,
        account,
        device: number,
        slot,
    };
    let Seal(hash) = Seal::load(deps.storage, id)?.ok_or(ContractError::UnknownSeal {
        device: number,
        interval,
        slot,
    })?;
    if order.salt.len() != SALT_LENGTH {
        let length = order.salt.len();
        return Err(ContractError::SaltLength { length });
    }
    let market = &env.contract.address;
    if order.hash(&context.region().domain, market, &info.sender, number, interval) != hash {
        return Err(ContractError::WrongReveal {
            device: number,
            interval,
            slot,
        });
    }
    open(deps.storage, id, params.sealed_lock, Money::ZERO)?;
    let order = NewOrder {
        interval,
        terms: order.terms(),
        quantity: order.quantity,
        at_reference: false,
    };
    let entry = placing.check(deps.storage, &params, &order)?;
    take_locks(deps.storage, account, entry.coin, entry.energy)?;
    let placed = entry.save(deps.storage);
    Ok(Response::new().add_event(events::revealed(id)).add_event(placed))
}

/// Unix second at which revealing ends for an interval.
pub fn reveal_window_ends(params: &Params, times: &Times) -> u64 {
    times.closes_s.saturating_add(params.reveal_s.into())
}

/// Refuses an interval that waits for sealed orders.
pub fn check_revealed(
    storage: &dyn Storage,
    params: &Params,
    times: &Times,
    interval: Interval,
    now_s: u64,
) -> Result<(), ContractError> {
    let until_s = reveal_window_ends(params, times);
    if now_s < until_s && Seal::of_interval(storage, interval, None).next().is_some() {
        return Err(ContractError::Revealing {
            interval,
            until_s,
            now_s,
        });
    }
    Ok(())
}

/// Ends every seal of an interval that nobody revealed: its lock comes free less `forfeit`. Returns what was
/// forfeited.
pub fn lapse(
    storage: &mut dyn Storage,
    params: &Params,
    interval: Interval,
    forfeit: Money,
) -> Result<Money, ContractError> {
    let seals: Vec<_> = Seal::of_interval(storage, interval, None).collect::<Result<_, _>>()?;
    let mut forfeited = Money::ZERO;
    for (id, _) in seals {
        open(storage, id, params.sealed_lock, forfeit)?;
        forfeited = forfeited.add(forfeit)?;
    }
    Ok(forfeited)
}

/// Deletes a seal, releases its flat lock and takes `forfeit` of it.
fn open(storage: &mut dyn Storage, id: OrderId, lock: Money, forfeit: Money) -> Result<(), ContractError> {
    Seal::remove(storage, id);
    let account: AccountId = id.account;
    Account::update(storage, account, |account| {
        account.locked = account.locked.sub(lock)?;
        account.balance = account.balance.sub(forfeit)?;
        Ok(())
    })
}
