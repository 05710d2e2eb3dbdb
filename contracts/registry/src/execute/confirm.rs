//! The operator's confirmation of an enrolled device.
use busbar_api::registry::{Meter, Slot, SlotStatus, Status, HEAD_METERS};
use busbar_attestation::DeviceKind;
use busbar_units::Watt;
use cosmwasm_std::{DepsMut, Env, Response, Storage};

use super::awaited;
use super::ratings::check_ratings;
use crate::state::{heads, load_device, region, save_device, save_heads, save_slot, RESERVATIONS, RESERVED_BY};
use crate::{events, ContractError};

/// Activates the device from the next interval on. Its first reading is the baseline and carries no
/// energy, so that it is awaited from the interval after.
pub fn confirm(
    mut deps: DepsMut<'_>,
    env: &Env,
    number: u32,
    bus: u16,
    usable_import: Watt,
    usable_export: Watt,
) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    if device.status != Status::Enrolled {
        return Err(ContractError::Status {
            number,
            status: device.status,
        });
    }
    if bus != device.bus {
        return Err(ContractError::BusMismatch {
            number,
            enrolled: device.bus,
            found: bus,
        });
    }
    check_ratings(
        [usable_import, usable_export],
        [device.endorsed_import, device.endorsed_export],
    )?;
    let current = region(deps.as_ref())?.current_interval(env.block.time)?;
    let active_from = current.plus(1)?;
    let awaited_from = active_from.plus(1)?;
    let meter = Meter {
        from: active_from,
        key: device.key.check()?,
        rated_import: device.endorsed_import,
        rated_export: device.endorsed_export,
        register_modulus: device.register_modulus,
    };
    let slot = Slot {
        status: SlotStatus::Active,
        kind: device.kind,
        bus,
        settles: device.settles,
        active_from,
        awaited_from,
        meter,
    };
    save_slot(deps.storage, number, slot)?;
    if slot.settles {
        awaited::begin(deps.branch(), current, awaited_from)?;
    }
    if device.kind == DeviceKind::HeadMeter {
        list_head(deps.storage, number)?;
    }
    device.status = Status::Active;
    device.active_from = Some(active_from);
    device.usable_import = usable_import;
    device.usable_export = usable_export;
    save_device(deps.storage, &device)?;
    RESERVATIONS.remove(deps.storage, number);
    RESERVED_BY.remove(deps.storage, (&device.owner, number));
    Ok(Response::new()
        .add_event(events::confirmed(number, active_from))
        .add_event(events::rated(number, usable_import, usable_export)))
}

/// The oracle compares the sum of all head meters with the devices'.
fn list_head(storage: &mut dyn Storage, number: u32) -> Result<(), ContractError> {
    let mut listed = heads(storage)?;
    if listed.len() >= HEAD_METERS {
        return Err(ContractError::TooManyHeads { max: HEAD_METERS });
    }
    listed.push(number);
    save_heads(storage, &listed);
    Ok(())
}
