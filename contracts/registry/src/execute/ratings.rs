//! What a device may draw and feed: its usable ratings bound orders and margin, not readings.
use busbar_api::registry::{Device, Status};
use busbar_units::Watt;
use cosmwasm_std::{DepsMut, Env, Response};

use super::transfer::not_passing;
use crate::state::{load_device, save_device};
use crate::{events, ContractError};

/// Lowers the usable ratings.
pub fn lower(
    deps: DepsMut<'_>,
    number: u32,
    usable_import: Watt,
    usable_export: Watt,
) -> Result<Response, ContractError> {
    let device = rated(&deps, number)?;
    check_ratings(
        [usable_import, usable_export],
        [device.usable_import, device.usable_export],
    )?;
    rate(deps, device, usable_import, usable_export)
}

/// Raises the usable ratings; not while the margin of a former owner goes by them.
pub fn raise(
    deps: DepsMut<'_>,
    env: &Env,
    number: u32,
    usable_import: Watt,
    usable_export: Watt,
) -> Result<Response, ContractError> {
    let device = rated(&deps, number)?;
    not_passing(deps.as_ref(), env, &device)?;
    check_ratings(
        [usable_import, usable_export],
        [device.endorsed_import, device.endorsed_export],
    )?;
    for (field, value, bound) in [
        ("usable_import", usable_import, device.usable_import),
        ("usable_export", usable_export, device.usable_export),
    ] {
        if value < bound {
            return Err(ContractError::RatingBelow { field, value, bound });
        }
    }
    rate(deps, device, usable_import, usable_export)
}

/// A device that has ratings.
fn rated(deps: &DepsMut<'_>, number: u32) -> Result<Device, ContractError> {
    let device = load_device(deps.storage, number)?;
    match device.status {
        Status::Active | Status::Suspended => Ok(device),
        status => Err(ContractError::Status { number, status }),
    }
}

fn rate(
    deps: DepsMut<'_>,
    mut device: Device,
    usable_import: Watt,
    usable_export: Watt,
) -> Result<Response, ContractError> {
    device.usable_import = usable_import;
    device.usable_export = usable_export;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::rated(device.number, usable_import, usable_export)))
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
