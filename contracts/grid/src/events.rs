//! Events of the grid contract.
use busbar_api::grid::{Contracts, MarketState, Network};
use busbar_units::{Interval, Millihertz};
use cosmwasm_std::{Addr, Event};

/// The region exists.
pub fn founded(domain: &str) -> Event {
    Event::new("grid_founded").add_attribute("domain", domain)
}

/// The other contracts are named.
pub fn wired(contracts: &Contracts) -> Event {
    Event::new("grid_wired")
        .add_attribute("registry", &contracts.registry)
        .add_attribute("oracle", &contracts.oracle)
        .add_attribute("market", &contracts.market)
        .add_attribute("energy_token", &contracts.energy_token)
}

/// Parameters change from an interval on.
pub fn params_updated(from: Interval) -> Event {
    Event::new("grid_params_updated").add_attribute("from", from.get().to_string())
}

/// Tariffs are posted for an interval and those that follow.
pub fn tariffs_posted(from: Interval, count: usize) -> Event {
    Event::new("grid_tariffs_posted")
        .add_attribute("from", from.get().to_string())
        .add_attribute("count", count.to_string())
}

/// The network changes from an interval on.
pub fn network_set(from: Interval, network: &Network, dropped: usize) -> Event {
    Event::new("grid_network_set")
        .add_attribute("from", from.get().to_string())
        .add_attribute("buses", network.buses.len().to_string())
        .add_attribute("lines", network.lines.len().to_string())
        .add_attribute("dropped_limits", dropped.to_string())
}

/// Headroom is posted for an interval and those that follow.
pub fn headroom_posted(from: Interval, intervals: u64) -> Event {
    Event::new("grid_headroom_posted")
        .add_attribute("from", from.get().to_string())
        .add_attribute("intervals", intervals.to_string())
}

/// Lines carry less in open intervals.
pub fn tightened(from: Interval, to: Interval, lines: usize) -> Event {
    Event::new("grid_tightened")
        .add_attribute("from", from.get().to_string())
        .add_attribute("to", to.get().to_string())
        .add_attribute("lines", lines.to_string())
}

/// The market's state changes: no looser from here on, in one interval or all.
pub fn state_set(state: MarketState, from: Interval, only: Option<Interval>) -> Event {
    let event = Event::new("grid_state_set")
        .add_attribute("state", name(state))
        .add_attribute("from", from.get().to_string());
    match only {
        Some(interval) => event.add_attribute("to", interval.get().to_string()),
        None => event,
    }
}

fn name(state: MarketState) -> &'static str {
    match state {
        MarketState::Open => "open",
        MarketState::Restricted => "restricted",
        MarketState::Halted => "halted",
    }
}

/// The mean frequency of an interval is known.
pub fn frequency_posted(interval: Interval, frequency: Millihertz) -> Event {
    Event::new("grid_frequency_posted")
        .add_attribute("interval", interval.get().to_string())
        .add_attribute("millihertz", frequency.get().to_string())
}

/// Tariffs follow the hour of the week from an interval on, or no longer do.
pub fn week_set(from: Interval, present: bool) -> Event {
    Event::new("grid_week_set")
        .add_attribute("from", from.get().to_string())
        .add_attribute("present", present.to_string())
}

/// Nobody holds a role from here on.
pub fn vacated(role: &'static str) -> Event {
    Event::new("grid_vacated").add_attribute("role", role)
}

/// An account holds a role from here on.
pub fn appointed(role: &'static str, account: &Addr) -> Event {
    Event::new("grid_appointed")
        .add_attribute("role", role)
        .add_attribute("account", account)
}
