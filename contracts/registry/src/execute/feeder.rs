//! Lowering the ratings on a feeder whose head meters keep contradicting its devices.
use busbar_api::registry::{Device, Status, NUMBERS_PER_LOWERING};
use busbar_api::{grid, oracle};
use busbar_attestation::DeviceKind;
use busbar_units::{Interval, Ppm};
use cosmwasm_std::{DepsMut, Env, Response};

use crate::state::{count, may_load_device, save_device, GRID, LOWERED};
use crate::{events, ContractError};

/// Lowers the ratings once for a strike that the oracle counted, some numbers at a time.
pub fn lower(deps: DepsMut<'_>, env: &Env, bus: u16) -> Result<Response, ContractError> {
    let grid = GRID.load(deps.storage)?;
    let oracle = grid::raw::contracts(&deps.querier, &grid)?.oracle;
    let feeder = oracle::raw::feeder(&deps.querier, &oracle, bus)?;
    let (mut strikes, first) = LOWERED.may_load(deps.storage, bus)?.unwrap_or_default();
    let Some(feeder) = feeder.filter(|feeder| feeder.strikes > strikes) else {
        return Err(ContractError::NothingToLower { bus, strikes });
    };
    let current = grid::raw::region(&deps.querier, &grid)?.current_interval(env.block.time)?;
    let kept = Ppm::ONE.sub(grid::raw::params_at(&deps.querier, &grid, current)?.head_derating)?;
    let below = grid::raw::network_at(&deps.querier, &grid, current)?.feeder(bus);
    let count = count(deps.storage)?;
    let end = first.saturating_add(NUMBERS_PER_LOWERING).min(count);
    let mut response = Response::new();
    let mut devices = 0u32;
    for number in first..end {
        let device = may_load_device(deps.storage, number)?;
        let on = |device: &Device| below.get(usize::from(device.bus)).is_some_and(|on| *on);
        let Some(mut device) = device.filter(|device| on(device) && bears(device, feeder.struck)) else {
            continue;
        };
        device.usable_import = kept.of_power(device.usable_import)?;
        device.usable_export = kept.of_power(device.usable_export)?;
        save_device(deps.storage, &device)?;
        response = response.add_event(events::rated(number, device.usable_import, device.usable_export));
        devices = devices.saturating_add(1);
    }
    let done = end >= count;
    let next = if done { 0 } else { end };
    if done {
        strikes = strikes.saturating_add(1);
    }
    LOWERED.save(deps.storage, bus, &(strikes, next))?;
    Ok(response.add_event(events::feeder_lowered(bus, devices, done)))
}

/// Whether a device was there when the balance failed: not a head meter, nor one confirmed since.
fn bears(device: &Device, struck: Interval) -> bool {
    matches!(device.status, Status::Active | Status::Suspended)
        && device.kind != DeviceKind::HeadMeter
        && device.active_from.is_some_and(|from| from <= struck)
}
