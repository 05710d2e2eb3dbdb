//! The best clearing that was proposed for an interval and proven, kept from its proposal to the clearing.
use busbar_api::codec::{Reader, Writer};
use busbar_units::{Interval, Money, NetWh, Price, Wh};
use cosmwasm_std::Storage;

use super::{interval_key, AccountId};
use crate::auction::Outcome;
use crate::ContractError;

pub const BEST: &[u8] = b"bp/";

/// A proven proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    /// Account of whoever posted it.
    pub solver: AccountId,
    /// Account of the utility whose bids it is for: whoever was the utility at the interval's first proposal.
    pub utility: AccountId,
    /// Its welfare, price times Wh: the largest so far.
    pub welfare: i128,
    /// How far it may be below the optimum, price times Wh.
    pub gap: i128,
    /// Locked on that account for what it buys.
    pub utility_lock: Money,
    /// What is booked when the solver window has ended.
    pub outcome: Outcome,
}

impl Best {
    /// Reads the best proposal of an interval.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Option<Self>, ContractError> {
        storage
            .get(&interval_key(BEST, interval))
            .map(|bytes| Self::decode(&bytes))
            .transpose()
    }

    /// Writes the best proposal of an interval.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        storage.set(&interval_key(BEST, interval), &self.encode());
    }

    /// Forgets the proposals of an interval.
    pub fn remove(storage: &mut dyn Storage, interval: Interval) {
        storage.remove(&interval_key(BEST, interval));
    }

    fn encode(&self) -> Vec<u8> {
        let Outcome {
            prices,
            no_trade,
            fills,
            flows,
            rent,
        } = &self.outcome;
        let mut writer = Writer::new()
            .varint(self.solver.0.into())
            .varint(self.utility.0.into())
            .zigzag(self.welfare)
            .zigzag(self.gap)
            .varint(self.utility_lock.get())
            .zigzag(*rent);
        for count in [prices.len(), fills.len(), flows.len()] {
            writer = writer.varint(u128::try_from(count).unwrap_or(u128::MAX));
        }
        for (price, formal) in prices.iter().zip(no_trade) {
            writer = writer.zigzag(price.get().into()).u8(u8::from(*formal));
        }
        writer = fills
            .iter()
            .fold(writer, |writer, fill| writer.varint(fill.get().into()));
        writer = flows
            .iter()
            .fold(writer, |writer, flow| writer.zigzag(flow.get().into()));
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let solver = AccountId(reader.varint_u32("solver")?);
        let utility = AccountId(reader.varint_u32("utility")?);
        let welfare = reader.zigzag("welfare")?;
        let gap = reader.zigzag("gap")?;
        let utility_lock = Money::new(reader.varint("utility lock")?);
        let rent = reader.zigzag("rent")?;
        let mut count = |field| reader.varint_u32(field);
        let (buses, orders, lines) = (count("buses")?, count("orders")?, count("lines")?);
        let (mut prices, mut no_trade) = (vec![], vec![]);
        for _ in 0..buses {
            prices.push(Price::new(reader.zigzag_i64("price")?));
            no_trade.push(reader.u8("formal price")? == 1);
        }
        let fills = (0..orders).map(|_| Ok(Wh::new(reader.varint_u64("fill")?)));
        let fills = fills.collect::<Result<_, ContractError>>()?;
        let flows = (0..lines).map(|_| Ok(NetWh::new(reader.zigzag_i64("flow")?)));
        let flows = flows.collect::<Result<_, ContractError>>()?;
        reader.finish()?;
        Ok(Self {
            solver,
            utility,
            welfare,
            gap,
            utility_lock,
            outcome: Outcome {
                prices,
                no_trade,
                fills,
                flows,
                rent,
            },
        })
    }
}
