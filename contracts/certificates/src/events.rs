//! What happened, for whoever follows the chain.
use busbar_api::certificates::{CertificateId, Progress};
use busbar_units::Wh;
use cosmwasm_std::{Addr, Event};

pub fn issued(before: Progress, after: Progress, wh: Wh) -> Event {
    Event::new("issue")
        .add_attribute("from_interval", before.interval.get().to_string())
        .add_attribute("to_interval", after.interval.get().to_string())
        .add_attribute("wh", wh.get().to_string())
}

pub fn transferred(id: CertificateId, from: &Addr, to: &Addr, wh: Wh) -> Event {
    moved("transfer", id, wh)
        .add_attribute("from", from)
        .add_attribute("to", to)
}

pub fn split(id: CertificateId, wh: Wh, second: CertificateId) -> Event {
    moved("split", id, wh).add_attribute("second", second.to_string())
}

pub fn bundled(id: CertificateId, wh: Wh, count: usize) -> Event {
    moved("bundle", id, wh).add_attribute("count", count.to_string())
}

pub fn retired(id: CertificateId, wh: Wh, beneficiary: &str, purpose: &str) -> Event {
    moved("retire", id, wh)
        .add_attribute("beneficiary", beneficiary)
        .add_attribute("purpose", purpose)
}

pub fn withdrawn(device: u32, wh: Wh, evidence: &str, by: &Addr) -> Event {
    Event::new("withdraw")
        .add_attribute("device", device.to_string())
        .add_attribute("wh", wh.get().to_string())
        .add_attribute("evidence", evidence)
        .add_attribute("by", by)
}

fn moved(action: &str, id: CertificateId, wh: Wh) -> Event {
    Event::new(action)
        .add_attribute("certificate", id.to_string())
        .add_attribute("wh", wh.get().to_string())
}
