use busbar_units::Interval;
use cosmwasm_std::Addr;

use crate::{Device, Region};

impl Region {
    /// A device passes to another owner; returns it as scripts name it from then on, and the new owner's first interval.
    pub fn pass(&mut self, device: &Device, to: &Addr) -> (Device, Interval) {
        let number = device.number;
        let offer = self.registry.offer_device(number, to).expect("a message");
        self.must(&device.owner, offer);
        let accept = self.registry.accept_device(number).expect("a message");
        self.must(to, accept);
        let known = self.registry.device(&self.q(), number).expect("a device");
        let passed = Device {
            number,
            owner: known.owner,
        };
        (passed, known.owned_from.expect("a device that has passed"))
    }
}
