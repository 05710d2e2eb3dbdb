//! Random trees for the laws of this folder.
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::units::Wh;
use proptest::prelude::*;

/// A tree of `below` buses and the utility's: parent, direction and capacities of each line. The connection carries
/// what the parameters say.
pub fn tree(below: impl Strategy<Value = usize>) -> impl Strategy<Value = Network> {
    let capacity = prop_oneof![1 => Just(0u64), 4 => 1u64..900, 2 => Just(1 << 40)];
    below.prop_flat_map(move |below| {
        let line = (
            any::<prop::sample::Index>(),
            any::<bool>(),
            capacity.clone(),
            capacity.clone(),
        );
        prop::collection::vec(line, below - 1).prop_map(move |drawn| {
            let mut lines = vec![Line::new("connection", 0, 1, Wh::new(1 << 40))];
            for (bus, (parent, up, capacity, back)) in (2u16..).zip(drawn) {
                let parent = u16::try_from(parent.index(usize::from(bus) - 1) + 1).unwrap();
                let (from, to) = if up { (bus, parent) } else { (parent, bus) };
                let mut line = Line::new(format!("line {bus}"), from, to, Wh::new(capacity));
                line.capacity_back = Wh::new(back);
                lines.push(line);
            }
            let buses = (0..=below).map(|bus| Bus::new(format!("bus {bus}"))).collect();
            Network {
                buses,
                lines,
                voltage: None,
            }
        })
    })
}
