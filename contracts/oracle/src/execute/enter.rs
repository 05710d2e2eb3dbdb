//! Entering a reading into the pages, and the estimates on both sides of it.
use busbar_api::oracle::{Registers, SlotReading};
use busbar_attestation::{page_of, DeviceKind};
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Event, StdResult};

use super::accept::{Around, Claim};
use super::around::Neighbour;
use super::count::{known, open, recount};
use super::region::Context;
use crate::book::Book;
use crate::ContractError;

/// Puts a reading that is consistent with what stands around it into its page, shares the energy of the gaps on
/// both sides anew, and counts again whatever that changes.
pub fn enter(
    context: &Context<'_>,
    book: &mut Book<'_>,
    claim: &Claim<'_>,
    reading: SlotReading,
    around: &Around,
    events: &mut Vec<Event>,
) -> Result<(), ContractError> {
    let Claim {
        device, slot, interval, ..
    } = *claim;
    let hole = around
        .before
        .and_then(|before| hole(context, book, device, before, interval));
    let from = hole.unwrap_or(interval);
    let to = around.after.map_or(interval, |after| after.interval);
    let mut before = vec![];
    for at in (from.get()..=to.get()).map(Interval::new) {
        before.push((at, known(context, book, device, slot, at)?));
    }
    open(context, book, interval, events)?;
    write(book, device, interval, reading)?;
    book.extend_newest(page_of(device), interval)?;
    if let (Some(left), Some(first)) = (around.before, hole) {
        let right = Neighbour {
            interval,
            registers: reading.registers,
        };
        share(context, book, claim, left, right, first)?;
    }
    if let (Some(right), Ok(first)) = (around.after, interval.plus(1)) {
        let left = Neighbour {
            interval,
            registers: reading.base(),
        };
        share(context, book, claim, left, right, first)?;
    }
    for (at, was) in before {
        recount(context, book, (device, slot), at, was, events)?;
        if slot.kind == DeviceKind::HeadMeter {
            book.note_head(at);
        }
    }
    Ok(())
}

/// The first interval of the gap behind a reading that is estimated: none that is final, but for the last of
/// them, whose registers the energy after it starts from.
fn hole(
    context: &Context<'_>,
    book: &Book<'_>,
    device: u32,
    before: Neighbour,
    interval: Interval,
) -> Option<Interval> {
    let mut first = None;
    let mut next = interval.minus(1);
    while let Some(at) = next.filter(|at| *at > before.interval && !book.is_pruned(*at, page_of(device))) {
        first = Some(at);
        if context.is_final(at) {
            break;
        }
        next = at.minus(1);
    }
    first
}

/// Estimates the registers from `first` up to the one before `right`: each interval since `left` has an even
/// share, the last the remainder.
fn share(
    context: &Context<'_>,
    book: &mut Book<'_>,
    claim: &Claim<'_>,
    left: Neighbour,
    right: Neighbour,
    first: Interval,
) -> StdResult<()> {
    let gap = right.interval.get().saturating_sub(left.interval.get());
    let Some(modulus) = modulus(context, claim, right.interval)? else {
        return Ok(());
    };
    for at in (first.get()..right.interval.get()).map(Interval::new) {
        let after = at.get().saturating_sub(left.interval.get());
        let estimate = left.registers.on_the_way(&right.registers, modulus, after, gap);
        if let Some(registers) = estimate {
            write(book, claim.device, at, estimated(registers, context.is_final(at)))?;
        }
    }
    Ok(())
}

fn modulus(context: &Context<'_>, claim: &Claim<'_>, interval: Interval) -> StdResult<Option<Wh>> {
    if interval == claim.interval {
        return Ok(Some(claim.meter.register_modulus));
    }
    let meter = context.meter(claim.device, claim.slot, interval)?;
    Ok(meter.map(|meter| meter.register_modulus))
}

fn estimated(registers: Registers, late: bool) -> SlotReading {
    SlotReading {
        estimated: true,
        late,
        registers,
        ..SlotReading::default()
    }
}

/// Replaces what the page says of a device but for what is in the net sum.
fn write(book: &mut Book<'_>, device: u32, interval: Interval, reading: SlotReading) -> StdResult<()> {
    let old = book.reading(device, interval)?.unwrap_or_default();
    let reading = SlotReading {
        counted: old.counted,
        frozen: old.frozen,
        ..reading
    };
    book.set_reading(device, interval, reading)
}
