//! What a round costs those who were missing or off.
use busbar_api::feeds::Feed;
use busbar_units::Money;
use cosmwasm_std::{Env, Event, Storage};

use crate::state::{archive, load_open, remove_open, Part, Reporter, Round, StoredFeed, Totals, PARAMS};
use crate::{events, ContractError};

const DAY_S: u64 = 86_400;

/// Judges the open round of a feed if it has ended.
pub fn judge_ended(
    storage: &mut dyn Storage,
    env: &Env,
    name: &str,
    stored: &StoredFeed,
) -> Result<Option<Event>, ContractError> {
    let Some(round) = load_open(storage, name)? else {
        return Ok(None);
    };
    let now_s = env.block.time.seconds();
    if now_s < stored.end_s(round.number) {
        return Ok(None);
    }
    judge(storage, now_s, name, &stored.feed, round).map(Some)
}

/// Slashes, and keeps the round among those that people can look up.
fn judge(
    storage: &mut dyn Storage,
    now_s: u64,
    name: &str,
    feed: &Feed,
    mut round: Round,
) -> Result<Event, ContractError> {
    let params = PARAMS.load(storage)?;
    let mut totals = Totals::load(storage)?;
    let answer = round.answer;
    for part in &mut round.parts {
        let due = fine(feed, answer, part);
        let mut reporter = Reporter::load(storage, part.reporter)?;
        // Who was removed could not report.
        let excused = reporter.removed && part.value.is_none();
        if !due.is_zero() && !excused {
            part.slashed = reporter.slash(due, &params, now_s / DAY_S, &mut totals)?;
            reporter.save(storage);
        }
    }
    let slashed = round.parts.iter().map(|part| part.slashed);
    let slashed = Money::sum(slashed)?;
    totals.save(storage);
    remove_open(storage, name);
    archive(storage, name, &round)?;
    Ok(events::judged(name, round.number, slashed))
}

/// What a reporter owes for its part in a round.
fn fine(feed: &Feed, answer: Option<i64>, part: &Part) -> Money {
    let Some(value) = part.value else {
        return feed.missing_slash;
    };
    let off = answer.is_some_and(|answer| value.abs_diff(answer) > feed.outlier.u64());
    if off || part.conflict {
        return feed.outlier_slash;
    }
    Money::ZERO
}
