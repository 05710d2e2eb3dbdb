//! What stands before and after a reading, of the same device.
use busbar_api::oracle::{Registers, SlotReading};
use busbar_attestation::page_of;
use busbar_units::Interval;
use cosmwasm_std::StdResult;

use super::region::Context;
use crate::book::Book;

/// Registers next to a reading, of the same device.
#[derive(Clone, Copy)]
pub struct Neighbour {
    pub interval: Interval,
    pub registers: Registers,
}

/// The nearest registers before a reading.
pub enum Earlier {
    Found(Neighbour),
    /// The reading is the device's first: its baseline.
    None,
    /// Not within as many intervals as are searched.
    Unsearched,
}

/// What no reading replaces any more: a reading, and an estimate once its interval is final. Other estimates
/// give way.
fn stands(context: &Context<'_>, interval: Interval, reading: &SlotReading) -> bool {
    !reading.estimated || context.is_final(interval)
}

/// The nearest registers before an interval, and not before the device's `first`, that stand; at most `search`
/// intervals are looked at.
pub fn earlier(
    context: &Context<'_>,
    book: &mut Book<'_>,
    device: u32,
    interval: Interval,
    first: Interval,
    search: u64,
) -> StdResult<Earlier> {
    let page = page_of(device);
    let (Some(last), Some(newest)) = (interval.minus(1), book.newest(page)?) else {
        return Ok(Earlier::None);
    };
    let mut next = Some(last.min(newest));
    let mut left = search;
    while let Some(at) = next.filter(|at| *at >= first && !book.is_pruned(*at, page)) {
        let Some(fewer) = left.checked_sub(1) else {
            return Ok(Earlier::Unsearched);
        };
        left = fewer;
        if let Some(reading) = book.reading(device, at)?.filter(|it| stands(context, at, it)) {
            return Ok(Earlier::Found(Neighbour {
                interval: at,
                registers: reading.base(),
            }));
        }
        next = at.minus(1);
    }
    // A device that began after the pruned intervals has no reading in them.
    if !book.is_pruned(first, page) {
        return Ok(Earlier::None);
    }
    Ok(book.anchor(device)?.map_or(Earlier::None, |anchor| {
        Earlier::Found(Neighbour {
            interval: anchor.interval,
            registers: anchor.registers,
        })
    }))
}

/// The nearest registers after an interval that stand; none lie beyond the newest of its page, which no clock
/// is behind.
pub fn later(
    context: &Context<'_>,
    book: &mut Book<'_>,
    device: u32,
    interval: Interval,
) -> StdResult<Option<Neighbour>> {
    let Some(newest) = book.newest(page_of(device))? else {
        return Ok(None);
    };
    let mut next = interval.plus(1).ok();
    while let Some(at) = next.filter(|at| *at <= newest) {
        if let Some(reading) = book.reading(device, at)?.filter(|it| stands(context, at, it)) {
            return Ok(Some(Neighbour {
                interval: at,
                registers: reading.registers,
            }));
        }
        next = at.plus(1).ok();
    }
    Ok(None)
}
