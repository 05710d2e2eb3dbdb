//! The clock and the network of an interval.
use busbar_api::grid::{raw, MarketState, Network, Times};
use busbar_units::{Interval, Millihertz};
use cosmwasm_std::{Deps, Env};

use super::params;
use crate::state::{limits, load_network, rules};
use crate::ContractError;

pub fn current_interval(deps: Deps<'_>, env: &Env) -> Result<Interval, ContractError> {
    Ok(rules(deps.storage)?.region.current_interval(env.block.time)?)
}

pub fn times(deps: Deps<'_>, interval: Interval) -> Result<Times, ContractError> {
    Ok(Times::of(
        &rules(deps.storage)?.region,
        &params(deps, interval)?,
        interval,
    )?)
}

pub fn state(deps: Deps<'_>, interval: Interval) -> Result<MarketState, ContractError> {
    Ok(rules(deps.storage)?.state(interval))
}

pub fn frequency(deps: Deps<'_>, interval: Interval) -> Result<Option<Millihertz>, ContractError> {
    let stored = deps.storage.get(&raw::frequency_key(interval));
    let frequency = stored.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    Ok(frequency.map(Millihertz::new))
}

pub fn network(deps: Deps<'_>, interval: Interval) -> Result<Network, ContractError> {
    let network = load_network(deps.storage, interval)?;
    let (buses, lines) = network.names();
    let (region, params) = (rules(deps.storage)?.region, params(deps, interval)?);
    let circuit = raw::in_force(network.circuit(), &region, &params, &limits(deps.storage, interval)?)?;
    Ok(Network::named(circuit, buses, lines))
}
