//! The year's prices: the homes' orders of every hour, cleared by the auction that the contracts run.

use std::path::Path;

use busbar_api::market::Terms;
use busbar_clearing::{Network, Order, PriceBounds, Side, clear};
use busbar_curves::Band;
use busbar_units::{Interval, Millihertz, NetWh, Price, UnitsError, Wh};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::flows::Flows;
use super::storms;
use crate::demo::input::{ExportShare, Homes, HourTariff, Window, read_tariffs};
use crate::demo::plan::{Preference, Reach, plan};

/// An hour as the pools see it.
#[derive(Debug, Clone, Copy)]
pub struct Hour {
    /// The utility's tariffs.
    pub band: Band,
    /// The auction's price; none where nothing was traded.
    pub price: Option<Price>,
    /// The price that the interval is confirmed with: the auction's, or where nothing was traded the imbalance price
    /// of what the meters counted. Nobody knows it at a trade of this hour; trades are measured by it.
    pub next: Price,
    /// The price of this interval, or of the first one after it, that traded.
    pub traded: Price,
    /// The grid's frequency.
    pub frequency: Millihertz,
    /// Whether the frequency is far off.
    pub event: bool,
}

/// The year.
#[derive(Debug)]
pub struct Year {
    /// Hour by hour; those after the last trade are left out.
    pub hours: Vec<Hour>,
    /// Hour of the day in which the first one starts.
    pub starts_at: usize,
}

const DAY: usize = 24;

impl Year {
    /// Reads the homes of a folder in the layout of `data/homes`, lets the storms loose, and clears every hour.
    pub fn read(dir: &Path, flows: &Flows) -> anyhow::Result<Self> {
        let window = Window::default();
        let mut homes = Homes::read(dir, window)?;
        let pricing = dir.join("pricing.csv");
        let share = ExportShare::parse(&flows.export_share)?;
        let tariffs = read_tariffs(Some(&pricing), share, window, homes.rows, dir)?;
        let mut random = ChaCha8Rng::seed_from_u64(flows.seed);
        storms::strike(&mut homes, &flows.storms, &mut random)?;
        let frequency = storms::frequency(homes.hours, &flows.frequency, &mut random);
        let preferences: Vec<_> = homes.homes.iter().map(|_| Preference::draw(&mut random)).collect();
        let mut prices = Vec::with_capacity(homes.hours);
        for hour in 0..homes.hours {
            let price = match (hour.checked_sub(DAY), tariffs.get(hour)) {
                (Some(before), Some(tariff)) => cleared(&orders(&homes, before, *tariff, &preferences)?, *tariff)?,
                _ => None,
            };
            prices.push(price);
        }
        let mut traded = None;
        let mut hours = Vec::with_capacity(homes.hours);
        let prices = prices.into_iter().zip(&tariffs).enumerate().zip(frequency);
        for ((at, (price, tariff)), (frequency, event)) in prices.rev() {
            traded = price.or(traded);
            let Some(traded) = traded else { continue };
            hours.push(Hour {
                band: Band::new(tariff.export, tariff.import)?,
                price,
                next: price.map_or_else(|| imbalance(&homes, at, *tariff), Ok)?,
                traded,
                frequency,
                event,
            });
        }
        hours.reverse();
        Ok(Self {
            hours,
            starts_at: homes.starts_at.into(),
        })
    }
}

/// The orders of an hour, each from what the home's meter measured a day before.
fn orders(homes: &Homes, before: usize, tariff: HourTariff, preferences: &[Preference]) -> anyhow::Result<Vec<Order>> {
    let mut orders = Vec::new();
    for (home, preference) in homes.homes.iter().zip(preferences) {
        let at = |energies: &[Wh]| energies.get(before).copied().unwrap_or_default();
        let net = NetWh::of(at(&home.load), at(&home.generation))?;
        let planned = plan(Interval::new(0), net, tariff, *preference, Reach::Neighbours, Wh::ZERO)?;
        for order in planned {
            let (side, price) = match order.terms {
                Terms::Buy { limit } => (Side::Buy, limit),
                Terms::Sell { limit } => (Side::Sell, limit),
                _ => continue,
            };
            let quantity = order.quantity;
            orders.push(Order {
                bus: 0,
                side,
                price,
                quantity,
            });
        }
    }
    Ok(orders)
}

/// The imbalance price of an hour: the import tariff where the region drew from the grid, else the export tariff.
fn imbalance(homes: &Homes, hour: usize, tariff: HourTariff) -> Result<Price, UnitsError> {
    let at = |energies: &[Wh]| energies.get(hour).copied().unwrap_or_default();
    let drawn = Wh::sum(homes.homes.iter().map(|home| at(&home.load)))?;
    let fed = Wh::sum(homes.homes.iter().map(|home| at(&home.generation)))?;
    Ok(if drawn > fed { tariff.import } else { tariff.export })
}

/// The price of an hour that traded.
fn cleared(orders: &[Order], tariff: HourTariff) -> anyhow::Result<Option<Price>> {
    let bounds = PriceBounds {
        floor: tariff.export,
        cap: tariff.import,
    };
    let cleared = clear(&Network::single(), orders, bounds)?;
    Ok(cleared.prices.first().copied().filter(|_| cleared.volume > 0))
}
