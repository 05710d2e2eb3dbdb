//! Market power: whose orders take part at a reference price, or not at all ([`busbar_api::market::power`]).
mod learn;
mod rule;
mod zone;

use busbar_api::grid::{Circuit, Params, Tariff};
use busbar_units::{Interval, Price};
use cosmwasm_std::Storage;

use crate::state::{FixedReferences, History};
use crate::ContractError;

pub use learn::learn;
pub use rule::{rule, Offer, Ruling};
pub use zone::{is_binding, Zone};

/// The zones of an interval's network with their reference prices.
pub fn zones(
    storage: &dyn Storage,
    interval: Interval,
    circuit: &Circuit,
    params: &Params,
    tariff: Tariff,
) -> Result<Vec<Zone>, ContractError> {
    let references = references(storage, interval, params, tariff)?;
    let zones = params.zones.iter().zip(references);
    Ok(zones
        .map(|(top, reference)| Zone::of(circuit, *top, reference))
        .collect())
}

/// The reference price of each zone in an interval: those that are fixed for it, else as its history has them.
pub fn references(
    storage: &dyn Storage,
    interval: Interval,
    params: &Params,
    tariff: Tariff,
) -> Result<Vec<Price>, ContractError> {
    if params.zones.is_empty() {
        return Ok(vec![]);
    }
    if let Some(fixed) = FixedReferences::load(storage, interval)? {
        return Ok(fixed.0);
    }
    let reference = |zone: &u16| {
        let mean = History::load(storage, *zone)?.sum.mean();
        let price = mean.unwrap_or(tariff.import).min(tariff.import);
        Ok(price.max(params.price_floor))
    };
    params.zones.iter().map(reference).collect()
}

#[cfg(test)]
mod tests;
