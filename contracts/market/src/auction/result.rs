//! What follows from a clearing.
use busbar_api::market::{Stage, Terms};
use busbar_clearing::Side;
use busbar_units::{Interval, Money, NetWh, Price, Wh};
use cosmwasm_std::Storage;

use super::{Auction, Listed};
use crate::state::{locate, BusPrice, BusPrices, LineFlows, PositionPage, Record};
use crate::turnover::Turnover;
use crate::ContractError;

/// A clearing that was checked against the auction, by the contract's own solver or by its certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Price of each bus.
    pub prices: Vec<Price>,
    /// Buses whose price is formal only.
    pub no_trade: Vec<bool>,
    /// Energy filled of each of the auction's orders.
    pub fills: Vec<Wh>,
    /// Flow on each line of the grid's network, positive from its `from` to its `to`.
    pub flows: Vec<NetWh>,
    /// What buyers pay above what sellers get, price times Wh.
    pub rent: i128,
}

/// Writes positions, prices and flows; returns the interval's record. What buyers pay above what sellers get is the
/// rent of full lines: never negative.
pub fn book(
    storage: &mut dyn Storage,
    interval: Interval,
    auction: &Auction,
    outcome: &Outcome,
) -> Result<Record, ContractError> {
    let rent = u128::try_from(outcome.rent).map_err(|_| ContractError::Deficit {
        interval,
        of: "the trades",
    })?;
    let prices = BusPrices::new(
        outcome
            .prices
            .iter()
            .zip(&outcome.no_trade)
            .map(|(price, no_trade)| BusPrice {
                price: *price,
                no_trade: *no_trade,
            }),
    );
    let utility = prices.utility();
    let mut record = Record::new(Stage::Cleared, utility.price);
    record.rent = Money::new(rent / WH_PER_KWH);
    let mut turnover = Turnover::default();
    for place in auction.book.iter().filter_map(|listed| listed.place) {
        let (Some(order), Some(fill)) = (auction.orders.get(place), outcome.fills.get(place)) else {
            continue;
        };
        record.orders = record.orders.saturating_add(1);
        match order.side {
            Side::Buy => record.bought = record.bought.add(*fill)?,
            Side::Sell => record.sold = record.sold.add(*fill)?,
        }
        let price = outcome.prices.get(order.bus).copied().unwrap_or(utility.price);
        turnover = turnover.add(Turnover::of(price, *fill)?)?;
    }
    if let Some(mean) = turnover.mean() {
        (record.price, record.no_trade) = (mean, false);
    }
    open_positions(storage, interval, &auction.book, &outcome.fills)?;
    prices.save(storage, interval);
    LineFlows(outcome.flows.clone()).save(storage, interval);
    Ok(record)
}

/// Watt-hours in the kilowatt-hour that a price is quoted for.
const WH_PER_KWH: u128 = 1000;

/// Opens a position for every device with an order, with what it traded and what it asks of the bank.
pub fn open_positions(
    storage: &mut dyn Storage,
    interval: Interval,
    book: &[Listed],
    fills: &[Wh],
) -> Result<(), ContractError> {
    for page in Listed::by_device(book).chunk_by(|a, b| locate(a.id.device).0 == locate(b.id.device).0) {
        let Some((number, _)) = page.first().map(|listed| locate(listed.id.device)) else {
            continue;
        };
        let mut positions = PositionPage::default();
        for listed in page {
            let position = positions.entry(locate(listed.id.device).1)?;
            let fill = listed.place.and_then(|place| fills.get(place)).copied();
            let traded = match listed.order.terms {
                Terms::Buy { .. } => fill.unwrap_or(Wh::ZERO).drawn()?,
                Terms::Sell { .. } => fill.unwrap_or(Wh::ZERO).fed()?,
                Terms::Bank {} | Terms::Redeem {} => NetWh::ZERO,
            };
            position.traded = position.traded.add(traded)?;
            match listed.order.terms {
                Terms::Bank {} => position.given = listed.order.quantity,
                Terms::Redeem {} => position.taken = listed.order.quantity,
                Terms::Buy { .. } | Terms::Sell { .. } => {}
            }
        }
        positions.save(storage, interval, number);
    }
    Ok(())
}
