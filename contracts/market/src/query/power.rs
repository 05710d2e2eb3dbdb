use busbar_api::market::power::{CappedResponse, ReferenceResponse};
use busbar_api::market::OrderKey;
use busbar_units::{Interval, Wh};
use cosmwasm_std::Deps;

use crate::context::Context;
use crate::power;
use crate::state::{Capped, History};
use crate::ContractError;

/// A page of the capped orders of a cleared interval.
pub fn capped(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<OrderKey>,
    limit: Option<u32>,
) -> Result<Vec<CappedResponse>, ContractError> {
    let place = |key: OrderKey| (key.account, key.device, key.slot);
    let capped = Capped::load(deps.storage, interval)?.into_iter();
    Ok(capped
        .map(|capped| CappedResponse {
            key: capped.id.key(),
            limit: capped.limit,
            reference: capped.reference,
            took_part: capped.took_part,
        })
        .filter(|capped| start_after.is_none_or(|after| place(capped.key) > place(after)))
        .take(super::page(limit))
        .collect())
}

/// Reference prices of an interval's zones.
pub fn references(deps: Deps<'_>, interval: Interval) -> Result<Vec<ReferenceResponse>, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(interval)?;
    let references = power::references(deps.storage, interval, &params, context.tariff(interval)?)?;
    let zones = params.zones.iter().zip(references);
    zones
        .map(|(zone, reference)| {
            let history = History::load(deps.storage, *zone)?;
            Ok(ReferenceResponse {
                zone: *zone,
                reference,
                intervals: u32::try_from(history.intervals()).unwrap_or(u32::MAX),
                wh: Wh::new(u64::try_from(history.sum.wh).unwrap_or(u64::MAX)),
            })
        })
        .collect()
}
