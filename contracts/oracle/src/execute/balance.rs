//! The head balance: what the head meters measure against what the devices do.
use busbar_api::grid::Params;
use busbar_api::oracle::IntervalState;
use busbar_api::registry::{Slot, SlotStatus};
use busbar_units::{Interval, NetWh, Wh};

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
    let unmetered = book.unmetered(interval, |_| true)?;
    Ok(Some(weigh(params, head, (state.net, state.drawn), unmetered)?))
}

/// Compares what head meters measured with the net energy of the devices behind them and what of it was drawn.
///
/// `unexplained = head - (net + losses + unmetered)`, losses a share of the energy that the devices drew.
pub fn weigh(
    params: &Params,
    head: NetWh,
    (net, drawn): (NetWh, Wh),
    unmetered: NetWh,
) -> Result<Balance, ContractError> {
    let losses = params.losses.of(drawn)?;
    let unexplained = head.sub(net.add(losses.drawn()?)?.add(unmetered)?)?;
    let beyond = unexplained.positive().max(unexplained.negative());
    let through = head.positive().max(head.negative()).max(drawn);
    let tolerance = params.head_tolerance_wh.add(params.head_tolerance.of(through)?)?;
    Ok(Balance {
        unexplained,
        outside: beyond > tolerance,
    })
}

/// Net energy of the region's head meters.
fn head(context: &mut Context<'_>, book: &mut Book<'_>, interval: Interval) -> Result<Option<NetWh>, ContractError> {
    let mut sum = None;
    for device in context.outer_heads()? {
        let Some(slot) = context.device(device)?.filter(|slot| slot.awaited_from <= interval) else {
            continue;
        };
        match measured(context, book, (device, &slot), interval)? {
            Some(net) => sum = Some(sum.unwrap_or(NetWh::ZERO).add(net)?),
            None => return Ok(None),
        }
    }
    Ok(sum)
}

/// Net energy of a head meter by readings of its own; none where they are missing or it is suspended.
pub fn measured(
    context: &Context<'_>,
    book: &mut Book<'_>,
    (device, slot): (u32, &Slot),
    interval: Interval,
) -> Result<Option<NetWh>, ContractError> {
    let energy = known(context, book, device, slot, interval)?;
    let measured = energy.filter(|known| known.measured && slot.status == SlotStatus::Active);
    Ok(measured.map(|known| known.energy.net()).transpose()?)
}
