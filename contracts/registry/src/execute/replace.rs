//! Replacing the meter of a device, or resetting its registers.
use busbar_api::oracle::Registers;
use busbar_api::registry::{Endorsement, Meter};
use busbar_api::{grid, oracle};
use busbar_attestation::{Domain, Reset};
use busbar_units::{Interval, Wh};
use cosmwasm_std::{Binary, DepsMut, Env, Response};

use super::meter::take_over;
use super::rotate::{check_status, drop_pending};
use super::vouch::{signed, vouched};
use crate::state::{claim_key, claim_serial, load_device, load_slot, region, save_device, GRID};
use crate::{events, ContractError};

/// What the operator hands in.
pub struct Replacing {
    pub number: u32,
    pub endorsement: Endorsement,
    pub manufacturer_signature: Binary,
    pub device_signature: Binary,
    pub old_signature: Option<Binary>,
    pub interval: Interval,
    /// Import and export register of the old meter.
    pub last: [Wh; 2],
    /// Import and export register of the new meter.
    pub first: [Wh; 2],
}

/// Lets the new meter take over after `interval` and tells the oracle both pairs of registers.
pub fn replace(mut deps: DepsMut<'_>, env: &Env, msg: Replacing) -> Result<Response, ContractError> {
    let (number, interval) = (msg.number, msg.interval);
    let mut device = load_device(deps.storage, number)?;
    check_status(&device)?;
    let active_from = load_slot(deps.storage, number)?.active_from;
    if interval < active_from {
        return Err(ContractError::BeforeActive {
            number,
            interval,
            active_from,
        });
    }
    let endorsement = vouched(deps.as_ref(), &msg.endorsement, &msg.manufacturer_signature)?;
    if endorsement.kind != device.kind {
        return Err(ContractError::Changed { number, field: "kind" });
    }
    let modulus = endorsement.register_modulus;
    for (register, value) in ["initial_import", "initial_export"].into_iter().zip(msg.first) {
        if value >= modulus {
            return Err(ContractError::Register {
                register,
                value,
                modulus,
            });
        }
    }
    let region = region(deps.as_ref())?;
    let reset = Reset {
        domain: Domain::new(&region.domain)?.id(),
        number,
        interval,
        last: msg.last,
        first: msg.first,
        key: endorsement.key,
    };
    let message = reset.message()?;
    if !signed(deps.as_ref(), &message, &msg.device_signature, &endorsement.key)? {
        return Err(ContractError::DeviceSignature { number });
    }
    let old_key = device.key.check()?;
    if let Some(signature) = &msg.old_signature {
        if !signed(deps.as_ref(), &message, signature, &old_key)? {
            return Err(ContractError::OldSignature { number });
        }
    }
    drop_pending(&mut deps, &mut device)?;
    if endorsement.key != old_key {
        claim_key(deps.storage, &endorsement.key, number)?;
    }
    if (endorsement.manufacturer, &endorsement.serial) != (device.manufacturer, &device.serial) {
        claim_serial(deps.storage, endorsement.manufacturer, &endorsement.serial, number)?;
    }
    let meter = Meter {
        from: interval.plus(1)?,
        key: endorsement.key,
        rated_import: endorsement.rated_import,
        rated_export: endorsement.rated_export,
        register_modulus: modulus,
    };
    take_over(deps.storage, number, meter, region.current_interval(env.block.time)?)?;
    device.manufacturer = endorsement.manufacturer;
    device.serial = endorsement.serial;
    device.key = endorsement.key.into();
    device.endorsed_import = endorsement.rated_import;
    device.endorsed_export = endorsement.rated_export;
    device.usable_import = device.usable_import.min(endorsement.rated_import);
    device.usable_export = device.usable_export.min(endorsement.rated_export);
    device.usable = endorsement.usable;
    device.efficiency = endorsement.efficiency;
    device.register_modulus = modulus;
    save_device(deps.storage, &device)?;
    let contracts = grid::raw::contracts(&deps.querier, &GRID.load(deps.storage)?)?;
    let reset = oracle::Client::new(contracts.oracle).execute(&oracle::ExecuteMsg::Reset {
        device: number,
        interval,
        last: registers(msg.last),
        first: registers(msg.first),
        key: device.key,
    })?;
    Ok(Response::new()
        .add_event(events::replaced(number, &device.serial, interval))
        .add_event(events::key_valid(number, &meter.key, meter.from))
        .add_event(events::rated(number, device.usable_import, device.usable_export))
        .add_message(reset))
}

fn registers([import, export]: [Wh; 2]) -> Registers {
    Registers { import, export }
}
