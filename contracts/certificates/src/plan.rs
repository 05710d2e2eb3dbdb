//! What an interval's line grants, and to whom.
use busbar_api::market::provenance::{Line, ProvenanceError, Source, Use};
use busbar_units::{Interval, Wh};

/// Wh of one source that go to one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// The device.
    pub device: u32,
    /// What the device did.
    pub of: Of,
    /// Serial number of the first Wh.
    pub first: Wh,
    /// How many.
    pub wh: Wh,
    /// The account.
    pub account: u32,
}

/// What a grant certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Fed by a device, if that generates.
    Generation,
    /// Fed by a device into the bank's storage.
    Charge,
    /// Fed by the bank's storage.
    Discharge,
}

/// The grants of an interval along its line, neighbours of one source and account taken together.
///
/// What was sold goes to whoever used it; what was not stays its producer's, except what charged the bank: that
/// goes to the storage, whose discharge it will stand for. What the storage discharges into itself and what the
/// utility supplies is certified to nobody.
pub fn plan(line: &Line, interval: Interval) -> Result<Vec<Grant>, ProvenanceError> {
    let mut grants: Vec<Grant> = vec![];
    for piece in line.pieces(interval)? {
        let (supply, demand) = (piece.supply, piece.demand);
        let (device, of, account) = match (supply.source, demand.used) {
            (Source::Utility {}, _) | (Source::Bank { .. }, Use::Charge) => continue,
            (Source::Bank { device }, _) => (device, Of::Discharge, demand.account),
            (Source::Device { device }, Use::Charge) => (device, Of::Charge, demand.account),
            (Source::Device { device }, _) if supply.sold => (device, Of::Generation, demand.account),
            (Source::Device { device }, _) => (device, Of::Generation, supply.account),
        };
        let grant = Grant {
            device,
            of,
            first: supply.first,
            wh: supply.wh,
            account,
        };
        match grants.last_mut() {
            Some(last) if last.goes_on_with(&grant)? => last.wh = last.wh.add(grant.wh)?,
            _ => grants.push(grant),
        }
    }
    Ok(grants)
}

impl Grant {
    fn goes_on_with(&self, next: &Self) -> Result<bool, ProvenanceError> {
        let same = (self.device, self.of, self.account) == (next.device, next.of, next.account);
        Ok(same && self.first.add(self.wh)? == next.first)
    }
}
