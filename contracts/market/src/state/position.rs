use busbar_api::codec::{Reader, Writer};
use busbar_units::{Interval, NetMoney, NetWh, Wh};
use cosmwasm_std::Storage;

use super::PAGE;
use crate::ContractError;

pub const PAGES: &[u8] = b"po/";

/// What a device has to do with an interval's market.
///
/// A home that banks gives to the bank, one that redeems takes from it; the bank's own storage stands on
/// the other side of both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Bought less sold.
    pub traded: NetWh,
    /// Asked to feed for banking; from the start of settlement on: what counts as fed for it.
    pub given: Wh,
    /// Asked to draw for banking; from the start of settlement on: what counts as drawn for it.
    pub taken: Wh,
    /// What settlement charged (positive) or paid (negative).
    pub paid: NetMoney,
}

impl Position {
    /// Net import that this device is expected to draw: its trades and its part in banking.
    pub fn net(&self) -> Result<NetWh, ContractError> {
        Ok(self.traded.sub(self.given.drawn()?)?.add(self.taken.drawn()?)?)
    }
}

/// The positions of one page of devices in one interval.
///
/// Packed: presence bitmap (8 bytes), then the four fields as varints for each present slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionPage {
    slots: Vec<Option<Position>>,
}

impl Default for PositionPage {
    fn default() -> Self {
        Self {
            slots: (0..PAGE).map(|_| None).collect(),
        }
    }
}

fn key(interval: Interval, page: u32) -> Vec<u8> {
    [PAGES, &interval.get().to_be_bytes(), &page.to_be_bytes()].concat()
}

impl PositionPage {
    /// Reads a page; one that was never written is empty.
    pub fn load(storage: &dyn Storage, interval: Interval, page: u32) -> Result<Self, ContractError> {
        let mut positions = Self::default();
        let Some(bytes) = storage.get(&key(interval, page)) else {
            return Ok(positions);
        };
        let mut reader = Reader::new(&bytes);
        let mut bitmap = reader.u64("positions")?;
        for slot in &mut positions.slots {
            if bitmap & 1 == 1 {
                *slot = Some(Position {
                    traded: NetWh::new(reader.zigzag_i64("traded")?),
                    given: Wh::new(reader.varint_u64("given")?),
                    taken: Wh::new(reader.varint_u64("taken")?),
                    paid: NetMoney::new(reader.zigzag("paid")?),
                });
            }
            bitmap >>= 1;
        }
        reader.finish()?;
        Ok(positions)
    }

    /// Writes a page; one without a position is removed.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval, page: u32) {
        let present = |slot: &Option<Position>| slot.is_some();
        let bitmap = self
            .slots
            .iter()
            .rev()
            .fold(0u64, |bits, slot| (bits << 1) | u64::from(present(slot)));
        if bitmap == 0 {
            Self::remove(storage, interval, page);
            return;
        }
        let writer = self
            .slots
            .iter()
            .flatten()
            .fold(Writer::new().u64(bitmap), |writer, position| {
                writer
                    .zigzag(position.traded.get().into())
                    .varint(position.given.get().into())
                    .varint(position.taken.get().into())
                    .zigzag(position.paid.get())
            });
        storage.set(&key(interval, page), &writer.finish());
    }

    /// Deletes a page.
    pub fn remove(storage: &mut dyn Storage, interval: Interval, page: u32) {
        storage.remove(&key(interval, page));
    }

    /// A slot's position, if it has one.
    pub fn get(&self, slot: u8) -> Option<&Position> {
        self.slots.get(usize::from(slot)).and_then(Option::as_ref)
    }

    /// A slot's position, made where there is none.
    pub fn entry(&mut self, slot: u8) -> Result<&mut Position, ContractError> {
        let place = self
            .slots
            .get_mut(usize::from(slot))
            .ok_or(ContractError::Corrupt { what: "position slot" })?;
        Ok(place.get_or_insert_with(Position::default))
    }

    /// Slots with a position, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (u8, &Position)> {
        (0u8..)
            .zip(&self.slots)
            .filter_map(|(slot, position)| position.as_ref().map(|position| (slot, position)))
    }
}
