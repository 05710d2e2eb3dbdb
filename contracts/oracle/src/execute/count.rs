//! Adding the energy of a device to an interval's net sum, and freezing it.
use busbar_api::oracle::IntervalState;
use busbar_api::registry::{Slot, SlotStatus};
use busbar_attestation::{page_of, slot_of};
use busbar_units::{Interval, NetWh, UnitsError};
use cosmwasm_std::Event;

use super::region::Context;
use crate::book::Book;
use crate::{events, ContractError};

/// Makes sure that an interval has a state. One that awaits nobody is confirmed from the start.
pub fn open(
    context: &Context<'_>,
    book: &mut Book<'_>,
    interval: Interval,
    events: &mut Vec<Event>,
) -> Result<IntervalState, ContractError> {
    if let Some(state) = book.state(interval)? {
        return Ok(state);
    }
    let awaited = context.awaited(interval)?;
    let state = IntervalState {
        net: NetWh::ZERO,
        measured: 0,
        awaited,
        confirmed: awaited == 0,
    };
    if state.confirmed {
        events.push(events::confirmed(interval, &state));
    }
    book.set_state(interval, state);
    Ok(state)
}

/// Counts what becomes known by an accepted reading: the energy of its own interval and of the next,
/// each if the reading on its other side is there. Adds an event for each interval that this confirms.
pub fn count_around(
    context: &Context<'_>,
    book: &mut Book<'_>,
    device: u32,
    slot: &Slot,
    interval: Interval,
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    open(context, book, interval, events)?;
    count(context, book, device, slot, interval, events)?;
    match interval.plus(1) {
        Ok(next) if book.newest(page_of(device))? >= Some(next) => count(context, book, device, slot, next, events),
        _ => Ok(()),
    }
}

/// Counts the energy of a device in an interval, once, if it is known, awaited and not too late. Whoever is
/// not awaited must not be measured either: an interval is confirmed when both counts agree.
fn count(
    context: &Context<'_>,
    book: &mut Book<'_>,
    device: u32,
    slot: &Slot,
    interval: Interval,
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    let awaited = slot.status == SlotStatus::Active && interval >= slot.awaited_from;
    if !slot.settles || !awaited {
        return Ok(());
    }
    let Some(before) = interval.minus(1) else { return Ok(()) };
    let (page, place) = (page_of(device), slot_of(device));
    let Some(meter) = context.meter(device, slot, interval)? else {
        return Ok(());
    };
    let from = book.page(before, page)?.and_then(|page| page.get(place)).copied();
    let to = book.page(interval, page)?.and_then(|page| page.get(place)).copied();
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(());
    };
    let Some(energy) = from.base().until(&to.registers, meter.register_modulus) else {
        return Ok(());
    };
    let mut state = open(context, book, interval, events)?;
    if state.confirmed || to.counted {
        return Ok(());
    }
    state.net = state.net.add(energy.net()?)?;
    state.measured = state.measured.checked_add(1).ok_or(UnitsError::Overflow {
        unit: "devices",
        operation: "count of measured",
    })?;
    state.confirmed = state.measured == state.awaited;
    if state.confirmed {
        events.push(events::confirmed(interval, &state));
    }
    book.set_state(interval, state);
    if let Some(reading) = book.page_mut(interval, page)?.get_mut(place) {
        reading.counted = true;
    }
    Ok(())
}
