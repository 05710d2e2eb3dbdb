//! Handing signed readings in.
use std::collections::BTreeSet;

use busbar_api::oracle::{Batch, Outcome, Registers, SlotReading, SubmitResult, READINGS_PER_MESSAGE};
use busbar_api::registry::{self, SlotStatus, Suspension};
use busbar_api::verify::HostVerifier;
use busbar_attestation::{decode_batch, page_of, SignedReading, Verifier, WIRE_LENGTH};
use busbar_units::Interval;
use cosmwasm_std::{to_json_binary, Addr, Api, DepsMut, Env, Event, Response};

use super::accept::{consistent, in_time, Claim};
use super::conclude::conclude;
use super::enter::enter;
use super::region::Context;
use crate::book::Book;
use crate::{events, hash, ContractError};

/// Judges every reading by itself and stores the good ones.
pub fn submit(deps: DepsMut<'_>, env: &Env, sender: &Addr, batches: &[Batch]) -> Result<Response, ContractError> {
    check_size(batches)?;
    let context = Context::load(deps.as_ref(), env)?;
    let mut desk = Desk {
        api: deps.api,
        countersigned: context.region.operator == *sender,
        context,
        book: Book::open(deps.storage)?,
        suspended: BTreeSet::new(),
        suspensions: vec![],
        events: vec![],
    };
    let mut result = SubmitResult::default();
    for (position, batch) in batches.iter().enumerate() {
        let readings = decode_batch(batch.interval, batch.page, &batch.readings)
            .map_err(|error| ContractError::Batch { position, error })?;
        let outcomes = readings
            .map(|reading| reading.map_or(Ok(Outcome::Malformed), |reading| desk.judge(&reading)))
            .collect::<Result<Vec<_>, _>>()?;
        desk.events
            .push(events::readings(batch.interval, batch.page, &outcomes));
        result.batches.push(outcomes);
    }
    let Desk {
        mut context,
        mut book,
        suspensions,
        mut events,
        ..
    } = desk;
    conclude(&mut context, &mut book, &mut events)?;
    let writes = book.close()?;
    let registry = registry::Client::new(context.contracts.registry);
    for (key, value) in writes {
        deps.storage.set(&key, &value);
    }
    let mut response = Response::new().add_events(events).set_data(to_json_binary(&result)?);
    for (device, interval) in suspensions {
        response = response.add_message(registry.suspend(device, Suspension::UnequalRecords { interval })?);
    }
    Ok(response)
}

fn check_size(batches: &[Batch]) -> Result<(), ContractError> {
    if batches.is_empty() {
        return Err(ContractError::NoBatches);
    }
    let bytes = batches.iter().map(|batch| batch.readings.len());
    let count = bytes.fold(0, usize::saturating_add).div_ceil(WIRE_LENGTH);
    if count > READINGS_PER_MESSAGE {
        return Err(ContractError::TooManyReadings {
            count,
            max: READINGS_PER_MESSAGE,
        });
    }
    Ok(())
}

/// The revision that may come next; none where the last registers of a replaced meter were attested: they stand.
fn next_revision(accepted: Option<&SlotReading>) -> Option<u8> {
    match accepted {
        None => Some(0),
        Some(accepted) if accepted.reset.is_some() => None,
        Some(accepted) => accepted.revision.checked_add(1),
    }
}

/// Everything that a message's readings are judged with.
struct Desk<'a> {
    api: &'a dyn Api,
    context: Context<'a>,
    book: Book<'a>,
    /// The grid operator sent the message: a revision's second signature.
    countersigned: bool,
    /// Devices that this message brings to suspension.
    suspended: BTreeSet<u32>,
    suspensions: Vec<(u32, Interval)>,
    events: Vec<Event>,
}

impl Desk<'_> {
    /// What becomes of a reading; an accepted one is in the book.
    fn judge(&mut self, signed: &SignedReading) -> Result<Outcome, ContractError> {
        let reading = &signed.reading;
        let (device, interval) = (reading.device(), reading.interval());
        let Some(slot) = self.context.device(device)? else {
            return Ok(Outcome::UnknownDevice);
        };
        match slot.status {
            SlotStatus::Active if self.suspended.contains(&device) => return Ok(Outcome::Suspended),
            SlotStatus::Active => {}
            SlotStatus::Suspended => return Ok(Outcome::Suspended),
            SlotStatus::Retired => return Ok(Outcome::Retired),
        }
        if interval < slot.active_from {
            return Ok(Outcome::NotYetActive);
        }
        let window = match in_time(&self.context, interval) {
            Ok(params) => params.correction_window.into(),
            Err(outcome) => return Ok(outcome),
        };
        let page = page_of(device);
        let meter = self.context.meter(device, &slot, interval)?;
        let Some(meter) = meter.filter(|_| !self.book.is_pruned(interval, page)) else {
            return Ok(Outcome::TooOld);
        };
        if reading.import().max(reading.export()) >= meter.register_modulus {
            return Ok(Outcome::Malformed);
        }
        let registers = Registers {
            import: reading.import(),
            export: reading.export(),
        };
        let found = self.book.reading(device, interval)?;
        let accepted = found.filter(|found| !found.estimated);
        let repeated = accepted.filter(|accepted| accepted.revision == reading.revision());
        if repeated.is_some_and(|repeated| repeated.registers == registers) {
            return Ok(Outcome::Duplicate);
        }
        if repeated.is_none() && next_revision(accepted.as_ref()) != Some(reading.revision()) {
            return Ok(Outcome::Revision);
        }
        if repeated.is_none() && accepted.is_some() && !self.countersigned {
            return Ok(Outcome::Uncountersigned);
        }
        let record = reading.record(&self.context.domain);
        let verified = HostVerifier(self.api).verify(&record, &signed.signature, &meter.key);
        if verified != Ok(true) {
            return Ok(Outcome::Forged);
        }
        if let Some(repeated) = repeated {
            self.conflict(signed, &repeated);
            return Ok(Outcome::Conflict);
        }
        let claim = Claim {
            device,
            slot: &slot,
            meter: &meter,
            interval,
            registers,
            window,
        };
        let around = match consistent(&self.context, &mut self.book, &claim)? {
            Ok(around) => around,
            Err(outcome) => return Ok(outcome),
        };
        let readings = self.book.page_mut(interval, page)?;
        readings.hash = hash::next(&readings.hash, &record);
        let entered = SlotReading {
            revision: reading.revision(),
            registers,
            ..SlotReading::default()
        };
        enter(
            &self.context,
            &mut self.book,
            &claim,
            entered,
            &around,
            &mut self.events,
        )?;
        Ok(Outcome::Accepted)
    }

    /// Keeps both records as evidence. The device that signed both is suspended; where the operator's
    /// registers stand (after a reset) its own record is turned down and no more.
    fn conflict(&mut self, signed: &SignedReading, accepted: &SlotReading) {
        self.events.push(events::conflict(signed, accepted.registers));
        let device = signed.reading.device();
        if accepted.reset.is_none() && self.suspended.insert(device) {
            self.suspensions.push((device, signed.reading.interval()));
        }
    }
}
