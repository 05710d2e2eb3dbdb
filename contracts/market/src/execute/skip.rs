use busbar_api::market::{Stage, Terms};
use busbar_clearing::Order;
use busbar_units::{Interval, Price};
use cosmwasm_std::{DepsMut, Env, Response, Storage};

use crate::context::Context;
use crate::execute::clear::auction_order;
use crate::state::{final_cursor, locate, BookOrder, OrderId, PositionPage, Record};
use crate::{events, ContractError};

/// Gives up an interval that nobody cleared before its delivery began: nothing is traded, all energy is
/// settled at tariff, and settlement releases the locks.
pub fn skip(deps: DepsMut<'_>, env: Env, interval: Interval) -> Result<Response, ContractError> {
    if let Some(record) = Record::load(deps.storage, interval)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: record.stage,
        });
    }
    if interval < final_cursor(deps.storage)? {
        return Err(ContractError::AlreadyAt {
            interval,
            stage: Stage::Final,
        });
    }
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let start_s = context.times(&params, interval)?.start_s;
    let now_s = env.block.time.seconds();
    if now_s < start_s {
        return Err(ContractError::StillClearable {
            interval,
            start_s,
            now_s,
        });
    }
    start_positions(deps.storage, interval)?;
    let tariff = context.tariff(interval)?;
    let price = Price::midpoint(tariff.export, tariff.import);
    Record::new(Stage::Skipped, price, price).save(deps.storage, interval);
    Ok(Response::new().add_event(events::skipped(interval)))
}

/// Opens a position for every device with an order in the interval and enters its bank requests; returns
/// the price orders in the order of their identities.
pub fn start_positions(
    storage: &mut dyn Storage,
    interval: Interval,
) -> Result<(Vec<OrderId>, Vec<Order>), ContractError> {
    let book: Result<Vec<_>, _> = BookOrder::of_interval(storage, interval, None).collect();
    let mut book = book?;
    let mut ids = Vec::with_capacity(book.len());
    let mut orders = Vec::with_capacity(book.len());
    for (id, order) in &book {
        if let Some(price_order) = auction_order(order.bus, order.terms, order.quantity) {
            ids.push(*id);
            orders.push(price_order);
        }
    }
    book.sort_unstable_by_key(|(id, _)| id.device);
    for page in book.chunk_by(|(a, _), (b, _)| locate(a.device).0 == locate(b.device).0) {
        let Some((number, _)) = page.first().map(|(id, _)| locate(id.device)) else {
            continue;
        };
        let mut positions = PositionPage::load(storage, interval, number)?;
        for (id, order) in page {
            let position = positions.entry(locate(id.device).1)?;
            match order.terms {
                Terms::Bank {} => position.given = order.quantity,
                Terms::Redeem {} => position.taken = order.quantity,
                Terms::Buy { .. } | Terms::Sell { .. } => {}
            }
        }
        positions.save(storage, interval, number);
    }
    Ok((ids, orders))
}
