use crate::RelayerError;
use busbar_api::registry::{DevicePage, Meter, raw};
use busbar_attestation::{PublicKey, page_of, slot_of};
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::Interval;
use cosmwasm_std::Addr;
use std::collections::HashMap;

/// Pages that are kept; a page of 64 devices takes about 10 kB.
const PAGES: usize = 4_096;

/// Keys of the devices as the registry's pages had them when they were last read.
///
/// A page may be out of date: whoever finds a key missing or a signature wrong reads the page again
/// ([`Keys::refresh`]) and asks again.
pub(crate) struct Keys {
    registry: Addr,
    pages: HashMap<u32, Page>,
}

#[derive(Default)]
struct Page {
    devices: DevicePage,
    /// Earlier meters of devices that were asked about.
    past: HashMap<u32, Vec<Meter>>,
}

impl Keys {
    pub(crate) fn new(registry: Addr) -> Self {
        Self {
            registry,
            pages: HashMap::new(),
        }
    }

    /// The key that signs a device's reading of an interval; none if the registry knew none.
    pub(crate) fn get(
        &mut self,
        chain: &dyn Chain,
        device: u32,
        interval: Interval,
    ) -> Result<Option<PublicKey>, RelayerError> {
        let number = page_of(device);
        if !self.pages.contains_key(&number) {
            self.refresh(chain, number)?;
        }
        let Some(page) = self.pages.get_mut(&number) else {
            return Ok(None);
        };
        let Some(slot) = page.devices.get(slot_of(device)) else {
            return Ok(None);
        };
        if slot.meter.from <= interval {
            return Ok(Some(slot.meter.key));
        }
        let past = match page.past.entry(device) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(unknown) => unknown.insert(raw::past_meters(
                &ChainQuerier::new(chain).wrap(),
                &self.registry,
                device,
            )?),
        };
        Ok(past
            .iter()
            .rev()
            .find(|meter| meter.from <= interval)
            .map(|meter| meter.key))
    }

    /// Reads a page again.
    pub(crate) fn refresh(&mut self, chain: &dyn Chain, page: u32) -> Result<(), RelayerError> {
        let devices = raw::page(&ChainQuerier::new(chain).wrap(), &self.registry, page)?.unwrap_or_default();
        if self.pages.len() >= PAGES {
            self.pages.clear();
        }
        self.pages.insert(
            page,
            Page {
                devices,
                past: HashMap::new(),
            },
        );
        Ok(())
    }
}
