//! Tariffs by hour of the week for every interval that opens after the call.
use busbar_api::grid::{raw, Params, Rules, Tariff, Version, WeekTariffs, HOURS_PER_WEEK};
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{first_needed, first_unopened, rules, weeks, MAX_VERSIONS};
use crate::{events, ContractError};

pub fn set_week(deps: DepsMut<'_>, env: &Env, tariffs: Option<&[Tariff]>) -> Result<Response, ContractError> {
    let Rules { region, versions, .. } = rules(deps.storage)?;
    let current = region.current_interval(env.block.time)?;
    let from = first_unopened(&versions, current)?;
    let week = tariffs.map(table).transpose()?;
    if let Some(week) = &week {
        for version in Version::since(&versions, from) {
            check_week(week, &version.params)?;
        }
    }
    let mut live = weeks(deps.storage)?;
    let replaced = live.replace_from(from, u16::from(week.is_some()));
    let ended = live.forget_before(first_needed(deps.as_ref())?);
    let count = live.entries().len();
    if count > MAX_VERSIONS {
        return Err(ContractError::TooManyWeeks {
            live: count,
            max: MAX_VERSIONS,
        });
    }
    for (start, _) in replaced.iter().chain(&ended) {
        deps.storage.remove(&raw::week_key(*start));
    }
    if let Some(week) = &week {
        deps.storage.set(&raw::week_key(from), &week.encode());
    }
    deps.storage.set(raw::WEEKS.as_bytes(), &live.encode());
    Ok(Response::new().add_event(events::week_set(from, week.is_some())))
}

fn table(tariffs: &[Tariff]) -> Result<WeekTariffs, ContractError> {
    WeekTariffs::new(tariffs).ok_or(ContractError::WeekCount {
        count: tariffs.len(),
        expected: HOURS_PER_WEEK,
    })
}

/// Every tariff fits the parameters of an interval that it may count in.
pub(super) fn check_week(week: &WeekTariffs, params: &Params) -> Result<(), ContractError> {
    for (hour, tariff) in week.hours().iter().enumerate() {
        tariff
            .validate(params)
            .map_err(|source| ContractError::WeekTariff { hour, source })?;
    }
    Ok(())
}
