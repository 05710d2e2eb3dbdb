//! Giving a device another key.
use busbar_api::registry::{Device, Endorsement, Meter, PendingKey, Status, ROTATION_DELAY_S};
use busbar_attestation as attestation;
use busbar_attestation::{Domain, PublicKey, Rotation};
use cosmwasm_std::{Binary, DepsMut, Env, Event, Response};

use super::meter::take_over;
use super::vouch::{signed, vouched};
use crate::state::{claim_key, load_device, region, release_key, save_device};
use crate::{events, ContractError};

/// What the owner hands in.
pub struct Rotating {
    pub number: u32,
    pub endorsement: Endorsement,
    pub manufacturer_signature: Binary,
    pub device_signature: Binary,
    pub old_key_signature: Option<Binary>,
}

/// Puts the new key in force, or in public where the old one did not sign.
pub fn rotate_key(mut deps: DepsMut<'_>, env: &Env, msg: Rotating) -> Result<Response, ContractError> {
    let number = msg.number;
    let mut device = load_device(deps.storage, number)?;
    check_status(&device)?;
    let endorsement = vouched(deps.as_ref(), &msg.endorsement, &msg.manufacturer_signature)?;
    check_unchanged(&device, &endorsement)?;
    let key = endorsement.key;
    let rotation = Rotation {
        domain: Domain::new(&region(deps.as_ref())?.domain)?.id(),
        number,
        key,
    };
    let message = rotation.message();
    if !signed(deps.as_ref(), &message, &msg.device_signature, &key)? {
        return Err(ContractError::DeviceSignature { number });
    }
    let event = match &msg.old_key_signature {
        Some(signature) => {
            if !signed(deps.as_ref(), &message, signature, &device.key.check()?)? {
                return Err(ContractError::OldSignature { number });
            }
            drop_pending(&mut deps, &mut device)?;
            claim_key(deps.storage, &key, number)?;
            put_in_force(&mut deps, env, &mut device, &key)?
        }
        None => {
            if let Some(pending) = &device.pending_key {
                return Err(ContractError::RotationPending {
                    number,
                    due: pending.due,
                });
            }
            claim_key(deps.storage, &key, number)?;
            let due = env.block.time.plus_seconds(ROTATION_DELAY_S);
            device.pending_key = Some(PendingKey { key: key.into(), due });
            events::key_pending(number, &key, due)
        }
    };
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(event))
}

/// Puts a key in force whose public delay is over.
pub fn complete(mut deps: DepsMut<'_>, env: &Env, number: u32) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    check_status(&device)?;
    let pending = device.pending_key.take().ok_or(ContractError::NoRotation { number })?;
    if env.block.time < pending.due {
        return Err(ContractError::RotationNotDue {
            number,
            due: pending.due,
        });
    }
    let event = put_in_force(&mut deps, env, &mut device, &pending.key.check()?)?;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(event))
}

/// Withdraws a key that stands in public.
pub fn cancel(mut deps: DepsMut<'_>, number: u32) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    if device.pending_key.is_none() {
        return Err(ContractError::NoRotation { number });
    }
    drop_pending(&mut deps, &mut device)?;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::key_cancelled(number)))
}

/// Gives a pending key back; the caller stores the device.
pub fn drop_pending(deps: &mut DepsMut<'_>, device: &mut Device) -> Result<(), ContractError> {
    if let Some(pending) = device.pending_key.take() {
        release_key(deps.storage, &pending.key.check()?);
    }
    Ok(())
}

pub fn check_status(device: &Device) -> Result<(), ContractError> {
    match device.status {
        Status::Active | Status::Suspended => Ok(()),
        status => Err(ContractError::Status {
            number: device.number,
            status,
        }),
    }
}

/// Valid from the next interval but one, so that every meter knows in time; the caller stores the device.
fn put_in_force(
    deps: &mut DepsMut<'_>,
    env: &Env,
    device: &mut Device,
    key: &PublicKey,
) -> Result<Event, ContractError> {
    let current = region(deps.as_ref())?.current_interval(env.block.time)?;
    let meter = Meter {
        from: current.plus(2)?,
        key: *key,
        rated_import: device.endorsed_import,
        rated_export: device.endorsed_export,
        register_modulus: device.register_modulus,
    };
    take_over(deps.storage, device.number, meter, current)?;
    device.key = (*key).into();
    Ok(events::key_valid(device.number, key, meter.from))
}

/// A rotation changes the key and nothing else.
fn check_unchanged(device: &Device, endorsement: &attestation::Endorsement) -> Result<(), ContractError> {
    let fields = [
        ("manufacturer", device.manufacturer == endorsement.manufacturer),
        ("serial", device.serial == endorsement.serial),
        ("kind", device.kind == endorsement.kind),
        ("rated_import", device.endorsed_import == endorsement.rated_import),
        ("rated_export", device.endorsed_export == endorsement.rated_export),
        ("usable", device.usable == endorsement.usable),
        ("efficiency", device.efficiency == endorsement.efficiency),
        (
            "register_modulus",
            device.register_modulus == endorsement.register_modulus,
        ),
    ];
    match fields.into_iter().find(|(_, same)| !same) {
        Some((field, _)) => Err(ContractError::Changed {
            number: device.number,
            field,
        }),
        None => Ok(()),
    }
}
