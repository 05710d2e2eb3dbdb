//! Whole watt-hours: a minimum-cost flow inside the unit boxes around the floating-point optimum.
//!
//! Without Kirchhoff's law and voltages the market is a network flow, so a whole optimum exists inside boxes with
//! whole ends, and it balances. No flow moves by more than the half-width of its box, which keeps Kirchhoff's law
//! within its tolerance and the voltages within what the program left free.
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use busbar_clearing::Side;
use busbar_clearing::mesh::{Cycle, Mesh};
use busbar_units::NetWh;

use crate::SolverError;
use crate::groups::Groups;
use crate::program::Optimum;

/// Half-widths of the boxes beyond the whole numbers around the optimum, tried in turn, Wh.
pub const WIDTHS: [i64; 4] = [0, 1, 4, 16];

/// Below this gain or loss per kWh, in millionths, a step may be filled in part.
const MARGINAL: f64 = 0.4;
/// How near to a whole number the optimum counts as either neighbour, Wh.
const BLUR: f64 = 1e-3;

/// Whole fills of the steps and flows of the chords.
pub struct Rounded {
    pub fills: Vec<i64>,
    pub chords: Vec<NetWh>,
}

/// Costs are whole numbers of this part of a price, so that lines can have a small one.
const FINE: f64 = 1024.0;
/// Searches for flows that keep Kirchhoff's law, each leaning harder against the cycles that broke it.
const LEANS: u32 = 8;

/// The best whole fills and flows within the boxes; flows within the tolerance of Kirchhoff's law if any were found.
pub fn round(mesh: &Mesh, groups: &Groups, optimum: &Optimum, width: i64) -> Result<Rounded, SolverError> {
    // Where the law's tolerance is used up, flows that use less of it come first.
    let worth = line_costs(mesh, optimum);
    let mut leans: Vec<f64> = optimum
        .kirchhoff
        .iter()
        .map(|&multiplier| 0.5 * sign(multiplier))
        .collect();
    let mut lean = 1.0;
    let mut best = None;
    for _ in 0..LEANS {
        let mut costs = worth.clone();
        for (cycle, lean) in mesh.cycles().iter().zip(&leans) {
            add_around(mesh, cycle, lean / cycle.tolerance as f64, &mut costs);
        }
        let (fills, mut flows) = leaning(mesh, groups, optimum, width, &costs)?;
        circulate(mesh, &mut flows);
        let broken: Vec<(usize, f64)> = excesses(mesh, &flows).collect();
        best = Some(Rounded {
            fills,
            chords: mesh
                .cycles()
                .iter()
                .map(|cycle| NetWh::new(flows[cycle.chord]))
                .collect(),
        });
        if broken.is_empty() {
            break;
        }
        for (cycle, excess) in broken {
            leans[cycle] += lean * sign(excess);
        }
        lean *= 3.0;
    }
    best.ok_or(SolverError::Boxes { width, missing: 0 })
}

fn sign(value: f64) -> f64 {
    if value > 0.0 {
        1.0
    } else if value < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// Cycles on which Kirchhoff's law is broken, and by how much.
fn excesses<'a>(mesh: &'a Mesh, flows: &'a [i64]) -> impl Iterator<Item = (usize, f64)> + 'a {
    mesh.cycles().iter().enumerate().filter_map(move |(number, cycle)| {
        let residual: i128 = cycle
            .lines
            .iter()
            .map(|&(line, along)| drop_of(mesh, line, along, flows[line]))
            .sum();
        (residual.abs() > cycle.tolerance).then_some((number, residual as f64))
    })
}

/// Reactance times flow, as it counts on a cycle that runs along the line or against it.
fn drop_of(mesh: &Mesh, line: usize, along: bool, wh: i64) -> i128 {
    let drop = i128::from(mesh.lines()[line].reactance) * i128::from(wh);
    if along { drop } else { -drop }
}

/// What a Wh on each line costs at the optimum by Kirchhoff's law and the voltage limits: with it all boxes near the
/// optimum are equally good.
fn line_costs(mesh: &Mesh, optimum: &Optimum) -> Vec<f64> {
    let mut costs = vec![0.0; mesh.lines().len()];
    for (cycle, &multiplier) in mesh.cycles().iter().zip(&optimum.kirchhoff) {
        add_around(mesh, cycle, multiplier, &mut costs);
    }
    for (row, multiplier) in mesh.voltage_rows().zip(&optimum.voltage) {
        for (line, away, coefficient) in row.lines {
            costs[line] += coefficient as f64 * if away { *multiplier } else { -multiplier };
        }
    }
    costs
}

/// Adds what a Wh on each line of a cycle adds to its sum, times `weight`.
fn add_around(mesh: &Mesh, cycle: &Cycle, weight: f64, costs: &mut [f64]) {
    for &(line, along) in &cycle.lines {
        costs[line] += drop_of(mesh, line, along, 1) as f64 * weight;
    }
}

/// The cheapest whole fills of the steps and flows of the lines, with what a Wh on each line costs.
fn leaning(
    mesh: &Mesh,
    groups: &Groups,
    optimum: &Optimum,
    width: i64,
    costs: &[f64],
) -> Result<(Vec<i64>, Vec<i64>), SolverError> {
    let market = mesh.buses();
    let fine = |price: f64| (price * FINE).round() as i64;
    let mut flow = Flow::new(optimum.prices.iter().map(|&price| fine(price)).chain([0]).collect());
    for (step, &filled) in groups.steps.iter().zip(&optimum.fills) {
        let gain = step.gain(optimum.prices[step.bus]);
        let most = step.quantity as i64;
        let (low, high) = if gain > MARGINAL {
            (most, most)
        } else if gain < -MARGINAL {
            (0, 0)
        } else {
            around(filled, width, 0, most)
        };
        match step.side {
            Side::Sell => flow.arc(market, step.bus, fine(step.price), low, high),
            Side::Buy => flow.arc(step.bus, market, -fine(step.price), low, high),
        }
    }
    for ((member, &carried), cost) in mesh.lines().iter().zip(&optimum.flows).zip(costs) {
        let line = &member.line;
        let end = |capacity: u64| i64::try_from(capacity).unwrap_or(i64::MAX);
        let (low, high) = around(carried, width, -end(line.capacity_back.get()), end(line.capacity.get()));
        flow.arc(line.from, line.to, fine(*cost), low, high);
    }
    flow.balance()
        .map_err(|missing| SolverError::Boxes { width, missing })?;
    let mut carried: Vec<i64> = flow.arcs.iter().map(|arc| arc.carried).collect();
    let flows = carried.split_off(groups.steps.len());
    Ok((carried, flows))
}

/// Sends single watt-hours around basis cycles, which changes no bus, until Kirchhoff's law holds within its
/// tolerance on each or no single one brings it nearer: one Wh around a cycle moves its sum by the whole tolerance.
fn circulate(mesh: &Mesh, flows: &mut [i64]) {
    let cycles = mesh.cycles();
    if excesses(mesh, flows).next().is_none() {
        return;
    }
    let drop = |line, along, wh| drop_of(mesh, line, along, wh);
    let around = |cycle: &Cycle| -> i128 {
        cycle
            .lines
            .iter()
            .map(|&(line, along)| drop(line, along, flows[line]))
            .sum()
    };
    let mut residuals: Vec<i128> = cycles.iter().map(around).collect();
    // What a Wh around one cycle adds to the sum of another that shares lines with it.
    let mut on_line: Vec<Vec<(usize, bool)>> = vec![Vec::new(); flows.len()];
    for (number, cycle) in cycles.iter().enumerate() {
        for &(line, along) in &cycle.lines {
            on_line[line].push((number, along));
        }
    }
    let effects: Vec<Vec<(usize, i128)>> = cycles
        .iter()
        .map(|cycle| {
            let mut added = std::collections::BTreeMap::new();
            for &(line, along) in &cycle.lines {
                for &(other, with) in &on_line[line] {
                    *added.entry(other).or_insert(0) += drop(line, with == along, 1);
                }
            }
            added.into_iter().collect()
        })
        .collect();
    let excess = |number: usize, residual: i128| {
        let tolerance = cycles[number].tolerance;
        (residual.abs() - tolerance).max(0) as f64 / tolerance as f64
    };
    for _ in 0..cycles.len().saturating_mul(4) {
        if (0..cycles.len()).all(|number| excess(number, residuals[number]) == 0.0) {
            return;
        }
        let mut best: Option<(f64, usize, i64)> = None;
        for (number, effect) in effects.iter().enumerate() {
            for wh in [1, -1] {
                let change: f64 = effect
                    .iter()
                    .map(|&(other, added)| {
                        let residual = residuals[other];
                        excess(other, residual + added * i128::from(wh)) - excess(other, residual)
                    })
                    .sum();
                if change < best.map_or(-1e-9, |(least, ..)| least) && fits(mesh, flows, &cycles[number], wh) {
                    best = Some((change, number, wh));
                }
            }
        }
        let Some((_, number, wh)) = best else { return };
        for &(line, along) in &cycles[number].lines {
            flows[line] += if along { wh } else { -wh };
        }
        for &(other, added) in &effects[number] {
            residuals[other] += added * i128::from(wh);
        }
    }
}

/// Whether every line of a cycle can carry `wh` more around it.
fn fits(mesh: &Mesh, flows: &[i64], cycle: &Cycle, wh: i64) -> bool {
    cycle.lines.iter().all(|&(number, along)| {
        let line = &mesh.lines()[number].line;
        let flow = flows[number] + if along { wh } else { -wh };
        i128::from(flow) <= i128::from(line.capacity.get()) && -i128::from(flow) <= i128::from(line.capacity_back.get())
    })
}

/// The whole numbers around a value, `width` further on both sides, within bounds.
fn around(value: f64, width: i64, least: i64, most: i64) -> (i64, i64) {
    let low = ((value - BLUR).floor() as i64).saturating_sub(width);
    let high = ((value + BLUR).ceil() as i64).saturating_add(width);
    (low.clamp(least, most), high.clamp(least, most))
}

struct Arc {
    from: usize,
    to: usize,
    cost: i64,
    low: i64,
    high: i64,
    carried: i64,
}

/// Successive shortest paths with potentials (Ahuja, Magnanti, Orlin, Network Flows, section 9.7). An arc with a
/// negative reduced cost starts at its upper end, any other at its lower end; what then does not balance is moved.
struct Flow {
    arcs: Vec<Arc>,
    /// Arcs at each node.
    at: Vec<Vec<usize>>,
    potentials: Vec<i64>,
    /// What reaches each node and does not leave it.
    excess: Vec<i64>,
}

impl Flow {
    fn new(potentials: Vec<i64>) -> Self {
        Self {
            arcs: Vec::new(),
            at: vec![Vec::new(); potentials.len()],
            excess: vec![0; potentials.len()],
            potentials,
        }
    }

    fn arc(&mut self, from: usize, to: usize, cost: i64, low: i64, high: i64) {
        let carried = if cost + self.potentials[from] - self.potentials[to] < 0 {
            high
        } else {
            low
        };
        self.excess[from] -= carried;
        self.excess[to] += carried;
        if low < high {
            self.at[from].push(self.arcs.len());
            self.at[to].push(self.arcs.len());
        }
        self.arcs.push(Arc {
            from,
            to,
            cost,
            low,
            high,
            carried,
        });
    }

    /// Moves every excess to where something is missing; the energy that cannot be moved is the error.
    fn balance(&mut self) -> Result<(), i64> {
        loop {
            let left: i64 = self.excess.iter().filter(|&&excess| excess > 0).sum();
            if left == 0 {
                return Ok(());
            }
            let (distance, via) = self.paths();
            let nearest = (0..self.excess.len())
                .filter(|&node| self.excess[node] < 0 && distance[node] < i64::MAX)
                .min_by_key(|&node| distance[node]);
            let Some(target) = nearest else { return Err(left) };
            let limit = distance[target];
            for (potential, &distance) in self.potentials.iter_mut().zip(&distance) {
                *potential += distance.min(limit);
            }
            self.augment(target, &via);
        }
    }

    /// What can still move along an arc from `node`, to where, and at what reduced cost.
    fn room(&self, node: usize, arc: usize) -> Option<(usize, i64)> {
        let Arc {
            from,
            to,
            cost,
            low,
            high,
            carried,
        } = self.arcs[arc];
        let reduced = cost + self.potentials[from] - self.potentials[to];
        if node == from && carried < high {
            Some((to, reduced))
        } else if node == to && carried > low {
            Some((from, -reduced))
        } else {
            None
        }
    }

    /// Distance of every node from the nearest with an excess, and the arc by which it is reached (Dijkstra).
    fn paths(&self) -> (Vec<i64>, Vec<Option<usize>>) {
        let mut distance = vec![i64::MAX; self.excess.len()];
        let mut via = vec![None; self.excess.len()];
        let mut queue = BinaryHeap::new();
        for (node, &excess) in self.excess.iter().enumerate() {
            if excess > 0 {
                distance[node] = 0;
                queue.push(Reverse((0, node)));
            }
        }
        while let Some(Reverse((reached, node))) = queue.pop() {
            if reached > distance[node] {
                continue;
            }
            if self.excess[node] < 0 {
                break;
            }
            for &arc in &self.at[node] {
                let Some((next, cost)) = self.room(node, arc) else {
                    continue;
                };
                // Rounded potentials leave no reduced cost below 0 on an arc with room.
                let further = reached + cost.max(0);
                if further < distance[next] {
                    distance[next] = further;
                    via[next] = Some(arc);
                    queue.push(Reverse((further, next)));
                }
            }
        }
        (distance, via)
    }

    /// Moves as much as fits along the path to `target`.
    fn augment(&mut self, target: usize, via: &[Option<usize>]) {
        let mut path = Vec::new();
        let mut node = target;
        let mut amount = -self.excess[target];
        while let Some(number) = via[node] {
            let arc = &self.arcs[number];
            let forward = arc.to == node;
            amount = amount.min(if forward {
                arc.high - arc.carried
            } else {
                arc.carried - arc.low
            });
            path.push((number, forward));
            node = if forward { arc.from } else { arc.to };
        }
        amount = amount.min(self.excess[node]);
        for (number, forward) in path {
            self.arcs[number].carried += if forward { amount } else { -amount };
        }
        self.excess[node] -= amount;
        self.excess[target] += amount;
    }
}
