//! Storage of the grid contract that other contracts read at plain read price.
//!
//! Items are JSON; tariff pages are packed ([`TariffPage`]).
use busbar_units::Interval;
use cosmwasm_std::{from_json, Addr, QuerierWrapper, StdError, StdResult};
use cw_ownable::Ownership;
use serde::de::DeserializeOwned;

use super::{Contracts, Params, Region, Roles, Tariff, TariffPage, Version};

/// Key of the [`Region`].
pub const REGION: &str = "region";
/// Key of the [`Contracts`].
pub const CONTRACTS: &str = "wired";
/// Key of the live parameter versions, `Vec<Version>` in ascending order.
pub const VERSIONS: &str = "params";
/// Namespace of the parameter versions that no interval needs any more.
pub const ARCHIVE: &str = "archive";
/// Key of the last interval that was open when the region was founded.
pub const FOUNDED: &str = "founded";
/// Key prefix of tariff pages.
pub const TARIFFS: &str = "tariff/";
/// Key of the owner, as written by `cw-ownable`.
pub const OWNERSHIP: &str = "ownership";

/// Key of a tariff page.
pub fn tariff_page_key(page: u64) -> Vec<u8> {
    [TARIFFS.as_bytes(), &page.to_be_bytes()].concat()
}

fn item<T: DeserializeOwned>(q: &QuerierWrapper<'_>, grid: &Addr, key: &'static str) -> StdResult<T> {
    match q.query_wasm_raw(grid, key.as_bytes())? {
        Some(bytes) => from_json(bytes),
        None => Err(StdError::not_found(format!("{key} of the grid {grid}"))),
    }
}

/// What is fixed, and who runs it.
pub fn region(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Region> {
    item(q, grid, REGION)
}

/// The region's other contracts; `NotFound` before they are wired.
pub fn contracts(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Contracts> {
    item(q, grid, CONTRACTS)
}

/// Owner, operator and utility.
pub fn roles(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Roles> {
    let region = region(q, grid)?;
    let ownership: Ownership<Addr> = item(q, grid, OWNERSHIP)?;
    Ok(Roles {
        owner: ownership.owner,
        operator: region.operator,
        utility: region.utility,
    })
}

/// The parameter versions that some interval may still need, in ascending order.
pub fn versions(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Vec<Version>> {
    item(q, grid, VERSIONS)
}

/// Parameters of an interval. Versions are kept for every interval that the market has not made final, and
/// a correction window beyond; `NotFound` for an older one whose version is archived.
pub fn params_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Params> {
    let mut versions = versions(q, grid)?;
    versions.retain(|version| version.from <= interval);
    versions
        .pop()
        .map(|version| version.params)
        .ok_or_else(|| StdError::not_found(format!("parameters of {interval}")))
}

/// The tariff posted for an interval, if any.
pub fn posted_tariff(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Option<Tariff>> {
    let (page, slot) = TariffPage::locate(interval);
    match q.query_wasm_raw(grid, tariff_page_key(page))? {
        Some(bytes) => Ok(TariffPage::decode(&bytes)?.get(slot)),
        None => Ok(None),
    }
}

/// Tariff of an interval: the posted one, else the flat one of its parameters.
pub fn tariff_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Tariff> {
    match posted_tariff(q, grid, interval)? {
        Some(tariff) => Ok(tariff),
        None => Ok(params_at(q, grid, interval)?.tariff()),
    }
}
