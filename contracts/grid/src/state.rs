//! Storage. Keys are those of [`busbar_api::grid::raw`].
use busbar_api::grid::{bounds, raw, Contracts, Params, Region, TariffPage, Version};
use busbar_units::Interval;
use cosmwasm_std::{Deps, Order, StdResult, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

pub const REGION: Item<Region> = Item::new(raw::REGION);
pub const CONTRACTS: Item<Contracts> = Item::new(raw::CONTRACTS);
/// Last interval that was open when the region was founded.
pub const FOUNDED: Item<Interval> = Item::new(raw::FOUNDED);
/// Ascending; the first covers every interval that may still need parameters.
pub const VERSIONS: Item<Vec<Version>> = Item::new(raw::VERSIONS);
/// Versions that no interval needs any more, by their first interval.
pub const ARCHIVE: Map<u64, Params> = Map::new(raw::ARCHIVE);

/// Most versions that may still be needed: readers load them all.
pub const MAX_VERSIONS: usize = 8;

/// Parameters of an interval among the live versions.
pub fn params_at(versions: &[Version], interval: Interval) -> Result<&Params, ContractError> {
    let version = Version::at(versions, interval).ok_or(ContractError::NoParams { interval })?;
    Ok(&version.params)
}

pub fn tariff_page(storage: &dyn Storage, page: u64) -> StdResult<TariffPage> {
    match storage.get(&raw::tariff_page_key(page)) {
        Some(bytes) => Ok(TariffPage::decode(&bytes)?),
        None => Ok(TariffPage::default()),
    }
}

pub fn save_tariff_page(storage: &mut dyn Storage, page: u64, tariffs: &TariffPage) {
    storage.set(&raw::tariff_page_key(page), &tariffs.encode());
}

/// Pages of tariffs from `from` (inclusive) to `to` (exclusive), ascending.
pub fn tariff_pages(
    storage: &dyn Storage,
    from: u64,
    to: u64,
) -> impl Iterator<Item = StdResult<(u64, TariffPage)>> + '_ {
    let (start, end) = (raw::tariff_page_key(from), raw::tariff_page_key(to));
    storage
        .range(Some(&start), Some(&end), Order::Ascending)
        .map(|(key, value)| {
            let number = key
                .last_chunk::<8>()
                .map(|bytes| u64::from_be_bytes(*bytes))
                .unwrap_or_default();
            Ok((number, TariffPage::decode(&value)?))
        })
}

/// First interval whose parameters and tariff somebody may still need: the market has made everything
/// before its cursor final, and the oracle compares readings one correction window back.
pub fn first_needed(deps: Deps<'_>) -> StdResult<Interval> {
    let Some(contracts) = CONTRACTS.may_load(deps.storage)? else {
        return Ok(Interval::ZERO);
    };
    let cursor = busbar_api::market::raw::final_cursor(&deps.querier, &contracts.market)?;
    Ok(cursor
        .minus(u64::from(*bounds::CORRECTION_WINDOW.end()))
        .unwrap_or(Interval::ZERO))
}
