//! Storage. Keys are those of [`busbar_api::grid::raw`].
use busbar_api::grid::{
    bounds, raw, Circuit, LineLimits, Names, Network, Params, Region, Rules, TariffPage, Timeline, Times, Version,
    WeekTariffs,
};
use busbar_units::Interval;
use cosmwasm_std::{Addr, Deps, Order, StdError, StdResult, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Tightens the market's state in an emergency; nobody where absent.
pub const GUARDIAN: Item<Addr> = Item::new(raw::GUARDIAN);
/// Reports the grid's frequency; nobody where absent.
pub const REPORTER: Item<Addr> = Item::new(raw::REPORTER);
/// Last interval that was open when the region was founded.
pub const FOUNDED: Item<Interval> = Item::new(raw::FOUNDED);
/// Versions that no interval needs any more, by their first interval.
pub const ARCHIVE: Map<u64, Params> = Map::new(raw::ARCHIVE);

/// Most versions of parameters, networks or weeks that may still be needed: readers load them all.
pub const MAX_VERSIONS: usize = 8;

/// What every other contract reads: region, contracts, live parameters and market states.
pub fn rules(storage: &dyn Storage) -> StdResult<Rules> {
    let missing = || StdError::not_found("rules");
    Ok(Rules::decode(&storage.get(raw::RULES.as_bytes()).ok_or_else(missing)?)?)
}

pub fn save_rules(storage: &mut dyn Storage, rules: &Rules) {
    storage.set(raw::RULES.as_bytes(), &rules.encode());
}

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

/// First interval such that the gates of it and of every later one are open.
pub fn first_unclosed(
    region: &Region,
    versions: &[Version],
    now_s: u64,
    current: Interval,
) -> Result<Interval, ContractError> {
    let end = first_unopened(versions, current)?;
    let mut first = current.plus(1)?;
    let mut interval = first;
    while interval < end {
        let closes_s = Times::of(region, params_at(versions, interval)?, interval)?.closes_s;
        interval = interval.plus(1)?;
        if now_s >= closes_s {
            first = interval;
        }
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

/// What clearing reads of the network that holds from an interval on.
pub fn load_circuit(storage: &dyn Storage, from: Interval) -> Result<Circuit, ContractError> {
    let stored = storage.get(&raw::network_key(from)).unwrap_or_default();
    Ok(Circuit::decode(&stored).map_err(StdError::from)?)
}

/// The network that holds in an interval, live or archived.
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

/// Nothing is stored where no line is limited.
pub fn save_limits(storage: &mut dyn Storage, interval: Interval, limits: &LineLimits) {
    let (key, packed) = (raw::limits_key(interval), limits.encode());
    if !packed.is_empty() {
        storage.set(&key, &packed);
    }
}

/// Which weeks are live; none in force before the first.
pub fn weeks(storage: &dyn Storage) -> StdResult<Timeline> {
    match storage.get(raw::WEEKS.as_bytes()) {
        Some(bytes) => Ok(Timeline::decode(&bytes)?),
        None => Ok(Timeline::from_start(0)),
    }
}

pub fn load_week(storage: &dyn Storage, from: Interval) -> StdResult<WeekTariffs> {
    let stored = storage.get(&raw::week_key(from)).unwrap_or_default();
    Ok(WeekTariffs::decode(&stored)?)
}

/// Entries that one call removes beyond as many as it writes, so that old ones never pile up.
const PRUNE_AHEAD: u64 = 16;

/// Removes the first entries of a range: as many as were written, and some.
pub fn remove_before(storage: &mut dyn Storage, start: &[u8], end: &[u8], written: u64) {
    let limit = usize::try_from(written.saturating_add(PRUNE_AHEAD)).unwrap_or(usize::MAX);
    let old: Vec<_> = storage
        .range_keys(Some(start), Some(end), Order::Ascending)
        .take(limit)
        .collect();
    old.iter().for_each(|key| storage.remove(key));
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
    let Some(contracts) = rules(deps.storage)?.contracts else {
        return Ok(Interval::ZERO);
    };
    let cursor = busbar_api::market::raw::final_cursor(&deps.querier, &contracts.market)?;
    Ok(cursor
        .minus(u64::from(*bounds::CORRECTION_WINDOW.end()))
        .unwrap_or(Interval::ZERO))
}
