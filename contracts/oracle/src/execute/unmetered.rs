//! What connections outside the market draw.
use busbar_units::NetWh;
use cosmwasm_std::{DepsMut, Env, Response};

use super::region::Context;
use crate::state::save_unmetered;
use crate::{events, ContractError};

/// States it from the next interval on, so that nothing is explained after the fact.
pub fn declare_unmetered(deps: DepsMut<'_>, env: &Env, net: NetWh) -> Result<Response, ContractError> {
    let context = Context::load(deps.as_ref(), env)?;
    let from = context.current.plus(1)?;
    save_unmetered(deps.storage, from, net);
    Ok(Response::new().add_event(events::unmetered(from, net)))
}
