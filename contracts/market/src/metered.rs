//! What the meters of one page of devices say about an interval.
use busbar_api::oracle::{self, Energy, ReadingPage, SlotReading};
use busbar_api::registry::{self, DevicePage, SlotStatus};
use busbar_units::{Interval, Wh};

use crate::context::Context;
use crate::state::device_at;
use crate::ContractError;

/// Readings of an interval and of the one before, and the meters that signed them.
pub struct Metered<'a, 'b> {
    context: &'a Context<'b>,
    interval: Interval,
    page: u32,
    before: Option<ReadingPage>,
    now: Option<ReadingPage>,
    devices: Option<DevicePage>,
}

impl<'a, 'b> Metered<'a, 'b> {
    /// Reads the pages raw.
    pub fn load(context: &'a Context<'b>, interval: Interval, page: u32) -> Result<Self, ContractError> {
        let (q, contracts) = (context.querier(), &context.contracts);
        let before = match interval.minus(1) {
            Some(before) => oracle::raw::page(q, &contracts.oracle, before, page)?,
            None => None,
        };
        Ok(Self {
            context,
            interval,
            page,
            before,
            now: oracle::raw::page(q, &contracts.oracle, interval, page)?,
            devices: registry::raw::page(q, &contracts.registry, page)?,
        })
    }

    /// The interval.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// What the registers showed at the end of this interval, read or estimated.
    pub fn reading(&self, slot: u8) -> Option<&SlotReading> {
        self.now.as_ref().and_then(|page| page.get(slot))
    }

    /// What they showed at its start.
    pub fn reading_before(&self, slot: u8) -> Option<&SlotReading> {
        self.before.as_ref().and_then(|page| page.get(slot))
    }

    /// Whether the device settles at all: a connection, or the bank's storage.
    pub fn settles(&self, slot: u8) -> bool {
        self.devices
            .as_ref()
            .and_then(|page| page.get(slot))
            .is_some_and(|device| device.settles)
    }

    /// Whether the device is over for good: nothing will be read of it.
    pub fn is_retired(&self, slot: u8) -> bool {
        self.devices
            .as_ref()
            .and_then(|page| page.get(slot))
            .is_some_and(|device| device.status == SlotStatus::Retired)
    }

    /// Modulus of the registers of the meter that is valid in this interval.
    pub fn modulus(&self, slot: u8) -> Result<Wh, ContractError> {
        self.modulus_at(slot, self.interval)
    }

    /// Modulus of the registers of the meter that is valid in the interval before.
    pub fn modulus_before(&self, slot: u8) -> Result<Wh, ContractError> {
        self.modulus_at(slot, self.interval.minus(1).unwrap_or_default())
    }

    fn modulus_at(&self, slot: u8, interval: Interval) -> Result<Wh, ContractError> {
        let corrupt = ContractError::Corrupt { what: "meter" };
        let Some(device) = self.devices.as_ref().and_then(|page| page.get(slot)) else {
            return Err(corrupt);
        };
        let number = device_at(self.page, slot)?;
        let (q, registry) = (self.context.querier(), &self.context.contracts.registry);
        let meter = registry::raw::meter_at(q, registry, number, device, interval)?;
        Ok(meter.ok_or(corrupt)?.register_modulus)
    }

    /// Energy of the device where it is in the interval's frozen net sum: what settlement goes by.
    pub fn counted(&self, slot: u8) -> Result<Option<Energy>, ContractError> {
        if !self.settles(slot) || !self.reading(slot).is_some_and(|reading| reading.counted) {
            return Ok(None);
        }
        let modulus = self.modulus(slot)?;
        Ok(oracle::counted(self.before.as_ref(), self.now.as_ref(), slot, modulus))
    }

    /// Energy of the device as its readings, estimates and revisions tell it at last: what finality goes by.
    pub fn latest(&self, slot: u8) -> Result<Option<Energy>, ContractError> {
        if !self.settles(slot) || self.reading(slot).is_none() || self.reading_before(slot).is_none() {
            return Ok(None);
        }
        let modulus = self.modulus(slot)?;
        Ok(oracle::energy(self.before.as_ref(), self.now.as_ref(), slot, modulus))
    }

    /// Energy of the device between two readings that the oracle accepted; none where either is missing or estimated.
    pub fn accepted(&self, slot: u8) -> Result<Option<Energy>, ContractError> {
        let accepted = |reading: Option<&SlotReading>| reading.is_some_and(|reading| !reading.estimated);
        if !accepted(self.reading_before(slot)) || !accepted(self.reading(slot)) {
            return Ok(None);
        }
        self.latest(slot)
    }
}
