use busbar_api::market::provenance::Piece;
use busbar_api::market::SourceResponse;
use busbar_units::Interval;
use cosmwasm_std::Deps;

use crate::state::{final_line, AccountId};
use crate::ContractError;

/// Sources of what an account used in a final interval.
pub fn source_of(
    deps: Deps<'_>,
    interval: Interval,
    account: String,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<SourceResponse>, ContractError> {
    let owner = deps.api.addr_validate(&account)?;
    let (Some(id), Some(line)) = (
        AccountId::of(deps.storage, &owner)?,
        final_line(deps.storage, interval)?,
    ) else {
        return Ok(vec![]);
    };
    Ok(page(line.sources_of(interval, id.0)?, start_after, limit))
}

/// All sources and sinks of a final interval.
pub fn provenance(
    deps: Deps<'_>,
    interval: Interval,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<SourceResponse>, ContractError> {
    let Some(line) = final_line(deps.storage, interval)? else {
        return Ok(vec![]);
    };
    Ok(page(line.pieces(interval)?, start_after, limit))
}

fn page(pieces: Vec<Piece>, start_after: Option<u32>, limit: Option<u32>) -> Vec<SourceResponse> {
    let later = pieces
        .into_iter()
        .filter(|piece| start_after.is_none_or(|after| piece.index > after));
    later.take(super::page(limit)).map(SourceResponse::from).collect()
}
