//! Reinstating a suspended device.
use busbar_api::registry::{SlotStatus, Status};
use cosmwasm_std::{DepsMut, Env, Response};

use super::awaited;
use crate::state::{load_device, load_slot, region, save_device, save_slot};
use crate::{events, ContractError};

/// Accepts the device's readings again, late ones too; its energy counts again from the next interval
/// but one, whose count of awaited devices nobody has read yet.
pub fn reinstate(mut deps: DepsMut<'_>, env: &Env, number: u32) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    if device.status != Status::Suspended {
        return Err(ContractError::Status {
            number,
            status: device.status,
        });
    }
    let mut slot = load_slot(deps.storage, number)?;
    slot.status = SlotStatus::Active;
    let current = region(deps.as_ref())?.current_interval(env.block.time)?;
    slot.awaited_from = current.plus(2)?;
    save_slot(deps.storage, number, slot)?;
    if slot.settles {
        awaited::begin(deps.branch(), current, slot.awaited_from)?;
    }
    device.status = Status::Active;
    device.suspension = None;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::reinstated(number, slot.awaited_from)))
}
