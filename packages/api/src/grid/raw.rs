//! Storage of the grid contract that other contracts read at plain read price.
//!
//! What every call needs is one packed record, the [`Rules`]: whoever needs more than one of its parts reads it once.
//! The rest is packed, too, but for the roles, which are JSON.
use busbar_units::{Interval, Millihertz};
use cosmwasm_std::{from_json, Addr, QuerierWrapper, StdError, StdResult};
use cw_ownable::Ownership;
use serde::de::DeserializeOwned;

use super::{
    Bank, Circuit, Contracts, LineLimit, LineLimits, MarketState, Params, Region, Roles, Rules, Tariff, TariffPage,
    Timeline, Version, WeekTariffs, CONNECTION_LINE,
};
use crate::codec::Reader;
use crate::registry;

/// Key of the [`Rules`].
pub const RULES: &str = "rules";
/// Namespace of the parameter versions that no interval needs any more.
pub const ARCHIVE: &str = "archive";
/// Key of the last interval that was open when the region was founded.
pub const FOUNDED: &str = "founded";
/// Key prefix of tariff pages.
pub const TARIFFS: &str = "tariff/";
/// Key of the owner, as written by `cw-ownable`.
pub const OWNERSHIP: &str = "ownership";

/// Key of the live networks: a [`Timeline`] of their numbers of buses.
pub const NETWORKS: &str = "networks";
/// Key prefix of networks ([`Circuit`]) by their first interval.
pub const NETWORK: &str = "network/";
/// Key prefix of the names of networks ([`super::Names`]) by their first interval.
pub const NAMES: &str = "names/";
/// Key prefix of the limits of single intervals ([`LineLimits`]).
pub const LIMITS: &str = "limits/";

/// Key prefix of frequencies: 4 bytes.
pub const FREQUENCY: &str = "frequency/";
/// Key of the live weeks: a [`Timeline`] of 1 where there is a table and 0 where there is none.
pub const WEEKS: &str = "weeks";
/// Key prefix of tariffs by hour of the week ([`WeekTariffs`]) by their first interval.
pub const WEEK: &str = "week/";
/// Key of the guardian.
pub const GUARDIAN: &str = "guardian";
/// Key of the reporter.
pub const REPORTER: &str = "reporter";

fn interval_key(prefix: &str, interval: Interval) -> Vec<u8> {
    [prefix.as_bytes(), &interval.get().to_be_bytes()].concat()
}

/// Key of the network that holds from an interval on.
pub fn network_key(from: Interval) -> Vec<u8> {
    interval_key(NETWORK, from)
}

/// Keys of that network's names: buses and lines.
pub fn names_keys(from: Interval) -> [Vec<u8>; 2] {
    let key = interval_key(NAMES, from);
    [[&key[..], b"b"].concat(), [&key[..], b"l"].concat()]
}

/// Key of an interval's limits.
pub fn limits_key(interval: Interval) -> Vec<u8> {
    interval_key(LIMITS, interval)
}

/// Key of an interval's frequency.
pub fn frequency_key(interval: Interval) -> Vec<u8> {
    interval_key(FREQUENCY, interval)
}

/// Key of the tariffs by hour of the week that hold from an interval on.
pub fn week_key(from: Interval) -> Vec<u8> {
    interval_key(WEEK, from)
}

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

/// Region, contracts, parameters and market states: one read.
pub fn rules(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Rules> {
    let missing = || StdError::not_found(format!("{RULES} of the grid {grid}"));
    let stored = packed(q, grid, RULES.into())?.ok_or_else(missing)?;
    Ok(Rules::decode(&stored)?)
}

/// What is fixed, and who runs it.
pub fn region(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Region> {
    Ok(rules(q, grid)?.region)
}

/// The region's other contracts; `NotFound` before they are wired.
pub fn contracts(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Contracts> {
    rules(q, grid)?.contracts().cloned()
}

/// A role that may be nobody's.
fn appointed(q: &QuerierWrapper<'_>, grid: &Addr, key: &str) -> StdResult<Option<Addr>> {
    packed(q, grid, key.into())?.map(from_json).transpose()
}

/// Everybody who has a role.
pub fn roles(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Roles> {
    let region = region(q, grid)?;
    let ownership: Ownership<Addr> = item(q, grid, OWNERSHIP)?;
    Ok(Roles {
        owner: ownership.owner,
        operator: region.operator,
        utility: region.utility,
        guardian: appointed(q, grid, GUARDIAN)?,
        reporter: appointed(q, grid, REPORTER)?,
    })
}

/// The parameter versions that some interval may still need, in ascending order.
pub fn versions(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Vec<Version>> {
    Ok(rules(q, grid)?.versions)
}

/// Parameters of an interval. Versions are kept for every interval that the market has not made final, and
/// a correction window beyond; `NotFound` for an older one whose version is archived.
pub fn params_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Params> {
    rules(q, grid)?.params(interval).cloned()
}

/// The bank that tokens may stand for: what the parameters say, and no more than the registered storage is endorsed
/// for, whoever registered it when.
pub fn bank_within(q: &QuerierWrapper<'_>, registry: &Addr, bank: &Bank) -> StdResult<Bank> {
    Ok(bank.within(registry::raw::storage(q, registry, bank.device)?))
}

/// Most devices that settle, so that their price steps fit every interval from this one on.
pub fn device_limit(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<u32> {
    let versions = versions(q, grid)?;
    let limits = Version::since(&versions, interval)
        .iter()
        .map(|version| version.params.device_limit());
    Ok(limits.min().unwrap_or(0))
}

/// Bytes under a key; none where nothing is stored.
fn packed(q: &QuerierWrapper<'_>, grid: &Addr, key: Vec<u8>) -> StdResult<Option<Vec<u8>>> {
    let stored = q.query_wasm_raw(grid, key)?;
    Ok(stored.filter(|bytes| !bytes.is_empty()))
}

/// Numbers of buses of the networks that some interval may still need, by their first intervals.
pub fn networks(q: &QuerierWrapper<'_>, grid: &Addr) -> StdResult<Timeline> {
    let stored = packed(q, grid, NETWORKS.into())?;
    let missing = || StdError::not_found(format!("{NETWORKS} of the grid {grid}"));
    Ok(Timeline::decode(&stored.ok_or_else(missing)?)?)
}

/// How many buses every network has that is in force in some interval from this one on: a device at a lower
/// one stays connected.
pub fn buses_since(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<u16> {
    let networks = networks(q, grid)?;
    let least = networks.since(interval).map(|(_, buses)| buses).min();
    Ok(least.unwrap_or(0))
}

/// Limits of the lines of a single interval: headroom and tightening.
pub fn limits(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<LineLimits> {
    match packed(q, grid, limits_key(interval))? {
        Some(bytes) => Ok(LineLimits::decode(&bytes)?),
        None => Ok(LineLimits::default()),
    }
}

/// The network of an interval with every limit in force there: ratings, the connection's power, headroom and
/// tightening. `NotFound` for an interval whose parameters or network are archived.
pub fn network_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Circuit> {
    let rules = rules(q, grid)?;
    network_with(q, grid, interval, &rules.region, rules.params(interval)?)
}

/// [`network_at`] for callers that have read the rules: three reads, of which the limits are usually absent.
pub fn network_with(
    q: &QuerierWrapper<'_>,
    grid: &Addr,
    interval: Interval,
    region: &Region,
    params: &Params,
) -> StdResult<Circuit> {
    let missing = || StdError::not_found(format!("network of {interval}"));
    let (from, _) = networks(q, grid)?.at(interval).ok_or_else(missing)?;
    let stored = packed(q, grid, network_key(from))?.ok_or_else(missing)?;
    let circuit = Circuit::decode(&stored)?;
    in_force(circuit, region, params, &limits(q, grid, interval)?)
}

/// What the connection's power carries in an interval with these parameters.
pub fn connection_limit(region: &Region, params: &Params) -> StdResult<LineLimit> {
    let energy = |power| {
        region
            .energy(power)
            .map_err(|error| StdError::parse_err("connection", error))
    };
    Ok(LineLimit {
        line: CONNECTION_LINE,
        capacity: energy(params.connection_import)?,
        capacity_back: energy(params.connection_export)?,
    })
}

/// A network with the connection's power and the limits of an interval applied.
pub fn in_force(mut circuit: Circuit, region: &Region, params: &Params, limits: &LineLimits) -> StdResult<Circuit> {
    circuit.limit(connection_limit(region, params)?);
    limits.iter().for_each(|limit| circuit.limit(limit));
    Ok(circuit)
}

/// The tariff posted for an interval, if any.
pub fn posted_tariff(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Option<Tariff>> {
    let (page, slot) = TariffPage::locate(interval);
    match q.query_wasm_raw(grid, tariff_page_key(page))? {
        Some(bytes) => Ok(TariffPage::decode(&bytes)?.get(slot)),
        None => Ok(None),
    }
}

/// Tariff of an interval by its hour of the week, if there is a table.
pub fn week_tariff(
    q: &QuerierWrapper<'_>,
    grid: &Addr,
    interval: Interval,
    region: &Region,
) -> StdResult<Option<Tariff>> {
    let Some(weeks) = packed(q, grid, WEEKS.into())? else {
        return Ok(None);
    };
    let Some((from, 1)) = Timeline::decode(&weeks)?.at(interval) else {
        return Ok(None);
    };
    let missing = || StdError::not_found(format!("tariffs by hour of the week from {from} on"));
    let stored = packed(q, grid, week_key(from))?.ok_or_else(missing)?;
    let start_s = interval
        .start_s(region.interval_s)
        .map_err(|error| StdError::parse_err("interval", error))?;
    Ok(Some(WeekTariffs::decode(&stored)?.at(start_s)))
}

/// Tariff of an interval: the posted one, else that of its hour of the week, else the flat one of its
/// parameters.
pub fn tariff_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Tariff> {
    tariff_with(q, grid, interval, &rules(q, grid)?)
}

/// [`tariff_at`] for callers that have read the rules.
pub fn tariff_with(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval, rules: &Rules) -> StdResult<Tariff> {
    if let Some(tariff) = posted_tariff(q, grid, interval)? {
        return Ok(tariff);
    }
    if let Some(tariff) = week_tariff(q, grid, interval, &rules.region)? {
        return Ok(tariff);
    }
    Ok(rules.params(interval)?.tariff())
}

/// What the market does in an interval that has not started.
pub fn state_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<MarketState> {
    Ok(rules(q, grid)?.state(interval))
}

/// Mean frequency of an interval, where it was reported.
pub fn frequency_at(q: &QuerierWrapper<'_>, grid: &Addr, interval: Interval) -> StdResult<Option<Millihertz>> {
    match packed(q, grid, frequency_key(interval))? {
        Some(bytes) => Ok(Some(Millihertz::new(Reader::new(&bytes).u32("frequency")?))),
        None => Ok(None),
    }
}
