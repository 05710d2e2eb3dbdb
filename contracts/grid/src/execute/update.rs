//! Parameters for every interval that opens after the call.
use busbar_api::grid::{bounds, Contracts, Params, TariffPage, Version};
use busbar_api::registry;
use busbar_units::Interval;
use cosmwasm_std::{Deps, DepsMut, Env, Response, Storage};

use super::set_week::check_week;
use crate::state::{
    first_needed, first_unopened, load_week, networks, rules, save_rules, tariff_pages, weeks, ARCHIVE, MAX_VERSIONS,
};
use crate::{events, ContractError};

pub fn update(deps: DepsMut<'_>, env: &Env, params: Params) -> Result<Response, ContractError> {
    let mut rules = rules(deps.storage)?;
    params.validate(&rules.region)?;
    let current = rules.region.current_interval(env.block.time)?;
    let from = first_unopened(&rules.versions, current)?;
    check_posted(deps.storage, from, &params)?;
    for (_, buses) in networks(deps.storage)?.since(from) {
        check_zones(&params, buses)?;
    }
    for (start, present) in weeks(deps.storage)?.since(from) {
        if present == 1 {
            check_week(&load_week(deps.storage, start)?, &params)?;
        }
    }
    check_registry(deps.as_ref(), rules.contracts.as_ref(), &params)?;
    // A version whose first interval has not opened yet was never in force.
    let versions = &mut rules.versions;
    versions.retain(|version| version.from < from);
    versions.push(Version { from, params });
    let needed = first_needed(deps.as_ref())?;
    archive(deps.storage, versions, needed)?;
    if versions.len() > MAX_VERSIONS {
        return Err(ContractError::TooManyVersions {
            live: versions.len(),
            max: MAX_VERSIONS,
        });
    }
    save_rules(deps.storage, &rules);
    Ok(Response::new().add_event(events::params_updated(from)))
}

/// A zone is what hangs below a bus that the network has.
pub(super) fn check_zones(params: &Params, buses: u16) -> Result<(), ContractError> {
    match params.zones.iter().find(|bus| **bus >= buses) {
        Some(bus) => Err(ContractError::Zone { bus: *bus, buses }),
        None => Ok(()),
    }
}

/// The orders of every device fit an interval, and the bank holds and gives back what its storage is endorsed for.
fn check_registry(deps: Deps<'_>, contracts: Option<&Contracts>, params: &Params) -> Result<(), ContractError> {
    let Some(contracts) = contracts else {
        return Ok(());
    };
    let (q, registry) = (&deps.querier, &contracts.registry);
    let (devices, max) = (
        registry::raw::awaited_at(q, registry, Interval::MAX)?,
        params.device_limit(),
    );
    if devices > max {
        return Err(ContractError::TooManyDevices { devices, max });
    }
    let Some(bank) = &params.bank else {
        return Ok(());
    };
    let (device, registered) = (bank.device, registry::raw::storage(q, registry, bank.device)?);
    if bank.usable > registered.usable {
        return Err(ContractError::BankUsable {
            device,
            usable: bank.usable,
            registered: registered.usable,
        });
    }
    if bank.efficiency > registered.efficiency {
        return Err(ContractError::BankEfficiency {
            device,
            efficiency: bank.efficiency,
            registered: registered.efficiency,
        });
    }
    Ok(())
}

/// Tariffs posted from `from` on stay as they are, so they must fit.
fn check_posted(storage: &dyn Storage, from: Interval, params: &Params) -> Result<(), ContractError> {
    let (page, _) = TariffPage::locate(from);
    for stored in tariff_pages(storage, page, u64::MAX) {
        let (number, tariffs) = stored?;
        for (slot, tariff) in tariffs.posted() {
            let interval = Interval::new(number.saturating_mul(bounds::TARIFFS_PER_PAGE)).plus(slot)?;
            if interval >= from {
                tariff
                    .validate(params)
                    .map_err(|source| ContractError::PostedTariff { interval, source })?;
            }
        }
    }
    Ok(())
}

/// Moves versions that ended before `needed` out of what every reader loads.
fn archive(storage: &mut dyn Storage, versions: &mut Vec<Version>, needed: Interval) -> Result<(), ContractError> {
    while versions.get(1).is_some_and(|next| next.from <= needed) {
        let ended = versions.remove(0);
        ARCHIVE.save(storage, ended.from.get(), &ended.params)?;
    }
    Ok(())
}
