use alloc::vec::Vec;

use busbar_units::UnitsError;

use crate::book::Book;
use crate::error::overflow;
use crate::heap::{Heaps, NONE};
use crate::{Order, Side};

/// Net export of a part of the tree by price: a rising staircase.
///
/// Far below every limit price the part exports `base` (minus all its demand), far above it
/// exports `top` (all its supply); each order is a step of its quantity at its limit price.
/// `base <= 0 <= top` always holds, because a part may always trade nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curve {
    base: i128,
    top: i128,
    /// The steps by rising price.
    lowest: u32,
    /// The same steps by falling price.
    highest: u32,
}

/// The prices at which a part of the tree just exchanges what its line can carry.
///
/// Whatever the price at the upper end of the line, the price at the lower end is the same unless
/// the line is full: then the part stays at the nearest price of `importing` or `exporting`.
/// Each is an interval, lowest and highest, because the staircase may be flat there; both ends are
/// the floor (the cap) where the part could never fill the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pins {
    /// Prices at which the part imports exactly the limit.
    pub importing: (i64, i64),
    /// Prices at which the part exports exactly the limit.
    pub exporting: (i64, i64),
}

/// The steps of all curves of one clearing; each belongs to one curve at a time.
pub(crate) struct Steps {
    /// Wh of each step that no line has cut off.
    left: Vec<u64>,
    rising: Heaps,
    falling: Heaps,
    floor: i64,
    cap: i64,
}

impl Curve {
    const FLAT: Self = Self {
        base: 0,
        top: 0,
        lowest: NONE,
        highest: NONE,
    };
}

impl Steps {
    /// One step per order of the book.
    pub fn new(book: &Book, orders: &[Order], floor: i64, cap: i64) -> Self {
        let entries = book.entries();
        Self {
            left: entries.iter().map(|entry| orders[entry.order].quantity.get()).collect(),
            rising: Heaps::new(entries.iter().map(|entry| entry.price)),
            falling: Heaps::new(entries.iter().map(|entry| entry.price.saturating_neg())),
            floor,
            cap,
        }
    }

    /// The curve of the orders of one bus.
    pub fn bus(&mut self, book: &Book, orders: &[Order], bus: usize) -> Result<Curve, UnitsError> {
        let mut curve = Curve::FLAT;
        for (step, entry) in book.stretch(bus).zip(book.at(bus)) {
            let Order { side, quantity, .. } = orders[entry.order];
            let quantity = i128::from(quantity.get());
            match side {
                Side::Buy => curve.base = curve.base.checked_sub(quantity).ok_or_else(overflow)?,
                Side::Sell => curve.top = curve.top.checked_add(quantity).ok_or_else(overflow)?,
            }
            let step = u32::try_from(step).map_err(|_| overflow())?;
            curve.lowest = self.rising.meld(curve.lowest, step);
            curve.highest = self.falling.meld(curve.highest, step);
        }
        Ok(curve)
    }

    /// The curve of two parts that share a price.
    pub fn merge(&mut self, a: Curve, b: Curve) -> Result<Curve, UnitsError> {
        Ok(Curve {
            base: a.base.checked_add(b.base).ok_or_else(overflow)?,
            top: a.top.checked_add(b.top).ok_or_else(overflow)?,
            lowest: self.rising.meld(a.lowest, b.lowest),
            highest: self.falling.meld(a.highest, b.highest),
        })
    }

    /// Clips a curve at what its line may carry, both in Wh and not negative: the curve as the
    /// upper end of the line sees it, and the prices at which the line is full.
    pub fn clip(&mut self, curve: Curve, import: i128, export: i128) -> Result<(Curve, Pins), UnitsError> {
        let Curve {
            mut base,
            mut top,
            mut lowest,
            mut highest,
        } = curve;
        let least = import.checked_neg().ok_or_else(overflow)?;
        let mut importing = (self.floor, self.floor);
        let excess = least.checked_sub(base).ok_or_else(overflow)?;
        if excess >= 0 {
            let cut = cut(&mut self.rising, &mut self.left, lowest, excess)?;
            importing = (cut.last.unwrap_or(self.floor), cut.next.unwrap_or(self.cap));
            (base, lowest) = (least, cut.rest);
        }
        if least == export {
            // A line that carries nothing: the part keeps to itself, and its steps with it.
            return Ok((
                Curve::FLAT,
                Pins {
                    importing,
                    exporting: importing,
                },
            ));
        }
        let mut exporting = (self.cap, self.cap);
        let excess = top.checked_sub(export).ok_or_else(overflow)?;
        if excess >= 0 {
            let cut = cut(&mut self.falling, &mut self.left, highest, excess)?;
            let price = |key: i64| key.saturating_neg();
            exporting = (cut.next.map_or(self.floor, price), cut.last.map_or(self.cap, price));
            (top, highest) = (export, cut.rest);
        }
        Ok((
            Curve {
                base,
                top,
                lowest,
                highest,
            },
            Pins { importing, exporting },
        ))
    }
}

/// What a cut of a curve's end leaves.
struct Cut {
    /// The heap of the steps that remain.
    rest: u32,
    /// Key of the step that the cut ended in, if it cut anything.
    last: Option<i64>,
    /// Key of the first step that remains, if any does.
    next: Option<i64>,
}

/// Cuts `excess` Wh off the first steps of a heap. Steps that the other end has used up are dropped on the way.
fn cut(heaps: &mut Heaps, left: &mut [u64], first: u32, excess: i128) -> Result<Cut, UnitsError> {
    let mut excess = u128::try_from(excess).map_err(|_| overflow())?;
    let mut rest = first;
    let mut last = None;
    // Each pass but the last drops a step, so there are no more passes than steps.
    for _ in 0..=left.len() {
        if rest == NONE {
            break;
        }
        let step = &mut left[rest as usize];
        // At most the step itself, which fits.
        let taken = u64::try_from(excess).unwrap_or(u64::MAX).min(*step);
        if taken > 0 {
            last = Some(heaps.key(rest));
        }
        *step = step.saturating_sub(taken);
        excess = excess.saturating_sub(u128::from(taken));
        if *step > 0 {
            break;
        }
        rest = heaps.without_first(rest);
    }
    let next = (rest != NONE).then(|| heaps.key(rest));
    Ok(Cut { rest, last, next })
}
