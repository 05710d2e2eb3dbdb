//! Questions of people.
use busbar_api::feeds::{
    bounds, ConfigResponse, DayResponse, Doubt, FeedResponse, IndicesResponse, ReporterResponse, RoundResponse,
};
use cosmwasm_std::{Deps, Env, Uint64};

use crate::state::{
    feed_names, history, load_answer, load_indices, load_open, Reporter, StoredFeed, DENOM, GRID, INDEX_RULES, PARAMS,
};
use crate::ContractError;

/// What the contract was founded with, and its parameters.
pub fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    Ok(ConfigResponse {
        grid: GRID.load(deps.storage)?,
        denom: DENOM.load(deps.storage)?,
        params: PARAMS.load(deps.storage)?,
    })
}

/// A feed, its latest answer, and what stands against it.
pub fn feed(deps: Deps<'_>, env: &Env, name: &str) -> Result<FeedResponse, ContractError> {
    let mut stored = StoredFeed::load(deps.storage, name)?;
    let now_s = env.block.time.seconds();
    stored.promote(stored.round_at(now_s));
    let answer = load_answer(deps.storage, name)?;
    Ok(FeedResponse {
        name: name.to_owned(),
        feed: stored.feed,
        pending: stored.pending,
        answer,
        doubt: answer.map_or(Some(Doubt::Missing), |answer| answer.doubt(now_s)),
    })
}

/// Feeds by name.
pub fn feeds(
    deps: Deps<'_>,
    env: &Env,
    start_after: Option<String>,
    limit: Option<u32>,
) -> Result<Vec<FeedResponse>, ContractError> {
    let names = feed_names(deps.storage, start_after.as_deref());
    names
        .iter()
        .take(page(limit))
        .map(|name| feed(deps, env, name))
        .collect()
}

/// Rounds, latest first.
pub fn rounds(
    deps: Deps<'_>,
    name: &str,
    before: Option<Uint64>,
    limit: Option<u32>,
) -> Result<Vec<RoundResponse>, ContractError> {
    StoredFeed::load(deps.storage, name)?;
    let open = load_open(deps.storage, name)?.map(|round| round.response(false));
    let judged = history(deps.storage, name)?.map(|round| Ok(round?.response(true)));
    let older = |round: &Result<RoundResponse, ContractError>| match (round, before) {
        (Ok(round), Some(before)) => round.round < before,
        _ => true,
    };
    open.map(Ok)
        .into_iter()
        .chain(judged)
        .filter(older)
        .take(page(limit))
        .collect()
}

/// A reporter.
pub fn reporter(deps: Deps<'_>, number: u32) -> Result<ReporterResponse, ContractError> {
    Ok(Reporter::load(deps.storage, number)?.response())
}

/// Reporters by number.
pub fn reporters(
    deps: Deps<'_>,
    start_after: Option<u32>,
    limit: Option<u32>,
) -> Result<Vec<ReporterResponse>, ContractError> {
    let all = crate::state::reporters(deps.storage, start_after);
    all.take(page(limit)).map(|reporter| Ok(reporter?.response())).collect()
}

/// Indices up to the latest interval that was taken.
pub fn indices(deps: Deps<'_>) -> Result<IndicesResponse, ContractError> {
    let rules = INDEX_RULES.load(deps.storage)?;
    Ok(load_indices(deps.storage)?.response(rules))
}

/// Days that are over and had trades, latest first.
pub fn days(deps: Deps<'_>, before: Option<Uint64>, limit: Option<u32>) -> Result<Vec<DayResponse>, ContractError> {
    let days = crate::state::days(deps.storage, before.unwrap_or(Uint64::MAX).u64());
    days.take(page(limit)).map(|day| Ok(day?.into())).collect()
}

fn page(limit: Option<u32>) -> usize {
    usize::try_from(limit.unwrap_or(bounds::PAGE).clamp(1, bounds::PAGE)).unwrap_or(1)
}
