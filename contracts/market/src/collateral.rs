//! What an order locks and what a device asks for as margin: together they cover every outcome.
use busbar_api::grid::Params;
use busbar_api::market::Terms;
use busbar_api::registry::{Device, Status};
use busbar_units::{Money, Price, Wh};

use crate::context::Context;
use crate::ContractError;

/// Coin that an order locks from placing until its interval is settled, order fee included.
///
/// A buy locks `max(0, limit - I_min) * Q`: it may have to pay its limit for energy that it then leaves
/// over at the lowest imbalance price. A sell locks `max(0, I_max - limit) * Q`: it may have to buy at the
/// highest imbalance price what it was paid its limit for. A bank request locks the bank's fee.
pub fn lock(params: &Params, terms: Terms, quantity: Wh) -> Result<Money, ContractError> {
    let per_kwh = match terms {
        Terms::Buy { limit } => limit.sub(params.imbalance_min)?,
        Terms::Sell { limit } => params.imbalance_max.sub(limit)?,
        Terms::Bank {} | Terms::Redeem {} => params.bank.as_ref().map_or(Price::ZERO, |bank| bank.fee),
    };
    let coin = per_kwh.positive().charge(quantity.drawn()?)?.positive();
    Ok(coin.add(params.order_fee)?)
}

/// The margin of an active device: the dearest interval that its rating allows, for each interval from
/// delivery to confirmation (the one in delivery included); the bank's storage posts its bond on top.
pub fn margin(context: &Context<'_>, params: &Params, number: u32, device: &Device) -> Result<Money, ContractError> {
    let bond = params
        .bank
        .as_ref()
        .filter(|bank| bank.device == number)
        .map_or(Money::ZERO, |bank| bank.bond);
    if device.status != Status::Active {
        return Ok(bond);
    }
    let (drawn, fed) = context.usable(device)?;
    Ok(rating_margin(params, drawn, fed)?.add(bond)?)
}

/// Margin for a device that can draw and feed this much in an interval.
pub fn rating_margin(params: &Params, drawn: Wh, fed: Wh) -> Result<Money, ContractError> {
    let short = params.imbalance_max.charge(drawn.drawn()?)?.positive();
    let long = params.imbalance_min.charge(fed.fed()?)?.positive();
    let intervals = u64::from(params.confirmation_window).saturating_add(1);
    Ok(short.max(long).times(intervals)?)
}
