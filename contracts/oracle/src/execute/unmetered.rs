//! What connections outside the market draw.
use busbar_api::oracle::UNMETERED_BUSES;
use busbar_units::NetWh;
use cosmwasm_std::{DepsMut, Env, Response};

use super::region::Context;
use crate::state::{load_unmetered_buses, save_unmetered, save_unmetered_buses};
use crate::{events, ContractError};

/// States it from the next interval on, so that nothing is explained after the fact.
pub fn declare_unmetered(deps: DepsMut<'_>, env: &Env, bus: u16, net: NetWh) -> Result<Response, ContractError> {
    let context = Context::load(deps.as_ref(), env)?;
    let from = context.current.plus(1)?;
    let buses = context.network()?.buses;
    if bus >= buses {
        return Err(ContractError::UnknownBus { bus, buses });
    }
    let mut listed = load_unmetered_buses(deps.storage)?;
    if !listed.contains(&bus) {
        if listed.len() >= UNMETERED_BUSES {
            return Err(ContractError::TooManyUnmetered {
                bus,
                max: UNMETERED_BUSES,
            });
        }
        listed.push(bus);
        save_unmetered_buses(deps.storage, &listed);
    }
    save_unmetered(deps.storage, bus, from, net);
    Ok(Response::new().add_event(events::unmetered(bus, from, net)))
}
