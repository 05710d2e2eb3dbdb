use busbar_api::certificates::Withdrawal;
use busbar_api::grid;
use busbar_api::registry::Status;
use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};

use super::checked;
use crate::region::Region;
use crate::state::{is_withdrawn, save_withdrawal, withdraw_all};
use crate::{events, ContractError};

/// Withdraws all certificates of a device that was proven false, and nobody else's.
pub fn withdraw(
    deps: DepsMut<'_>,
    env: &Env,
    info: &MessageInfo,
    device: u32,
    evidence: String,
) -> Result<Response, ContractError> {
    let region = Region::load(deps.storage, deps.querier)?;
    let roles = grid::raw::roles(&deps.querier, &region.grid)?;
    if info.sender != roles.operator && !roles.is_owner(&info.sender) {
        return Err(ContractError::NotPermitted {
            sender: info.sender.clone(),
        });
    }
    checked("evidence", &evidence)?;
    let status = region.device(device)?.status;
    if !matches!(status, Status::Suspended | Status::Retired) {
        return Err(ContractError::NotProvenFalse { device, status });
    }
    if is_withdrawn(deps.storage, device) {
        return Err(ContractError::AlreadyWithdrawn { device });
    }
    let withdrawal = Withdrawal {
        evidence,
        by: info.sender.clone(),
        at: env.block.time,
    };
    save_withdrawal(deps.storage, device, &withdrawal)?;
    let wh = withdraw_all(deps.storage, device)?;
    Ok(Response::new().add_event(events::withdrawn(device, wh, &withdrawal.evidence, &info.sender)))
}
