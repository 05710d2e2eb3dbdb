//! Freeing numbers whose reservation lapsed.
use cosmwasm_std::{DepsMut, Empty, Env, Response};

use crate::state::{
    may_load_device, release_key, remove_device, BEHIND, FREE, OWNED_BY, RESERVATIONS, RESERVED_BY, SERIALS,
};
use crate::{events, ContractError};

/// Frees the number, and key and serial of a device that was enrolled but never confirmed.
pub fn release_lapsed(deps: DepsMut<'_>, env: &Env, number: u32) -> Result<Response, ContractError> {
    let reservation = RESERVATIONS.may_load(deps.storage, number)?;
    let reservation = reservation.ok_or(ContractError::NotReserved { number })?;
    if env.block.time < reservation.lapses {
        return Err(ContractError::NotLapsed {
            number,
            lapses: reservation.lapses,
        });
    }
    if let Some(device) = may_load_device(deps.storage, number)? {
        release_key(deps.storage, &device.key.check()?);
        SERIALS.remove(deps.storage, (device.manufacturer, &device.serial));
        OWNED_BY.remove(deps.storage, (&device.owner, number));
        if let Some(behind) = device.behind {
            BEHIND.remove(deps.storage, (behind, number));
        }
        remove_device(deps.storage, number);
    }
    RESERVATIONS.remove(deps.storage, number);
    RESERVED_BY.remove(deps.storage, (&reservation.owner, number));
    FREE.save(deps.storage, number, &Empty {})?;
    Ok(Response::new().add_event(events::released(number)))
}
