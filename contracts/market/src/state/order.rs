use busbar_api::codec::{Reader, Writer};
use busbar_api::grid::Params;
use busbar_api::market::{OrderKey, Terms};
use busbar_units::{Interval, NetMoney, Price, Wh};
use cosmwasm_std::Storage;

use super::{interval_key, prefixed, AccountId};
use crate::ContractError;

pub const BOOK: &[u8] = b"or/";

/// Identity of an order; its bytes sort by interval, account, device and slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderId {
    /// Delivery interval.
    pub interval: Interval,
    /// Account of the owner.
    pub account: AccountId,
    /// The device.
    pub device: u32,
    /// Slot among the device's orders of the interval.
    pub slot: u8,
}

/// An order in the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookOrder {
    /// Bus of the device.
    pub bus: u16,
    /// Side and limit, or a bank request.
    pub terms: Terms,
    /// Quantity asked for.
    pub quantity: Wh,
    /// A sell that takes part at its zone's reference price where its owner is pivotal.
    pub at_reference: bool,
    /// The agreement that it is one side of.
    pub agreed: Option<Agreed>,
}

/// One side's view of an agreement at a fixed price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The fixed price.
    pub price: Price,
    /// Device of the other side.
    pub counterparty: u32,
    /// Slot of the other side's order.
    pub slot: u8,
    /// Paid to the other side at the clearing; negative = received.
    pub difference: NetMoney,
}

impl OrderId {
    /// The identity inside the interval.
    pub fn key(self) -> OrderKey {
        OrderKey {
            account: self.account.0,
            device: self.device,
            slot: self.slot,
        }
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut key = device_prefix(self.interval, self.account, self.device);
        key.push(self.slot);
        key
    }

    pub(super) fn parse(key: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(key.strip_prefix(BOOK).unwrap_or_default());
        let id = Self {
            interval: Interval::new(reader.u64("interval")?),
            account: AccountId(reader.u32("account")?),
            device: reader.u32("device")?,
            slot: reader.u8("slot")?,
        };
        reader.finish()?;
        Ok(id)
    }
}

fn account_prefix(interval: Interval, account: AccountId) -> Vec<u8> {
    [interval_key(BOOK, interval), account.0.to_be_bytes().to_vec()].concat()
}

pub fn device_prefix(interval: Interval, account: AccountId, device: u32) -> Vec<u8> {
    [account_prefix(interval, account), device.to_be_bytes().to_vec()].concat()
}

type Listed = Result<(OrderId, BookOrder), ContractError>;

fn listed((key, value): (Vec<u8>, Vec<u8>)) -> Listed {
    Ok((OrderId::parse(&key)?, BookOrder::decode(&value)?))
}

impl BookOrder {
    /// Reads one order.
    pub fn load(storage: &dyn Storage, id: OrderId) -> Result<Option<Self>, ContractError> {
        storage.get(&id.bytes()).map(|bytes| Self::decode(&bytes)).transpose()
    }

    /// Writes an order.
    pub fn save(&self, storage: &mut dyn Storage, id: OrderId) {
        storage.set(&id.bytes(), &self.encode());
    }

    /// Deletes an order.
    pub fn remove(storage: &mut dyn Storage, id: OrderId) {
        storage.remove(&id.bytes());
    }

    /// Orders of an interval, after `after`.
    pub fn of_interval(
        storage: &dyn Storage,
        interval: Interval,
        after: Option<OrderId>,
    ) -> impl Iterator<Item = Listed> + '_ {
        prefixed(storage, interval_key(BOOK, interval), after.map(OrderId::bytes)).map(listed)
    }

    /// Orders of an account in an interval, after `after`.
    pub fn of_account(
        storage: &dyn Storage,
        interval: Interval,
        account: AccountId,
        after: Option<OrderId>,
    ) -> impl Iterator<Item = Listed> + '_ {
        prefixed(storage, account_prefix(interval, account), after.map(OrderId::bytes)).map(listed)
    }

    /// Orders of a device in an interval.
    pub fn of_device(
        storage: &dyn Storage,
        interval: Interval,
        account: AccountId,
        device: u32,
    ) -> impl Iterator<Item = Listed> + '_ {
        prefixed(storage, device_prefix(interval, account, device), None).map(listed)
    }

    /// The terms least favourable to its owner at which it may take part: a reference price may be as low as the
    /// price floor.
    pub fn at_worst(&self, params: &Params) -> Terms {
        match self.terms {
            Terms::Sell { limit } if self.at_reference => Terms::Sell {
                limit: limit.min(params.price_floor),
            },
            terms => terms,
        }
    }

    fn encode(&self) -> Vec<u8> {
        let (tag, limit) = match self.terms {
            Terms::Buy { limit } if self.agreed.is_some() => (5, Some(limit)),
            Terms::Sell { limit } if self.agreed.is_some() => (6, Some(limit)),
            Terms::Sell { limit } if self.at_reference => (4, Some(limit)),
            Terms::Buy { limit } => (0, Some(limit)),
            Terms::Sell { limit } => (1, Some(limit)),
            Terms::Bank {} => (2, None),
            Terms::Redeem {} => (3, None),
        };
        let writer = Writer::new()
            .u8(tag)
            .varint(self.bus.into())
            .varint(self.quantity.get().into());
        let writer = limit
            .iter()
            .fold(writer, |writer, limit| writer.zigzag(limit.get().into()));
        let agreed = self.agreed.iter();
        agreed
            .fold(writer, |writer, agreed| {
                writer
                    .zigzag(agreed.price.get().into())
                    .varint(agreed.counterparty.into())
                    .u8(agreed.slot)
                    .zigzag(agreed.difference.get())
            })
            .finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let corrupt = || ContractError::Corrupt { what: "order" };
        let mut reader = Reader::new(bytes);
        let tag = reader.u8("order tag")?;
        let bus = u16::try_from(reader.varint_u32("bus")?).map_err(|_| corrupt())?;
        let quantity = Wh::new(reader.varint_u64("quantity")?);
        let terms = match tag {
            0 | 5 => Terms::Buy {
                limit: Price::new(reader.zigzag_i64("limit")?),
            },
            1 | 4 | 6 => Terms::Sell {
                limit: Price::new(reader.zigzag_i64("limit")?),
            },
            2 => Terms::Bank {},
            3 => Terms::Redeem {},
            _ => return Err(corrupt()),
        };
        let agreed = match tag {
            5 | 6 => Some(Agreed {
                price: Price::new(reader.zigzag_i64("agreed price")?),
                counterparty: reader.varint_u32("counterparty")?,
                slot: reader.u8("counterparty's slot")?,
                difference: NetMoney::new(reader.zigzag("difference")?),
            }),
            _ => None,
        };
        reader.finish()?;
        Ok(Self {
            bus,
            terms,
            quantity,
            at_reference: tag == 4,
            agreed,
        })
    }
}
