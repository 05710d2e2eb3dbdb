//! Networks with loops and voltage limits, where a clearing is not computed but proven.
//!
//! Flows in a loop follow Kirchhoff's voltage law, and the voltage of a bus follows from the flows on the
//! way to it; both break the whole numbers of a tree. So somebody solves the market off chain and proposes
//! fills, flows and multipliers, and [`Mesh::verify`] accepts them if and only if they are feasible and
//! within epsilon of the optimum, by weak duality (Bertsekas, Nonlinear Programming, section 5.1).
mod proposal;
mod topology;
mod verify;
mod voltage;

use alloc::vec::Vec;

use busbar_units::NetWh;

use crate::{Line, Network, NetworkError};

pub use proposal::{Proposal, DUAL_SCALE};
pub use verify::{Proof, Terms};
pub use voltage::{Voltage, VoltageLimit, VoltageRow, PER_UNIT};

/// A line of a mesh: what it may carry, and how it resists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MeshLine {
    /// Ends and capacities.
    pub line: Line,
    /// Series reactance in 1e-5 p.u.; above 0 on every line of a loop.
    pub reactance: u32,
    /// Series resistance in 1e-5 p.u.; only voltage limits need it.
    pub resistance: u32,
}

/// A basis cycle: its chord forward, then the way back over the spanning tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Position of the line that closes it.
    pub chord: usize,
    /// Every line of it, the chord first, and whether the cycle runs along it (from `from` to `to`) or against it.
    pub lines: Vec<(usize, bool)>,
    /// Largest `|sum of reactance x flow|` that whole watt-hours may leave: the sum of the reactances.
    pub tolerance: i128,
}

/// A connected network with or without loops, and the limits of voltage where there are any.
///
/// The spanning tree is the one of a breadth-first walk from the root, lowest bus and then lowest line
/// first, so that everybody who knows the lines knows the cycles, which are short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mesh {
    lines: Vec<MeshLine>,
    tree: Network,
    /// Position among `lines` of each line of the tree.
    members: Vec<usize>,
    cycles: Vec<Cycle>,
    /// Most that the tolerance of Kirchhoff's law can add to the flow of each line, Wh.
    slack: Vec<u128>,
    voltage: Option<voltage::Rows>,
}

impl Mesh {
    /// The network of `lines` over the buses `0..buses`, with its spanning tree hung up at `root`.
    ///
    /// # Errors
    /// [`NetworkError`] as for [`Network::new`], for a line from a bus to itself, a line of a loop without
    /// reactance, and voltage limits that name an unknown bus twice or leave no voltage.
    pub fn new(
        buses: usize,
        root: usize,
        lines: Vec<MeshLine>,
        voltage: Option<&Voltage>,
    ) -> Result<Self, NetworkError> {
        let members = topology::spanning_tree(buses, root, &lines)?;
        let branches = members.iter().map(|&line| lines[line].line).collect();
        let tree = Network::new(buses, root, branches)?;
        let cycles = topology::cycles(&tree, &members, &lines)?;
        let slack = topology::circulation(&cycles, &lines);
        let voltage = voltage
            .map(|voltage| voltage::Rows::new(voltage, &tree, &members, &lines))
            .transpose()?;
        Ok(Self {
            lines,
            tree,
            members,
            cycles,
            slack,
            voltage,
        })
    }

    /// All lines in the order given.
    pub fn lines(&self) -> &[MeshLine] {
        &self.lines
    }

    /// How many buses there are.
    pub fn buses(&self) -> usize {
        self.tree.buses()
    }

    /// The bus that the spanning tree hangs from.
    pub fn root(&self) -> usize {
        self.tree.root()
    }

    /// The basis cycles, one per line outside the spanning tree, in the order of those lines.
    pub fn cycles(&self) -> &[Cycle] {
        &self.cycles
    }

    /// Whether the exact tree solver can clear it: no loop and no voltage limit.
    pub fn is_plain_tree(&self) -> bool {
        self.cycles.is_empty() && self.voltage.is_none()
    }

    /// Positions of the lines of the spanning tree.
    pub fn branches(&self) -> &[usize] {
        &self.members
    }

    /// The spanning tree from the root down: each bus but the root, its parent, the position of the line between
    /// them, and whether that line's positive flow leaves the bus.
    pub fn descent(&self) -> impl Iterator<Item = (usize, usize, usize, bool)> + '_ {
        self.tree.top_down().iter().filter_map(|&bus| {
            let up = self.tree.up(bus)?;
            Some((bus, up.parent, self.members[up.line], up.exports))
        })
    }

    /// The linear rows of the voltage limits: for each limited bus the coefficient of every line on the way
    /// to it and what the sum may reach, down and up.
    pub fn voltage_rows(&self) -> impl Iterator<Item = VoltageRow> + '_ {
        self.voltage
            .iter()
            .flat_map(|rows| rows.iter(&self.tree, &self.members))
    }

    /// Flows on all lines from what each bus exports (Wh, imports negative) and the flows on the chords:
    /// the lines of the tree carry whatever is left. `None` where a sum leaves 64 bits. What does not
    /// balance is left at the root.
    pub fn flows(&self, exports: &[i128], chords: &[NetWh]) -> Option<(Vec<NetWh>, i128)> {
        let mut left = exports.to_vec();
        let mut flows = alloc::vec![NetWh::ZERO; self.lines.len()];
        for (cycle, &flow) in self.cycles.iter().zip(chords) {
            let Line { from, to, .. } = self.lines[cycle.chord].line;
            flows[cycle.chord] = flow;
            left[from] = left[from].checked_sub(i128::from(flow.get()))?;
            left[to] = left[to].checked_add(i128::from(flow.get()))?;
        }
        for &bus in self.tree.top_down().iter().rev() {
            let Some(up) = self.tree.up(bus) else { continue };
            let export = left[bus];
            left[up.parent] = left[up.parent].checked_add(export)?;
            let export = NetWh::new(i64::try_from(export).ok()?);
            flows[self.members[up.line]] = if up.exports { export } else { export.negate().ok()? };
        }
        Some((flows, left[self.root()]))
    }
}
