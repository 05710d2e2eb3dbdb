//! Confirming an interval without the readings that did not come, or against its head meters.
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, Response, StdError};

use super::conclude::judge;
use super::count::open;
use super::region::Context;
use crate::book::Book;
use crate::state::{load_cursor, save_interval};
use crate::ContractError;

/// Freezes the net sum when the confirmation window has ended, or the dispute window where there is one.
pub fn confirm(deps: DepsMut<'_>, env: &Env, interval: Interval) -> Result<Response, ContractError> {
    let mut context = Context::load(deps.as_ref(), env)?;
    let oldest = load_cursor(deps.storage)?.interval;
    if interval < oldest {
        return Err(ContractError::Pruned { interval, oldest });
    }
    let params = context.params(interval);
    let params = params.ok_or_else(|| StdError::not_found(format!("parameters of {interval}")))?;
    let ends_s = context
        .times(params, interval)
        .map_or(u64::MAX, |times| times.confirmation_ends_s);
    let mut book = Book::open(deps.storage)?;
    let known = book.state(interval)?;
    if known.is_some_and(|state| state.confirmed) {
        return Err(ContractError::Confirmed { interval });
    }
    let complete = known.is_some_and(|state| state.measured == state.awaited);
    if !complete && context.now_s < ends_s {
        let from_s = ends_s;
        return Err(ContractError::NotConfirmable { interval, from_s });
    }
    let mut events = vec![];
    let mut state = open(&context, &mut book, interval, &mut events)?;
    if !state.confirmed {
        judge(&mut context, &mut book, interval, &mut state, &mut events)?;
    }
    // The call that finds a mismatch opens the dispute window; those after it have to wait.
    if let (false, Some(until)) = (state.confirmed, known.and_then(|state| state.disputed)) {
        let from_s = until.start_s(context.region.interval_s)?;
        return Err(ContractError::NotConfirmable { interval, from_s });
    }
    save_interval(deps.storage, interval, &state);
    Ok(Response::new().add_events(events))
}
