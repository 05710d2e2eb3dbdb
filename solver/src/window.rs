//! Large markets a few steps at a time: far from the price of its bus a step is full or empty, whatever the price
//! is exactly, so only the steps near it need a variable each.
use busbar_clearing::Side;
use busbar_clearing::mesh::Mesh;

use crate::SolverError;
use crate::groups::{Group, Groups};
use crate::program::{self, Optimum};

/// Markets with no more steps than this are solved at once.
const WHOLE: usize = 600;
/// Steps of each side of a bus in the first, coarse program.
const COARSE: usize = 8;
/// Programs that are tried before the market is solved at once.
const ROUNDS: usize = 4;
/// A step within this share of its price from the price of its bus counts as near, whatever the window.
const NEAR: f64 = 1e-6;

/// The optimum, with a fill for every step.
pub fn solve(mesh: &Mesh, groups: &Groups, share: f64) -> Result<Optimum, SolverError> {
    if groups.steps.len() <= WHOLE {
        return program::solve(mesh, &groups.steps, share);
    }
    let coarse: Vec<Lump> = (0..mesh.buses()).flat_map(|bus| coarse(groups, bus)).collect();
    let mut prices = solve_lumps(mesh, groups, &coarse, share)?.prices;
    // How far the price of each bus may still move.
    let mut reach: Vec<f64> = (0..mesh.buses()).map(|bus| spacing(groups, bus)).collect();
    for _ in 0..ROUNDS {
        let lumps: Vec<Lump> = (0..mesh.buses())
            .flat_map(|bus| near(groups, bus, prices[bus], reach[bus]))
            .collect();
        let optimum = solve_lumps(mesh, groups, &lumps, share)?;
        let beyond: Vec<usize> = (0..mesh.buses())
            .filter(|&bus| (optimum.prices[bus] - prices[bus]).abs() > reach[bus] && !groups.at(bus).is_empty())
            .collect();
        if beyond.is_empty() {
            return Ok(spread(groups, &lumps, optimum));
        }
        for bus in beyond {
            reach[bus] *= 2.0;
        }
        prices = optimum.prices;
    }
    program::solve(mesh, &groups.steps, share)
}

/// Steps of one bus and side that the program sees as one, at their mean price.
struct Lump {
    side: Side,
    members: Vec<usize>,
}

impl Lump {
    fn group(&self, groups: &Groups) -> Option<Group> {
        let members = || self.members.iter().map(|&step| &groups.steps[step]);
        let quantity: f64 = members().map(|step| step.quantity).sum();
        let value: f64 = members().map(|step| step.quantity * step.price).sum();
        Some(Group {
            bus: members().next()?.bus,
            side: self.side,
            price: value / quantity,
            quantity,
        })
    }
}

fn solve_lumps(mesh: &Mesh, groups: &Groups, lumps: &[Lump], share: f64) -> Result<Optimum, SolverError> {
    let steps: Vec<Group> = lumps.iter().filter_map(|lump| lump.group(groups)).collect();
    program::solve(mesh, &steps, share)
}

fn of_side(groups: &Groups, bus: usize, side: Side) -> Vec<usize> {
    groups.at(bus).filter(|&step| groups.steps[step].side == side).collect()
}

/// A bus' steps in a few lumps of equally many.
fn coarse(groups: &Groups, bus: usize) -> Vec<Lump> {
    [Side::Buy, Side::Sell]
        .into_iter()
        .flat_map(|side| {
            let steps = of_side(groups, bus, side);
            let size = steps.len().div_ceil(COARSE).max(1);
            let lump = |members: &[usize]| Lump {
                side,
                members: members.to_vec(),
            };
            steps.chunks(size).map(lump).collect::<Vec<_>>()
        })
        .collect()
}

/// Width of a coarse lump: the range of the bus' prices over the number of lumps.
fn spacing(groups: &Groups, bus: usize) -> f64 {
    let prices = || groups.at(bus).map(|step| groups.steps[step].price);
    let (low, high) = (
        prices().fold(f64::INFINITY, f64::min),
        prices().fold(f64::NEG_INFINITY, f64::max),
    );
    if high > low { (high - low) / COARSE as f64 } else { 1.0 }
}

/// Steps within `reach` of the price one by one; those far inside and far outside their limits in one lump each.
fn near(groups: &Groups, bus: usize, price: f64, reach: f64) -> Vec<Lump> {
    let reach = reach.max(price.abs() * NEAR);
    let mut lumps = Vec::new();
    for side in [Side::Buy, Side::Sell] {
        let (mut full, mut empty) = (Vec::new(), Vec::new());
        for step in of_side(groups, bus, side) {
            let gain = groups.steps[step].gain(price);
            if gain > reach {
                full.push(step);
            } else if gain < -reach {
                empty.push(step);
            } else {
                lumps.push(Lump {
                    side,
                    members: vec![step],
                });
            }
        }
        lumps.extend(
            [full, empty]
                .into_iter()
                .filter(|members| !members.is_empty())
                .map(|members| Lump { side, members }),
        );
    }
    lumps
}

/// The fills of lumps as fills of their steps: a lump of several is full or empty.
fn spread(groups: &Groups, lumps: &[Lump], optimum: Optimum) -> Optimum {
    let mut fills = vec![0.0; groups.steps.len()];
    for (lump, &filled) in lumps.iter().zip(&optimum.fills) {
        if let [step] = lump.members[..] {
            fills[step] = filled;
            continue;
        }
        for &step in &lump.members {
            let group = &groups.steps[step];
            fills[step] = if group.gain(optimum.prices[group.bus]) > 0.0 {
                group.quantity
            } else {
                0.0
            };
        }
    }
    Optimum { fills, ..optimum }
}
