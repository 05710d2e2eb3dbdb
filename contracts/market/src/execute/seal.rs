//! Sealed orders before gate closure.
use busbar_api::grid::MarketState;
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Binary, DepsMut, Env, MessageInfo, Response};

use super::cancel::may_cancel;
use super::owner::may_trade;
use super::place::{take_locks, Placing};
use crate::context::Context;
use crate::state::{Account, AccountId, OrderId, Seal};
use crate::{events, ContractError};

/// Seals an order of a device against the flat lock. It takes a price step; everything else is checked when it is
/// revealed.
pub fn seal(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    number: u32,
    interval: Interval,
    hash: Binary,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let device = context.device(number)?;
    may_trade(deps.storage, &context, number, &device, &info, interval)?;
    let hash = <[u8; 32]>::try_from(hash.as_slice()).map_err(|_| ContractError::HashLength { length: hash.len() })?;
    let params = context.params(interval)?;
    let now = context.params_now(&env)?;
    let placing = Placing::of(deps.storage, &context, &now, number, &device, interval)?;
    let account = placing.account;
    placing.gate(&params, interval, env.block.time.seconds())?;
    if params.reveal_s == 0 {
        return Err(ContractError::NothingSealed { interval });
    }
    placing.trades_in(&params, interval, MarketState::trades)?;
    let id = OrderId {
        interval,
        account,
        device: number,
        slot: placing.seal_slot(deps.storage, &params, interval)?,
    };
    Seal(hash).save(deps.storage, id);
    take_locks(deps.storage, account, params.sealed_lock, Wh::ZERO)?;
    Ok(Response::new().add_event(events::sealed(id)))
}

/// Takes a sealed order back before orders stand; its lock comes free.
pub fn unseal(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    device: u32,
    interval: Interval,
    slot: u8,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let unknown = ContractError::UnknownSeal { device, interval, slot };
    let Some(account) = AccountId::of(deps.storage, &info.sender)? else {
        return Err(unknown);
    };
    let id = OrderId {
        interval,
        account,
        device,
        slot,
    };
    Seal::load(deps.storage, id)?.ok_or(unknown)?;
    let params = context.params(interval)?;
    may_cancel(&context, &params, interval, env.block.time.seconds())?;
    Seal::remove(deps.storage, id);
    Account::update(deps.storage, account, |account| {
        account.locked = account.locked.sub(params.sealed_lock)?;
        Ok(())
    })?;
    Ok(Response::new().add_event(events::unsealed(id)))
}
