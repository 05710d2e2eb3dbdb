//! What the market does: tighter at once, looser only where nothing is open.
use busbar_api::grid::{bounds, MarketState, Times};
use busbar_units::Interval;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
use cw_ownable::is_owner;

use crate::state::{first_unclosed, first_unopened, params_at, rules, save_rules};
use crate::{events, ContractError};

pub fn set_state(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    state: MarketState,
    only: Option<Interval>,
) -> Result<Response, ContractError> {
    let owner = is_owner(deps.storage, &info.sender)?;
    let mut rules = rules(deps.storage)?;
    let (region, versions, states) = (&rules.region, &rules.versions, &mut rules.states);
    let (now_s, current) = (env.block.time.seconds(), region.current_interval(env.block.time)?);
    let before = states.clone();
    let event = match only {
        Some(interval) => {
            let last = current.plus(bounds::TARIFFS_AHEAD)?;
            if interval > last {
                return Err(ContractError::TooFar { interval, last });
            }
            let times = Times::of(region, params_at(versions, interval)?, interval)?;
            if now_s >= times.closes_s {
                let closes_s = times.closes_s;
                return Err(ContractError::GateClosed { interval, closes_s });
            }
            let loosens = owner && now_s < times.opens_s;
            let in_force = states.at(interval);
            if !loosens && state <= in_force {
                return Err(ContractError::NotTighter { state, in_force });
            }
            states.set_single(interval, state);
            events::state_set(state, interval, Some(interval))
        }
        None => {
            let from = first_unclosed(region, versions, now_s, current)?;
            states.tighten_from(from, state);
            if owner {
                states.set_from(first_unopened(versions, current)?, state);
            } else if *states == before {
                let in_force = states.at(from);
                return Err(ContractError::NotTighter { state, in_force });
            }
            events::state_set(state, from, None)
        }
    };
    states.forget_before(current);
    check_size(owner, states.singles(), states.changes())?;
    save_rules(deps.storage, &rules);
    Ok(Response::new().add_event(event))
}

/// What is stored stays small; an emergency for all intervals is never refused for that.
fn check_size(owner: bool, singles: usize, changes: usize) -> Result<(), ContractError> {
    for (count, max, bounded) in [
        (singles, bounds::SINGLE_STATES, true),
        (changes, bounds::STATE_CHANGES, owner),
    ] {
        if bounded && count > max {
            return Err(ContractError::TooManyStates { count, max });
        }
    }
    Ok(())
}
