//! How a round gets its answer.
use busbar_api::feeds::{Answer, Feed};
use busbar_risk::{median_deviation, weighted_median};
use cosmwasm_std::Storage;

use crate::state::{load_answer, save_answer, Round};
use crate::ContractError;

/// Closes a round once enough sources have answered: the feed's quorum, and more than two thirds of the weight. So
/// those who lie, while they have less than a third of all weight, have less than half of that of the sources.
pub fn close(
    storage: &mut dyn Storage,
    name: &str,
    feed: &Feed,
    round: &mut Round,
    now_s: u64,
) -> Result<Option<Answer>, ContractError> {
    let said: Vec<(i64, u128)> = round
        .parts
        .iter()
        .filter_map(|part| Some((part.value?, part.weight.get())))
        .collect();
    let total = sum(round.parts.iter().map(|part| part.weight.get()));
    let answered = sum(said.iter().map(|(_, weight)| *weight));
    if said.len() < usize::from(feed.quorum) || answered.saturating_mul(3) <= total.saturating_mul(2) {
        return Ok(None);
    }
    let Some(value) = weighted_median(&said) else {
        return Ok(None);
    };
    let deviation = median_deviation(&said, value).unwrap_or(0);
    round.answer = Some(value);
    round
        .parts
        .iter_mut()
        .for_each(|part| part.source = part.value.is_some());
    let before = load_answer(storage, name)?;
    let unmoved = match before {
        Some(before) if before.value.i64() == value => before.unmoved.saturating_add(1),
        _ => 1,
    };
    let answer = Answer {
        round: round.number.into(),
        value: value.into(),
        at_s: now_s.into(),
        stale_from_s: now_s.saturating_add(feed.staleness_s.into()).into(),
        deviation: deviation.into(),
        sources: u8::try_from(said.len()).unwrap_or(u8::MAX),
        unmoved,
        dispersed: deviation > feed.deviation.u64(),
        jumped: before.is_some_and(|before| value.abs_diff(before.value.i64()) > feed.jump.u64()),
        flat: feed.flat_rounds > 0 && unmoved > feed.flat_rounds,
    };
    save_answer(storage, name, &answer);
    Ok(Some(answer))
}

/// Sixteen weights of at most 2^80 each: far from any bound.
fn sum(weights: impl Iterator<Item = u128>) -> u128 {
    weights.fold(0, u128::saturating_add)
}
