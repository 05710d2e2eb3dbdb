//! What an auction leaves for each bus and line, kept until the interval is final.
use busbar_api::codec::{Reader, Writer};
use busbar_api::grid::UTILITY_BUS;
use busbar_units::{Interval, NetWh, Price};
use cosmwasm_std::Storage;

use super::{interval_key, Record};
use crate::ContractError;

pub const PRICES: &[u8] = b"np/";
pub const FLOWS: &[u8] = b"lf/";

/// The price of one bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusPrice {
    /// Settlement price.
    pub price: Price,
    /// The price is formal only: nothing was filled there and no order bounds it.
    pub no_trade: bool,
}

/// The price of every bus by its number.
///
/// Packed as runs of buses that share a price: twice the number of buses plus one where the price is formal
/// (varint), then the price less that of the run before (zigzag). A region without a full line is one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusPrices {
    runs: Vec<(u32, BusPrice)>,
}

impl BusPrices {
    /// Prices of the buses from 0 on.
    pub fn new(prices: impl IntoIterator<Item = BusPrice>) -> Self {
        let mut runs: Vec<(u32, BusPrice)> = vec![];
        for price in prices {
            match runs.last_mut() {
                Some((count, last)) if *last == price => *count = count.saturating_add(1),
                _ => runs.push((1, price)),
            }
        }
        Self { runs }
    }

    /// The one formal price of an interval that was not cleared.
    pub fn formal(price: Price) -> Self {
        Self::new([BusPrice { price, no_trade: true }])
    }

    /// The price of a bus; a bus that the network does not have has the utility's price, and formally.
    pub fn at(&self, bus: u16) -> BusPrice {
        let mut first = 0u32;
        for (count, price) in &self.runs {
            first = first.saturating_add(*count);
            if u32::from(bus) < first {
                return *price;
            }
        }
        let price = self.runs.first().map_or(Price::ZERO, |(_, first)| first.price);
        BusPrice { price, no_trade: true }
    }

    /// The price of the utility's bus.
    pub fn utility(&self) -> BusPrice {
        self.at(UTILITY_BUS)
    }

    /// The prices of all buses, from bus 0 on.
    pub fn iter(&self) -> impl Iterator<Item = BusPrice> + '_ {
        let run = |(count, price): &(u32, BusPrice)| {
            let price = *price;
            (0..*count).map(move |_| price)
        };
        self.runs.iter().flat_map(run)
    }

    /// The prices by which an interval settles: those of its clearing, else the formal one of its record.
    pub fn of(storage: &dyn Storage, interval: Interval, record: &Record) -> Result<Self, ContractError> {
        let cleared = Self::load(storage, interval)?;
        Ok(cleared.unwrap_or_else(|| Self::formal(record.price_utility)))
    }

    /// Reads the prices of an interval; none where it was not cleared or is final.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Option<Self>, ContractError> {
        let Some(bytes) = storage.get(&interval_key(PRICES, interval)) else {
            return Ok(None);
        };
        let mut reader = Reader::new(&bytes);
        let mut runs = vec![];
        let mut price = Price::ZERO;
        while !reader.is_empty() {
            let tag = reader.varint("run of prices")?;
            let count = u32::try_from(tag >> 1).map_err(|_| ContractError::Corrupt { what: "run of prices" })?;
            price = price.add(Price::new(reader.zigzag_i64("price")?))?;
            let no_trade = tag & 1 == 1;
            runs.push((count, BusPrice { price, no_trade }));
        }
        Ok(Some(Self { runs }))
    }

    /// Writes the prices of an interval.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        let mut before = 0i128;
        let mut writer = Writer::new();
        for (count, at) in &self.runs {
            let price = i128::from(at.price.get());
            writer = writer
                .varint((u128::from(*count) << 1) | u128::from(at.no_trade))
                .zigzag(price.saturating_sub(before));
            before = price;
        }
        storage.set(&interval_key(PRICES, interval), &writer.finish());
    }
}

/// The flow on every line in the network's order, positive from its `from` to its `to`. Packed as zigzag varints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineFlows(pub Vec<NetWh>);

impl LineFlows {
    /// Reads the flows of an interval; none where it was not cleared or is final.
    pub fn load(storage: &dyn Storage, interval: Interval) -> Result<Option<Self>, ContractError> {
        let Some(bytes) = storage.get(&interval_key(FLOWS, interval)) else {
            return Ok(None);
        };
        let mut reader = Reader::new(&bytes);
        let mut flows = vec![];
        while !reader.is_empty() {
            flows.push(NetWh::new(reader.zigzag_i64("flow")?));
        }
        Ok(Some(Self(flows)))
    }

    /// Writes the flows of an interval.
    pub fn save(&self, storage: &mut dyn Storage, interval: Interval) {
        let flows = self.0.iter();
        let writer = flows.fold(Writer::new(), |writer, flow| writer.zigzag(flow.get().into()));
        // A network of one bus has no line, and storage takes no empty value.
        if !self.0.is_empty() {
            storage.set(&interval_key(FLOWS, interval), &writer.finish());
        }
    }
}

/// Deletes prices and flows of an interval.
pub fn remove_nodal(storage: &mut dyn Storage, interval: Interval) {
    storage.remove(&interval_key(PRICES, interval));
    storage.remove(&interval_key(FLOWS, interval));
}
