//! The file of flows: what happens to every pool.

use busbar_units::{Money, Ppm, Price, Wh};
use serde::Deserialize;

/// Everything but the pools themselves. Integers are millionths, Wh or hours, as the file says.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flows {
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// Hours that pools may be tuned on.
    pub tuned_hours: usize,
    /// Export tariff as a share of the import tariff.
    pub export_share: String,
    /// Bad days.
    pub storms: Storms,
    /// The grid's frequency.
    pub frequency: Frequency,
    /// What the providers bring.
    pub liquidity: Liquidity,
    /// Fee of the designs that are compared.
    pub fee: Fee,
    /// Converts between pool and auction.
    pub arbitrage: Arbitrage,
    /// Knows the price before it is confirmed.
    pub informed: Informed,
    /// Trades without plan.
    pub noise: Noise,
    /// Trades for a premium.
    pub flexible: Flexible,
    /// Knows the table of tariffs alone.
    pub follower: Follower,
}

/// Days of clouds and of steep evenings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storms {
    pub cloudy_days: usize,
    pub generation_left: u32,
    pub ramp_days: usize,
    pub ramp_load: u32,
    pub ramp_from: usize,
    pub ramp_until: usize,
}

/// Deviations of the grid's frequency, in mHz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    pub events: usize,
    pub hours_most: usize,
    pub deviation: u32,
    pub noise: u32,
}

/// First provision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liquidity {
    pub energy: u64,
}

/// A plain fee.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    pub base: u32,
}

/// Conversion through the bank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arbitrage {
    pub size: u64,
    pub efficiency: u32,
    pub bank_fee: u32,
}

/// A trader who is ahead of the confirmation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Informed {
    pub chance: u32,
    pub size: u64,
}

/// Traders of any mind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    pub trades: usize,
    pub chance: u32,
    pub least: u64,
    pub most: u64,
    pub any_price: u32,
    pub width: u32,
    pub holding: u64,
}

/// Devices with a price for moving.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flexible {
    pub size: u64,
    pub premium_least: u32,
    pub premium_most: u32,
    pub holding: u64,
}

/// A trader by the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follower {
    pub lot: u64,
}

/// The file of pools: what is compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Designs {
    /// How the index that anchors pools is kept.
    pub index: Index,
    /// One after the other; the first is what the others are measured by.
    pub pool: Vec<Design>,
}

/// How a profile of the day is kept.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Weight of a new price in its entry.
    pub weight: u32,
    /// Share of the last surprise that is expected to go on.
    pub carry: u32,
}

impl Index {
    /// What traders go by: the price of the same hour a day before.
    pub const YESTERDAY: Self = Self {
        weight: 1_000_000,
        carry: 0,
    };
}

/// A pool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Its name in tables and plots.
    pub name: String,
    /// Its curve.
    pub curve: CurveKind,
    /// Concentration in millionths, slippage in millionths or amplification, by curve.
    #[serde(default)]
    pub parameter: u32,
    /// Where its anchor comes from.
    pub anchor: AnchorKind,
    /// Its spread; the flows' fee alone where absent.
    pub spread: Option<SpreadFile>,
}

/// The curves of `busbar-curves`.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CurveKind {
    Product,
    Concentrated,
    Proactive,
    Stable,
}

/// Where an anchor comes from.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum AnchorKind {
    /// The first one for good.
    Fixed,
    /// The confirmed index.
    Index,
    /// The average of the pool's own price over a day, as pools without an index do.
    Own,
}

/// Terms of a spread, in millionths and mHz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadFile {
    pub base: u32,
    pub volatility_gain: u32,
    pub volatility_max: u32,
    pub dead_band: u32,
    pub frequency_gain: u32,
    pub frequency_max: u32,
    pub inventory_max: u32,
    pub inventory_relief: u32,
    pub shape_gain: u32,
    pub shape_max: u32,
    pub reach: u32,
    pub rebate: u32,
    pub fund: u32,
}

impl SpreadFile {
    /// A base term and nothing else.
    pub fn flat(base: u32) -> Self {
        Self {
            base,
            volatility_gain: 0,
            volatility_max: 0,
            dead_band: 0,
            frequency_gain: 0,
            frequency_max: 0,
            inventory_max: 0,
            inventory_relief: 0,
            shape_gain: 0,
            shape_max: 0,
            reach: 100_000_000,
            rebate: 0,
            fund: 0,
        }
    }

    /// As the pool takes it.
    pub fn spread(&self) -> busbar_curves::Spread {
        busbar_curves::Spread {
            base: ppm(self.base),
            volatility_gain: ppm(self.volatility_gain),
            volatility_max: ppm(self.volatility_max),
            nominal: super::storms::NOMINAL,
            dead_band: busbar_units::Millihertz::new(self.dead_band),
            frequency_gain: ppm(self.frequency_gain),
            frequency_max: ppm(self.frequency_max),
            inventory_max: ppm(self.inventory_max),
            inventory_relief: ppm(self.inventory_relief),
            shape_gain: ppm(self.shape_gain),
            shape_max: ppm(self.shape_max),
            reach: ppm(self.reach),
            rebate: ppm(self.rebate),
            fund: ppm(self.fund),
        }
    }
}

/// Millionths.
pub fn ppm(value: u32) -> Ppm {
    Ppm::new(value.into())
}

/// Coin as a number to compare and to print; exact far beyond what a year moves.
pub fn coin(amount: Money) -> f64 {
    real(i128::try_from(amount.get()).unwrap_or(i128::MAX)) / 1e6
}

/// kWh.
pub fn kwh(energy: Wh) -> f64 {
    real(energy.get().into()) / 1e3
}

/// Coin per kWh.
pub fn per_kwh(price: Price) -> f64 {
    real(price.get().into()) / 1e6
}

/// An integer as a real number.
pub use crate::demo::html::plot::float as real;
