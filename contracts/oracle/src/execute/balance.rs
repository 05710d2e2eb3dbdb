//! The head balance: what the head meters measure against what the devices do.
use busbar_api::oracle::IntervalState;
use busbar_api::registry::SlotStatus;
use busbar_units::{Interval, NetWh};

use super::count::known;
use super::region::Context;
use crate::book::Book;
use crate::ContractError;

/// How the head meters' sum compares with the devices'.
pub struct Balance {
    /// Measured at the head beyond the devices, their losses and what was declared as unmetered.
    pub unexplained: NetWh,
    /// More than the tolerance is unexplained.
    pub outside: bool,
}

/// Compares the head meters' net energy in an interval with the sum of the devices; none while a head meter's
/// readings are missing or estimated, and where there is none.
///
/// `unexplained = head - (net + losses + unmetered)`, losses a share of the energy that the devices drew.
pub fn balance(
    context: &mut Context<'_>,
    book: &mut Book<'_>,
    interval: Interval,
    state: &IntervalState,
) -> Result<Option<Balance>, ContractError> {
    let Some(head) = head(context, book, interval)? else {
        return Ok(None);
    };
    let Some(params) = context.params(interval) else {
        return Ok(None);
    };
    let losses = params.losses.of(state.drawn)?;
    let explained = state.net.add(losses.drawn()?)?.add(book.unmetered(interval)?)?;
    let unexplained = head.sub(explained)?;
    let beyond = unexplained.positive().max(unexplained.negative());
    let through = head.positive().max(head.negative()).max(state.drawn);
    let tolerance = params.head_tolerance_wh.add(params.head_tolerance.of(through)?)?;
    Ok(Some(Balance {
        unexplained,
        outside: beyond > tolerance,
    }))
}

/// Net energy of all head meters.
fn head(context: &mut Context<'_>, book: &mut Book<'_>, interval: Interval) -> Result<Option<NetWh>, ContractError> {
    let mut sum = None;
    for device in context.heads()? {
        let Some(slot) = context.device(device)?.filter(|slot| slot.awaited_from <= interval) else {
            continue;
        };
        let energy = known(context, book, device, &slot, interval)?;
        match energy.filter(|known| known.measured && slot.status == SlotStatus::Active) {
            Some(known) => sum = Some(sum.unwrap_or(NetWh::ZERO).add(known.energy.net()?)?),
            None => return Ok(None),
        }
    }
    Ok(sum)
}
