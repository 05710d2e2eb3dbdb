use busbar_api::codec::{Reader, Writer};
use busbar_units::{Interval, Money, Price, Wh};
use cosmwasm_std::Storage;

use super::{locate, AccountId, PAGE};
use crate::ContractError;

pub const PAGES: &[u8] = b"dv/";

/// What the market keeps of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceSlot {
    /// The owner's account.
    pub account: AccountId,
    /// Bus at which the device settles.
    pub bus: u16,
    /// The device's part in the account's margin.
    pub margin: Money,
    /// Open while the device's energy of the last final intervals is unknown.
    pub gap: Option<Gap>,
    /// Who answers for earlier intervals, until all of them are final and no gap reaches back to them.
    pub former: Option<Former>,
}

/// The owner before the one of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Former {
    /// His account.
    pub account: AccountId,
    /// First interval that is not his.
    pub until: Interval,
    /// The device's part in his account's margin.
    pub margin: Money,
}

/// Final intervals whose energy of a device is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// First of them.
    pub since: Interval,
    /// Import register of the last reading whose energy is accounted for.
    pub import: Wh,
    /// Export register of that reading.
    pub export: Wh,
    /// Purchases that counted as drawn in these intervals.
    pub assumed: Wh,
    /// Highest import tariff of these intervals.
    pub import_tariff: Price,
    /// Lowest export tariff of these intervals.
    pub export_tariff: Price,
}

/// The devices of one page; a slot is empty until the device first trades or settles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DevicePage {
    slots: Vec<Option<DeviceSlot>>,
}

fn key(page: u32) -> Vec<u8> {
    [PAGES, &page.to_be_bytes()].concat()
}

impl DevicePage {
    /// Reads a page; one that was never written is empty.
    pub fn load(storage: &dyn Storage, page: u32) -> Result<Self, ContractError> {
        let Some(bytes) = storage.get(&key(page)) else {
            return Ok(Self::default());
        };
        let mut reader = Reader::new(&bytes);
        let mut slots = Vec::new();
        while !reader.is_empty() {
            let tag = reader.u8("device tag")?;
            slots.push(match tag {
                0 => None,
                1..=4 => Some(DeviceSlot {
                    account: AccountId(reader.varint_u32("account")?),
                    bus: reader.u16("bus")?,
                    margin: Money::new(reader.varint("margin")?),
                    gap: match tag {
                        2 | 4 => Some(Gap::decode(&mut reader)?),
                        _ => None,
                    },
                    former: match tag {
                        3 | 4 => Some(Former::decode(&mut reader)?),
                        _ => None,
                    },
                }),
                _ => return Err(ContractError::Corrupt { what: "device page" }),
            });
        }
        Ok(Self { slots })
    }

    /// Writes a page.
    pub fn save(&self, storage: &mut dyn Storage, page: u32) {
        let writer = self.slots.iter().fold(Writer::new(), |writer, slot| match slot {
            None => writer.u8(0),
            Some(device) => {
                let tag = match (&device.gap, &device.former) {
                    (None, None) => 1,
                    (Some(_), None) => 2,
                    (None, Some(_)) => 3,
                    (Some(_), Some(_)) => 4,
                };
                let writer = writer.u8(tag);
                let writer = writer.varint(device.account.0.into()).u16(device.bus);
                let writer = writer.varint(device.margin.get());
                let writer = device.gap.iter().fold(writer, |writer, gap| gap.encode(writer));
                device
                    .former
                    .iter()
                    .fold(writer, |writer, former| former.encode(writer))
            }
        });
        storage.set(&key(page), &writer.finish());
    }

    /// A slot.
    pub fn get(&self, slot: u8) -> Option<&DeviceSlot> {
        self.slots.get(usize::from(slot)).and_then(Option::as_ref)
    }

    /// A slot to change.
    pub fn get_mut(&mut self, slot: u8) -> Option<&mut DeviceSlot> {
        self.slots.get_mut(usize::from(slot)).and_then(Option::as_mut)
    }

    /// Fills a slot.
    pub fn set(&mut self, slot: u8, device: DeviceSlot) {
        let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
        while self.slots.len() <= usize::from(slot) && self.slots.len() < size {
            self.slots.push(None);
        }
        if let Some(place) = self.slots.get_mut(usize::from(slot)) {
            *place = Some(device);
        }
    }
}

impl DeviceSlot {
    /// The account of an interval: the owner's, or the one of the owner before.
    pub fn account_in(&self, interval: Interval) -> AccountId {
        match &self.former {
            Some(former) if interval < former.until => former.account,
            _ => self.account,
        }
    }

    /// Reads what the market keeps of a device.
    pub fn load(storage: &dyn Storage, device: u32) -> Result<Option<Self>, ContractError> {
        let (page, slot) = locate(device);
        Ok(DevicePage::load(storage, page)?.get(slot).cloned())
    }

    /// Writes what the market keeps of a device.
    pub fn save(&self, storage: &mut dyn Storage, device: u32) -> Result<(), ContractError> {
        let (page, slot) = locate(device);
        let mut devices = DevicePage::load(storage, page)?;
        devices.set(slot, self.clone());
        devices.save(storage, page);
        Ok(())
    }
}

impl Former {
    /// Whether nothing can be due of his intervals any more: they are final, and no gap reaches back to them.
    pub fn is_over(&self, final_cursor: Interval, gap: Option<&Gap>) -> bool {
        final_cursor >= self.until && gap.is_none_or(|gap| gap.since >= self.until)
    }

    fn encode(&self, writer: Writer) -> Writer {
        writer
            .varint(self.account.0.into())
            .varint(self.until.get().into())
            .varint(self.margin.get())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, ContractError> {
        Ok(Self {
            account: AccountId(reader.varint_u32("former account")?),
            until: Interval::new(reader.varint_u64("former until")?),
            margin: Money::new(reader.varint("former margin")?),
        })
    }
}

impl Gap {
    fn encode(&self, writer: Writer) -> Writer {
        writer
            .varint(self.since.get().into())
            .varint(self.import.get().into())
            .varint(self.export.get().into())
            .varint(self.assumed.get().into())
            .zigzag(self.import_tariff.get().into())
            .zigzag(self.export_tariff.get().into())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, ContractError> {
        Ok(Self {
            since: Interval::new(reader.varint_u64("gap since")?),
            import: Wh::new(reader.varint_u64("gap import")?),
            export: Wh::new(reader.varint_u64("gap export")?),
            assumed: Wh::new(reader.varint_u64("gap assumed")?),
            import_tariff: Price::new(reader.zigzag_i64("gap import tariff")?),
            export_tariff: Price::new(reader.zigzag_i64("gap export tariff")?),
        })
    }
}
