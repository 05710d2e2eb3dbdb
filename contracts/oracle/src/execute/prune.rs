//! Reducing the pages of a final interval to their hashes.
use busbar_api::oracle::{raw, Anchor, PruneCursor, ReadingPage, PAGES_PER_PRUNE};
use busbar_api::{grid, market};
use busbar_attestation::device_at;
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, Response, StdResult, Storage};

use super::feeders::Feeders;
use crate::state::{load_cursor, load_page, pages_from, save_anchor, save_cursor, GRID};
use crate::{events, ContractError};

/// Reduces at most [`PAGES_PER_PRUNE`] pages; the cursor moves on when none is left.
///
/// A reading is needed until the next interval's energy, and the late energy that ends in it, is final.
pub fn prune(mut deps: DepsMut<'_>, env: &Env, interval: Interval) -> Result<Response, ContractError> {
    let mut cursor = load_cursor(deps.storage)?;
    if interval != cursor.interval {
        return Err(ContractError::NotNext {
            interval,
            next: cursor.interval,
        });
    }
    let contracts = grid::raw::contracts(&deps.querier, &GRID.load(deps.storage)?)?;
    let final_cursor = market::raw::final_cursor(&deps.querier, &contracts.market)?;
    let needed = interval.plus(2)?;
    if final_cursor < needed {
        return Err(ContractError::NotFinal {
            interval,
            cursor: final_cursor,
            needed,
        });
    }
    let mut pages = pages_from(deps.storage, interval, cursor.page);
    let step = pages.by_ref().take(PAGES_PER_PRUNE).collect::<StdResult<Vec<_>>>()?;
    let next = pages.next().transpose()?.map(|(page, _)| page);
    drop(pages);
    let feeders = Feeders::step(deps.as_ref(), env, &contracts.registry, cursor, next)?;
    for (page, readings) in &step {
        if let Some(readings) = readings {
            reduce(deps.storage, interval, *page, readings)?;
        }
    }
    match next {
        Some(page) => cursor.page = page,
        None => {
            cursor = PruneCursor {
                interval: interval.plus(1)?,
                page: 0,
            }
        }
    }
    save_cursor(deps.storage, &cursor);
    Ok(Response::new()
        .add_event(events::pruned(interval, step.len(), next.is_none()))
        .add_events(feeders.save(&mut deps)))
}

/// Keeps the hash, and the registers of each device whose next reading is not of the next interval.
fn reduce(
    storage: &mut dyn Storage,
    interval: Interval,
    page: u32,
    readings: &ReadingPage,
) -> Result<(), ContractError> {
    let following = load_page(storage, interval.plus(1)?, page)?;
    for (slot, reading) in readings.iter() {
        let followed = following.as_ref().is_some_and(|page| page.get(slot).is_some());
        if let (false, Some(device)) = (followed, device_at(page, slot)) {
            let registers = reading.base();
            save_anchor(storage, device, &Anchor { interval, registers })?;
        }
    }
    storage.set(&raw::page_key(interval, page), &readings.hash);
    Ok(())
}
