use cosmwasm_std::{DepsMut, Env, Response};

use crate::context::Context;
use crate::{events, ContractError};

/// Reads a device's owner, status and ratings again and recomputes its margin by the current parameters.
pub fn refresh(deps: DepsMut<'_>, env: Env, device: u32) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let params = context.params(context.region().current_interval(env.block.time)?)?;
    let found = context.device(device)?;
    context.attach(deps.storage, &params, device, &found)?;
    Ok(Response::new().add_event(events::refreshed(device)))
}
