//! Who may send what.
use busbar_api::grid::ExecuteMsg;
use cosmwasm_std::{Addr, Deps, MessageInfo};
use cw_ownable::{assert_owner, is_owner};

use crate::state::{rules, GUARDIAN, REPORTER};
use crate::ContractError;

/// No message of this contract takes coins.
pub fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::Funds { count }),
    }
}

/// Refuses a message that the sender may not send.
pub fn permit(deps: Deps<'_>, sender: &Addr, msg: &ExecuteMsg) -> Result<(), ContractError> {
    match msg {
        ExecuteMsg::Wire(..)
        | ExecuteMsg::Update { .. }
        | ExecuteMsg::SetGuardian { .. }
        | ExecuteMsg::SetReporter { .. }
        | ExecuteMsg::SetOperator { .. }
        | ExecuteMsg::SetUtility { .. } => Ok(assert_owner(deps.storage, sender)?),
        ExecuteMsg::PostTariffs { .. } | ExecuteMsg::SetWeek { .. } => {
            if is_owner(deps.storage, sender)? || rules(deps.storage)?.region.utility == *sender {
                return Ok(());
            }
            Err(ContractError::NotOwnerOrUtility { sender: sender.clone() })
        }
        ExecuteMsg::SetState { .. } => {
            if is_owner(deps.storage, sender)? || GUARDIAN.may_load(deps.storage)?.as_ref() == Some(sender) {
                return Ok(());
            }
            Err(ContractError::NotOwnerOrGuardian { sender: sender.clone() })
        }
        ExecuteMsg::PostFrequency { .. } => {
            if REPORTER.may_load(deps.storage)?.as_ref() == Some(sender) {
                return Ok(());
            }
            Err(ContractError::NotReporter { sender: sender.clone() })
        }
        ExecuteMsg::SetNetwork { .. } | ExecuteMsg::PostHeadroom { .. } | ExecuteMsg::Tighten { .. } => {
            if rules(deps.storage)?.region.operator == *sender {
                return Ok(());
            }
            Err(ContractError::NotOperator { sender: sender.clone() })
        }
        // `cw-ownable` knows owner and pending owner.
        ExecuteMsg::UpdateOwnership(..) => Ok(()),
    }
}
