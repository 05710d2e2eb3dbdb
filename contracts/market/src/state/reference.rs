//! Reference prices of zones, and what they did to an interval's orders.
use busbar_api::codec::{Reader, Writer};
use busbar_units::{Interval, Price};
use cosmwasm_std::Storage;

use super::{interval_key, AccountId, OrderId};
use crate::turnover::Turnover;
use crate::ContractError;

pub const HISTORIES: &[u8] = b"rh/";
pub const POINTS: &[u8] = b"rp/";
pub const FIXED: &[u8] = b"rf/";
pub const CAPPED: &[u8] = b"cp/";

/// The uncongested intervals in which a zone traded last, by the bus at the zone's top: it names the zone in every
/// version of the parameters, so a zone that is left out for a while goes on with what it had.
///
/// The sums are kept here and each interval's part under a key of its own, so that an interval joins and the oldest
/// leaves at a fixed cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    first: u64,
    next: u64,
    /// Sums over the intervals.
    pub sum: Turnover,
}

fn history_key(zone: u16) -> Vec<u8> {
    [HISTORIES, &zone.to_be_bytes()].concat()
}

fn point_key(zone: u16, number: u64) -> Vec<u8> {
    [POINTS, &zone.to_be_bytes()[..], &number.to_be_bytes()[..]].concat()
}

fn read(reader: &mut Reader<'_>) -> Result<Turnover, ContractError> {
    Ok(Turnover {
        wh: reader.zigzag("traded energy")?,
        price_wh: reader.zigzag("traded value")?,
    })
}

fn written(writer: Writer, turnover: Turnover) -> Writer {
    writer.zigzag(turnover.wh).zigzag(turnover.price_wh)
}

impl History {
    /// Reads the history of a zone; empty where there is none.
    pub fn load(storage: &dyn Storage, zone: u16) -> Result<Self, ContractError> {
        let Some(bytes) = storage.get(&history_key(zone)) else {
            return Ok(Self::default());
        };
        let mut reader = Reader::new(&bytes);
        let history = Self {
            first: reader.varint_u64("first interval")?,
            next: reader.varint_u64("next interval")?,
            sum: read(&mut reader)?,
        };
        reader.finish()?;
        Ok(history)
    }

    /// How many intervals it holds.
    pub fn intervals(&self) -> u64 {
        self.next.saturating_sub(self.first)
    }

    /// Adds an interval's trade and lets go of what is older than the last `window` intervals.
    pub fn push(storage: &mut dyn Storage, zone: u16, turnover: Turnover, window: u32) -> Result<(), ContractError> {
        let full = ContractError::Corrupt { what: "zone history" };
        let mut history = Self::load(storage, zone)?;
        storage.set(
            &point_key(zone, history.next),
            &written(Writer::new(), turnover).finish(),
        );
        history.next = history.next.checked_add(1).ok_or(full)?;
        history.sum = history.sum.add(turnover)?;
        while history.intervals() > window.into() {
            let key = point_key(zone, history.first);
            let oldest = storage.get(&key).unwrap_or_default();
            history.sum = history.sum.sub(read(&mut Reader::new(&oldest))?)?;
            storage.remove(&key);
            history.first = history.first.saturating_add(1);
        }
        let head = Writer::new().varint(history.first.into()).varint(history.next.into());
        storage.set(&history_key(zone), &written(head, history.sum).finish());
        Ok(())
    }
}

/// The reference prices of an interval's zones from its first proposal to its clearing: what others clear in between
/// does not change what was proven. Packed as zigzag varints in the order of the zones.
pub struct FixedReferences(pub Vec<Price>);

impl FixedReferences {
    /// Reads the reference prices that are fixed for an interval.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Option<Self>, ContractError> {
        let Some(bytes) = storage.get(&interval_key(FIXED, interval)) else {
            return Ok(None);
        };
        let mut reader = Reader::new(&bytes);
        let mut prices = vec![];
        while !reader.is_empty() {
            prices.push(Price::new(reader.zigzag_i64("reference price")?));
        }
        Ok(Some(Self(prices)))
    }

    /// Writes the reference prices of an interval; nothing where there is no zone.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        let prices = self.0.iter();
        let writer = prices.fold(Writer::new(), |writer, price| writer.zigzag(price.get().into()));
        if !self.0.is_empty() {
            storage.set(&interval_key(FIXED, interval), &writer.finish());
        }
    }

    /// Forgets the reference prices of an interval.
    pub fn remove(storage: &mut dyn Storage, interval: Interval) {
        storage.remove(&interval_key(FIXED, interval));
    }
}

/// An order above the reference price of a zone in which its owner is pivotal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The order.
    pub id: OrderId,
    /// Its own limit.
    pub limit: Price,
    /// The reference price.
    pub reference: Price,
    /// Whether it took part, at the reference price.
    pub took_part: bool,
}

impl Capped {
    /// Reads the capped orders of a cleared interval in the order of their identities.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Vec<Self>, ContractError> {
        let bytes = storage.get(&interval_key(CAPPED, interval)).unwrap_or_default();
        let mut reader = Reader::new(&bytes);
        let mut all = vec![];
        while !reader.is_empty() {
            all.push(Self {
                id: OrderId {
                    interval,
                    account: AccountId(reader.varint_u32("account")?),
                    device: reader.varint_u32("device")?,
                    slot: reader.u8("slot")?,
                },
                limit: Price::new(reader.zigzag_i64("limit")?),
                reference: Price::new(reader.zigzag_i64("reference price")?),
                took_part: reader.u8("part taken")? == 1,
            });
        }
        Ok(all)
    }

    /// Writes the capped orders of an interval; nothing where there is none.
    pub fn save(all: &[Self], storage: &mut dyn Storage, interval: Interval) {
        if all.is_empty() {
            return;
        }
        let writer = all.iter().fold(Writer::new(), |writer, capped| {
            writer
                .varint(capped.id.account.0.into())
                .varint(capped.id.device.into())
                .u8(capped.id.slot)
                .zigzag(capped.limit.get().into())
                .zigzag(capped.reference.get().into())
                .u8(capped.took_part.into())
        });
        storage.set(&interval_key(CAPPED, interval), &writer.finish());
    }

    /// Deletes the capped orders of an interval.
    pub fn remove(storage: &mut dyn Storage, interval: Interval) {
        storage.remove(&interval_key(CAPPED, interval));
    }
}
