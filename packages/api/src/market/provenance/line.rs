//! What the market keeps of a final interval: who fed and who drew how much.
use busbar_units::{NetWh, Ppm, UnitsError, Wh};

use super::ProvenanceError;
use crate::codec::{CodecError, Reader, Writer};

/// The two numbers of a device that fed the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// Its number.
    pub device: u32,
    /// Its owner's account.
    pub account: u32,
    /// Energy that it fed, as its readings tell at last.
    pub fed: Wh,
    /// Energy that it sold.
    pub sold: Wh,
}

/// The numbers of an account that drew from the grid, all its devices together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// The account.
    pub account: u32,
    /// Energy that it drew, as its devices' readings tell at last.
    pub drawn: Wh,
    /// Energy that it bought.
    pub bought: Wh,
    /// Energy that it redeemed, in Wh or in coin.
    pub redeemed: Wh,
}

/// The bank's storage in an interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storage {
    /// Its number.
    pub device: u32,
    /// Its owner's account.
    pub account: u32,
    /// Energy that it drew.
    pub charge: Wh,
    /// Energy that it fed.
    pub discharge: Wh,
    /// What a full cycle leaves of what it drew.
    pub efficiency: Ppm,
}

/// Everything that an interval's line is drawn from.
///
/// Packed in varints: the utility's account; 1 and device, account, charge, discharge, efficiency of the bank's
/// storage, or 0; then two lists, each after its count: devices that fed (number, account, fed, sold) and accounts
/// that drew (number, drawn, bought, redeemed). Numbers ascend; each is written as its distance from one above the
/// one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// The utility's account.
    pub utility: u32,
    /// The bank's storage, where there is one.
    pub storage: Option<Storage>,
    feeds: Vec<Feed>,
    draws: Vec<Draw>,
}

impl Feed {
    /// What it sold and delivered.
    pub fn delivered(&self) -> Wh {
        self.fed.min(self.sold)
    }

    /// What it fed beyond what it sold.
    pub fn rest(&self) -> Wh {
        self.fed.sub(self.sold).unwrap_or(Wh::ZERO)
    }
}

impl Draw {
    /// What it bought and drew.
    pub fn covered(&self) -> Wh {
        self.drawn.min(self.bought)
    }

    /// What it drew beyond what it bought.
    pub fn rest(&self) -> Wh {
        self.drawn.sub(self.bought).unwrap_or(Wh::ZERO)
    }

    /// The part of that which it redeemed.
    pub fn redeemable(&self) -> Wh {
        self.rest().min(self.redeemed)
    }
}

impl Line {
    /// A line with nobody on it.
    pub fn new(utility: u32) -> Self {
        Self {
            utility,
            ..Self::default()
        }
    }

    /// Devices that fed the grid, by number.
    pub fn feeds(&self) -> &[Feed] {
        &self.feeds
    }

    /// Accounts that drew from it, by number.
    pub fn draws(&self) -> &[Draw] {
        &self.draws
    }

    /// Enters a device; one that fed nothing is not on the line, one that is there adds to what it fed and sold.
    pub fn feed(&mut self, feed: Feed) -> Result<(), UnitsError> {
        if feed.fed.is_zero() {
            return Ok(());
        }
        match self.feeds.binary_search_by_key(&feed.device, |entry| entry.device) {
            Ok(at) => {
                if let Some(entry) = self.feeds.get_mut(at) {
                    entry.fed = entry.fed.add(feed.fed)?;
                    entry.sold = entry.sold.add(feed.sold)?;
                }
            }
            Err(at) => self.feeds.insert(at, feed),
        }
        Ok(())
    }

    /// Enters what one device of an account drew, bought and redeemed.
    pub fn draw(&mut self, draw: Draw) -> Result<(), UnitsError> {
        if draw.drawn.is_zero() && draw.bought.is_zero() {
            return Ok(());
        }
        match self.draws.binary_search_by_key(&draw.account, |entry| entry.account) {
            Ok(at) => {
                if let Some(entry) = self.draws.get_mut(at) {
                    entry.drawn = entry.drawn.add(draw.drawn)?;
                    entry.bought = entry.bought.add(draw.bought)?;
                    entry.redeemed = entry.redeemed.add(draw.redeemed)?;
                }
            }
            Err(at) => self.draws.insert(at, draw),
        }
        Ok(())
    }

    /// Ends the entries: accounts that bought and drew nothing are not on the line.
    pub fn close(&mut self) {
        self.draws.retain(|draw| !draw.drawn.is_zero());
    }

    /// What the bank's storage fed.
    pub fn discharge(&self) -> Wh {
        self.storage.map_or(Wh::ZERO, |storage| storage.discharge)
    }

    /// What was redeemed out of the bank's discharge, not in coin.
    pub fn redeemed(&self) -> Result<Wh, ProvenanceError> {
        let asked = Wh::sum(self.draws.iter().map(Draw::redeemable))?;
        Ok(asked.min(self.discharge()))
    }

    /// What the utility supplies (positive) or takes: all that was drawn less all that was fed.
    pub fn balance(&self) -> Result<NetWh, ProvenanceError> {
        let charge = self.storage.map_or(Wh::ZERO, |storage| storage.charge);
        let drawn = Wh::sum(self.draws.iter().map(|draw| draw.drawn))?.add(charge)?;
        let fed = Wh::sum(self.feeds.iter().map(|feed| feed.fed))?.add(self.discharge())?;
        Ok(NetWh::of(drawn, fed)?)
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new().varint(self.utility.into());
        writer = match &self.storage {
            None => writer.varint(0),
            Some(storage) => writer
                .varint(1)
                .varint(storage.device.into())
                .varint(storage.account.into())
                .varint(storage.charge.get().into())
                .varint(storage.discharge.get().into())
                .zigzag(storage.efficiency.get().into()),
        };
        writer = writer.varint(length(&self.feeds));
        let mut next = 0u32;
        for feed in &self.feeds {
            writer = writer
                .varint(feed.device.saturating_sub(next).into())
                .varint(feed.account.into())
                .varint(feed.fed.get().into())
                .varint(feed.sold.get().into());
            next = feed.device.saturating_add(1);
        }
        writer = writer.varint(length(&self.draws));
        let mut next = 0u32;
        for draw in &self.draws {
            writer = writer
                .varint(draw.account.saturating_sub(next).into())
                .varint(draw.drawn.get().into())
                .varint(draw.bought.get().into())
                .varint(draw.redeemed.get().into());
            next = draw.account.saturating_add(1);
        }
        writer.finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut line = Self::new(reader.varint_u32("utility")?);
        line.storage = match reader.varint_u32("storage")? {
            0 => None,
            1 => Some(Storage {
                device: reader.varint_u32("storage")?,
                account: reader.varint_u32("storage account")?,
                charge: wh(&mut reader, "charge")?,
                discharge: wh(&mut reader, "discharge")?,
                efficiency: Ppm::new(reader.zigzag_i64("efficiency")?),
            }),
            _ => return Err(CodecError::Range { field: "storage" }),
        };
        let mut next = Some(0u32);
        for _ in 0..reader.varint_u32("devices")? {
            let device = step(&mut reader, &mut next, "device")?;
            line.feeds.push(Feed {
                device,
                account: reader.varint_u32("account")?,
                fed: wh(&mut reader, "fed")?,
                sold: wh(&mut reader, "sold")?,
            });
        }
        let mut next = Some(0u32);
        for _ in 0..reader.varint_u32("accounts")? {
            let account = step(&mut reader, &mut next, "account")?;
            line.draws.push(Draw {
                account,
                drawn: wh(&mut reader, "drawn")?,
                bought: wh(&mut reader, "bought")?,
                redeemed: wh(&mut reader, "redeemed")?,
            });
        }
        reader.finish()?;
        Ok(line)
    }
}

fn length<T>(list: &[T]) -> u128 {
    u128::try_from(list.len()).unwrap_or(u128::MAX)
}

fn wh(reader: &mut Reader<'_>, field: &'static str) -> Result<Wh, CodecError> {
    reader.varint_u64(field).map(Wh::new)
}

/// The next number of an ascending list.
fn step(reader: &mut Reader<'_>, next: &mut Option<u32>, field: &'static str) -> Result<u32, CodecError> {
    let distance = reader.varint_u32(field)?;
    let number = next.and_then(|next| next.checked_add(distance));
    let number = number.ok_or(CodecError::Range { field })?;
    *next = number.checked_add(1);
    Ok(number)
}
