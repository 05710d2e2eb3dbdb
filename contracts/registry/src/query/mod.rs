//! Questions, one file per subject.
mod devices;
mod manufacturers;
mod reservations;

use busbar_api::registry::{raw, AwaitedResponse, ConfigResponse, CountResponse, QueryMsg, DEFAULT_LIMIT, MAX_LIMIT};
use busbar_units::Interval;
use cosmwasm_std::{to_json_binary, Binary, Deps, StdResult};

use crate::state::{awaited_change, awaited_tip, count, load_device, region, GRID};
use crate::ContractError;

/// Answers a question.
pub fn answer(deps: Deps<'_>, msg: QueryMsg) -> Result<Binary, ContractError> {
    Ok(match msg {
        QueryMsg::Config {} => to_json_binary(&config(deps)?),
        QueryMsg::Device { number } => to_json_binary(&load_device(deps.storage, number)?),
        QueryMsg::DeviceByKey { key } => to_json_binary(&devices::by_key(deps, &key)?),
        QueryMsg::DeviceBySerial { manufacturer, serial } => {
            to_json_binary(&devices::by_serial(deps, manufacturer, &serial)?)
        }
        QueryMsg::Devices { start_after, limit } => to_json_binary(&devices::all(deps, start_after, page(limit))?),
        QueryMsg::DevicesByOwner {
            owner,
            start_after,
            limit,
        } => to_json_binary(&devices::by_owner(deps, &owner, start_after, page(limit))?),
        QueryMsg::Reservation { number } => to_json_binary(&reservations::one(deps, number)?),
        QueryMsg::ReservationsByOwner {
            owner,
            start_after,
            limit,
        } => to_json_binary(&reservations::by_owner(deps, &owner, start_after, page(limit))?),
        QueryMsg::Manufacturer { id } => to_json_binary(&manufacturers::one(deps, id)?),
        QueryMsg::Manufacturers { start_after, limit } => {
            to_json_binary(&manufacturers::all(deps, start_after, page(limit))?)
        }
        QueryMsg::Awaited { interval } => to_json_binary(&awaited(deps, interval)?),
        QueryMsg::Count {} => to_json_binary(&CountResponse {
            count: count(deps.storage)?,
        }),
        QueryMsg::Ownership {} => to_json_binary(&cw_ownable::get_ownership(deps.storage)?),
    }?)
}

fn config(deps: Deps<'_>) -> StdResult<ConfigResponse> {
    Ok(ConfigResponse {
        grid: GRID.load(deps.storage)?,
        domain: region(deps)?.domain,
    })
}

fn awaited(deps: Deps<'_>, interval: Interval) -> StdResult<AwaitedResponse> {
    let tip = awaited_tip(deps.storage)?;
    let awaited = raw::awaited_in(tip, interval, |at| awaited_change(deps.storage, at))?;
    Ok(AwaitedResponse { awaited })
}

/// Entries of a list that one answer holds.
fn page(limit: Option<u32>) -> usize {
    let limit = limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    usize::try_from(limit).unwrap_or_default()
}
