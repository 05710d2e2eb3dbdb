//! Takes a final interval into the indices, in O(1).
use busbar_api::market::raw::Summary;
use busbar_api::oracle::IntervalState;
use busbar_api::{grid, market, oracle};
use busbar_risk::{bounded, imbalance_share, relative_change, Day};
use busbar_units::{Interval, Wh};
use cosmwasm_std::{DepsMut, Response};

use crate::state::{load_indices, save_day, save_indices, GRID, INDEX_RULES};
use crate::{events, ContractError};

/// Takes the next interval in, once the market has made it final. What nobody traded or measured leaves an index as it
/// is, and ages it.
pub fn advance(deps: DepsMut<'_>, interval: Interval) -> Result<Response, ContractError> {
    let mut indices = load_indices(deps.storage)?;
    if interval != indices.next {
        return Err(ContractError::OutOfTurn {
            interval,
            next: indices.next,
        });
    }
    let rules = grid::raw::rules(&deps.querier, &GRID.load(deps.storage)?)?;
    let contracts = rules.contracts()?;
    let cursor = market::raw::final_cursor(&deps.querier, &contracts.market)?;
    if interval >= cursor {
        return Err(ContractError::NotFinal { interval, cursor });
    }
    let (volatility, covariance, peak) = INDEX_RULES.load(deps.storage)?.check()?;
    let measured = measured(oracle::raw::interval(&deps.querier, &contracts.oracle, interval)?);
    let traded = market::raw::summary(&deps.querier, &contracts.market, interval)?.filter(|traded| !traded.no_trade);

    let start_s = interval.start_s(rules.region.interval_s)?;
    if Day::of(start_s) != indices.day.number {
        save_day(deps.storage, &indices.day);
        indices.day = Day::new(Day::of(start_s));
    }
    if let Some((drawn, fed)) = measured {
        let share = imbalance_share(drawn, fed);
        indices.imbalance = indices.imbalance.with(share.get(), volatility)?;
        indices.imbalance_at = Some(interval);
    }
    if let Some(traded) = &traded {
        if let Some((before, _)) = indices.price {
            let change = relative_change(before, traded.price);
            indices.change = indices.change.with(change.get(), volatility)?;
        }
        indices.price = Some((traded.price, interval));
        indices.day = indices.day.with(start_s, peak, traded.price, volume(traded)?)?;
    }
    if let Some(((_, fed), traded)) = measured.zip(traded) {
        let (fed, price) = (bounded(fed.get().into()), bounded(traded.price.get().into()));
        indices.joint = indices.joint.with(fed, price, covariance)?;
        indices.joint_at = Some(interval);
    }
    indices.next = interval.plus(1)?;
    save_indices(deps.storage, &indices);
    let price = indices.price.filter(|(_, at)| *at == interval).map(|(price, _)| price);
    Ok(Response::new().add_event(events::advanced(interval, price)))
}

/// What the region's devices drew and fed by their confirmed readings; none where nothing flowed.
fn measured(state: Option<IntervalState>) -> Option<(Wh, Wh)> {
    let state = state.filter(|state| state.confirmed)?;
    // The net is what was drawn less what was fed: never more than what was drawn.
    let fed = i128::from(state.drawn.get()).saturating_sub(state.net.get().into());
    let fed = Wh::new(u64::try_from(fed).unwrap_or(0));
    let flowed = !(state.drawn.is_zero() && fed.is_zero());
    flowed.then_some((state.drawn, fed))
}

/// What devices bought and sold.
fn volume(traded: &Summary) -> Result<Wh, ContractError> {
    Ok(traded.bought.add(traded.sold)?)
}
