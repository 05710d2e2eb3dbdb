use busbar_api::registry::Key;
use cosmwasm_std::{DepsMut, MessageInfo, Response};

use crate::state::Reporter;
use crate::{events, ContractError};

/// Puts another key in place of the sender's.
pub fn set_key(deps: DepsMut<'_>, info: &MessageInfo, key: &Key) -> Result<Response, ContractError> {
    let mut reporter = Reporter::of(deps.storage, &info.sender)?;
    reporter.take_key(deps.storage, key.check()?)?;
    reporter.save(deps.storage);
    Ok(Response::new().add_event(events::reporter("set_key", reporter.number)))
}
