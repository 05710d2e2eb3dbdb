//! Events of the oracle.
use busbar_api::oracle::{IntervalState, Outcome, Registers};
use busbar_attestation::SignedReading;
use busbar_units::{Interval, NetWh};
use cosmwasm_std::{Addr, Event, HexBinary};

/// The oracle exists.
pub fn founded(grid: &Addr, domain: &str) -> Event {
    Event::new("oracle_founded")
        .add_attribute("grid", grid)
        .add_attribute("domain", domain)
}

/// What became of a batch: readings accepted, repeated, and turned down by reason (`forged:2,future:1`).
pub fn readings(interval: Interval, page: u32, outcomes: &[Outcome]) -> Event {
    let count = |outcome: Outcome| outcomes.iter().filter(|each| **each == outcome).count();
    let rejected = Outcome::ALL
        .into_iter()
        .filter(|outcome| outcome.is_rejected() && count(*outcome) > 0)
        .map(|outcome| format!("{}:{}", outcome.name(), count(outcome)))
        .collect::<Vec<_>>()
        .join(",");
    let event = of_interval("oracle_readings", interval)
        .add_attribute("page", page.to_string())
        .add_attribute("accepted", count(Outcome::Accepted).to_string())
        .add_attribute("duplicate", count(Outcome::Duplicate).to_string());
    // Some chains refuse an attribute without a value.
    if rejected.is_empty() {
        event
    } else {
        event.add_attribute("rejected", rejected)
    }
}

/// A device signed two records of equal revision: the accepted registers (their signature is in the
/// transaction that handed them in) and the other record with its signature.
pub fn conflict(other: &SignedReading, accepted: Registers) -> Event {
    let reading = &other.reading;
    of_device("oracle_conflict", reading.device())
        .add_attribute("interval", reading.interval().get().to_string())
        .add_attribute("revision", reading.revision().to_string())
        .add_attribute("accepted_import", accepted.import.get().to_string())
        .add_attribute("accepted_export", accepted.export.get().to_string())
        .add_attribute("import", reading.import().get().to_string())
        .add_attribute("export", reading.export().get().to_string())
        .add_attribute("signature", HexBinary::from(other.signature).to_hex())
}

/// The net sum of an interval is frozen.
pub fn confirmed(interval: Interval, state: &IntervalState) -> Event {
    of_interval("oracle_confirmed", interval)
        .add_attribute("net", state.net.get().to_string())
        .add_attribute("measured", state.measured.to_string())
        .add_attribute("estimated", state.estimated.to_string())
        .add_attribute("awaited", state.awaited.to_string())
}

/// The head meters contradict the devices: the interval waits until another one starts.
pub fn disputed(interval: Interval, until: Interval, state: &IntervalState) -> Event {
    of_interval("oracle_disputed", interval)
        .add_attribute("until", until.get().to_string())
        .add_attribute("net", state.net.get().to_string())
}

/// The head meters measured more (or less) than the tolerance beyond what the devices explain.
pub fn unexplained(interval: Interval, net: NetWh) -> Event {
    of_interval("oracle_unexplained", interval).add_attribute("net", net.get().to_string())
}

/// What the head meters of a feeder measured beyond what its devices explain; whether that is more than the tolerance.
pub fn feeder(interval: Interval, bus: u16, unexplained: NetWh, outside: bool) -> Event {
    of_interval("oracle_feeder", interval)
        .add_attribute("bus", bus.to_string())
        .add_attribute("unexplained", unexplained.get().to_string())
        .add_attribute("outside", outside.to_string())
}

/// A feeder was outside the tolerance once too often: anyone can have its ratings lowered.
pub fn strike(interval: Interval, bus: u16, strikes: u32) -> Event {
    of_interval("oracle_strike", interval)
        .add_attribute("bus", bus.to_string())
        .add_attribute("strikes", strikes.to_string())
}

/// Connections outside the market draw this much in an interval at a bus, from one on.
pub fn unmetered(bus: u16, from: Interval, net: NetWh) -> Event {
    Event::new("oracle_unmetered")
        .add_attribute("bus", bus.to_string())
        .add_attribute("from", from.get().to_string())
        .add_attribute("net", net.get().to_string())
}

/// Pages of an interval are reduced to their hashes; `done` when none is left.
pub fn pruned(interval: Interval, pages: usize, done: bool) -> Event {
    of_interval("oracle_pruned", interval)
        .add_attribute("pages", pages.to_string())
        .add_attribute("done", done.to_string())
}

/// The registers of a device start over after an interval.
pub fn reset(device: u32, interval: Interval) -> Event {
    of_device("oracle_reset", device).add_attribute("interval", interval.get().to_string())
}

/// A device was silent up to an interval.
pub fn missing(device: u32, interval: Interval) -> Event {
    of_device("oracle_missing", device).add_attribute("interval", interval.get().to_string())
}

fn of_device(name: &'static str, device: u32) -> Event {
    Event::new(name).add_attribute("device", device.to_string())
}

fn of_interval(name: &'static str, interval: Interval) -> Event {
    Event::new(name).add_attribute("interval", interval.get().to_string())
}
