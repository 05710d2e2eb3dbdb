//! Events of the grid contract.
use busbar_api::grid::{Contracts, Network};
use busbar_units::Interval;
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
pub fn network_set(from: Interval, network: &Network) -> Event {
    Event::new("grid_network_set")
        .add_attribute("from", from.get().to_string())
        .add_attribute("buses", network.buses.len().to_string())
        .add_attribute("lines", network.lines.len().to_string())
}

/// An account holds a role from here on.
pub fn appointed(role: &'static str, account: &Addr) -> Event {
    Event::new("grid_appointed")
        .add_attribute("role", role)
        .add_attribute("account", account)
}
