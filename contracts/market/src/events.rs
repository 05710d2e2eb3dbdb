//! Everything that happens, as typed events: quantities and money as bare decimal numbers in base units.
use busbar_api::market::bilateral::OfferKey;
use busbar_api::market::{Side, Stage, Terms};
use busbar_units::{Interval, Money, NetWh, Wh};
use cosmwasm_std::{Addr, Event};

use crate::execute::Correction;
use crate::state::{Best, BookClosing, Capped, Offer, OrderId, Record};
use crate::ContractError;

/// Coin came in; `repaid` of it paid a debt off.
pub fn deposited(owner: &Addr, amount: Money, repaid: Money) -> Event {
    Event::new("deposited")
        .add_attribute("owner", owner)
        .add_attribute("amount", amount.get().to_string())
        .add_attribute("repaid", repaid.get().to_string())
}

/// Coin went out.
pub fn withdrawn(owner: &Addr, amount: Money) -> Event {
    Event::new("withdrawn")
        .add_attribute("owner", owner)
        .add_attribute("amount", amount.get().to_string())
}

/// Energy tokens came in.
pub fn energy_deposited(owner: &Addr, wh: Wh) -> Event {
    Event::new("energy_deposited")
        .add_attribute("owner", owner)
        .add_attribute("wh", wh.get().to_string())
}

/// Energy tokens went out.
pub fn energy_withdrawn(owner: &Addr, wh: Wh) -> Event {
    Event::new("energy_withdrawn")
        .add_attribute("owner", owner)
        .add_attribute("wh", wh.get().to_string())
}

fn order(name: &str, id: OrderId) -> Event {
    Event::new(name)
        .add_attribute("interval", id.interval.get().to_string())
        .add_attribute("device", id.device.to_string())
        .add_attribute("slot", id.slot.to_string())
}

/// An order entered the book.
pub fn order_placed(id: OrderId, terms: Terms, quantity: Wh) -> Event {
    let (kind, limit) = match terms {
        Terms::Buy { limit } => ("buy", Some(limit)),
        Terms::Sell { limit } => ("sell", Some(limit)),
        Terms::Bank {} => ("bank", None),
        Terms::Redeem {} => ("redeem", None),
    };
    let event = order("order_placed", id)
        .add_attribute("kind", kind)
        .add_attribute("wh", quantity.get().to_string());
    match limit {
        Some(limit) => event.add_attribute("limit", limit.get().to_string()),
        None => event,
    }
}

/// An agreement was offered.
pub fn offered(interval: Interval, of: OfferKey, offer: &Offer) -> Event {
    Event::new("offered")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("device", of.device.to_string())
        .add_attribute("counterparty", of.counterparty.to_string())
        .add_attribute(
            "kind",
            match offer.side {
                Side::Buy => "buy",
                Side::Sell => "sell",
            },
        )
        .add_attribute("wh", offer.quantity.get().to_string())
        .add_attribute("price", offer.price.get().to_string())
}

/// An offer was taken back.
pub fn retracted(interval: Interval, of: OfferKey) -> Event {
    Event::new("retracted")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("device", of.device.to_string())
        .add_attribute("counterparty", of.counterparty.to_string())
}

/// Two devices agreed.
pub fn agreed(buyer: OrderId, seller: OrderId, offer: &Offer) -> Event {
    Event::new("agreed")
        .add_attribute("interval", buyer.interval.get().to_string())
        .add_attribute("buyer", buyer.device.to_string())
        .add_attribute("seller", seller.device.to_string())
        .add_attribute("wh", offer.quantity.get().to_string())
        .add_attribute("price", offer.price.get().to_string())
}

/// The difference of an agreement was paid for so many Wh.
pub fn difference(payer: OrderId, payee: OrderId, wh: Wh, amount: Money) -> Event {
    Event::new("difference")
        .add_attribute("interval", payer.interval.get().to_string())
        .add_attribute("payer", payer.device.to_string())
        .add_attribute("payee", payee.device.to_string())
        .add_attribute("wh", wh.get().to_string())
        .add_attribute("amount", amount.get().to_string())
}

/// An order left the book.
pub fn order_cancelled(id: OrderId) -> Event {
    order("order_cancelled", id)
}

/// An order was sealed.
pub fn sealed(id: OrderId) -> Event {
    order("order_sealed", id)
}

/// A sealed order was taken back.
pub fn unsealed(id: OrderId) -> Event {
    order("order_unsealed", id)
}

/// A sealed order was revealed; what enters the book is in `order_placed`.
pub fn revealed(id: OrderId) -> Event {
    order("order_revealed", id)
}

/// A device's standing orders were replaced; they count from an interval on.
pub fn standing(device: u32, from: Interval, orders: usize) -> Event {
    Event::new("standing")
        .add_attribute("device", device.to_string())
        .add_attribute("from", from.get().to_string())
        .add_attribute("orders", orders.to_string())
}

/// A standing order could not be placed.
pub fn left_out(interval: Interval, device: u32, entry: usize, reason: &ContractError) -> Event {
    Event::new("standing_left_out")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("device", device.to_string())
        .add_attribute("entry", entry.to_string())
        .add_attribute("reason", reason.to_string())
}

/// A step of closing a book was done.
pub fn book_closed(interval: Interval, closing: &BookClosing) -> Event {
    let event = Event::new("book_closed")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("complete", closing.complete.to_string());
    if closing.complete {
        return event;
    }
    event.add_attribute("next", closing.next.to_string())
}

/// An interval was cleared, with so many orders at a reference price and so many left out.
pub fn cleared(interval: Interval, record: &Record, capped: &[Capped]) -> Result<Event, ContractError> {
    let at_reference = capped.iter().filter(|capped| capped.took_part).count();
    let left_out = capped.len().saturating_sub(at_reference);
    Ok(Event::new("cleared")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("orders", record.orders.to_string())
        .add_attribute("price", record.price.get().to_string())
        .add_attribute("no_trade", record.no_trade.to_string())
        .add_attribute("bought", record.bought.get().to_string())
        .add_attribute("sold", record.sold.get().to_string())
        .add_attribute("traded_net", record.traded_net()?.get().to_string())
        .add_attribute("rent", record.rent.get().to_string())
        .add_attribute("at_reference", at_reference.to_string())
        .add_attribute("left_out", left_out.to_string()))
}

/// A proposal was proven and is the best so far.
pub fn proposed(interval: Interval, best: &Best) -> Event {
    Event::new("proposed")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("welfare", best.welfare.to_string())
        .add_attribute("gap", best.gap.to_string())
}

/// An interval was given up uncleared.
pub fn skipped(interval: Interval) -> Event {
    Event::new("skipped").add_attribute("interval", interval.get().to_string())
}

/// A step of settlement was done.
pub fn settled(interval: Interval, record: &Record, bounty: Money) -> Event {
    let complete = record.stage == Stage::Settled;
    let event = Event::new("settled")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("complete", complete.to_string())
        .add_attribute("bounty", bounty.get().to_string());
    if !complete {
        return event.add_attribute("next", record.work.next.to_string());
    }
    event
        .add_attribute("net", record.net.get().to_string())
        .add_attribute("imbalance_price", record.imbalance.get().to_string())
        .add_attribute("add_on", record.add_on.get().to_string())
        .add_attribute("losses", record.losses.get().to_string())
        .add_attribute("banked", record.banked.get().to_string())
        .add_attribute("minted", record.minted.get().to_string())
        .add_attribute("redeemed", record.redeemed.get().to_string())
        .add_attribute("redeemed_in_coin", record.redeemed_in_coin.get().to_string())
        .add_attribute("uncollected", record.uncollected.get().to_string())
}

/// What a device drew beyond what its settlement took for granted, and what it and the utility owe for it and
/// for energy that became known too late; negative = is due to them.
pub fn corrected(interval: Interval, device: u32, difference: NetWh, due: &Correction) -> Event {
    Event::new("corrected")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("device", device.to_string())
        .add_attribute("difference", difference.get().to_string())
        .add_attribute("owner", due.owner.get().to_string())
        .add_attribute("utility", due.utility.get().to_string())
}

/// What it comes to for the owner before ([`corrected`]), where the energy is of both their intervals.
pub fn corrected_before(interval: Interval, device: u32, former: &Addr, due: &Correction) -> Event {
    corrected(interval, device, NetWh::ZERO, due).add_attribute("former", former)
}

/// A step of closing an interval was done.
pub fn finalised(interval: Interval, record: &Record) -> Event {
    Event::new("finalised")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("complete", (record.stage == Stage::Final).to_string())
        .add_attribute("to_fund", record.to_fund.get().to_string())
}

/// A device passed to another owner, who answers for it from an interval on.
pub fn handed_over(device: u32, former: &Addr, owner: &Addr, from: Interval) -> Event {
    Event::new("handed_over")
        .add_attribute("device", device.to_string())
        .add_attribute("former", former)
        .add_attribute("owner", owner)
        .add_attribute("from", from.get().to_string())
}

/// A device's margin was read again.
pub fn refreshed(device: u32) -> Event {
    Event::new("refreshed").add_attribute("device", device.to_string())
}
