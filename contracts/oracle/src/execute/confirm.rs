//! Confirming an interval without the readings that did not come.
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, Response, StdError};

use super::count::open;
use super::region::Context;
use crate::book::Book;
use crate::state::{load_cursor, save_interval};
use crate::{events, ContractError};

/// Freezes the net sum when the confirmation window has ended.
pub fn confirm(deps: DepsMut<'_>, env: &Env, interval: Interval) -> Result<Response, ContractError> {
    let context = Context::load(deps.as_ref(), env)?;
    let oldest = load_cursor(deps.storage)?.interval;
    if interval < oldest {
        return Err(ContractError::Pruned { interval, oldest });
    }
    let params = context.params(interval);
    let params = params.ok_or_else(|| StdError::not_found(format!("parameters of {interval}")))?;
    let from_s = context
        .times(params, interval)
        .map_or(u64::MAX, |times| times.confirmation_ends_s);
    if context.now_s < from_s {
        return Err(ContractError::NotConfirmable { interval, from_s });
    }
    let mut book = Book::open(deps.storage)?;
    if book.state(interval)?.is_some_and(|state| state.confirmed) {
        return Err(ContractError::Confirmed { interval });
    }
    let mut events = vec![];
    let mut state = open(&context, &mut book, interval, &mut events)?;
    if !state.confirmed {
        state.confirmed = true;
        events.push(events::confirmed(interval, &state));
    }
    save_interval(deps.storage, interval, &state);
    Ok(Response::new().add_events(events))
}
