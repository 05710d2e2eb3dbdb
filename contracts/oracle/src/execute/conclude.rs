//! Freezing an interval's net sum: when the last awaited energy is in, or when the windows have ended.
use busbar_api::oracle::IntervalState;
use busbar_units::Interval;
use cosmwasm_std::Event;

use super::balance::balance;
use super::region::Context;
use crate::book::Book;
use crate::{events, ContractError};

/// Confirms every interval that this call has completed, and tells what head meters say of those that were
/// confirmed before. Done once at the end of a call: what comes in one message counts as one moment.
pub fn conclude(context: &mut Context<'_>, book: &mut Book<'_>, events: &mut Vec<Event>) -> Result<(), ContractError> {
    for interval in &book.changed() | book.heads() {
        let Some(mut state) = book.state(interval)? else {
            continue;
        };
        if !state.confirmed && state.measured == state.awaited {
            judge(context, book, interval, &mut state, events)?;
        } else if state.confirmed && book.heads().contains(&interval) {
            report(context, book, interval, &mut state, events)?;
        }
        book.set_state(interval, state);
    }
    Ok(())
}

/// Freezes the net sum, unless the head meters contradict it and the dispute window is open. A missing head
/// meter delays nothing.
pub fn judge(
    context: &mut Context<'_>,
    book: &mut Book<'_>,
    interval: Interval,
    state: &mut IntervalState,
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    let outside = report(context, book, interval, state, events)?;
    if outside && state.disputed.is_none() {
        state.disputed = context.dispute_ends(interval)?;
        if let Some(until) = state.disputed {
            events.push(events::disputed(interval, until, state));
        }
    }
    let waits = outside && state.disputed.is_some_and(|until| context.current < until);
    if !waits {
        state.confirmed = true;
        events.push(events::confirmed(interval, state));
    }
    Ok(())
}

/// Notes what is unexplained; whether that is more than the tolerance.
fn report(
    context: &mut Context<'_>,
    book: &mut Book<'_>,
    interval: Interval,
    state: &mut IntervalState,
    events: &mut Vec<Event>,
) -> Result<bool, ContractError> {
    let balance = balance(context, book, interval, state)?;
    let unexplained = balance.as_ref().map(|balance| balance.unexplained);
    let outside = balance.is_some_and(|balance| balance.outside);
    if let Some(net) = unexplained.filter(|net| outside && state.unexplained != Some(*net)) {
        events.push(events::unexplained(interval, net));
    }
    state.unexplained = unexplained;
    Ok(outside)
}
