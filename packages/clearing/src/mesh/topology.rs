use alloc::vec::Vec;

use super::{Cycle, MeshLine};
use crate::{Line, Network, NetworkError};

/// Positions of the lines of the breadth-first spanning tree from `root`, lowest bus and then lowest line
/// first. Buses that it does not reach are left for [`Network::new`] to name.
pub(super) fn spanning_tree(buses: usize, root: usize, lines: &[MeshLine]) -> Result<Vec<usize>, NetworkError> {
    if root >= buses {
        return Err(NetworkError::UnknownRoot { root, buses });
    }
    if buses > crate::MAX_BUSES {
        return Err(NetworkError::Buses {
            count: buses,
            max: crate::MAX_BUSES,
        });
    }
    let mut neighbours: Vec<Vec<(usize, usize)>> = alloc::vec![Vec::new(); buses];
    for (number, MeshLine { line, .. }) in lines.iter().enumerate() {
        let Line { from, to, .. } = *line;
        for bus in [from, to] {
            if bus >= buses {
                return Err(NetworkError::UnknownBus {
                    line: number,
                    bus,
                    buses,
                });
            }
        }
        if from == to {
            return Err(NetworkError::SelfLoop {
                line: number,
                bus: from,
            });
        }
        neighbours[from].push((to, number));
        neighbours[to].push((from, number));
    }
    let mut reached = alloc::vec![false; buses];
    reached[root] = true;
    let mut walk = alloc::vec![root];
    let mut members = Vec::with_capacity(buses.saturating_sub(1));
    let mut position = 0usize;
    while let Some(&bus) = walk.get(position) {
        position = position.saturating_add(1);
        let mut around = core::mem::take(&mut neighbours[bus]);
        around.sort_unstable();
        for (next, line) in around {
            if !core::mem::replace(&mut reached[next], true) {
                members.push(line);
                walk.push(next);
            }
        }
    }
    members.sort_unstable();
    Ok(members)
}

/// The basis cycle of every line outside the tree, in the order of those lines.
pub(super) fn cycles(tree: &Network, members: &[usize], lines: &[MeshLine]) -> Result<Vec<Cycle>, NetworkError> {
    let mut depth = alloc::vec![0usize; tree.buses()];
    for &bus in tree.top_down() {
        if let Some(up) = tree.up(bus) {
            depth[bus] = depth[up.parent].saturating_add(1);
        }
    }
    let mut cycles = Vec::new();
    let mut inside = members.iter().peekable();
    for chord in 0..lines.len() {
        if inside.next_if_eq(&&chord).is_some() {
            continue;
        }
        let lines_of = around(tree, members, &depth, lines[chord].line, chord);
        let mut tolerance = 0i128;
        for &(line, _) in &lines_of {
            if lines[line].reactance == 0 {
                return Err(NetworkError::Reactance { line });
            }
            // A sum of at most 2^20 numbers of 32 bits.
            tolerance = tolerance.saturating_add(i128::from(lines[line].reactance));
        }
        cycles.push(Cycle {
            chord,
            lines: lines_of,
            tolerance,
        });
    }
    Ok(cycles)
}

/// The chord forward, then over the tree from its end back to its start.
fn around(tree: &Network, members: &[usize], depth: &[usize], chord: Line, number: usize) -> Vec<(usize, bool)> {
    let (mut head, mut tail) = (chord.to, chord.from);
    let mut lines = alloc::vec![(number, true)];
    // Both ends climb until they meet; the cycle climbs from the head and comes down to the tail.
    while head != tail {
        let (bus, climbs) = if depth[head] >= depth[tail] {
            (&mut head, true)
        } else {
            (&mut tail, false)
        };
        let Some(up) = tree.up(*bus) else { break };
        *bus = up.parent;
        lines.push((members[up.line], up.exports == climbs));
    }
    lines
}

/// Most that flows within the tolerance of Kirchhoff's law can differ from those that keep it exactly, by line.
///
/// The difference circulates, and among all flows with the same sums around the cycles a circulation has the least
/// `sum of X f^2` (Thomson's principle). One such flow is on the chords alone, `delta_k / X_chord` on each, so
/// `X_l f_l^2 <= sum_k delta_k^2 / X_chord(k)`.
pub(super) fn circulation(cycles: &[Cycle], lines: &[MeshLine]) -> Vec<u128> {
    let reactance = |line: usize| u128::from(lines[line].reactance.max(1));
    let energy = cycles.iter().fold(0u128, |energy, cycle| {
        let delta = cycle.tolerance.unsigned_abs();
        let most = delta.saturating_mul(delta).div_ceil(reactance(cycle.chord));
        energy.saturating_add(most)
    });
    let bound = |line| energy.div_ceil(reactance(line)).isqrt().saturating_add(1);
    (0..lines.len())
        .map(|line| if energy == 0 { 0 } else { bound(line) })
        .collect()
}
