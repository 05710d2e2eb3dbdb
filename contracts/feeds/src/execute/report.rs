//! Takes signed reports in. A bad one spoils no other.
use busbar_api::feeds::{bounds, Outcome, Rejection, SignedReport};
use busbar_api::verify::HostVerifier;
use busbar_attestation::{Report, Verifier};
use cosmwasm_std::{to_json_binary, DepsMut, Env, Event, Response, Storage};

use super::close::close;
use super::judge::judge_ended;
use crate::state::{load_open, save_open, Part, Reporter, Round, StoredFeed, PARAMS};
use crate::{events, ContractError};

/// Takes each report by its own merits; the result tells what became of each.
pub fn report(mut deps: DepsMut<'_>, env: &Env, reports: &[SignedReport]) -> Result<Response, ContractError> {
    if !bounds::REPORTS.contains(&reports.len()) {
        return Err(ContractError::Count {
            field: "reports",
            count: reports.len(),
            min: *bounds::REPORTS.start(),
            max: *bounds::REPORTS.end(),
        });
    }
    let mut told = vec![];
    let mut outcomes = vec![];
    for report in reports {
        outcomes.push(match checked(&deps, env, report)? {
            Ok(stored) => enter(deps.branch().storage, env, report, stored, &mut told)?,
            Err(reason) => Outcome::Rejected { reason },
        });
    }
    let rejected = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Rejected { .. }))
        .count();
    let accepted = outcomes.len().saturating_sub(rejected);
    Ok(Response::new()
        .add_event(events::reported(accepted, rejected))
        .add_events(told)
        .set_data(to_json_binary(&outcomes)?))
}

/// The feed of a report that is right by itself.
fn checked(
    deps: &DepsMut<'_>,
    env: &Env,
    report: &SignedReport,
) -> Result<Result<StoredFeed, Rejection>, ContractError> {
    let Some(stored) = StoredFeed::find(deps.storage, &report.feed)? else {
        return Ok(Err(Rejection::UnknownFeed));
    };
    let (round, value) = (report.round.u64(), report.value);
    let running = stored.round_at(env.block.time.seconds());
    if round != running {
        let over = round < running;
        return Ok(Err(if over {
            Rejection::RoundOver
        } else {
            Rejection::RoundAhead
        }));
    }
    let feed = stored.at(round);
    if !(feed.min..=feed.max).contains(&value) {
        return Ok(Err(Rejection::OutOfBounds));
    }
    let reporter = Reporter::find(deps.storage, report.reporter)?;
    let Some(reporter) = reporter.filter(|reporter| !reporter.removed) else {
        return Ok(Err(Rejection::UnknownReporter));
    };
    let signed = Report {
        chain: &env.block.chain_id,
        contract: env.contract.address.as_str(),
        feed: &report.feed,
        round,
        reporter: report.reporter,
        value: value.i64(),
    };
    // A signature of another length is nobody's either.
    let genuine = HostVerifier(deps.api).verify(&signed.message(), &report.signature, &reporter.key);
    Ok(match genuine {
        Ok(true) => Ok(stored),
        _ => Err(Rejection::Forged),
    })
}

/// Enters a genuine report into the running round, which it opens where it is the first.
fn enter(
    storage: &mut dyn Storage,
    env: &Env,
    report: &SignedReport,
    mut stored: StoredFeed,
    told: &mut Vec<Event>,
) -> Result<Outcome, ContractError> {
    let (name, value) = (report.feed.as_str(), report.value.i64());
    told.extend(judge_ended(storage, env, name, &stored)?);
    let mut round = match load_open(storage, name)? {
        Some(round) => round,
        None => {
            if stored.promote(report.round.u64()) {
                stored.save(storage, name)?;
            }
            open(storage, &stored, report.round.u64())?
        }
    };
    let closed = round.answer.is_some();
    let Some(part) = round.parts.iter_mut().find(|part| part.reporter == report.reporter) else {
        return Ok(Outcome::Rejected {
            reason: Rejection::NoWeight,
        });
    };
    let outcome = match part.value {
        Some(said) if said == value => return Ok(Outcome::Duplicate {}),
        Some(_) => {
            part.conflict = true;
            Outcome::Conflict {}
        }
        None => {
            part.value = Some(value);
            Outcome::Late {}
        }
    };
    let outcome = match outcome {
        Outcome::Late {} if !closed => {
            let now_s = env.block.time.seconds();
            let answer = close(storage, name, &stored.feed, &mut round, now_s)?;
            told.extend(answer.as_ref().map(|answer| events::closed(name, answer)));
            answer.map_or(Outcome::Accepted {}, |_| Outcome::Closed {})
        }
        outcome => outcome,
    };
    save_open(storage, name, &round);
    Ok(outcome)
}

/// A round with the weights that its reporters have as it opens.
fn open(storage: &dyn Storage, stored: &StoredFeed, number: u64) -> Result<Round, ContractError> {
    let params = PARAMS.load(storage)?;
    let mut parts = vec![];
    for reporter in &stored.feed.reporters {
        let weight = Reporter::load(storage, *reporter)?.weight(&stored.feed, &params);
        if !weight.is_zero() {
            parts.push(Part {
                reporter: *reporter,
                weight,
                value: None,
                source: false,
                conflict: false,
                slashed: busbar_units::Money::ZERO,
            });
        }
    }
    let answer = None;
    Ok(Round { number, answer, parts })
}
