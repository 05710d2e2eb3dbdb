use busbar_units::{NetWh, Price, Wh};

use super::Stage;
use crate::codec::{CodecError, Reader, Writer};

/// What an interval came to: the head of the market's record of it, which stays for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Where it stands.
    pub stage: Stage,
    /// Given up uncleared.
    pub skipped: bool,
    /// No device traded.
    pub no_trade: bool,
    /// Orders that took part in the auction.
    pub orders: u32,
    /// Mean of the prices at which devices traded, weighted by volume; the utility's where none did.
    pub price: Price,
    /// Price of the utility's bus.
    pub price_utility: Price,
    /// Metered net import of the region, missing devices counted as traded.
    pub net: NetWh,
    /// Imbalance price at the utility's bus, the add-on included.
    pub imbalance: Price,
    /// The part of `imbalance` that frequency adds to the plain price.
    pub add_on: Price,
    /// Bought by devices.
    pub bought: Wh,
    /// Sold by devices.
    pub sold: Wh,
}

impl Stage {
    fn code(self) -> u8 {
        match self {
            Self::Cleared => 0,
            Self::Skipped => 1,
            Self::Charging => 2,
            Self::Crediting => 3,
            Self::Settled => 4,
            Self::Finalising => 5,
            Self::Final => 6,
        }
    }

    fn of_code(code: u8) -> Result<Self, CodecError> {
        Ok(match code {
            0 => Self::Cleared,
            1 => Self::Skipped,
            2 => Self::Charging,
            3 => Self::Crediting,
            4 => Self::Settled,
            5 => Self::Finalising,
            6 => Self::Final,
            _ => return Err(CodecError::Range { field: "stage" }),
        })
    }
}

impl Summary {
    /// Appends the packed form.
    pub fn write(&self, writer: Writer) -> Writer {
        let flags = u8::from(self.skipped) | (u8::from(self.no_trade) << 1);
        writer
            .u8(self.stage.code())
            .u8(flags)
            .varint(self.orders.into())
            .zigzag(self.price.get().into())
            .zigzag(self.price_utility.get().into())
            .zigzag(self.net.get().into())
            .zigzag(self.imbalance.get().into())
            .zigzag(self.add_on.get().into())
            .varint(self.bought.get().into())
            .varint(self.sold.get().into())
    }

    /// Takes the packed form; what follows it in the record is the market's own.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let stage = Stage::of_code(reader.u8("stage")?)?;
        let flags = reader.u8("flags")?;
        Ok(Self {
            stage,
            skipped: flags & 1 == 1,
            no_trade: flags & 2 == 2,
            orders: reader.varint_u32("orders")?,
            price: Price::new(reader.zigzag_i64("price")?),
            price_utility: Price::new(reader.zigzag_i64("utility price")?),
            net: NetWh::new(reader.zigzag_i64("net")?),
            imbalance: Price::new(reader.zigzag_i64("imbalance price")?),
            add_on: Price::new(reader.zigzag_i64("add-on")?),
            bought: Wh::new(reader.varint_u64("bought")?),
            sold: Wh::new(reader.varint_u64("sold")?),
        })
    }
}
