//! Parameters and tariffs, live and archived.
use busbar_api::grid::{Params, Tariff, TariffPage, Version, WeekTariffs};
use busbar_units::Interval;
use cosmwasm_std::{Deps, Order, StdResult};
use cw_storage_plus::Bound;

use crate::state::{first_needed, load_week, rules, tariff_page, weeks, ARCHIVE};
use crate::ContractError;

/// Versions per page where the caller names no limit.
const DEFAULT_LIMIT: u32 = 10;
/// Most versions per page.
const MAX_LIMIT: u32 = 30;

pub fn params(deps: Deps<'_>, interval: Interval) -> Result<Params, ContractError> {
    let versions = rules(deps.storage)?.versions;
    if let Some(version) = Version::at(&versions, interval) {
        return Ok(version.params.clone());
    }
    let to = Some(Bound::inclusive(interval.get()));
    let archived = ARCHIVE
        .range(deps.storage, None, to, Order::Descending)
        .next()
        .transpose()?;
    archived
        .map(|(_, params)| params)
        .ok_or(ContractError::NoParams { interval })
}

pub fn versions(
    deps: Deps<'_>,
    start_after: Option<Interval>,
    limit: Option<u32>,
) -> Result<Vec<Version>, ContractError> {
    let limit = usize::try_from(limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT)).unwrap_or_default();
    let from = start_after.map(|interval| Bound::exclusive(interval.get()));
    let archived = ARCHIVE.range(deps.storage, from, None, Order::Ascending).map(|item| {
        item.map(|(from, params)| Version {
            from: Interval::new(from),
            params,
        })
    });
    let live = rules(deps.storage)?
        .versions
        .into_iter()
        .filter(|version| Some(version.from) > start_after);
    Ok(archived.chain(live.map(Ok)).take(limit).collect::<StdResult<_>>()?)
}

pub fn tariff(deps: Deps<'_>, interval: Interval) -> Result<Tariff, ContractError> {
    let (page, slot) = TariffPage::locate(interval);
    if let Some(tariff) = tariff_page(deps.storage, page)?.get(slot) {
        return Ok(tariff);
    }
    match table(deps, interval)? {
        Some(week) => Ok(week.at(interval.start_s(rules(deps.storage)?.region.interval_s)?)),
        None => Ok(params(deps, interval)?.tariff()),
    }
}

pub fn week(deps: Deps<'_>, interval: Interval) -> Result<Option<Vec<Tariff>>, ContractError> {
    Ok(table(deps, interval)?.map(|week| week.hours().to_vec()))
}

/// The table of an interval. Tables and posted tariffs of long final intervals are gone, so that what is left
/// would be a guess.
fn table(deps: Deps<'_>, interval: Interval) -> Result<Option<WeekTariffs>, ContractError> {
    if interval < first_needed(deps)? {
        return Err(ContractError::TariffPruned { interval });
    }
    match weeks(deps.storage)?.at(interval) {
        Some((from, 1)) => Ok(Some(load_week(deps.storage, from)?)),
        _ => Ok(None),
    }
}
