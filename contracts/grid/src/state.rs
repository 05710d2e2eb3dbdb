//! Storage. Keys are those of [`busbar_api::grid::raw`].
use busbar_api::grid::{
    bounds, raw, Circuit, Contracts, LineLimits, Names, Network, Params, Region, TariffPage, Timeline, Version,
};
use busbar_units::Interval;
use cosmwasm_std::{Deps, Order, StdError, StdResult, Storage};
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

/// Most versions of parameters, networks or weeks that may still be needed: readers load them all.
pub const MAX_VERSIONS: usize = 8;

/// Parameters of an interval among the live versions.
pub fn params_at(versions: &[Version], interval: Interval) -> Result<&Params, ContractError> {
    let version = Version::at(versions, interval).ok_or(ContractError::NoParams { interval })?;
    Ok(&version.params)
}

/// First interval such that neither it nor any later one is open. Each version brings its own horizon, so
/// intervals need not open in order around a change.
pub fn first_unopened(versions: &[Version], current: Interval) -> Result<Interval, ContractError> {
    let mut first = current;
    let ends = versions.iter().skip(1).map(|next| next.from).chain([Interval::MAX]);
    for (version, end) in versions.iter().zip(ends) {
        let unopened = current.plus(version.params.horizon.into())?.plus(1)?;
        first = first.max(unopened.min(end));
    }
    Ok(first)
}

pub fn networks(storage: &dyn Storage) -> StdResult<Timeline> {
    let stored = storage.get(raw::NETWORKS.as_bytes()).unwrap_or_default();
    Ok(Timeline::decode(&stored)?)
}

pub fn save_networks(storage: &mut dyn Storage, networks: &Timeline) {
    storage.set(raw::NETWORKS.as_bytes(), &networks.encode());
}

/// Stores a network under its first interval; what clearing reads apart from names.
pub fn save_network(storage: &mut dyn Storage, from: Interval, network: &Network) {
    storage.set(&raw::network_key(from), &network.circuit().encode());
    let ([bus_key, line_key], (buses, lines)) = (raw::names_keys(from), network.names());
    storage.set(&bus_key, &buses.encode());
    storage.set(&line_key, &lines.encode());
}

pub fn remove_network(storage: &mut dyn Storage, from: Interval) {
    storage.remove(&raw::network_key(from));
    raw::names_keys(from).iter().for_each(|key| storage.remove(key));
}

/// The network that holds in an interval, live or not, and its first interval.
pub fn load_network(storage: &dyn Storage, interval: Interval) -> Result<Network, ContractError> {
    let (start, end) = (raw::network_key(Interval::ZERO), raw::network_key(interval.plus(1)?));
    let newest = storage.range(Some(&start), Some(&end), Order::Descending).next();
    let (key, stored) = newest.ok_or(ContractError::NoParams { interval })?;
    let circuit = Circuit::decode(&stored).map_err(StdError::from)?;
    let [bus_key, line_key] = raw::names_keys(Interval::new(last_u64(&key)));
    let names = |key: &[u8]| Names::decode(&storage.get(key).unwrap_or_default()).map_err(StdError::from);
    Ok(Network::named(circuit, names(&bus_key)?, names(&line_key)?))
}

pub fn limits(storage: &dyn Storage, interval: Interval) -> StdResult<LineLimits> {
    let stored = storage.get(&raw::limits_key(interval)).unwrap_or_default();
    Ok(LineLimits::decode(&stored)?)
}

/// The number that a key ends with.
fn last_u64(key: &[u8]) -> u64 {
    key.last_chunk::<8>()
        .map(|bytes| u64::from_be_bytes(*bytes))
        .unwrap_or_default()
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
        .map(|(key, value)| Ok((last_u64(&key), TariffPage::decode(&value)?)))
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
