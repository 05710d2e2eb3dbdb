//! The grid's mean frequency in an interval, which add-ons to the imbalance price follow.
use busbar_api::grid::{raw, Rules, Times};
use busbar_api::oracle;
use busbar_units::{Interval, Millihertz};
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{first_needed, params_at, remove_before, rules};
use crate::{events, ContractError};

pub fn post_frequency(
    deps: DepsMut<'_>,
    env: &Env,
    interval: Interval,
    frequency: Millihertz,
) -> Result<Response, ContractError> {
    let Rules {
        region,
        contracts,
        versions,
        ..
    } = rules(deps.storage)?;
    let params = params_at(&versions, interval)?;
    let (times, now_s) = (Times::of(&region, params, interval)?, env.block.time.seconds());
    params.frequency.believe(frequency)?;
    if now_s < times.end_s {
        let end_s = times.end_s;
        return Err(ContractError::NotDelivered { interval, end_s });
    }
    if now_s >= times.confirmation_ends_s {
        let ends_s = times.confirmation_ends_s;
        return Err(ContractError::FrequencyTooLate { interval, ends_s });
    }
    let key = raw::frequency_key(interval);
    if deps.storage.get(&key).is_some() {
        return Err(ContractError::FrequencyPosted { interval });
    }
    if let Some(contracts) = contracts {
        // The imbalance price is frozen with the confirmation.
        let state = oracle::raw::interval(&deps.querier, &contracts.oracle, interval)?;
        if state.is_some_and(|state| state.confirmed) {
            return Err(ContractError::FrequencyConfirmed { interval });
        }
    }
    deps.storage.set(&key, &frequency.get().to_be_bytes());
    let needed = first_needed(deps.as_ref())?;
    let (start, end) = (raw::frequency_key(Interval::ZERO), raw::frequency_key(needed));
    remove_before(deps.storage, &start, &end, 1);
    Ok(Response::new().add_event(events::frequency_posted(interval, frequency)))
}
