//! Keeping an interval's net sum in step with the energies of its devices, until it is frozen.
use busbar_api::oracle::{Energy, IntervalState};
use busbar_api::registry::{Slot, SlotStatus};
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{Event, StdResult};

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
        awaited,
        confirmed: awaited == 0,
        ..IntervalState::default()
    };
    if state.confirmed {
        events.push(events::confirmed(interval, &state));
    }
    book.set_state(interval, state);
    Ok(state)
}

/// What the pages tell of a device's energy in an interval.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub energy: Energy,
    /// Both registers are readings of its own.
    pub measured: bool,
}

/// The energy of a device in an interval; none while a register is missing.
pub fn known(
    context: &Context<'_>,
    book: &mut Book<'_>,
    device: u32,
    slot: &Slot,
    interval: Interval,
) -> StdResult<Option<Known>> {
    let Some(before) = interval.minus(1) else {
        return Ok(None);
    };
    let (Some(from), Some(to)) = (book.reading(device, before)?, book.reading(device, interval)?) else {
        return Ok(None);
    };
    let Some(meter) = context.meter(device, slot, interval)?.filter(|_| !to.late) else {
        return Ok(None);
    };
    let energy = from.base().until(&to.registers, meter.register_modulus);
    Ok(energy.map(|energy| Known {
        energy,
        measured: !from.estimated && !to.estimated,
    }))
}

/// Brings the net sum of an interval in step with the energy of a device, which was another before. After the
/// confirmation the sum stays, and the page keeps the energy that is in it.
///
/// Whoever is not awaited is not counted either: an interval is confirmed when both numbers agree.
pub fn recount(
    context: &Context<'_>,
    book: &mut Book<'_>,
    (device, slot): (u32, &Slot),
    interval: Interval,
    was: Option<Known>,
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    let is = known(context, book, device, slot, interval)?;
    let Some(mut reading) = book.reading(device, interval)?.filter(|_| is != was) else {
        return Ok(());
    };
    let awaited = slot.status == SlotStatus::Active && slot.settles && interval >= slot.awaited_from;
    if !awaited && !reading.counted {
        return Ok(());
    }
    let mut state = open(context, book, interval, events)?;
    let was = was.filter(|_| reading.counted);
    if state.confirmed {
        let frozen = reading.frozen.or(was.map(|was| was.energy));
        reading.frozen = frozen.filter(|_| is.map(|is| is.energy) != frozen);
    } else {
        if let Some(was) = was {
            state.net = state.net.sub(was.energy.net()?)?;
            state.drawn = state.drawn.sub(was.energy.import)?;
            let number = number(&mut state, was);
            *number = counted(number.checked_sub(1))?;
        }
        if let Some(is) = is {
            state.net = state.net.add(is.energy.net()?)?;
            state.drawn = state.drawn.add(is.energy.import)?;
            let number = number(&mut state, is);
            *number = counted(number.checked_add(1))?;
        }
        reading.counted = is.is_some();
        book.set_state(interval, state);
    }
    Ok(book.set_reading(device, interval, reading)?)
}

fn number(state: &mut IntervalState, known: Known) -> &mut u32 {
    if known.measured {
        &mut state.measured
    } else {
        &mut state.estimated
    }
}

fn counted(number: Option<u32>) -> Result<u32, UnitsError> {
    number.ok_or(UnitsError::Overflow {
        unit: "devices",
        operation: "count",
    })
}
