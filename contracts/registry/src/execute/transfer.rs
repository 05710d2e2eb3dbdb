//! Passing a connection to another owner, with all that sits behind it.
use busbar_api::registry::{Device, Status, BEHIND_PASSED};
use busbar_api::{grid, market};
use busbar_units::Interval;
use cosmwasm_std::{Addr, Deps, DepsMut, Empty, Env, Event, Order, Response, StdResult, Storage};

use crate::state::{load_device, region, save_device, BEHIND, GRID, OWNED_BY};
use crate::{events, ContractError};

/// Offers the device to another owner.
pub fn offer(deps: DepsMut<'_>, number: u32, to: &str) -> Result<Response, ContractError> {
    let to = deps.api.addr_validate(to)?;
    let mut device = load_device(deps.storage, number)?;
    check_passes(&device)?;
    if to == device.owner {
        return Err(ContractError::OwnDevice { number, owner: to });
    }
    let event = events::offered(number, &device.owner, &to);
    device.offered_to = Some(to);
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(event))
}

/// Withdraws the offer.
pub fn withdraw(deps: DepsMut<'_>, number: u32) -> Result<Response, ContractError> {
    let mut device = load_device(deps.storage, number)?;
    if device.offered_to.take().is_none() {
        return Err(ContractError::NotOffered { number });
    }
    save_device(deps.storage, &device)?;
    Ok(Response::new().add_event(events::offer_withdrawn(number)))
}

/// Passes the device to the account that it is offered to, from the first interval on whose book nobody can have
/// opened; the market, which keeps the former owner's account for all before, may refuse.
pub fn accept(deps: DepsMut<'_>, env: &Env, number: u32, to: &Addr) -> Result<Response, ContractError> {
    let device = load_device(deps.storage, number)?;
    check_passes(&device)?;
    let rules = grid::raw::rules(&deps.querier, &GRID.load(deps.storage)?)?;
    let from = rules.first_unopened(rules.region.current_interval(env.block.time)?)?;
    let behind = behind(deps.storage, number)?;
    let former = device.owner.to_string();
    let mut passed = vec![pass(deps.storage, device, to, from)?];
    for device in behind {
        passed.push(pass(deps.storage, device, to, from)?);
    }
    let market = market::Client::new(rules.contracts()?.market.clone());
    Ok(Response::new()
        .add_events(passed)
        .add_message(market.hand_over(number, former)?))
}

/// Refuses what its owner asks for while the device is not his yet, and a second transfer.
pub fn not_passing(deps: Deps<'_>, env: &Env, device: &Device) -> Result<(), ContractError> {
    let Some(from) = device.owned_from else {
        return Ok(());
    };
    if region(deps)?.current_interval(env.block.time)? >= from {
        return Ok(());
    }
    let number = device.number;
    Err(ContractError::Passing { number, from })
}

/// Whether the device passes by itself: a connection in good standing.
fn check_passes(device: &Device) -> Result<(), ContractError> {
    let (number, status) = (device.number, device.status);
    if !device.settles {
        return Err(ContractError::DoesNotPass { number });
    }
    if status != Status::Active {
        return Err(ContractError::Status { number, status });
    }
    no_rotation(device)
}

/// A key that stands in public is its owner's doing.
fn no_rotation(device: &Device) -> Result<(), ContractError> {
    match &device.pending_key {
        None => Ok(()),
        Some(pending) => Err(ContractError::RotationPending {
            number: device.number,
            due: pending.due,
        }),
    }
}

/// The devices that pass with a connection.
fn behind(storage: &dyn Storage, number: u32) -> Result<Vec<Device>, ContractError> {
    let listed = BEHIND.prefix(number).keys(storage, None, None, Order::Ascending);
    let numbers: Vec<u32> = listed.take(BEHIND_PASSED.saturating_add(1)).collect::<StdResult<_>>()?;
    if numbers.len() > BEHIND_PASSED {
        let max = BEHIND_PASSED;
        return Err(ContractError::TooManyBehind { number, max });
    }
    let passes = |number| {
        let device = load_device(storage, number)?;
        no_rotation(&device)?;
        match device.status {
            Status::Active | Status::Suspended => Ok(device),
            // Its number is reserved for the owner of today.
            status => Err(ContractError::Status { number, status }),
        }
    };
    numbers.into_iter().map(passes).collect()
}

fn pass(storage: &mut dyn Storage, mut device: Device, to: &Addr, from: Interval) -> Result<Event, ContractError> {
    let former = core::mem::replace(&mut device.owner, to.clone());
    OWNED_BY.remove(storage, (&former, device.number));
    OWNED_BY.save(storage, (to, device.number), &Empty {})?;
    let event = events::passed(device.number, &former, to, from);
    (device.owned_from, device.former_owner, device.offered_to) = (Some(from), Some(former), None);
    save_device(storage, &device)?;
    Ok(event)
}
