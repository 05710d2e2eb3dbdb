//! Admitting and removing manufacturers.
use busbar_api::registry::{Key, Manufacturer, TEXT_LIMIT};
use cosmwasm_std::{DepsMut, Response};

use crate::state::MANUFACTURERS;
use crate::{events, ContractError};

/// Admits a manufacturer, or one that was removed again: then with the key given here.
pub fn admit(deps: DepsMut<'_>, id: u32, name: String, key: Key) -> Result<Response, ContractError> {
    check_text("name", &name)?;
    let key = Key::from(key.check()?);
    let known = MANUFACTURERS.may_load(deps.storage, id)?;
    if known.is_some_and(|manufacturer| manufacturer.admitted) {
        return Err(ContractError::ManufacturerAdmitted { id });
    }
    let manufacturer = Manufacturer {
        id,
        name,
        key,
        admitted: true,
    };
    MANUFACTURERS.save(deps.storage, id, &manufacturer)?;
    Ok(Response::new().add_event(events::manufacturer(id, true)))
}

/// Takes no more endorsements of a manufacturer.
pub fn remove(deps: DepsMut<'_>, id: u32) -> Result<Response, ContractError> {
    let known = MANUFACTURERS.may_load(deps.storage, id)?;
    let mut manufacturer = known.ok_or(ContractError::UnknownManufacturer { id })?;
    if !manufacturer.admitted {
        return Err(ContractError::ManufacturerRemoved { id });
    }
    manufacturer.admitted = false;
    MANUFACTURERS.save(deps.storage, id, &manufacturer)?;
    Ok(Response::new().add_event(events::manufacturer(id, false)))
}

/// A text that strangers read: neither empty nor long.
pub fn check_text(field: &'static str, text: &str) -> Result<(), ContractError> {
    if (1..=TEXT_LIMIT).contains(&text.len()) {
        return Ok(());
    }
    Err(ContractError::Text {
        field,
        length: text.len(),
        max: TEXT_LIMIT,
    })
}
