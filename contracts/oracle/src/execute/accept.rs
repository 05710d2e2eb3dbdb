//! What a reading has to stand up to, whoever handed it in.
use busbar_api::grid::Params;
use busbar_api::oracle::{Outcome, Registers};
use busbar_api::registry::{Meter, Slot};
use busbar_units::{Interval, Watt, Wh};
use cosmwasm_std::StdResult;

use super::around::{earlier, later, Earlier, Neighbour};
use super::region::Context;
use crate::book::Book;

/// Whether readings of an interval are taken at this time; the refusal, if not.
pub fn in_time<'a>(context: &'a Context<'_>, interval: Interval) -> Result<&'a Params, Outcome> {
    let params = context.params(interval).ok_or(Outcome::TooOld)?;
    let times = context.times(params, interval).ok_or(Outcome::Future)?;
    let clock = context.now_s.saturating_add(params.clock_tolerance_s.into());
    if clock < times.end_s {
        return Err(Outcome::Future);
    }
    if context.now_s >= times.final_s {
        return Err(Outcome::TooOld);
    }
    Ok(params)
}

/// A pair of registers that claims to be a device's reading of an interval.
pub struct Claim<'a> {
    pub device: u32,
    pub slot: &'a Slot,
    pub meter: &'a Meter,
    pub interval: Interval,
    pub registers: Registers,
    /// Intervals of the correction window.
    pub window: u64,
}

/// What stands on both sides of a claim.
pub struct Around {
    pub before: Option<Neighbour>,
    pub after: Option<Neighbour>,
}

/// Compares a claim with the device's nearest earlier and nearest later accepted reading, so that
/// the order in which readings arrive makes no difference. The refusal, if they contradict it.
pub fn consistent(context: &Context<'_>, book: &mut Book<'_>, claim: &Claim<'_>) -> StdResult<Result<Around, Outcome>> {
    let here = Neighbour {
        interval: claim.interval,
        registers: claim.registers,
    };
    // Pruning may lag behind by as much as the correction window is long.
    let search = claim.window.saturating_mul(2);
    let first = claim.slot.active_from;
    let before = match earlier(context, book, claim.device, claim.interval, first, search)? {
        Earlier::Found(before) => Some(before),
        Earlier::None => None,
        Earlier::Unsearched => return Ok(Err(Outcome::Unpruned)),
    };
    let after = later(context, book, claim.device, claim.interval)?;
    let behind = before.map_or(Ok(()), |before| plausible(context, claim.meter, &before, &here));
    let ahead = after.map_or(Ok(()), |after| plausible(context, claim.meter, &here, &after));
    Ok(behind.and(ahead).map(|()| Around { before, after }))
}

/// Registers run forward by at most what the endorsed rated power carries in the physical time between.
fn plausible(context: &Context<'_>, meter: &Meter, from: &Neighbour, to: &Neighbour) -> Result<(), Outcome> {
    let intervals = to.interval.get().saturating_sub(from.interval.get());
    let seconds = intervals.saturating_mul(context.region.energy_interval_s);
    let energy = from.registers.until(&to.registers, meter.register_modulus);
    let energy = energy.ok_or(Outcome::Backwards)?;
    let import = (
        energy.import,
        meter.rated_import,
        to.registers.import < from.registers.import,
    );
    let export = (
        energy.export,
        meter.rated_export,
        to.registers.export < from.registers.export,
    );
    for (energy, rated, wrapped) in [import, export] {
        if energy > limit(rated, seconds) {
            return Err(if wrapped {
                Outcome::Backwards
            } else {
                Outcome::AboveRating
            });
        }
    }
    Ok(())
}

/// Energy that a rated power carries; one beyond 64 bits bounds nothing.
fn limit(rated: Watt, seconds: u64) -> Wh {
    rated.over_seconds(seconds).unwrap_or(Wh::MAX)
}
