use busbar_api::market::{IntervalResponse, PositionResponse};
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::state::{locate, PositionPage, Record};
use crate::ContractError;

/// Life and results of an interval.
pub fn interval(deps: Deps<'_>, interval: Interval) -> Result<Option<IntervalResponse>, ContractError> {
    Record::load(deps.storage, interval)?
        .map(|record| record.response(deps.storage))
        .transpose()
}

/// A device's part in an interval.
pub fn position(deps: Deps<'_>, interval: Interval, device: u32) -> Result<PositionResponse, ContractError> {
    let (page, slot) = locate(device);
    let position = PositionPage::load(deps.storage, interval, page)?
        .get(slot)
        .cloned()
        .unwrap_or_default();
    Ok(PositionResponse {
        traded: position.traded,
        banked: position.given,
        redeemed: position.taken,
        paid: position.paid,
    })
}
