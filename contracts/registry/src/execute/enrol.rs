//! Enrolling a device under a reserved number.
use busbar_api::grid::{raw, REGION_BUS};
use busbar_api::registry::{Device, Endorsement, Status};
use busbar_attestation::{DeviceKind, Domain, Enrolment};
use busbar_units::Watt;
use cosmwasm_std::{Addr, Binary, Deps, DepsMut, Empty, Env, Response};

use super::vouch::{signed, vouched};
use crate::state::{
    claim_bus, claim_key, claim_serial, may_load_device, region, save_device, BEHIND, GRID, OWNED_BY, RESERVATIONS,
};
use crate::{events, ContractError};

/// What the owner hands in.
pub struct Enrolling {
    pub number: u32,
    pub owner: Addr,
    pub endorsement: Endorsement,
    pub manufacturer_signature: Binary,
    pub device_signature: Binary,
    pub bus: u16,
    pub behind: Option<u32>,
}

/// Stores the device for the operator to confirm.
pub fn enrol(deps: DepsMut<'_>, env: &Env, msg: Enrolling) -> Result<Response, ContractError> {
    let number = msg.number;
    let lapses = RESERVATIONS.load(deps.storage, number)?.lapses;
    if env.block.time >= lapses {
        return Err(ContractError::Lapsed { number, lapses });
    }
    if may_load_device(deps.storage, number)?.is_some() {
        return Err(ContractError::AlreadyEnrolled { number });
    }
    check_bus(deps.as_ref(), env, msg.bus)?;
    let endorsement = vouched(deps.as_ref(), &msg.endorsement, &msg.manufacturer_signature)?;
    if let Some(behind) = msg.behind {
        check_connection(deps.as_ref(), behind, &msg.owner)?;
    }
    let enrolment = Enrolment {
        domain: Domain::new(&region(deps.as_ref())?.domain)?.id(),
        number,
        owner: msg.owner.to_string(),
        bus: msg.bus,
        behind: msg.behind,
    };
    if !signed(
        deps.as_ref(),
        &enrolment.message()?,
        &msg.device_signature,
        &endorsement.key,
    )? {
        return Err(ContractError::DeviceSignature { number });
    }
    claim_key(deps.storage, &endorsement.key, number)?;
    claim_serial(deps.storage, endorsement.manufacturer, &endorsement.serial, number)?;
    OWNED_BY.save(deps.storage, (&msg.owner, number), &Empty {})?;
    if let Some(behind) = msg.behind {
        BEHIND.save(deps.storage, (behind, number), &Empty {})?;
    }
    let event = events::enrolled(number, &msg.owner, endorsement.manufacturer, &endorsement.serial);
    let device = Device {
        number,
        owner: msg.owner,
        owned_from: None,
        former_owner: None,
        offered_to: None,
        status: Status::Enrolled,
        suspension: None,
        kind: endorsement.kind,
        manufacturer: endorsement.manufacturer,
        serial: endorsement.serial,
        key: endorsement.key.into(),
        pending_key: None,
        bus: msg.bus,
        behind: msg.behind,
        // A device behind a connection is in that connection's registers already.
        settles: msg.behind.is_none() && endorsement.kind != DeviceKind::HeadMeter,
        endorsed_import: endorsement.rated_import,
        endorsed_export: endorsement.rated_export,
        usable_import: Watt::ZERO,
        usable_export: Watt::ZERO,
        usable: endorsement.usable,
        efficiency: endorsement.efficiency,
        register_modulus: endorsement.register_modulus,
        active_from: None,
    };
    claim_bus(deps.storage, device.bus)?;
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(event))
}

/// A bus below the connection that the network has and keeps.
fn check_bus(deps: Deps<'_>, env: &Env, bus: u16) -> Result<(), ContractError> {
    let current = region(deps)?.current_interval(env.block.time)?;
    let buses = raw::buses_since(&deps.querier, &GRID.load(deps.storage)?, current)?;
    let last = buses.saturating_sub(1);
    if (REGION_BUS..=last).contains(&bus) {
        return Ok(());
    }
    Err(ContractError::Bus { bus, last })
}

/// A connection of the same owner that trades.
fn check_connection(deps: Deps<'_>, behind: u32, owner: &Addr) -> Result<(), ContractError> {
    let connection = may_load_device(deps.storage, behind)?;
    let fits = |device: &Device| device.settles && device.status == Status::Active && device.owner == *owner;
    match connection {
        Some(device) if fits(&device) => Ok(()),
        _ => Err(ContractError::NotConnection { behind }),
    }
}
