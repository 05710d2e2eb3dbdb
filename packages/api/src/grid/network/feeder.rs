//! What hangs on a bus.
use super::{Circuit, UTILITY_BUS};

impl Circuit {
    /// Buses, in the order of their numbers, that the utility reaches through `bus` alone, and `bus` itself: on a
    /// radial network the subtree below it, on a mesh what a second way would leave out. All of them where `bus` is
    /// the utility's, none where there is no such bus.
    pub fn feeder(&self, bus: u16) -> Vec<bool> {
        let count = usize::from(self.buses);
        if bus >= self.buses {
            return vec![false; count];
        }
        let mut neighbours = vec![vec![]; count];
        for branch in &self.branches {
            for (one, other) in [(branch.from, branch.to), (branch.to, branch.from)] {
                if let Some(list) = neighbours.get_mut(usize::from(one)) {
                    list.push(other);
                }
            }
        }
        let mut below = vec![true; count];
        let mut reached = vec![UTILITY_BUS];
        while let Some(at) = reached.pop() {
            let place = below.get_mut(usize::from(at)).filter(|place| **place && at != bus);
            if let Some(place) = place {
                *place = false;
                reached.extend(neighbours.get(usize::from(at)).into_iter().flatten());
            }
        }
        below
    }
}
