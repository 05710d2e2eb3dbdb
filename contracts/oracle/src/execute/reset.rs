//! Starting the registers of a device over.
use busbar_api::oracle::{Outcome, Registers, SlotReading};
use busbar_api::registry::Key;
use busbar_attestation::{page_of, Reset};
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, Response};

use super::accept::{consistent, in_time, Claim};
use super::around::later;
use super::conclude::conclude;
use super::enter::enter;
use super::region::Context;
use crate::book::Book;
use crate::{events, hash, ContractError};

/// Takes the old meter's last registers as the device's reading of the interval, unless it read them
/// itself, and the new meter's first ones as what its next reading is compared with.
pub fn reset(
    deps: DepsMut<'_>,
    env: &Env,
    device: u32,
    interval: Interval,
    last: Registers,
    first: Registers,
    key: &Key,
) -> Result<Response, ContractError> {
    let mut context = Context::load(deps.as_ref(), env)?;
    let mut book = Book::open(deps.storage)?;
    let slot = context.device(device)?.ok_or(ContractError::UnknownDevice { device })?;
    let refused = |outcome| ContractError::ResetRefused {
        device,
        interval,
        outcome,
    };
    let window = in_time(&context, interval).map_err(refused)?.correction_window.into();
    let page = page_of(device);
    let meter = context.meter(device, &slot, interval)?;
    let meter = meter.filter(|_| !book.is_pruned(interval, page));
    let meter = meter.ok_or_else(|| refused(Outcome::TooOld))?;
    if last.import.max(last.export) >= meter.register_modulus {
        return Err(refused(Outcome::Malformed));
    }
    if let Some(later) = later(&context, &mut book, device, interval)? {
        return Err(ContractError::LaterReading {
            device,
            interval: later.interval,
        });
    }
    let accepted = book.reading(device, interval)?;
    if accepted.is_some_and(|accepted| accepted.reset.is_some()) {
        return Err(ContractError::AlreadyReset { device, interval });
    }
    if let Some(accepted) = accepted.filter(|accepted| accepted.registers != last) {
        return Err(ContractError::ResetDiffers {
            device,
            interval,
            accepted: accepted.registers,
        });
    }
    let claim = Claim {
        device,
        slot: &slot,
        meter: &meter,
        interval,
        registers: last,
        window,
    };
    let around = consistent(&context, &mut book, &claim)?.map_err(refused)?;
    let reading = SlotReading {
        revision: accepted.map_or(0, |accepted| accepted.revision),
        registers: last,
        reset: Some(first),
        ..SlotReading::default()
    };
    let record = Reset {
        domain: context.domain,
        number: device,
        interval,
        last: [last.import, last.export],
        first: [first.import, first.export],
        key: key.check()?,
    };
    let readings = book.page_mut(interval, page)?;
    readings.hash = hash::next(&readings.hash, &record.message()?);
    let mut events = vec![events::reset(device, interval)];
    enter(&context, &mut book, &claim, reading, &around, &mut events)?;
    conclude(&mut context, &mut book, &mut events)?;
    for (key, value) in book.close()? {
        deps.storage.set(&key, &value);
    }
    Ok(Response::new().add_events(events))
}
