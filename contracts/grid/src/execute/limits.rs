//! Limits of lines in single intervals: headroom posted ahead, and tightening of what is open.
use std::collections::BTreeMap;

use busbar_api::grid::{bounds, raw, Bound, Circuit, LineLimit, ParamError, Region, Timeline, Times, Version};
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Deps, DepsMut, Env, Order, Response, Storage};

use crate::state::{first_needed, limits, load_circuit, networks, params_at, remove_before, rules, save_limits};
use crate::{events, ContractError};

pub fn post_headroom(
    deps: DepsMut<'_>,
    env: &Env,
    from: Interval,
    headroom: &[Vec<LineLimit>],
) -> Result<Response, ContractError> {
    let count = u64::try_from(headroom.len()).unwrap_or(u64::MAX);
    check_count(count, headroom.iter().map(Vec::len).sum())?;
    let mut book = Book::load(deps.as_ref(), env)?;
    for (offset, lines) in (0u64..).zip(headroom) {
        let interval = from.plus(offset)?;
        let stage = book.stage(interval)?;
        let mut stored = limits(deps.storage, interval)?;
        for limit in lines {
            let rating = book.rating(deps.storage, interval, limit.line)?;
            let bound = match stage {
                Stage::Unopened => rating,
                Stage::Open => lower(rating, stored.get(limit.line)),
            };
            check_limit(interval, *limit, bound)?;
            stored.set(*limit);
        }
        save_limits(deps.storage, interval, &stored);
    }
    prune(deps, count)?;
    Ok(Response::new().add_event(events::headroom_posted(from, count)))
}

pub fn tighten(
    deps: DepsMut<'_>,
    env: &Env,
    from: Interval,
    to: Interval,
    asked: &[LineLimit],
) -> Result<Response, ContractError> {
    let count = to
        .get()
        .checked_sub(from.get())
        .map_or(0, |more| more.saturating_add(1));
    let lines = usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(asked.len());
    check_count(count, lines)?;
    let mut book = Book::load(deps.as_ref(), env)?;
    let mut tighter = false;
    for offset in 0..count {
        let interval = from.plus(offset)?;
        if let Stage::Unopened = book.stage(interval)? {
            return Err(ContractError::NotOpen { interval });
        }
        let mut stored = limits(deps.storage, interval)?;
        for limit in asked {
            let in_force = lower(book.rating(deps.storage, interval, limit.line)?, stored.get(limit.line));
            let limit = lower(*limit, Some(in_force));
            if limit != in_force {
                tighter = true;
                stored.set(limit);
            }
        }
        save_limits(deps.storage, interval, &stored);
    }
    if !tighter {
        return Err(ContractError::NothingTighter);
    }
    prune(deps, count)?;
    Ok(Response::new().add_event(events::tightened(from, to, asked.len())))
}

/// Removes the limits of every interval from one on, whose lines another network numbers otherwise.
pub(super) fn drop_from(storage: &mut dyn Storage, from: Interval) -> usize {
    let (start, end) = (raw::limits_key(from), raw::limits_key(Interval::MAX));
    let keys: Vec<_> = storage.range_keys(Some(&start), Some(&end), Order::Ascending).collect();
    keys.iter().for_each(|key| storage.remove(key));
    keys.len()
}

/// Bounds the work of one message.
fn check_count(intervals: u64, lines: usize) -> Result<(), ContractError> {
    if !bounds::LIMITED_INTERVALS.contains(&intervals) {
        return Err(ContractError::LimitedIntervals {
            count: intervals,
            max: *bounds::LIMITED_INTERVALS.end(),
        });
    }
    if !bounds::LIMITS_PER_MESSAGE.contains(&lines) {
        return Err(ContractError::LimitCount {
            count: lines,
            max: *bounds::LIMITS_PER_MESSAGE.end(),
        });
    }
    Ok(())
}

/// The lower of two limits of a line, direction by direction.
fn lower(limit: LineLimit, other: Option<LineLimit>) -> LineLimit {
    other.map_or(limit, |other| LineLimit {
        line: limit.line,
        capacity: limit.capacity.min(other.capacity),
        capacity_back: limit.capacity_back.min(other.capacity_back),
    })
}

fn check_limit(interval: Interval, limit: LineLimit, bound: LineLimit) -> Result<(), ContractError> {
    let at_most = |field, value: Wh, most: Wh| {
        if value <= most {
            return Ok(());
        }
        let source = ParamError {
            field,
            value: value.get().into(),
            bound: Bound::AtMost(most.get().into()),
        };
        let line = limit.line;
        Err(ContractError::Limit { interval, line, source })
    };
    at_most("capacity", limit.capacity, bound.capacity)?;
    at_most("capacity_back", limit.capacity_back, bound.capacity_back)
}

/// Where an interval stands before its gate closes.
enum Stage {
    Unopened,
    Open,
}

/// What decides whether an interval may be limited, and by how much.
struct Book {
    region: Region,
    versions: Vec<Version>,
    networks: Timeline,
    now_s: u64,
    last: Interval,
    /// Networks by their first interval, each read once.
    circuits: BTreeMap<Interval, Circuit>,
}

impl Book {
    fn load(deps: Deps<'_>, env: &Env) -> Result<Self, ContractError> {
        let rules = rules(deps.storage)?;
        Ok(Self {
            last: rules
                .region
                .current_interval(env.block.time)?
                .plus(bounds::TARIFFS_AHEAD)?,
            region: rules.region,
            versions: rules.versions,
            networks: networks(deps.storage)?,
            now_s: env.block.time.seconds(),
            circuits: BTreeMap::new(),
        })
    }

    fn stage(&self, interval: Interval) -> Result<Stage, ContractError> {
        if interval > self.last {
            return Err(ContractError::TooFar {
                interval,
                last: self.last,
            });
        }
        let times = Times::of(&self.region, params_at(&self.versions, interval)?, interval)?;
        if self.now_s >= times.closes_s {
            return Err(ContractError::GateClosed {
                interval,
                closes_s: times.closes_s,
            });
        }
        Ok(match self.now_s < times.opens_s {
            true => Stage::Unopened,
            false => Stage::Open,
        })
    }

    /// What a line carries before the interval's own limits.
    fn rating(&mut self, storage: &dyn Storage, interval: Interval, line: u16) -> Result<LineLimit, ContractError> {
        let missing = ContractError::NoParams { interval };
        let (from, _) = self.networks.at(interval).ok_or(missing)?;
        let circuit = match self.circuits.get(&from) {
            Some(circuit) => circuit,
            None => self.circuits.entry(from).or_insert(load_circuit(storage, from)?),
        };
        let lines = circuit.branches.len();
        let branch = circuit.branches.get(usize::from(line));
        let branch = branch.ok_or(ContractError::UnknownLine { line, lines })?;
        let rated = LineLimit {
            line,
            capacity: branch.capacity,
            capacity_back: branch.capacity_back,
        };
        let connection = raw::connection_limit(&self.region, params_at(&self.versions, interval)?)?;
        Ok(lower(
            rated,
            Some(connection).filter(|connection| connection.line == line),
        ))
    }
}

/// Keeps pace with what is written.
fn prune(deps: DepsMut<'_>, written: u64) -> Result<(), ContractError> {
    let needed = first_needed(deps.as_ref())?;
    let (start, end) = (raw::limits_key(Interval::ZERO), raw::limits_key(needed));
    remove_before(deps.storage, &start, &end, written);
    Ok(())
}
