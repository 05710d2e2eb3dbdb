//! Handing signed readings in.
use std::collections::BTreeSet;

use busbar_api::oracle::{Batch, Outcome, Registers, SlotReading, SubmitResult, READINGS_PER_MESSAGE};
use busbar_api::registry::{self, SlotStatus, Suspension};
use busbar_api::verify::HostVerifier;
use busbar_attestation::{decode_batch, page_of, slot_of, SignedReading, Verifier, WIRE_LENGTH};
use busbar_units::Interval;
use cosmwasm_std::{to_json_binary, Api, DepsMut, Env, Event, Response};

use super::accept::{consistent, in_time, Claim};
use super::count::count_around;
use super::region::Context;
use crate::book::Book;
use crate::{events, hash, ContractError};

/// Judges every reading by itself and stores the good ones.
pub fn submit(deps: DepsMut<'_>, env: &Env, batches: &[Batch]) -> Result<Response, ContractError> {
    check_size(batches)?;
    let mut desk = Desk {
        api: deps.api,
        context: Context::load(deps.as_ref(), env)?,
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
        context,
        book,
        suspensions,
        events,
        ..
    } = desk;
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

/// Everything that a message's readings are judged with.
struct Desk<'a> {
    api: &'a dyn Api,
    context: Context<'a>,
    book: Book<'a>,
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
        let (page, place) = (page_of(device), slot_of(device));
        let meter = self.context.meter(device, &slot, interval)?;
        let Some(meter) = meter.filter(|_| !self.book.is_pruned(interval, page)) else {
            return Ok(Outcome::TooOld);
        };
        if reading.revision() != 0 {
            return Ok(Outcome::Revision);
        }
        if reading.import().max(reading.export()) >= meter.register_modulus {
            return Ok(Outcome::Malformed);
        }
        let registers = Registers {
            import: reading.import(),
            export: reading.export(),
        };
        let accepted = self
            .book
            .page(interval, page)?
            .and_then(|page| page.get(place))
            .copied();
        if accepted.is_some_and(|accepted| accepted.registers == registers) {
            return Ok(Outcome::Duplicate);
        }
        let record = reading.record(&self.context.domain);
        let verified = HostVerifier(self.api).verify(&record, &signed.signature, &meter.key);
        if verified != Ok(true) {
            return Ok(Outcome::Forged);
        }
        if let Some(accepted) = accepted {
            self.conflict(signed, &accepted);
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
        if let Err(outcome) = consistent(&self.context, &mut self.book, &claim)? {
            return Ok(outcome);
        }
        let readings = self.book.page_mut(interval, page)?;
        readings.hash = hash::next(&readings.hash, &record);
        readings.set(
            place,
            SlotReading {
                revision: reading.revision(),
                counted: false,
                registers,
                reset: None,
            },
        );
        self.book.extend_newest(page, interval)?;
        count_around(&self.context, &mut self.book, device, &slot, interval, &mut self.events)?;
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
