//! Zones of the network.
use busbar_api::grid::{Branch, Circuit, UTILITY_BUS};
use busbar_units::{NetWh, Price, Wh};
use std::cmp::Ordering;

/// A bus and all that it alone connects with the utility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The bus at its top, which names it.
    pub top: u16,
    /// Its reference price.
    pub reference: Price,
    /// Energy that the lines into it carry, Wh.
    pub import: u128,
    /// Whether each bus belongs to it.
    inside: Vec<bool>,
}

impl Zone {
    /// The zone below a bus of a network: what the utility does not reach without passing it. On a tree the subtree; in
    /// a mesh the bus and what hangs at it by no other way.
    pub fn of(circuit: &Circuit, top: u16, reference: Price) -> Self {
        let mut neighbours = vec![vec![]; usize::from(circuit.buses)];
        for branch in &circuit.branches {
            for (here, there) in [(branch.from, branch.to), (branch.to, branch.from)] {
                if let Some(list) = neighbours.get_mut(usize::from(here)) {
                    list.push(there);
                }
            }
        }
        let mut inside = vec![true; usize::from(circuit.buses)];
        let mut reached = vec![UTILITY_BUS];
        while let Some(bus) = reached.pop() {
            match inside.get_mut(usize::from(bus)) {
                Some(unseen) if *unseen && bus != top => *unseen = false,
                _ => continue,
            }
            reached.extend(neighbours.get(usize::from(bus)).into_iter().flatten());
        }
        let mut zone = Self {
            top,
            reference,
            import: 0,
            inside,
        };
        let into = |branch: &Branch| {
            let carried = if zone.has(branch.to.into()) {
                branch.capacity
            } else {
                branch.capacity_back
            };
            u128::from(carried.get())
        };
        // At most 4,096 lines of 2^48 Wh.
        zone.import = circuit
            .branches
            .iter()
            .filter(|branch| zone.is_boundary(branch))
            .map(into)
            .fold(0, u128::saturating_add);
        zone
    }

    /// Whether a bus belongs to it.
    pub fn has(&self, bus: usize) -> bool {
        self.inside.get(bus).copied().unwrap_or(false)
    }

    /// Whether a line leads into it.
    pub fn is_boundary(&self, branch: &Branch) -> bool {
        self.has(branch.from.into()) != self.has(branch.to.into())
    }
}

/// Whether a line is full and parts the prices at its ends. With `derated` the derated capacity counts too, for where
/// the spanning tree alone was cleared.
pub fn is_binding(line: &Branch, flow: NetWh, step: Price, derated: bool) -> bool {
    let at = |forward: Wh, back: Wh| match flow.get().cmp(&0) {
        Ordering::Greater => flow.positive() == forward,
        Ordering::Less => flow.negative() == back,
        Ordering::Equal => forward.is_zero() || back.is_zero(),
    };
    let full = at(line.capacity, line.capacity_back) || line.derated.is_some_and(|most| derated && at(most, most));
    full && !step.is_zero()
}
