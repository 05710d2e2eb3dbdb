//! What a run found out, read back from the contracts: the one source of table, JSON and page.

use busbar_units::{Interval, Money, NetMoney, NetWh, Ppm, Price, UnitsError, Watt, Wh};

use super::feeder::FeederRecord;
/// A finished run.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// What was run.
    pub setting: Setting,
    /// Per home, in the order of their numbers.
    pub homes: Vec<HomeResult>,
    /// Per hour.
    pub hours: Vec<HourResult>,
    /// Who supplied whom over the whole run.
    pub supply: SupplyMatrix,
    /// Sums over the whole run.
    pub totals: Totals,
    /// The feeder, if there is one.
    pub feeder: Option<FeederRecord>,
    /// What became of the readings.
    pub readings: Readings,
    /// What became of the coin.
    pub coin: CoinTotals,
    /// Energy tokens in circulation at the end.
    pub tokens: Wh,
    /// Where it ran; none for the chain in this process.
    pub live: Option<Live>,
}

/// A run on a chain whose clock runs by itself.
#[derive(Debug, Clone)]
pub struct Live {
    /// The chain.
    pub chain_id: String,
    /// The region that was founded for the run.
    pub region: String,
    /// Its grid contract, which names the others.
    pub grid: String,
    /// Seconds of the chain's clock per interval.
    pub interval_s: u64,
    /// Interval of the first hour.
    pub first: Interval,
    /// Hours in which the chain's clock was faster than the run.
    pub late: Vec<Late>,
}

/// An hour that was not traded as it would have been with more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// Its position in the run.
    pub hour: usize,
    /// What came too late.
    pub what: Lateness,
}

/// What the chain's clock has overtaken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    /// Orders, by gate closure: none or not all are in the book.
    Orders,
    /// The clearing, by the start of delivery: the hour is skipped, and its energy settled at tariff.
    Clearing,
}

/// What was run.
#[derive(Debug, Clone)]
pub struct Setting {
    /// First row of the files, counted from 0.
    pub from: usize,
    /// Hour of the day in which the first hour starts.
    pub starts_at: u8,
    /// Seed of keys and preferences.
    pub seed: u64,
    /// Where the tariff comes from, for a reader: a file's name or the flat price.
    pub tariff: String,
    /// Export tariff as a share of the import tariff.
    pub export_share: String,
    /// Usable energy of the community battery.
    pub battery_usable: Wh,
    /// Its power.
    pub battery_power: Watt,
    /// Share of the charged energy that it gives back.
    pub battery_efficiency: Ppm,
}

/// One home over the whole run. Generation and consumption are what its meter fed and drew.
#[derive(Debug, Clone, Default)]
pub struct HomeResult {
    /// The file's name without its ending.
    pub name: String,
    /// Made on the roof, from the input.
    pub gross_generation: Wh,
    /// Used in the home, from the input.
    pub gross_consumption: Wh,
    /// Fed into the grid: the export register's advance.
    pub generation: Wh,
    /// Drawn from the grid: the import register's advance.
    pub consumption: Wh,
    /// Sold in auctions.
    pub sold: Wh,
    /// Bought in auctions.
    pub bought: Wh,
    /// Stored in the community battery.
    pub banked: Wh,
    /// Taken out of it.
    pub redeemed: Wh,
    /// Fed beyond sales and banking, or sold and not used by a buyer: credited by the utility.
    pub to_utility: Wh,
    /// Drawn beyond purchases and redemption, or sold and not delivered: charged by the utility.
    pub from_utility: Wh,
    /// Energy tokens left at the end.
    pub tokens: Wh,
    /// Coin deposited before the first hour.
    pub deposited: Money,
    /// Coin left in its account after the last hour, less debt.
    pub balance: NetMoney,
    /// Paid here, fees included; negative = received.
    pub bill: NetMoney,
    /// The fees in it: per order, per settled hour, and for banked energy.
    pub fees: Money,
    /// What the same meter readings cost at the utility's tariffs alone.
    pub plain_bill: NetMoney,
}

/// One hour of the region. Energy as the homes' meters saw it.
#[derive(Debug, Clone, Copy, Default)]
pub struct HourResult {
    /// Made on the roofs, from the input.
    pub gross_generation: Wh,
    /// Used in the homes, from the input.
    pub gross_consumption: Wh,
    /// Fed by the homes.
    pub generation: Wh,
    /// Drawn by the homes.
    pub consumption: Wh,
    /// Traded between homes.
    pub traded: Wh,
    /// Settlement price; none where nothing was traded.
    pub price: Option<Price>,
    /// The utility's price of import.
    pub import_tariff: Price,
    /// The utility's price of export.
    pub export_tariff: Price,
}

/// Sums over the run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Made on the roofs, from the input.
    pub gross_generation: Wh,
    /// Used in the homes, from the input.
    pub gross_consumption: Wh,
    /// Fed by the homes.
    pub generation: Wh,
    /// Drawn by the homes.
    pub consumption: Wh,
    /// Traded between homes.
    pub traded: Wh,
    /// Taken into the bank.
    pub banked: Wh,
    /// Given out by the bank.
    pub redeemed: Wh,
    /// Drawn by the battery, from its registers.
    pub charged: Wh,
    /// Fed by the battery, from its registers.
    pub discharged: Wh,
    /// Tokens minted for banked energy.
    pub minted: Wh,
    /// Tokens burned for redeemed energy.
    pub burned: Wh,
    /// The region's net import, summed over the hours in which it imported.
    pub utility_import: Wh,
    /// The region's net export, summed over the hours in which it exported.
    pub utility_export: Wh,
    /// Traded net import: bought from the utility in auctions less sold to it.
    pub traded_net: NetWh,
    /// Orders placed, bank requests included.
    pub orders: u64,
    /// Intervals cleared; an empty or one-sided book counts.
    pub cleared: u64,
    /// Intervals that nobody cleared before delivery.
    pub skipped: u64,
    /// Intervals settled.
    pub settled: u64,
}

/// What became of the readings.
#[derive(Debug, Clone, Default)]
pub struct Readings {
    /// Signed and handed to the relayer, the baselines included.
    pub submitted: u64,
    /// Accepted by the oracle.
    pub accepted: u64,
    /// Refused, by reason.
    pub rejected: std::collections::BTreeMap<String, u64>,
}

/// What became of the coin.
#[derive(Debug, Clone, Copy, Default)]
pub struct CoinTotals {
    /// Ever deposited.
    pub deposited: Money,
    /// Ever withdrawn.
    pub withdrawn: Money,
    /// Held by the market.
    pub held: Money,
    /// Of it: the accounts' balances.
    pub accounts: Money,
    /// Of it: the grid fund and what waits in escrows.
    pub fund: Money,
}

/// Where energy comes from or goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The home with this position.
    Home(usize),
    /// The community battery.
    Bank,
    /// The utility beyond the connection.
    Utility,
}

/// Wh by source and sink: the homes in order, then the battery, then the utility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplyMatrix {
    homes: usize,
    cells: Vec<Wh>,
}

impl SupplyMatrix {
    /// Nothing supplied yet among this many homes.
    pub fn new(homes: usize) -> Self {
        let parties = homes.saturating_add(2);
        Self {
            homes,
            cells: vec![Wh::ZERO; parties.saturating_mul(parties)],
        }
    }

    /// Number of sources, which is that of sinks.
    pub fn parties(&self) -> usize {
        self.homes.saturating_add(2)
    }

    /// Adds what one source supplied to one sink.
    pub fn add(&mut self, from: Party, to: Party, energy: Wh) -> Result<(), UnitsError> {
        let at = self.index(self.position(from), self.position(to));
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = cell.add(energy)?;
        }
        Ok(())
    }

    /// What the source at one position supplied to the sink at another.
    pub fn get(&self, from: usize, to: usize) -> Wh {
        self.cells.get(self.index(from, to)).copied().unwrap_or(Wh::ZERO)
    }

    /// Everything that a source supplied.
    pub fn supplied(&self, from: usize) -> Result<Wh, UnitsError> {
        Wh::sum((0..self.parties()).map(|to| self.get(from, to)))
    }

    /// Everything that a sink used.
    pub fn used(&self, to: usize) -> Result<Wh, UnitsError> {
        Wh::sum((0..self.parties()).map(|from| self.get(from, to)))
    }

    fn position(&self, party: Party) -> usize {
        match party {
            Party::Home(number) => number,
            Party::Bank => self.homes,
            Party::Utility => self.homes.saturating_add(1),
        }
    }

    fn index(&self, from: usize, to: usize) -> usize {
        from.saturating_mul(self.parties()).saturating_add(to)
    }
}
