//! Who may act for a device.
use busbar_api::registry::{DeviceSummary, Status};
use busbar_units::Interval;
use cosmwasm_std::{Addr, MessageInfo, Storage};

use crate::context::Context;
use crate::state::DeviceSlot;
use crate::ContractError;

/// Whether the sender may place orders for the device in an interval at all.
pub fn may_trade(
    storage: &dyn Storage,
    context: &Context<'_>,
    number: u32,
    device: &DeviceSummary,
    info: &MessageInfo,
    interval: Interval,
) -> Result<(), ContractError> {
    is_owner(storage, number, device, info, interval)?;
    trades(context, number, device)
}

/// Refuses everybody but the device's owner in an interval.
pub fn is_owner(
    storage: &dyn Storage,
    number: u32,
    device: &DeviceSummary,
    info: &MessageInfo,
    interval: Interval,
) -> Result<(), ContractError> {
    // Nothing is read of a device that never passed.
    if device.owned_from.is_none() && device.owner == info.sender {
        return Ok(());
    }
    let owner = owner_in(storage, number, device, interval)?;
    if owner == info.sender {
        return Ok(());
    }
    Err(ContractError::NotTheOwner {
        device: number,
        owner,
        sender: info.sender.clone(),
    })
}

/// The device's owner in an interval.
pub fn owner_in(
    storage: &dyn Storage,
    number: u32,
    device: &DeviceSummary,
    interval: Interval,
) -> Result<Addr, ContractError> {
    if device.owned_in(interval) {
        return Ok(device.owner.clone());
    }
    match DeviceSlot::load(storage, number)? {
        Some(slot) => slot.account_in(interval).owner(storage),
        None => Ok(device.owner.clone()),
    }
}

/// Whether orders of the device may be placed at all.
pub fn trades(context: &Context<'_>, number: u32, device: &DeviceSummary) -> Result<(), ContractError> {
    if device.owner == context.region().utility {
        return Err(ContractError::DoesNotTrade {
            device: number,
            reason: "the utility's own",
        });
    }
    let reason = match device.status {
        Status::Active if device.settles => return Ok(()),
        Status::Active => "behind another meter",
        Status::Enrolled => "not confirmed yet",
        Status::Suspended => "suspended",
        Status::Retired => "retired",
    };
    Err(ContractError::DoesNotTrade { device: number, reason })
}
