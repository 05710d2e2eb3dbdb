//! The one rule for orders whose limit is exactly the price of their bus.
//!
//! At each bus marginal buys and sells are matched with each other first, so that the volume is
//! largest; what remains free is shared from the root down, over own bus and subtrees in proportion
//! to what each can still take, and inside a bus pro rata over the orders of one side. Watt-hours
//! that do not divide go by largest remainder, then to the lowest number: inside a bus watt-hours of
//! fill, between buses watt-hours of export (the bus itself before the branches below it).

use alloc::vec::Vec;
use core::cmp::Ordering;

use busbar_units::{largest_remainder, NetWh, Price, UnitsError, Wh};

use crate::book::{Book, Entry};
use crate::error::overflow;
use crate::{Network, Order, Side};

/// Fills and flows that follow from the orders and the settlement prices.
pub(crate) fn share(
    network: &Network,
    book: &Book,
    orders: &[Order],
    prices: &[Price],
) -> Result<(Vec<Wh>, Vec<NetWh>), UnitsError> {
    let mut fills = alloc::vec![Wh::ZERO; orders.len()];
    let mut flows = alloc::vec![NetWh::ZERO; network.lines().len()];
    let mut marginals = Vec::with_capacity(network.buses());
    for (bus, price) in prices.iter().enumerate() {
        marginals.push(Marginal::at(book.at(bus), orders, *price, &mut fills)?);
    }

    // Up: what each subtree can export in all, and over its line.
    let own: Vec<Exports> = marginals.iter().map(Marginal::exports).collect::<Result<_, _>>()?;
    let mut subtree = own.clone();
    let mut over_line = own.clone();
    for &bus in network.top_down().iter().rev() {
        if let Some(up) = network.up(bus) {
            let (import, export) = network.limits(up);
            let least = import.checked_neg().ok_or_else(overflow)?;
            over_line[bus] = match prices[bus].cmp(&prices[up.parent]) {
                Ordering::Less => subtree[bus].within(export, export),
                Ordering::Equal => subtree[bus].within(least, export),
                Ordering::Greater => subtree[bus].within(least, least),
            };
            subtree[up.parent] = subtree[up.parent].plus(over_line[bus])?;
        }
    }

    // Down: what each subtree exports; the whole market exports nothing.
    let mut required = alloc::vec![0i128; network.buses()];
    let mut parts = Vec::new();
    for &bus in network.top_down() {
        let children = network.children(bus);
        parts.clear();
        parts.push(own[bus]);
        parts.extend(children.iter().map(|&child| over_line[child]));
        let shares = divide(required[bus], subtree[bus], &parts)?;
        let mut shares = shares.into_iter();
        marginals[bus].fill(shares.next().unwrap_or(0), orders, &mut fills)?;
        for (&child, export) in children.iter().zip(shares) {
            required[child] = export;
            if let Some(up) = network.up(child) {
                let export = NetWh::new(i64::try_from(export).map_err(|_| overflow())?);
                flows[up.line] = if up.exports { export } else { export.negate()? };
            }
        }
    }
    Ok((fills, flows))
}

/// What a bus or subtree may export at the settlement prices, in Wh, import negative: from
/// `least` to `most`, preferably from `low` to `high`, where its own marginal orders are matched.
#[derive(Clone, Copy, Debug)]
struct Exports {
    least: i128,
    low: i128,
    high: i128,
    most: i128,
}

impl Exports {
    fn plus(self, other: Self) -> Result<Self, UnitsError> {
        let add = |a: i128, b: i128| a.checked_add(b).ok_or_else(overflow);
        Ok(Self {
            least: add(self.least, other.least)?,
            low: add(self.low, other.low)?,
            high: add(self.high, other.high)?,
            most: add(self.most, other.most)?,
        })
    }

    /// What of it lies within limits; the preferred part moves to the nearest that does.
    fn within(self, least: i128, most: i128) -> Self {
        let (least, most) = (self.least.max(least), self.most.min(most));
        let near = |export: i128| export.max(least).min(most);
        Self {
            least,
            low: near(self.low),
            high: near(self.high),
            most,
        }
    }
}

/// Shares an export over parts whose sum is `whole`: inside the preferred intervals as far as they
/// reach, beyond them in proportion to what each part still can.
fn divide(export: i128, whole: Exports, parts: &[Exports]) -> Result<Vec<i128>, UnitsError> {
    // Where a part's share starts, how much further it can go, and in which direction.
    let (span, way): (Span, i128) = match (export.cmp(&whole.low), export.cmp(&whole.high)) {
        (Ordering::Less, _) => (|part| (part.low, part.least), -1),
        (_, Ordering::Greater) => (|part| (part.high, part.most), 1),
        _ => (|part| (part.low, part.high), 1),
    };
    let rooms = parts.iter().map(span).map(|(start, end)| start.abs_diff(end));
    let moved = largest_remainder(export.abs_diff(span(&whole).0), &rooms.collect::<Vec<u128>>())?;
    let shares = parts.iter().map(span).zip(moved).map(|((start, _), moved)| {
        let moved = i128::try_from(moved).ok()?.checked_mul(way)?;
        start.checked_add(moved)
    });
    shares.collect::<Option<_>>().ok_or_else(overflow)
}

/// Two ends of the exports of a part.
type Span = fn(&Exports) -> (i128, i128);

/// The orders of one bus whose limit is its price, and what the others there export.
struct Marginal<'a> {
    /// Export of the orders strictly inside their limits.
    fixed: i128,
    entries: &'a [Entry],
    buys: u128,
    sells: u128,
}

impl<'a> Marginal<'a> {
    /// Fills the orders strictly inside their limits and keeps the marginal ones.
    fn at(entries: &'a [Entry], orders: &[Order], price: Price, fills: &mut [Wh]) -> Result<Self, UnitsError> {
        let below = entries.partition_point(|entry| entry.price < price.get());
        let (below, rest) = entries.split_at(below);
        let (marginal, above) = rest.split_at(rest.partition_point(|entry| entry.price == price.get()));
        let mut inside = |entries: &[Entry], side| {
            let mut sum = 0i128;
            for entry in entries.iter().filter(|entry| orders[entry.order].side == side) {
                let quantity = orders[entry.order].quantity;
                fills[entry.order] = quantity;
                sum = sum.checked_add(i128::from(quantity.get())).ok_or_else(overflow)?;
            }
            Ok::<i128, UnitsError>(sum)
        };
        let sold = inside(below, Side::Sell)?;
        let bought = inside(above, Side::Buy)?;
        Ok(Self {
            fixed: sold.checked_sub(bought).ok_or_else(overflow)?,
            entries: marginal,
            buys: total(marginal, orders, Side::Buy)?,
            sells: total(marginal, orders, Side::Sell)?,
        })
    }

    /// What the bus may export, and preferably does.
    fn exports(&self) -> Result<Exports, UnitsError> {
        let buys = i128::try_from(self.buys).map_err(|_| overflow())?;
        let sells = i128::try_from(self.sells).map_err(|_| overflow())?;
        let matched = buys.min(sells);
        let (fewer, more) = (self.fixed.checked_sub(buys), self.fixed.checked_add(sells));
        let (least, most) = (fewer.ok_or_else(overflow)?, more.ok_or_else(overflow)?);
        let (low, high) = (least.checked_add(matched), most.checked_sub(matched));
        Ok(Exports {
            least,
            low: low.ok_or_else(overflow)?,
            high: high.ok_or_else(overflow)?,
            most,
        })
    }

    /// Fills the marginal orders so that the bus exports `export` with the largest volume.
    fn fill(&self, export: i128, orders: &[Order], fills: &mut [Wh]) -> Result<(), UnitsError> {
        let Exports { least, most, .. } = self.exports()?;
        // All buys leave `export - least` for the sells, all sells leave `most - export` for the buys.
        let sold = export.abs_diff(least).min(self.sells);
        let bought = most.abs_diff(export).min(self.buys);
        for (side, filled) in [(Side::Sell, sold), (Side::Buy, bought)] {
            let of_side: Vec<usize> = numbers(self.entries, orders, side).collect();
            let quantities: Vec<u128> = of_side.iter().map(|&n| u128::from(orders[n].quantity.get())).collect();
            for (number, filled) in of_side.into_iter().zip(largest_remainder(filled, &quantities)?) {
                fills[number] = Wh::new(u64::try_from(filled).map_err(|_| overflow())?);
            }
        }
        Ok(())
    }
}

/// The numbers of the orders of one side, rising.
fn numbers<'a>(entries: &'a [Entry], orders: &'a [Order], side: Side) -> impl Iterator<Item = usize> + 'a {
    entries
        .iter()
        .map(|entry| entry.order)
        .filter(move |&number| orders[number].side == side)
}

/// The energy of the orders of one side.
fn total(entries: &[Entry], orders: &[Order], side: Side) -> Result<u128, UnitsError> {
    let quantities = numbers(entries, orders, side).map(|number| u128::from(orders[number].quantity.get()));
    quantities
        .into_iter()
        .try_fold(0u128, u128::checked_add)
        .ok_or_else(overflow)
}
