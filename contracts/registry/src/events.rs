//! Events of the registry.
use busbar_api::registry::Suspension;
use busbar_attestation::PublicKey;
use busbar_units::{Interval, Watt};
use cosmwasm_std::{Addr, Event, Timestamp};

/// The registry exists.
pub fn founded(grid: &Addr, domain: &str) -> Event {
    Event::new("registry_founded")
        .add_attribute("grid", grid)
        .add_attribute("domain", domain)
}

/// A manufacturer's endorsements count, or count no more.
pub fn manufacturer(id: u32, admitted: bool) -> Event {
    Event::new("registry_manufacturer")
        .add_attribute("id", id.to_string())
        .add_attribute("admitted", admitted.to_string())
}

/// A number is reserved.
pub fn reserved(number: u32, owner: &Addr, lapses: Timestamp) -> Event {
    device("registry_reserved", number)
        .add_attribute("owner", owner)
        .add_attribute("lapses", lapses.seconds().to_string())
}

/// A number is free again.
pub fn released(number: u32) -> Event {
    device("registry_released", number)
}

/// A device waits for the operator's confirmation.
pub fn enrolled(number: u32, owner: &Addr, manufacturer: u32, serial: &str) -> Event {
    device("registry_enrolled", number)
        .add_attribute("owner", owner)
        .add_attribute("manufacturer", manufacturer.to_string())
        .add_attribute("serial", serial)
}

/// A device's readings are accepted from an interval on.
pub fn confirmed(number: u32, active_from: Interval) -> Event {
    device("registry_confirmed", number).add_attribute("active_from", active_from.get().to_string())
}

/// The usable ratings of a device, in W.
pub fn rated(number: u32, import: Watt, export: Watt) -> Event {
    device("registry_rated", number)
        .add_attribute("usable_import", import.get().to_string())
        .add_attribute("usable_export", export.get().to_string())
}

/// The ratings on a feeder are lowered; `done` when every device has felt it.
pub fn feeder_lowered(bus: u16, devices: u32, done: bool) -> Event {
    Event::new("registry_feeder_lowered")
        .add_attribute("bus", bus.to_string())
        .add_attribute("devices", devices.to_string())
        .add_attribute("done", done.to_string())
}

/// A key stands in public until it may take over.
pub fn key_pending(number: u32, key: &PublicKey, due: Timestamp) -> Event {
    device("registry_key_pending", number)
        .add_attribute("key", format!("{key:?}"))
        .add_attribute("due", due.seconds().to_string())
}

/// A key signs the readings from an interval on.
pub fn key_valid(number: u32, key: &PublicKey, from: Interval) -> Event {
    device("registry_key_valid", number)
        .add_attribute("key", format!("{key:?}"))
        .add_attribute("from", from.get().to_string())
}

/// A key that stood in public is withdrawn.
pub fn key_cancelled(number: u32) -> Event {
    device("registry_key_cancelled", number)
}

/// A device's registers start over after an interval.
pub fn replaced(number: u32, serial: &str, interval: Interval) -> Event {
    device("registry_replaced", number)
        .add_attribute("serial", serial)
        .add_attribute("interval", interval.get().to_string())
}

/// A device's readings are refused.
pub fn suspended(number: u32, reason: &Suspension) -> Event {
    let event = device("registry_suspended", number);
    match reason {
        Suspension::Operator { note } => event.add_attribute("reason", "operator").add_attribute("note", note),
        Suspension::UnequalRecords { interval } => event
            .add_attribute("reason", "unequal_records")
            .add_attribute("interval", interval.get().to_string()),
        Suspension::Missing { interval } => event
            .add_attribute("reason", "missing")
            .add_attribute("interval", interval.get().to_string()),
        Suspension::ForeignRecord { domain } => event
            .add_attribute("reason", "foreign_record")
            .add_attribute("domain", domain),
    }
}

/// A device's readings are accepted again; it is awaited from an interval on.
pub fn reinstated(number: u32, awaited_from: Interval) -> Event {
    device("registry_reinstated", number).add_attribute("awaited_from", awaited_from.get().to_string())
}

/// A device may be taken over.
pub fn offered(number: u32, owner: &Addr, to: &Addr) -> Event {
    device("registry_offered", number)
        .add_attribute("owner", owner)
        .add_attribute("to", to)
}

/// An offer stands no longer.
pub fn offer_withdrawn(number: u32) -> Event {
    device("registry_offer_withdrawn", number)
}

/// A device is another owner's from an interval on.
pub fn passed(number: u32, former: &Addr, owner: &Addr, from: Interval) -> Event {
    device("registry_passed", number)
        .add_attribute("former", former)
        .add_attribute("owner", owner)
        .add_attribute("from", from.get().to_string())
}

/// A device is over for good.
pub fn retired(number: u32) -> Event {
    device("registry_retired", number)
}

fn device(name: &'static str, number: u32) -> Event {
    Event::new(name).add_attribute("number", number.to_string())
}
