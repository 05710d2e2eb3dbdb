use cosmwasm_std::{DepsMut, Env, Response};

use super::judge::judge_ended;
use crate::state::{load_open, StoredFeed};
use crate::ContractError;

/// Judges a round that has ended.
pub fn settle(deps: DepsMut<'_>, env: &Env, name: &str) -> Result<Response, ContractError> {
    let stored = StoredFeed::load(deps.storage, name)?;
    if let Some(judged) = judge_ended(deps.storage, env, name, &stored)? {
        return Ok(Response::new().add_event(judged));
    }
    let name = name.to_owned();
    match load_open(deps.storage, &name)? {
        Some(round) => Err(ContractError::RoundRuns {
            until_s: stored.end_s(round.number),
            round: round.number,
            name,
        }),
        None => Err(ContractError::NothingToSettle { name }),
    }
}
