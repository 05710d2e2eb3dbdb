//! Proposals for networks that the contract cannot clear exactly by itself.
use busbar_api::grid::Params;
use busbar_api::market::Proposal;
use busbar_clearing::mesh::{Proof, Terms};
use busbar_clearing::Side;
use busbar_units::{Interval, Money, UnitsError, Wh};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use super::clear::{purchase_lock, uncleared};
use super::{check_closed, check_revealed};
use crate::auction::{mesh, proposal, Auction};
use crate::context::Context;
use crate::state::{Account, AccountId, Best, BookClosing, FixedReferences};
use crate::{events, ContractError};

/// Proves a proposal and keeps it if its welfare is above that of every proposal before it. The interval is cleared
/// with the best one when the solver window has ended.
pub fn propose(
    deps: DepsMut<'_>,
    env: Env,
    info: MessageInfo,
    interval: Interval,
    posted: Proposal,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    context.allows(interval, |state| state.trades())?;
    let params = context.params(interval)?;
    let times = context.times(&params, interval)?;
    let now_s = uncleared(deps.storage, &env, &times, interval)?;
    let circuit = context.network(&params, interval)?;
    if !circuit.needs_certificate() {
        return Err(ContractError::ClearsByItself { interval });
    }
    let until_s = solver_window_ends(&params, times.closes_s);
    if now_s >= until_s {
        return Err(ContractError::SolverWindow {
            interval,
            until_s,
            now_s,
        });
    }
    check_revealed(deps.storage, &params, &times, interval, now_s)?;
    check_closed(deps.storage, interval)?;
    let tariff = context.tariff(interval)?;
    let before = Best::load(deps.storage, interval)?;
    let utility = context.utility_of(deps.storage, before.as_ref())?;
    let held = before.as_ref().map_or(Money::ZERO, |best| best.utility_lock);
    // What the best proposal so far locks is free for a better one.
    let free = Account::load(deps.storage, utility)?.free_of_locks()?.add(held)?;
    let auction = Auction::of(deps.storage, interval, &circuit, &params, tariff, free)?;
    let terms = Terms {
        bounds: auction.bounds,
        epsilon: params.epsilon,
    };
    let proof = mesh(&circuit)?.verify(&auction.orders, &proposal(posted), terms)?;
    if let Some(best) = before.as_ref().filter(|best| best.welfare >= proof.welfare) {
        return Err(ContractError::NotBetter {
            interval,
            welfare: proof.welfare,
            best: best.welfare,
        });
    }
    let utility_lock = purchase_lock(&params, tariff, utility_purchases(&auction, &proof)?)?;
    Account::update(deps.storage, utility, |account| {
        account.locked = account.locked.sub(held)?.add(utility_lock)?;
        Ok(())
    })?;
    let best = Best {
        solver: AccountId::open(deps.storage, &info.sender)?,
        utility,
        welfare: proof.welfare,
        gap: proof.gap,
        utility_lock,
        outcome: proof.into(),
    };
    best.save(deps.storage, interval);
    if before.is_none() {
        let references = auction.zones.iter().map(|zone| zone.reference);
        FixedReferences(references.collect()).save(deps.storage, interval);
        // Standing orders of later intervals do not open this book again.
        BookClosing::closed().save(deps.storage, interval);
    }
    Ok(Response::new().add_event(events::proposed(interval, &best)))
}

/// Unix second at which proposals for an interval end: the solver window begins where the reveal window ends.
pub fn solver_window_ends(params: &Params, closes_s: u64) -> u64 {
    let revealed_s = closes_s.saturating_add(params.reveal_s.into());
    revealed_s.saturating_add(params.solver_window_s.into())
}

/// Gives up what was proposed for an interval and what it locks.
pub fn forget(storage: &mut dyn Storage, interval: Interval, best: &Best) -> Result<(), ContractError> {
    Best::remove(storage, interval);
    Account::update(storage, best.utility, |account| {
        account.locked = account.locked.sub(best.utility_lock)?;
        Ok(())
    })
}

/// What the utility buys in all: fed by devices beyond what they draw.
fn utility_purchases(auction: &Auction, proof: &Proof) -> Result<Wh, UnitsError> {
    let devices = auction.book.iter().filter_map(|listed| listed.place);
    let (mut bought, mut sold) = (Wh::ZERO, Wh::ZERO);
    for place in devices {
        match (auction.orders.get(place), proof.fills.get(place)) {
            (Some(order), Some(fill)) if order.side == Side::Buy => bought = bought.add(*fill)?,
            (Some(_), Some(fill)) => sold = sold.add(*fill)?,
            _ => {}
        }
    }
    Ok(sold.sub(bought).unwrap_or(Wh::ZERO))
}
