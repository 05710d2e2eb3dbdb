//! Who answered for a device when.
use busbar_api::registry::Device;
use busbar_units::Interval;
use cosmwasm_std::Event;

use super::StatementError;
use super::collect::{attribute, number};

/// A device and the owners that it had.
pub struct Owned {
    /// The device.
    pub device: Device,
    /// First interval that was no longer an owner's, and the owner, ascending.
    before: Vec<(Interval, String)>,
}

impl Owned {
    /// A device and the events of its transfers.
    pub fn new<'a>(device: Device, passed: impl Iterator<Item = &'a Event>) -> Result<Self, StatementError> {
        let mut before = vec![];
        for event in passed {
            let from = Interval::new(u64::try_from(number(event, "from")?).unwrap_or_default());
            before.push((from, attribute(event, "former").unwrap_or_default().to_owned()));
        }
        before.sort();
        Ok(Self { device, before })
    }

    /// The owner in an interval.
    pub fn owner_in(&self, interval: Interval) -> &str {
        let found = self.before.iter().find(|(until, _)| interval < *until);
        found.map_or(self.device.owner.as_str(), |(_, former)| former)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wallet::transfer::tests::device;

    #[test]
    fn every_interval_has_its_owner() {
        let passed = |from: u64, former: &str| {
            Event::new("wasm-handed_over")
                .add_attribute("from", from.to_string())
                .add_attribute("former", former)
        };
        let owner = |owned: &Owned, interval| owned.owner_in(Interval::new(interval)).to_owned();
        let owned = Owned::new(device(), [].into_iter()).unwrap();
        assert_eq!(owner(&owned, 0), "ben");
        // In whatever order they are found.
        let events = [passed(70, "cleo"), passed(40, "anna")];
        let owned = Owned::new(device(), events.iter()).unwrap();
        let owners = [39, 40, 69, 70].map(|interval| owner(&owned, interval));
        assert_eq!(owners, ["anna", "cleo", "cleo", "ben"]);
    }
}
