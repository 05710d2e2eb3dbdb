use busbar_api::grid::{MarketState, Params};
use busbar_api::market::{OrderRef, Terms};
use busbar_units::{Interval, Money, Wh};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::check_count;
use crate::collateral::lock;
use crate::context::Context;
use crate::state::{Account, AccountId, BookOrder, OrderId};
use crate::{events, ContractError};

/// Cancels orders of one device before their gates close, all or none; their locks and fees come free.
pub fn cancel(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    device: u32,
    orders: Vec<OrderRef>,
) -> Result<Response, ContractError> {
    check_count(&orders)?;
    let context = Context::load(deps.storage, deps.querier)?;
    let now_s = env.block.time.seconds();
    let unknown = |order: OrderRef| ContractError::UnknownOrder {
        device,
        interval: order.interval,
        slot: order.slot,
    };
    let mut coin = Money::ZERO;
    let mut energy = Wh::ZERO;
    let mut cancelled = Vec::new();
    let account = AccountId::of(deps.storage, &info.sender)?;
    for order in orders {
        let interval = order.interval;
        let account = account.ok_or_else(|| unknown(order))?;
        let id = OrderId {
            interval,
            account,
            device,
            slot: order.slot,
        };
        let found = BookOrder::load(deps.storage, id)?.ok_or_else(|| unknown(order))?;
        if let Some(agreed) = found.agreed {
            return Err(ContractError::Agreed {
                device,
                interval,
                slot: order.slot,
                counterparty: agreed.counterparty,
            });
        }
        let params = context.params(interval)?;
        may_cancel(&context, &params, interval, now_s)?;
        coin = coin.add(lock(&params, &found)?)?;
        if matches!(found.terms, Terms::Redeem {}) {
            energy = energy.add(found.quantity)?;
        }
        BookOrder::remove(deps.storage, id);
        cancelled.push(events::order_cancelled(id));
    }
    if let Some(account) = account {
        Account::update(deps.storage, account, |account| {
            account.locked = account.locked.sub(coin)?;
            account.energy_locked = account.energy_locked.sub(energy)?;
            Ok(())
        })?;
    }
    Ok(Response::new().add_events(cancelled))
}

/// Refuses to take anything out of a book that is closed, or that stands as everybody saw it in its last seconds.
pub fn may_cancel(context: &Context<'_>, params: &Params, interval: Interval, now_s: u64) -> Result<(), ContractError> {
    let closed_s = context.times(params, interval)?.closes_s;
    if now_s >= closed_s {
        return Err(ContractError::GateClosed {
            interval,
            closed_s,
            now_s,
        });
    }
    context.allows(interval, MarketState::cancels_and_redeems)?;
    let standing_s = closed_s.saturating_sub(params.no_cancel_s.into());
    if now_s >= standing_s && context.state(interval).trades() {
        return Err(ContractError::OrdersStand {
            interval,
            standing_s,
            now_s,
        });
    }
    Ok(())
}
