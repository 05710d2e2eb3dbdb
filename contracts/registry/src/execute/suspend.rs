//! Suspending a device.
use busbar_api::registry::{Device, SlotStatus, Status, Suspension};
use cosmwasm_std::{DepsMut, Env, Response};

use super::awaited;
use super::manufacturers::check_text;
use crate::state::{load_device, load_slot, region, save_device, save_slot};
use crate::{events, ContractError};

/// Refuses the readings of an active device until it is reinstated.
pub fn suspend(mut deps: DepsMut<'_>, env: &Env, number: u32, reason: Suspension) -> Result<Response, ContractError> {
    match &reason {
        Suspension::Operator { note } => check_text("note", note)?,
        Suspension::ForeignRecord { domain } => check_text("domain", domain)?,
        Suspension::UnequalRecords { .. } | Suspension::Missing { .. } => {}
    }
    let mut device = load_device(deps.storage, number)?;
    if device.status != Status::Active {
        return Err(ContractError::Status {
            number,
            status: device.status,
        });
    }
    stop(&mut deps, env, &device, SlotStatus::Suspended)?;
    let event = events::suspended(number, &reason);
    device.status = Status::Suspended;
    device.suspension = Some(reason);
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(event))
}

/// Marks the slot of a confirmed device, and awaits it no more if it was; the caller stores the device.
pub fn stop(deps: &mut DepsMut<'_>, env: &Env, device: &Device, status: SlotStatus) -> Result<(), ContractError> {
    let mut slot = load_slot(deps.storage, device.number)?;
    if slot.settles && slot.status == SlotStatus::Active {
        let current = region(deps.as_ref())?.current_interval(env.block.time)?;
        awaited::end(deps.storage, current.max(slot.awaited_from))?;
    }
    slot.status = status;
    Ok(save_slot(deps.storage, device.number, slot)?)
}
