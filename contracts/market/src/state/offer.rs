//! Offers of agreements that wait for their other side.
use busbar_api::codec::{Reader, Writer};
use busbar_api::market::bilateral::OfferKey;
use busbar_api::market::Side;
use busbar_units::{Interval, Price, Wh};
use cosmwasm_std::Storage;

use super::{interval_key, prefixed};
use crate::ContractError;

pub const OFFERS: &[u8] = b"of/";

/// What a device's owner offers to another device; locks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What the offering device does.
    pub side: Side,
    /// Quantity.
    pub quantity: Wh,
    /// Fixed price.
    pub price: Price,
}

fn device_prefix(interval: Interval, device: u32) -> Vec<u8> {
    [interval_key(OFFERS, interval), device.to_be_bytes().to_vec()].concat()
}

fn key(interval: Interval, of: OfferKey) -> Vec<u8> {
    [
        device_prefix(interval, of.device),
        of.counterparty.to_be_bytes().to_vec(),
    ]
    .concat()
}

fn parse(bytes: &[u8]) -> Result<OfferKey, ContractError> {
    let mut reader = Reader::new(bytes.strip_prefix(OFFERS).unwrap_or_default());
    reader.u64("interval")?;
    let key = OfferKey {
        device: reader.u32("device")?,
        counterparty: reader.u32("counterparty")?,
    };
    reader.finish()?;
    Ok(key)
}

impl Offer {
    /// Reads an offer.
    pub fn load(storage: &dyn Storage, interval: Interval, of: OfferKey) -> Result<Option<Self>, ContractError> {
        storage
            .get(&key(interval, of))
            .map(|bytes| Self::decode(&bytes))
            .transpose()
    }

    /// Writes an offer; one that stood between the same devices is replaced.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval, of: OfferKey) {
        let writer = Writer::new()
            .u8(self.side.code())
            .varint(self.quantity.get().into())
            .zigzag(self.price.get().into());
        storage.set(&key(interval, of), &writer.finish());
    }

    /// Deletes an offer.
    pub fn remove(storage: &mut dyn Storage, interval: Interval, of: OfferKey) {
        storage.remove(&key(interval, of));
    }

    /// How many offers a device has in an interval.
    pub fn count(storage: &dyn Storage, interval: Interval, device: u32) -> usize {
        prefixed(storage, device_prefix(interval, device), None).count()
    }

    /// Offers of an interval, after `after`.
    pub fn of_interval(
        storage: &dyn Storage,
        interval: Interval,
        after: Option<OfferKey>,
    ) -> impl Iterator<Item = Result<(OfferKey, Self), ContractError>> + '_ {
        let after = after.map(|of| key(interval, of));
        prefixed(storage, interval_key(OFFERS, interval), after)
            .map(|(key, value)| Ok((parse(&key)?, Self::decode(&value)?)))
    }

    /// Deletes all offers of an interval: a bounded number per device.
    pub fn lapse(storage: &mut dyn Storage, interval: Interval) {
        let keys: Vec<_> = prefixed(storage, interval_key(OFFERS, interval), None)
            .map(|(key, _)| key)
            .collect();
        for key in keys {
            storage.remove(&key);
        }
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let offer = Self {
            side: Side::from_code(reader.u8("offer side")?).ok_or(ContractError::Corrupt { what: "offer" })?,
            quantity: Wh::new(reader.varint_u64("quantity")?),
            price: Price::new(reader.zigzag_i64("price")?),
        };
        reader.finish()?;
        Ok(offer)
    }
}
