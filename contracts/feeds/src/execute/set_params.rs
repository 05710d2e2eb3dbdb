use busbar_api::feeds::Params;
use cosmwasm_std::{DepsMut, Event, MessageInfo, Response};

use super::owner_only;
use crate::state::PARAMS;
use crate::ContractError;

/// Changes stakes and slashing.
pub fn set_params(mut deps: DepsMut<'_>, info: &MessageInfo, params: Params) -> Result<Response, ContractError> {
    owner_only(deps.as_ref(), info)?;
    save(&mut deps, params)?;
    Ok(Response::new().add_event(Event::new("set_params")))
}

/// Checks parameters and keeps them.
pub(super) fn save(deps: &mut DepsMut<'_>, params: Params) -> Result<(), ContractError> {
    params.validate()?;
    deps.api.addr_validate(&params.recipient)?;
    PARAMS.save(deps.storage, &params)?;
    Ok(())
}
