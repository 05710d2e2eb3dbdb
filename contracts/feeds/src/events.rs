//! What happened, for whoever follows the chain.
use busbar_api::feeds::Answer;
use busbar_units::{Interval, Money, Price};
use cosmwasm_std::{Addr, Event};

pub fn reporter(action: &str, number: u32) -> Event {
    Event::new(action).add_attribute("reporter", number.to_string())
}

pub fn staked(action: &str, number: u32, amount: Money) -> Event {
    reporter(action, number).add_attribute("amount", amount.get().to_string())
}

pub fn defined(name: &str, from_round: u64) -> Event {
    Event::new("define")
        .add_attribute("feed", name)
        .add_attribute("from_round", from_round.to_string())
}

pub fn reported(accepted: usize, rejected: usize) -> Event {
    Event::new("report")
        .add_attribute("accepted", accepted.to_string())
        .add_attribute("rejected", rejected.to_string())
}

pub fn closed(name: &str, answer: &Answer) -> Event {
    Event::new("answer")
        .add_attribute("feed", name)
        .add_attribute("round", answer.round)
        .add_attribute("value", answer.value)
        .add_attribute("sources", answer.sources.to_string())
}

pub fn judged(name: &str, round: u64, slashed: Money) -> Event {
    Event::new("settle")
        .add_attribute("feed", name)
        .add_attribute("round", round.to_string())
        .add_attribute("slashed", slashed.get().to_string())
}

pub fn swept(recipient: &Addr, amount: Money) -> Event {
    Event::new("sweep")
        .add_attribute("recipient", recipient)
        .add_attribute("amount", amount.get().to_string())
}

pub fn advanced(interval: Interval, price: Option<Price>) -> Event {
    let event = Event::new("advance").add_attribute("interval", interval.get().to_string());
    match price {
        Some(price) => event.add_attribute("price", price.get().to_string()),
        None => event,
    }
}
