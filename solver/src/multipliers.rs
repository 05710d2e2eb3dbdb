//! Whole multipliers from floating-point ones.
use busbar_clearing::Violation;
use busbar_clearing::mesh::{DUAL_SCALE, Mesh, Proposal};

use crate::program::Optimum;

/// A line counts as full when no more than this share of its capacity is free.
const FULL: f64 = 1e-6;

/// Prices and multipliers, without fills and flows. Along every line of the spanning tree that is not full the
/// prices differ by exactly what the other multipliers explain, so that such a line adds nothing to the bound.
pub fn tight(mesh: &Mesh, optimum: &Optimum) -> Result<Proposal, Violation> {
    let kirchhoff: Vec<i64> = optimum.kirchhoff.iter().map(|&value| whole(value)).collect();
    let voltage: Vec<(usize, i64)> = mesh
        .voltage_rows()
        .zip(&optimum.voltage)
        .map(|(row, &value)| (row.bus, whole(value)))
        .filter(|&(_, value)| value != 0)
        .collect();
    let steps = mesh.price_steps(&kirchhoff, &voltage)?;
    let mut prices: Vec<i64> = optimum.prices.iter().map(|&value| whole(value)).collect();
    for (bus, parent, line, exports) in mesh.descent() {
        if !is_full(mesh, optimum, line) {
            let step = if exports { -steps[line] } else { steps[line] };
            let price = i128::from(prices[parent]) + step;
            prices[bus] = i64::try_from(price).map_err(|_| Violation::Overflow)?;
        }
    }
    Ok(Proposal {
        prices,
        kirchhoff,
        voltage,
        ..Proposal::default()
    })
}

/// The same with every price as near to the optimum's as it can be written: what rounding leaves over on lines that are
/// not full widens the bound, and nobody's limit price is broken by it.
pub fn near(multipliers: Proposal, optimum: &Optimum) -> Proposal {
    Proposal {
        prices: optimum.prices.iter().map(|&value| whole(value)).collect(),
        ..multipliers
    }
}

fn is_full(mesh: &Mesh, optimum: &Optimum, line: usize) -> bool {
    let (flow, line) = (optimum.flows[line], &mesh.lines()[line].line);
    let full = |flow: f64, capacity: f64| flow > capacity * (1.0 - FULL) - 0.5;
    full(flow, line.capacity.get() as f64) || full(-flow, line.capacity_back.get() as f64)
}

/// A value in billionths, to the nearest.
fn whole(value: f64) -> i64 {
    (value * DUAL_SCALE as f64).round() as i64
}
