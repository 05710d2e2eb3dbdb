use busbar_api::codec::{Reader, Writer};
use busbar_api::market::raw::{record_key, Summary, RECORDS};
use busbar_api::market::{IntervalResponse, Stage};
use busbar_units::{Interval, Money, NetWh, Ppm, Price, Wh};
use cosmwasm_std::Storage;

use super::{prefixed, AccountId};
use crate::ContractError;

/// An interval from its clearing on. The first part stays for ever; [`Work`] ends with the interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
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
    /// Bought by devices.
    pub bought: Wh,
    /// Sold by devices.
    pub sold: Wh,
    /// Congestion rent of its trades, rounded down.
    pub rent: Money,
    /// Metered net import of the region, missing devices counted as traded.
    pub net: NetWh,
    /// Imbalance price at the utility's bus, the add-on included.
    pub imbalance: Price,
    /// The part of `imbalance` that frequency adds to the plain price.
    pub add_on: Price,
    /// Charged with import for what lines lose, and due to the utility.
    pub losses: Money,
    /// Taken into the bank.
    pub banked: Wh,
    /// Tokens minted for it.
    pub minted: Wh,
    /// Given out by the bank's metered discharge.
    pub redeemed: Wh,
    /// Redeemed beyond the metered discharge.
    pub redeemed_in_coin: Wh,
    /// Went to the fund.
    pub to_fund: Money,
    /// Could not be collected.
    pub uncollected: Money,
    /// What settlement and closing carry from call to call.
    pub work: Work,
}

/// What settlement and closing carry from call to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Next device of the current stage.
    pub next: u32,
    /// What a kWh drawn costs on top for losses.
    pub loss_price: Price,
    /// Tokens minted per Wh that the bank takes in, frozen when settlement starts: the lower of what the region asks
    /// and what the storage is registered for then.
    pub efficiency: Ppm,
    /// Account that cleared and its bounty.
    pub clearer: u32,
    /// What the clearer earns out of the order fees.
    pub clear_bounty: Money,
    /// Account of the interval's utility: whoever was it at the first proposal, else when it was cleared or skipped.
    pub utility: u32,
    /// Locked on that account for its purchases until the utility is squared.
    pub utility_lock: Money,
    /// Coin collected and not yet paid out.
    pub escrow: Money,
    /// Receipts still due to devices, before any cut.
    pub credits: Money,
    /// Receipts of trades that wait for missing readings until the interval is final.
    pub withheld: Money,
    /// The part of `credits` that pays for surplus: what a shortfall may cut.
    pub surplus: Money,
    /// What is cut from `surplus`, pro rata.
    pub cut: Money,
    /// Bank fees due to the storage's owner.
    pub bank_fees: Money,
}

impl Record {
    /// A record in which nobody traded.
    pub fn new(stage: Stage, price_utility: Price) -> Self {
        Self {
            stage,
            skipped: stage == Stage::Skipped,
            no_trade: true,
            orders: 0,
            price: price_utility,
            price_utility,
            bought: Wh::ZERO,
            sold: Wh::ZERO,
            rent: Money::ZERO,
            net: NetWh::ZERO,
            imbalance: Price::ZERO,
            add_on: Price::ZERO,
            losses: Money::ZERO,
            banked: Wh::ZERO,
            minted: Wh::ZERO,
            redeemed: Wh::ZERO,
            redeemed_in_coin: Wh::ZERO,
            to_fund: Money::ZERO,
            uncollected: Money::ZERO,
            work: Work::default(),
        }
    }

    /// Traded net import of the region: bought from the utility less sold to it.
    pub fn traded_net(&self) -> Result<NetWh, ContractError> {
        Ok(NetWh::of(self.bought, self.sold)?)
    }

    /// Reads the record of an interval.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Option<Self>, ContractError> {
        storage
            .get(&record_key(interval))
            .map(|bytes| Self::decode(&bytes))
            .transpose()
    }

    /// Writes the record of an interval.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        storage.set(&record_key(interval), &self.encode());
    }

    /// Records from `from` on.
    pub fn from(storage: &dyn Storage, from: Interval) -> impl Iterator<Item = Result<Self, ContractError>> + '_ {
        let before = from.minus(1).map(record_key);
        prefixed(storage, RECORDS.to_vec(), before).map(|(_, value)| Self::decode(&value))
    }

    /// What a query answers.
    pub fn response(&self, storage: &dyn Storage) -> Result<IntervalResponse, ContractError> {
        Ok(IntervalResponse {
            stage: self.stage,
            skipped: self.skipped,
            orders: self.orders,
            price: self.price,
            price_utility: self.price_utility,
            no_trade: self.no_trade,
            bought: self.bought,
            sold: self.sold,
            traded_net: self.traded_net()?,
            rent: self.rent,
            net: self.net,
            imbalance_price: self.imbalance,
            add_on: self.add_on,
            losses: self.losses,
            banked: self.banked,
            minted: self.minted,
            redeemed: self.redeemed,
            redeemed_in_coin: self.redeemed_in_coin,
            burned: self.redeemed.add(self.redeemed_in_coin)?,
            escrow: self.work.escrow,
            to_fund: self.to_fund,
            uncollected: self.uncollected,
            utility: match self.stage {
                Stage::Final => None,
                _ => Some(AccountId(self.work.utility).owner(storage)?),
            },
            utility_lock: self.work.utility_lock,
        })
    }

    fn encode(&self) -> Vec<u8> {
        let summary = Summary {
            stage: self.stage,
            skipped: self.skipped,
            no_trade: self.no_trade,
            orders: self.orders,
            price: self.price,
            price_utility: self.price_utility,
            net: self.net,
            imbalance: self.imbalance,
            add_on: self.add_on,
            bought: self.bought,
            sold: self.sold,
        };
        let mut writer = summary.write(Writer::new());
        for wh in [self.banked, self.minted, self.redeemed, self.redeemed_in_coin] {
            writer = writer.varint(wh.get().into());
        }
        for coin in [self.rent, self.losses, self.to_fund, self.uncollected] {
            writer = writer.varint(coin.get());
        }
        if self.stage != Stage::Final {
            writer = self.work.encode(writer);
        }
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let summary = Summary::read(&mut reader)?;
        let mut wh = |field| reader.varint_u64(field).map(Wh::new);
        let record = Self {
            stage: summary.stage,
            skipped: summary.skipped,
            no_trade: summary.no_trade,
            orders: summary.orders,
            price: summary.price,
            price_utility: summary.price_utility,
            net: summary.net,
            imbalance: summary.imbalance,
            add_on: summary.add_on,
            bought: summary.bought,
            sold: summary.sold,
            banked: wh("banked")?,
            minted: wh("minted")?,
            redeemed: wh("redeemed")?,
            redeemed_in_coin: wh("redeemed in coin")?,
            rent: Money::new(reader.varint("rent")?),
            losses: Money::new(reader.varint("losses")?),
            to_fund: Money::new(reader.varint("to fund")?),
            uncollected: Money::new(reader.varint("uncollected")?),
            work: if summary.stage == Stage::Final {
                Work::default()
            } else {
                Work::decode(&mut reader)?
            },
        };
        reader.finish()?;
        Ok(record)
    }
}

impl Work {
    fn coin(&self) -> [Money; 8] {
        [
            self.clear_bounty,
            self.utility_lock,
            self.escrow,
            self.credits,
            self.withheld,
            self.surplus,
            self.cut,
            self.bank_fees,
        ]
    }

    fn encode(&self, writer: Writer) -> Writer {
        let writer = writer
            .varint(self.next.into())
            .zigzag(self.loss_price.get().into())
            .zigzag(self.efficiency.get().into())
            .varint(self.clearer.into())
            .varint(self.utility.into());
        self.coin()
            .iter()
            .fold(writer, |writer, money| writer.varint(money.get()))
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, ContractError> {
        let next = reader.varint_u32("next")?;
        let loss_price = Price::new(reader.zigzag_i64("loss price")?);
        let efficiency = Ppm::new(reader.zigzag_i64("efficiency")?);
        let clearer = reader.varint_u32("clearer")?;
        let utility = reader.varint_u32("utility")?;
        let mut money = |field| reader.varint(field).map(Money::new);
        Ok(Self {
            next,
            loss_price,
            efficiency,
            clearer,
            utility,
            clear_bounty: money("clear bounty")?,
            utility_lock: money("utility lock")?,
            escrow: money("escrow")?,
            credits: money("credits")?,
            withheld: money("withheld")?,
            surplus: money("surplus")?,
            cut: money("cut")?,
            bank_fees: money("bank fees")?,
        })
    }
}
