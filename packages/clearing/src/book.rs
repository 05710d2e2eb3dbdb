use alloc::vec::Vec;
use core::ops::Range;

use crate::Order;

/// The orders of an interval, bus by bus, each bus by rising price, then by number.
pub(crate) struct Book {
    entries: Vec<Entry>,
    /// For each bus the stretch of `entries` that is its own.
    stretches: Vec<Range<usize>>,
}

/// One order of the book.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Limit price, millionths per kWh.
    pub price: i64,
    /// Number of the order.
    pub order: usize,
}

impl Book {
    /// Sorts orders whose buses are below `buses`.
    pub fn new(buses: usize, orders: &[Order]) -> Self {
        let mut counts: Vec<usize> = alloc::vec![0; buses];
        for order in orders {
            counts[order.bus] = counts[order.bus].saturating_add(1);
        }
        let mut end = 0usize;
        let mut stretches: Vec<Range<usize>> = counts
            .iter()
            .map(|&count| {
                let start = end;
                end = end.saturating_add(count);
                start..start
            })
            .collect();
        let mut entries = alloc::vec![Entry { price: 0, order: 0 }; orders.len()];
        for (number, order) in orders.iter().enumerate() {
            let stretch = &mut stretches[order.bus];
            entries[stretch.end] = Entry {
                price: order.price.get(),
                order: number,
            };
            stretch.end = stretch.end.saturating_add(1);
        }
        for stretch in &stretches {
            entries[stretch.clone()].sort_unstable();
        }
        Self { entries, stretches }
    }

    /// All orders.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where the orders of `bus` stand among all.
    pub fn stretch(&self, bus: usize) -> Range<usize> {
        self.stretches[bus].clone()
    }

    /// The orders of `bus`.
    pub fn at(&self, bus: usize) -> &[Entry] {
        &self.entries[self.stretch(bus)]
    }
}
