use cosmwasm_std::{DepsMut, MessageInfo, Response};

use super::owner_only;
use crate::state::Reporter;
use crate::{events, ContractError};

/// Removes a reporter; its stake stays its own.
pub fn remove(deps: DepsMut<'_>, info: &MessageInfo, number: u32) -> Result<Response, ContractError> {
    owner_only(deps.as_ref(), info)?;
    let mut reporter = Reporter::load(deps.storage, number)?;
    if reporter.removed {
        return Err(ContractError::Removed { reporter: number });
    }
    reporter.removed = true;
    reporter.save(deps.storage);
    Ok(Response::new().add_event(events::reporter("remove", number)))
}
