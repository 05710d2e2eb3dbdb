use busbar_api::feeds::{bounds, Feed, PendingFeed};
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response, Storage};

use super::judge::judge_ended;
use super::owner_only;
use crate::state::{count_feeds, Reporter, StoredFeed};
use crate::{events, ContractError};

/// Defines a feed, or changes one from its next round on: who reports into a round knows what it is judged by.
pub fn define(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    name: &str,
    feed: Feed,
) -> Result<Response, ContractError> {
    owner_only(deps.as_ref(), info)?;
    Feed::validate_name(name)?;
    feed.validate()?;
    for number in &feed.reporters {
        if Reporter::load(deps.storage, *number)?.removed {
            return Err(ContractError::Removed { reporter: *number });
        }
    }
    let Some(mut stored) = StoredFeed::find(deps.storage, name)? else {
        return found(deps.storage, env, name, feed);
    };
    let fixed = [
        ("unit", stored.feed.unit == feed.unit),
        ("round_s", stored.feed.round_s == feed.round_s),
    ];
    if let Some((field, _)) = fixed.into_iter().find(|(_, same)| !same) {
        return Err(ContractError::Fixed { field });
    }
    let judged = judge_ended(deps.storage, env, name, &stored)?;
    let now = stored.round_at(env.block.time.seconds());
    stored.promote(now);
    let from_round = now.saturating_add(1);
    stored.pending = Some(PendingFeed {
        from_round: from_round.into(),
        feed,
    });
    stored.save(deps.storage, name)?;
    Ok(Response::new()
        .add_events(judged)
        .add_event(events::defined(name, from_round)))
}

fn found(storage: &mut dyn Storage, env: &Env, name: &str, feed: Feed) -> Result<Response, ContractError> {
    if count_feeds(storage) >= bounds::FEEDS {
        return Err(ContractError::TooManyFeeds { max: bounds::FEEDS });
    }
    let stored = StoredFeed { feed, pending: None };
    stored.save(storage, name)?;
    let now = stored.round_at(env.block.time.seconds());
    Ok(Response::new().add_event(events::defined(name, now)))
}
