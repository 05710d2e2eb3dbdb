//! Reserving a number for a device to come.
use busbar_api::registry::{Reservation, Reserved, RESERVATIONS_PER_OWNER, RESERVATION_S};
use cosmwasm_std::{to_json_binary, Addr, DepsMut, Empty, Env, Order, Response};

use crate::state::{count, save_count, FREE, RESERVATIONS, RESERVED_BY};
use crate::{events, ContractError};

/// Gives out a number that lapsed before, or the next one.
pub fn reserve(deps: DepsMut<'_>, env: &Env, owner: Addr) -> Result<Response, ContractError> {
    let max = RESERVATIONS_PER_OWNER;
    let mut held = RESERVED_BY
        .prefix(&owner)
        .keys(deps.storage, None, None, Order::Ascending);
    // Reads no further than the limit.
    if (0..max).all(|_| held.next().is_some()) {
        return Err(ContractError::TooManyReservations { owner, max });
    }
    drop(held);
    let free = FREE
        .keys(deps.storage, None, None, Order::Ascending)
        .next()
        .transpose()?;
    let number = match free {
        Some(number) => {
            FREE.remove(deps.storage, number);
            number
        }
        None => {
            let number = count(deps.storage)?;
            let next = number.checked_add(1).ok_or(ContractError::NumbersExhausted)?;
            save_count(deps.storage, next);
            number
        }
    };
    let lapses = env.block.time.plus_seconds(RESERVATION_S);
    RESERVED_BY.save(deps.storage, (&owner, number), &Empty {})?;
    let event = events::reserved(number, &owner, lapses);
    RESERVATIONS.save(deps.storage, number, &Reservation { number, owner, lapses })?;
    let data = to_json_binary(&Reserved { number, lapses })?;
    Ok(Response::new().add_event(event).set_data(data))
}
