//! Flows on a tree: what a line carries is what those behind it draw.

use busbar_api::grid::{Network, UTILITY_BUS};
use busbar_network::{Graph, GraphError};
use busbar_units::{NetWh, UnitsError};

/// A radial network seen from the utility's bus.
#[derive(Debug, Clone)]
pub struct Tree(Graph);

impl Tree {
    /// The tree of a network.
    pub fn of(network: &Network) -> Result<Self, GraphError> {
        let ends = network.lines.iter().map(|line| (line.from.into(), line.to.into()));
        Graph::span(network.buses.len(), UTILITY_BUS.into(), ends.collect()).map(Self)
    }

    /// The next bus towards the utility, and the line that leads there.
    pub fn up(&self, bus: usize) -> Option<(usize, usize)> {
        self.0.up(bus).map(|up| (up.parent, up.line))
    }

    /// All buses, the utility's first, every bus after its parent.
    pub fn top_down(&self) -> &[usize] {
        self.0.top_down()
    }

    /// Flow on every line when buses draw this much; positive from the line's first bus to its second.
    pub fn flows(&self, drawn: impl IntoIterator<Item = (u16, NetWh)>) -> Result<Vec<NetWh>, UnitsError> {
        let mut behind = vec![NetWh::ZERO; self.0.buses()];
        let mut flows = vec![NetWh::ZERO; self.0.lines()];
        for (bus, energy) in drawn {
            if let Some(sum) = behind.get_mut(usize::from(bus)) {
                *sum = sum.add(energy)?;
            }
        }
        for &bus in self.0.top_down().iter().rev() {
            let drawn = behind.get(bus).copied().unwrap_or(NetWh::ZERO);
            let Some(up) = self.0.up(bus) else { continue };
            if let Some(sum) = behind.get_mut(up.parent) {
                *sum = sum.add(drawn)?;
            }
            if let Some(flow) = flows.get_mut(up.line) {
                *flow = if up.down { drawn } else { NetWh::ZERO.sub(drawn)? };
            }
        }
        Ok(flows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use busbar_api::grid::{Bus, Line};
    use busbar_units::Wh;

    #[test]
    fn a_line_carries_what_is_drawn_behind_it_along_its_own_direction() {
        let line = |name: &str, from, to| Line::new(name, from, to, Wh::new(9));
        let network = Network {
            buses: ["utility", "a", "b", "c"].map(Bus::new).to_vec(),
            lines: vec![line("connection", 0, 1), line("ab", 1, 2), line("ca", 3, 1)],
            voltage: None,
        };
        let tree = Tree::of(&network).unwrap();
        let drawn = [(2, 5), (3, -7), (3, 1), (1, 4)].map(|(bus, energy)| (bus, NetWh::new(energy)));
        let flows = tree.flows(drawn).unwrap();
        assert_eq!(flows, [3, 5, 6].map(NetWh::new));
    }
}
