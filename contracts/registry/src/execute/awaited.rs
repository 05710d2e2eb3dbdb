//! How many settling devices are awaited in each interval: a chain of changes that the oracle reads raw.
use busbar_api::grid;
use busbar_api::registry::raw::AwaitedChange;
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{DepsMut, Storage};

use crate::state::{awaited_change, awaited_tip, save_awaited_change, save_awaited_tip, GRID};
use crate::ContractError;

/// One device more from an interval on, as long as the price steps of all fit.
pub fn begin(deps: DepsMut<'_>, current: Interval, from: Interval) -> Result<(), ContractError> {
    let devices = match awaited_tip(deps.storage)? {
        Some(tip) => awaited_change(deps.storage, tip)?.awaited,
        None => 0,
    };
    let max = grid::raw::device_limit(&deps.querier, &GRID.load(deps.storage)?, current)?;
    if devices >= max {
        return Err(ContractError::RegionFull { max });
    }
    change(deps.storage, from, |awaited| awaited.checked_add(1))
}

/// One device less from an interval on.
pub fn end(storage: &mut dyn Storage, from: Interval) -> Result<(), ContractError> {
    change(storage, from, |awaited| awaited.checked_sub(1))
}

/// Applies a step to the interval and to every later change. Changes reach no further than two
/// intervals ahead of the clock, and start at the clock, so that the walk is that short.
fn change(storage: &mut dyn Storage, from: Interval, step: impl Fn(u32) -> Option<u32>) -> Result<(), ContractError> {
    let step = |awaited| {
        step(awaited).ok_or(UnitsError::Overflow {
            unit: "devices",
            operation: "change of awaited",
        })
    };
    let mut later = None;
    let mut next = awaited_tip(storage)?;
    let mut before = 0;
    while let Some(at) = next {
        let mut record = awaited_change(storage, at)?;
        before = record.awaited;
        if at < from {
            break;
        }
        record.awaited = step(record.awaited)?;
        save_awaited_change(storage, at, record);
        if at == from {
            return Ok(());
        }
        later = Some((at, record));
        before = 0;
        next = record.previous;
    }
    let record = AwaitedChange {
        awaited: step(before)?,
        previous: next,
    };
    save_awaited_change(storage, from, record);
    match later {
        Some((at, record)) => {
            let record = AwaitedChange {
                previous: Some(from),
                ..record
            };
            save_awaited_change(storage, at, record);
        }
        None => save_awaited_tip(storage, from),
    }
    Ok(())
}
