//! Who may send what.
use busbar_api::grid;
use busbar_api::registry::ExecuteMsg;
use cosmwasm_std::{Addr, Deps, Env, MessageInfo};
use cw_ownable::assert_owner;

use super::transfer::not_passing;
use crate::state::{load_device, region, GRID, RESERVATIONS};
use crate::ContractError;

/// No message of this contract takes coins.
pub fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::Funds { count }),
    }
}

/// A message that its sender may send; [`permit`] alone makes one.
pub struct Permitted(ExecuteMsg);

impl Permitted {
    pub fn into_inner(self) -> ExecuteMsg {
        self.0
    }
}

/// Turns a message into a permitted one, or refuses it.
pub fn permit(deps: Deps<'_>, env: &Env, sender: &Addr, msg: ExecuteMsg) -> Result<Permitted, ContractError> {
    match &msg {
        ExecuteMsg::AdmitManufacturer { .. } | ExecuteMsg::RemoveManufacturer { .. } => {
            assert_owner(deps.storage, sender)?;
        }
        ExecuteMsg::Enrol { number, .. } => reserver(deps, sender, *number)?,
        ExecuteMsg::LowerRating { number, .. }
        | ExecuteMsg::RotateKey { number, .. }
        | ExecuteMsg::OfferDevice { number, .. }
        | ExecuteMsg::WithdrawOffer { number } => device_owner(deps, env, sender, *number)?,
        ExecuteMsg::AcceptDevice { number } => offered_to(deps, sender, *number)?,
        ExecuteMsg::Confirm { .. }
        | ExecuteMsg::CancelRotation { .. }
        | ExecuteMsg::Replace { .. }
        | ExecuteMsg::Reinstate { .. }
        | ExecuteMsg::RaiseRating { .. } => operator(deps, sender)?,
        ExecuteMsg::Suspend { .. } => operator_or_oracle(deps, sender)?,
        ExecuteMsg::Retire { number } => device_owner_or_operator(deps, env, sender, *number)?,
        // `cw-ownable` knows owner and pending owner.
        ExecuteMsg::UpdateOwnership(..) => {}
        // Time, a signature, the oracle or the lack of a device decides, whoever sends.
        ExecuteMsg::Reserve {}
        | ExecuteMsg::LowerFeeder { .. }
        | ExecuteMsg::ReleaseLapsed { .. }
        | ExecuteMsg::CompleteRotation { .. }
        | ExecuteMsg::ReportForeignRecord { .. } => {}
    }
    Ok(Permitted(msg))
}

fn is_operator(deps: Deps<'_>, sender: &Addr) -> Result<bool, ContractError> {
    Ok(region(deps)?.operator == *sender)
}

fn operator(deps: Deps<'_>, sender: &Addr) -> Result<(), ContractError> {
    if is_operator(deps, sender)? {
        return Ok(());
    }
    Err(ContractError::NotOperator { sender: sender.clone() })
}

fn operator_or_oracle(deps: Deps<'_>, sender: &Addr) -> Result<(), ContractError> {
    let rules = grid::raw::rules(&deps.querier, &GRID.load(deps.storage)?)?;
    let oracle = rules.contracts.is_some_and(|contracts| contracts.oracle == *sender);
    if oracle || rules.region.operator == *sender {
        return Ok(());
    }
    Err(ContractError::NotOperatorOrOracle { sender: sender.clone() })
}

/// The owner, once the device is his.
fn device_owner(deps: Deps<'_>, env: &Env, sender: &Addr, number: u32) -> Result<(), ContractError> {
    let device = load_device(deps.storage, number)?;
    if device.owner == *sender {
        return not_passing(deps, env, &device);
    }
    Err(ContractError::NotDeviceOwner {
        number,
        sender: sender.clone(),
    })
}

fn device_owner_or_operator(deps: Deps<'_>, env: &Env, sender: &Addr, number: u32) -> Result<(), ContractError> {
    let device = load_device(deps.storage, number)?;
    if is_operator(deps, sender)? {
        return Ok(());
    }
    if device.owner == *sender {
        return not_passing(deps, env, &device);
    }
    Err(ContractError::NotDeviceOwnerOrOperator {
        number,
        sender: sender.clone(),
    })
}

fn offered_to(deps: Deps<'_>, sender: &Addr, number: u32) -> Result<(), ContractError> {
    if load_device(deps.storage, number)?.offered_to.as_ref() == Some(sender) {
        return Ok(());
    }
    Err(ContractError::NotOfferedTo {
        number,
        sender: sender.clone(),
    })
}

fn reserver(deps: Deps<'_>, sender: &Addr, number: u32) -> Result<(), ContractError> {
    let reservation = RESERVATIONS.may_load(deps.storage, number)?;
    let reservation = reservation.ok_or(ContractError::NotReserved { number })?;
    if reservation.owner == *sender {
        return Ok(());
    }
    Err(ContractError::NotReserver {
        number,
        sender: sender.clone(),
    })
}
