use busbar_api::market::{SealedOrder, Side};
use busbar_units::{Interval, Price, Wh};
use cosmwasm_std::WasmMsg;
use cw_multi_test::AppResponse;

use crate::{Device, Region};

/// An order to seal, limit in millionths per kWh; `salt` is one byte for all 32, which only a test may do.
pub fn sealed(side: Side, wh: u64, limit: i64, salt: u8) -> SealedOrder {
    SealedOrder {
        side,
        limit: Price::new(limit),
        quantity: Wh::new(wh),
        salt: [salt; 32].into(),
    }
}

impl Region {
    /// A message that seals an order of a device.
    pub fn to_seal(&self, device: &Device, interval: Interval, order: &SealedOrder) -> WasmMsg {
        let domain = &self.setup.domain;
        let seal = self.market.seal(domain, &device.owner, device.number, interval, order);
        seal.expect("a message")
    }

    /// A message that reveals an order of a device.
    pub fn to_reveal(&self, device: &Device, interval: Interval, slot: u8, order: &SealedOrder) -> WasmMsg {
        let reveal = self.market.reveal(device.number, interval, slot, order.clone());
        reveal.expect("a message")
    }

    /// Seals an order of a device.
    pub fn seal(&mut self, device: &Device, interval: Interval, order: &SealedOrder) -> AppResponse {
        let seal = self.to_seal(device, interval, order);
        self.must(&device.owner, seal)
    }

    /// Reveals an order of a device at the gate closure of its interval.
    pub fn reveal(&mut self, device: &Device, interval: Interval, slot: u8, order: &SealedOrder) -> AppResponse {
        let closes_s = self.times(interval).closes_s;
        self.reach(closes_s);
        let reveal = self.to_reveal(device, interval, slot, order);
        self.must(&device.owner, reveal)
    }
}
