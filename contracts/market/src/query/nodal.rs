use busbar_api::market::{BusPriceResponse, FlowResponse};
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::context::Context;
use crate::power::is_binding;
use crate::state::{BusPrices, LineFlows};
use crate::ContractError;

/// A page of the prices of an interval's buses.
pub fn prices(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<u16>,
    limit: Option<u32>,
) -> Result<Vec<BusPriceResponse>, ContractError> {
    let Some(prices) = BusPrices::load(deps.storage, interval)? else {
        return Ok(vec![]);
    };
    let listed = (0..=u16::MAX).zip(prices.iter()).map(|(bus, at)| BusPriceResponse {
        bus,
        price: at.price,
        no_trade: at.no_trade,
    });
    Ok(listed
        .filter(|at| start_after.is_none_or(|after| at.bus > after))
        .take(super::page(limit))
        .collect())
}

/// A page of the flows on an interval's lines.
pub fn flows(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<FlowResponse>, ContractError> {
    let loaded = BusPrices::load(deps.storage, interval)?.zip(LineFlows::load(deps.storage, interval)?);
    let Some((prices, flows)) = loaded else {
        return Ok(vec![]);
    };
    let context = Context::load(deps.storage, deps.querier)?;
    let circuit = context.network(&context.params(interval)?, interval)?;
    let derated = circuit.needs_certificate();
    (0u32..)
        .zip(circuit.branches.into_iter().zip(flows.0))
        .filter(|(line, _)| start_after.is_none_or(|after| *line > after))
        .take(super::page(limit))
        .map(|(number, (line, flow))| {
            let step = prices.at(line.to).price.sub(prices.at(line.from).price)?;
            // Energy flows from the lower price to the higher, but for some lines of a loop.
            let rent = step.charge(flow)?.positive();
            Ok(FlowResponse {
                line: number,
                from: line.from,
                to: line.to,
                flow,
                capacity: line.capacity,
                capacity_back: line.capacity_back,
                step,
                binding: is_binding(&line, flow, step, derated),
                rent,
            })
        })
        .collect()
}
