//! Lowering what a device may draw and feed.
use busbar_api::registry::Status;
use busbar_units::Watt;
use cosmwasm_std::{DepsMut, Response};

use crate::state::{load_device, save_device};
use crate::{events, ContractError};

/// Lowers the usable ratings: they bound orders and margin, not readings.
pub fn lower_rating(
    deps: DepsMut<'_>,
    number: u32,
    usable_import: Watt,
    usable_export: Watt,
) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    if !matches!(device.status, Status::Active | Status::Suspended) {
        return Err(ContractError::Status {
            number,
            status: device.status,
        });
    }
    check_ratings(
        [usable_import, usable_export],
        [device.usable_import, device.usable_export],
    )?;
    device.usable_import = usable_import;
    device.usable_export = usable_export;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::rated(number, usable_import, usable_export)))
}

/// Usable import and export within their bounds.
pub fn check_ratings(usable: [Watt; 2], bounds: [Watt; 2]) -> Result<(), ContractError> {
    for (field, (value, bound)) in ["usable_import", "usable_export"]
        .into_iter()
        .zip(usable.into_iter().zip(bounds))
    {
        if value > bound {
            return Err(ContractError::Rating { field, value, bound });
        }
    }
    Ok(())
}
