//! The clock and the network of an interval.
use busbar_api::grid::{raw, Network, Times};
use busbar_units::Interval;
use cosmwasm_std::{Deps, Env};

use super::params;
use crate::state::{limits, load_network, REGION};
use crate::ContractError;

pub fn current_interval(deps: Deps<'_>, env: &Env) -> Result<Interval, ContractError> {
    Ok(REGION.load(deps.storage)?.current_interval(env.block.time)?)
}

pub fn times(deps: Deps<'_>, interval: Interval) -> Result<Times, ContractError> {
    Ok(Times::of(
        &REGION.load(deps.storage)?,
        &params(deps, interval)?,
        interval,
    )?)
}

pub fn network(deps: Deps<'_>, interval: Interval) -> Result<Network, ContractError> {
    let network = load_network(deps.storage, interval)?;
    let (buses, lines) = network.names();
    let (region, params) = (REGION.load(deps.storage)?, params(deps, interval)?);
    let circuit = raw::in_force(network.circuit(), &region, &params, &limits(deps.storage, interval)?)?;
    Ok(Network::named(circuit, buses, lines))
}
