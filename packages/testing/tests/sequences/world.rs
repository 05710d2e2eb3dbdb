//! What the calls of a sequence can refer to.
use std::collections::BTreeMap;

use busbar_testing::attestation::{page_of, slot_of, SigningKey};
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::market::raw::final_cursor;
use busbar_testing::units::Interval;
use busbar_testing::{registry, Device, Region};
use serde_json::Value;

use crate::rng::Rng;

/// A region and those who live in it.
pub struct World {
    pub region: Region,
    pub rng: Rng,
    /// Everybody who sends messages, strangers and the contracts' roles among them.
    pub actors: Vec<Addr>,
    pub devices: Vec<Device>,
    /// The interval whose life is being played; none in a call out of the blue.
    pub focus: Option<Interval>,
    /// Keys that devices have or had.
    pub keys: BTreeMap<u32, Vec<SigningKey>>,
    /// Import and export registers at the end of intervals, by device.
    pub registers: BTreeMap<u32, BTreeMap<Interval, (u64, u64)>>,
    /// Counts what must be unique.
    pub serial: u64,
}

impl World {
    pub fn new(region: Region, devices: Vec<Device>) -> Self {
        let mut region = region;
        let mut actors: Vec<Addr> = devices.iter().map(|device| device.owner.clone()).collect();
        actors.extend(
            [
                &region.owner,
                &region.operator,
                &region.utility,
                &region.guardian,
                &region.reporter,
            ]
            .map(Addr::clone),
        );
        for name in ["anyone", "stranger", "relayer", "solver"] {
            actors.push(region.account(name));
        }
        let keys = devices
            .iter()
            .map(|device| (device.number, vec![region.meter(device).key.clone()]));
        let keys = keys.collect();
        Self {
            region,
            rng: Rng::new(0),
            actors,
            devices,
            focus: None,
            keys,
            registers: BTreeMap::new(),
            serial: 0,
        }
    }

    /// The same world with another future.
    pub fn fork(&self, rng: Rng) -> Self {
        Self {
            region: self.region.fork(),
            rng,
            actors: self.actors.clone(),
            devices: self.devices.clone(),
            focus: self.focus,
            keys: self.keys.clone(),
            registers: self.registers.clone(),
            serial: self.serial,
        }
    }

    pub fn actor(&mut self) -> Addr {
        self.rng.pick(&self.actors)
    }

    pub fn device(&mut self) -> Device {
        self.rng.pick(&self.devices)
    }

    pub fn address(&self, contract: &str) -> Addr {
        let region = &self.region;
        match contract {
            "grid" => region.grid.address(),
            "registry" => region.registry.address(),
            "oracle" => region.oracle.address(),
            "market" => region.market.address(),
            "energy-token" => region.energy_token.address(),
            _ => region.certificates.address(),
        }
        .clone()
    }

    /// The first interval that is not final.
    pub fn cursor(&self) -> Interval {
        final_cursor(&self.region.q(), self.region.market.address()).unwrap()
    }

    /// Owner of a contract, and who is offered it.
    pub fn ownership(&self, contract: &str) -> [Option<Addr>; 2] {
        let ask = serde_json::json!({"ownership": {}});
        let told: Value = self.region.q().query_wasm_smart(self.address(contract), &ask).unwrap();
        ["owner", "pending_owner"].map(|who| told[who].as_str().map(Addr::unchecked))
    }

    /// The key that a device signs readings of an interval with, where it is known.
    pub fn key(&self, number: u32, interval: Interval) -> Option<SigningKey> {
        let (q, registry) = (self.region.q(), self.region.registry.address());
        let page = registry::raw::page(&q, registry, page_of(number)).unwrap()?;
        let slot = page.get(slot_of(number))?;
        let meter = registry::raw::meter_at(&q, registry, number, slot, interval).unwrap()?;
        let mut known = self.keys.get(&number)?.iter();
        known.find(|key| key.public_key() == meter.key).cloned()
    }

    /// A device was enrolled with the key that was drawn for it last.
    pub fn enrolled(&mut self, number: u32) {
        let owner = self.region.registry.device(&self.region.q(), number).unwrap().owner;
        let key = self.keys[&number].last().unwrap().clone();
        self.region.install(number, key);
        self.devices.retain(|device| device.number != number);
        self.devices.push(Device { number, owner });
    }

    /// Who answers for a device in an interval.
    pub fn owner(&self, number: u32, interval: Interval) -> Option<Addr> {
        let device = self.region.registry.device(&self.region.q(), number).ok()?;
        Some(device.owner_in(interval).clone())
    }

    /// Devices have other owners.
    pub fn passed(&mut self) {
        for device in &mut self.devices {
            // One that was never confirmed may have lapsed.
            if let Ok(known) = self.region.registry.device(&self.region.q(), device.number) {
                device.owner = known.owner;
            }
        }
    }

    pub fn unique(&mut self) -> String {
        self.serial += 1;
        format!("{}-{}", self.serial, self.rng.next())
    }
}
