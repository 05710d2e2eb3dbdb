//! Ending a device for good.
use busbar_api::registry::{SlotStatus, Status};
use cosmwasm_std::{DepsMut, Env, Response};

use super::rotate::{check_status, drop_pending};
use super::suspend::stop;
use crate::state::{heads, load_device, save_device, save_heads, BEHIND};
use crate::{events, ContractError};

/// Retires an active or suspended device; number, key and serial stay taken.
pub fn retire(mut deps: DepsMut<'_>, env: &Env, number: u32) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    check_status(&device)?;
    stop(&mut deps, env, &device, SlotStatus::Retired)?;
    drop_pending(&mut deps, &mut device)?;
    let mut listed = heads(deps.storage)?;
    if let Some(place) = listed.iter().position(|head| *head == number) {
        listed.remove(place);
        save_heads(deps.storage, &listed);
    }
    if let Some(behind) = device.behind {
        BEHIND.remove(deps.storage, (behind, number));
    }
    device.status = Status::Retired;
    device.suspension = None;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::retired(number)))
}
