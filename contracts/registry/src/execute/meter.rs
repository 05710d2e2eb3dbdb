//! The meter that takes over, and those that late readings still need.
use busbar_api::grid::bounds::CORRECTION_WINDOW;
use busbar_api::registry::{Meter, PAST_METERS};
use busbar_units::Interval;
use cosmwasm_std::Storage;

use crate::state::{load_past_meters, load_slot, save_past_meters, save_slot};
use crate::ContractError;

/// Lets a meter check the readings from its first interval on; what was to take over at or after
/// that interval never does. `current` is the interval that the clock is in.
pub fn take_over(storage: &mut dyn Storage, number: u32, meter: Meter, current: Interval) -> Result<(), ContractError> {
    let mut slot = load_slot(storage, number)?;
    let mut past = load_past_meters(storage, number)?;
    past.push(slot.meter);
    past.retain(|earlier| earlier.from < meter.from);
    // A meter is needed until the successor's first interval is older than any correction window.
    let oldest = current.minus(u64::from(*CORRECTION_WINDOW.end())).unwrap_or_default();
    let successors = past.iter().skip(1).map(|meter| meter.from).chain([meter.from]);
    let needed = past
        .iter()
        .zip(successors)
        .filter(|(_, successor)| *successor > oldest)
        .map(|(meter, _)| *meter)
        .collect::<Vec<_>>();
    if needed.len() > PAST_METERS {
        return Err(ContractError::TooManyMeters {
            number,
            max: PAST_METERS,
        });
    }
    save_past_meters(storage, number, &needed);
    slot.meter = meter;
    Ok(save_slot(storage, number, slot)?)
}
