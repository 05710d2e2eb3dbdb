use busbar_api::codec::{Reader, Writer};
use busbar_api::market::{HourBand, Side, Standing, StandingQuantity, StandingResponse};
use busbar_units::{Interval, Ppm, Price, Wh};
use cosmwasm_std::Storage;

use super::{interval_key, prefixed};
use crate::ContractError;

pub const STANDING: &[u8] = b"so/";
pub const CLOSING: &[u8] = b"bc/";

/// A device's lists of standing orders by the interval from which they count, ascending. Stored only for devices
/// that have some, so that closing a book looks at no others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StandingOrders(pub Vec<StandingResponse>);

/// How far standing orders have entered the book of an interval.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookClosing {
    /// First device that has not been looked at.
    pub next: u32,
    /// Whether all were.
    pub complete: bool,
}

fn key(device: u32) -> Vec<u8> {
    [STANDING, &device.to_be_bytes()].concat()
}

impl StandingOrders {
    /// The list that counts in an interval.
    pub fn at(&self, interval: Interval) -> &[Standing] {
        let list = self.0.iter().rev().find(|list| list.from <= interval);
        list.map_or(&[], |list| &list.orders)
    }

    /// Whether any order stands until it is cancelled.
    pub fn any(&self) -> bool {
        self.0.last().is_some_and(|list| !list.orders.is_empty())
    }

    /// Adds the list that counts from an interval on, in place of what was to count from there.
    pub fn replace(&mut self, from: Interval, orders: Vec<Standing>) {
        self.0.retain(|list| list.from < from);
        self.0.push(StandingResponse { from, orders });
    }

    /// Forgets what no interval from `first` on needs: earlier lists, and one that only says that there is none.
    pub fn prune(&mut self, first: Interval) {
        let current = self.0.iter().rposition(|list| list.from <= first).unwrap_or(0);
        self.0.drain(..current);
        while self.0.first().is_some_and(|list| list.orders.is_empty()) {
            self.0.remove(0);
        }
    }

    /// Reads the lists of a device.
    pub fn load(storage: &dyn Storage, device: u32) -> Result<Self, ContractError> {
        let stored = storage.get(&key(device));
        stored.map_or(Ok(Self::default()), |bytes| Self::decode(&bytes))
    }

    /// Writes the lists of a device, or nothing where there are none.
    pub fn save(&self, storage: &mut dyn Storage, device: u32) {
        match self.0.is_empty() {
            true => storage.remove(&key(device)),
            false => storage.set(&key(device), &self.encode()),
        }
    }

    /// Devices with standing orders, in the order of their numbers, from one on.
    pub fn from(storage: &dyn Storage, device: u32) -> impl Iterator<Item = Result<(u32, Self), ContractError>> + '_ {
        let before = device.checked_sub(1).map(key);
        prefixed(storage, STANDING.to_vec(), before).map(|(key, value)| {
            let mut reader = Reader::new(key.strip_prefix(STANDING).unwrap_or_default());
            let device = reader.u32("device")?;
            reader.finish()?;
            Ok((device, Self::decode(&value)?))
        })
    }

    fn encode(&self) -> Vec<u8> {
        let lists = self.0.iter().fold(Writer::new(), |writer, list| {
            let writer = writer.u64(list.from.get()).varint(count(&list.orders));
            list.orders.iter().fold(writer, encode)
        });
        lists.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let mut lists = vec![];
        while !reader.is_empty() {
            let from = Interval::new(reader.u64("first interval")?);
            let count = reader.varint_u32("count of orders")?;
            let orders = (0..count).map(|_| decode(&mut reader)).collect::<Result<_, _>>()?;
            lists.push(StandingResponse { from, orders });
        }
        Ok(Self(lists))
    }
}

fn count<T>(items: &[T]) -> u128 {
    u128::try_from(items.len()).unwrap_or(u128::MAX)
}

fn encode(writer: Writer, order: &Standing) -> Writer {
    let writer = writer.u8(order.side.code()).zigzag(order.limit.get().into());
    match &order.quantity {
        StandingQuantity::ByHour(bands) => bands.iter().fold(writer.u8(0).varint(count(bands)), |writer, band| {
            writer.u8(band.from).u8(band.to).varint(band.wh.get().into())
        }),
        StandingQuantity::ShareOfYesterday(share) => writer.u8(1).zigzag(share.get().into()),
    }
}

fn decode(reader: &mut Reader<'_>) -> Result<Standing, ContractError> {
    let corrupt = || ContractError::Corrupt { what: "standing order" };
    let side = Side::from_code(reader.u8("side")?).ok_or_else(corrupt)?;
    let limit = Price::new(reader.zigzag_i64("limit")?);
    let quantity = match reader.u8("quantity tag")? {
        0 => {
            let bands = (0..reader.varint_u32("count of hours")?).map(|_| {
                Ok(HourBand {
                    from: reader.u8("first hour")?,
                    to: reader.u8("last hour")?,
                    wh: Wh::new(reader.varint_u64("quantity")?),
                })
            });
            StandingQuantity::ByHour(bands.collect::<Result<_, ContractError>>()?)
        }
        1 => StandingQuantity::ShareOfYesterday(Ppm::new(reader.zigzag_i64("share")?)),
        _ => return Err(corrupt()),
    };
    Ok(Standing { side, limit, quantity })
}

impl BookClosing {
    /// How far the book is closed; where nothing stands from the next device on, it is closed without a call.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Self, ContractError> {
        let mut closing = Self::default();
        if let Some(bytes) = storage.get(&interval_key(CLOSING, interval)) {
            let mut reader = Reader::new(&bytes);
            closing.next = reader.u32("next device")?;
            closing.complete = reader.u8("complete")? == 1;
            reader.finish()?;
        }
        closing.complete |= StandingOrders::from(storage, closing.next).next().is_none();
        Ok(closing)
    }

    /// A book that takes no more standing orders.
    pub fn closed() -> Self {
        let (next, complete) = (u32::MAX, true);
        Self { next, complete }
    }

    /// Writes how far the book is closed.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        let writer = Writer::new().u32(self.next).u8(self.complete.into());
        storage.set(&interval_key(CLOSING, interval), &writer.finish());
    }

    /// Forgets it: the interval is cleared or skipped.
    pub fn remove(storage: &mut dyn Storage, interval: Interval) {
        storage.remove(&interval_key(CLOSING, interval));
    }
}
