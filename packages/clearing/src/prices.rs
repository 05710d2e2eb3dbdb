use alloc::vec::Vec;

use busbar_units::UnitsError;

use crate::book::Book;
use crate::curve::{Pins, Steps};
use crate::{Network, Order, PriceBounds};

/// The lowest and the highest optimal price of every bus, millionths per kWh.
///
/// The optimal prices of a tree form a lattice (they are the minimisers of an L-natural-convex
/// dual; Murota, Discrete Convex Analysis, 2003), so all lowest ones are optimal together, and so
/// are all highest ones and the floors of their means. Up the tree each bus learns at which prices
/// its line would be full; down the tree each takes its parent's price as near as that allows.
pub(crate) fn extremes(
    network: &Network,
    book: &Book,
    orders: &[Order],
    bounds: PriceBounds,
) -> Result<(Vec<i64>, Vec<i64>), UnitsError> {
    let mut steps = Steps::new(book, orders, bounds.floor.get(), bounds.cap.get());
    let mut curves = Vec::with_capacity(network.buses());
    for bus in 0..network.buses() {
        curves.push(steps.bus(book, orders, bus)?);
    }
    let nowhere = Pins {
        importing: (0, 0),
        exporting: (0, 0),
    };
    let mut pins = alloc::vec![nowhere; network.buses()];
    for &bus in network.top_down().iter().rev() {
        // Nothing leaves or reaches the root from above: there the whole market balances.
        let (import, export) = network.up(bus).map_or((0, 0), |up| network.limits(up));
        let (clipped, pinned) = steps.clip(curves[bus], import, export)?;
        pins[bus] = pinned;
        if let Some(up) = network.up(bus) {
            curves[up.parent] = steps.merge(curves[up.parent], clipped)?;
        }
    }
    let mut lowest = alloc::vec![0; network.buses()];
    let mut highest = alloc::vec![0; network.buses()];
    for &bus in network.top_down() {
        let Pins { importing, exporting } = pins[bus];
        // The pins of the root are one interval, so its own start value does not matter.
        let parent = network.up(bus).map_or(bus, |up| up.parent);
        lowest[bus] = lowest[parent].max(importing.0).min(exporting.0);
        highest[bus] = highest[parent].max(importing.1).min(exporting.1);
    }
    Ok((lowest, highest))
}
