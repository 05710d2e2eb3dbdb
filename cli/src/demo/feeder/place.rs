//! Who stands where.

use std::path::Path;

use busbar_api::grid::{Network, REGION_BUS};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::FeederError;

/// How homes are put at buses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// Evenly, in the order of the buses.
    Spread,
    /// Drawn, with this seed.
    Drawn(u64),
}

#[derive(Deserialize)]
struct Placement {
    loads: Vec<Load>,
}

#[derive(Deserialize)]
struct Load {
    bus: String,
}

/// The bus of a name; the utility's own is none of the network file.
pub fn bus(network: &Network, name: &str) -> Option<u16> {
    let named = network.buses.iter().zip(0u16..).skip(usize::from(REGION_BUS));
    named
        .into_iter()
        .find(|(bus, _)| bus.name == name)
        .map(|(_, number)| number)
}

/// The buses of a list of loads, each once, in the order of the list.
pub fn among(network: &Network, file: &Path, text: &str) -> Result<Vec<u16>, FeederError> {
    let placement: Placement = serde_json::from_str(text).map_err(|problem| FeederError::Placement {
        file: file.to_owned(),
        problem,
    })?;
    let mut among = Vec::with_capacity(placement.loads.len());
    for (load, Load { bus: name }) in placement.loads.into_iter().enumerate() {
        let number = bus(network, &name).ok_or_else(|| FeederError::LoadBus {
            file: file.to_owned(),
            load,
            bus: name,
        })?;
        if !among.contains(&number) {
            among.push(number);
        }
    }
    if among.is_empty() {
        return Err(FeederError::NoLoads { file: file.to_owned() });
    }
    Ok(among)
}

/// Every bus behind the root; the root alone where there is no other.
pub fn everywhere(network: &Network) -> Vec<u16> {
    let count = u16::try_from(network.buses.len()).unwrap_or(u16::MAX);
    let behind: Vec<u16> = (REGION_BUS.saturating_add(1)..count).collect();
    if behind.is_empty() { vec![REGION_BUS] } else { behind }
}

/// The buses of this many homes; one bus has several only where there are more homes than buses.
pub fn place(homes: usize, among: &[u16], placing: Placing) -> Vec<u16> {
    let mut among = among.to_vec();
    if let Placing::Drawn(seed) = placing {
        among.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        return among.iter().copied().cycle().take(homes).collect();
    }
    let step = |home: usize| home.saturating_mul(among.len()).checked_div(homes).unwrap_or(0);
    (0..homes).filter_map(|home| among.get(step(home)).copied()).collect()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn homes_are_spread_in_order() {
        assert_eq!(place(2, &[5, 6, 7, 8], Placing::Spread), [5, 7]);
        assert_eq!(place(4, &[5, 6], Placing::Spread), [5, 5, 6, 6]);
        let drawn = place(3, &[5, 6, 7, 8], Placing::Drawn(1));
        assert_eq!(drawn, place(3, &[5, 6, 7, 8], Placing::Drawn(1)));
    }

    proptest! {
        /// Every home has a bus, and no bus has two homes more than another.
        #[test]
        fn buses_are_shared_evenly(homes in 1usize..80, buses in 1u16..80, seed in prop::option::of(any::<u64>())) {
            let among: Vec<u16> = (2..buses + 2).collect();
            let placing = seed.map_or(Placing::Spread, Placing::Drawn);
            let placed = place(homes, &among, placing);
            prop_assert_eq!(placed.len(), homes);
            let mut counts: BTreeMap<u16, usize> = among.iter().map(|bus| (*bus, 0)).collect();
            for bus in placed {
                *counts.get_mut(&bus).unwrap() += 1;
            }
            prop_assert!(counts.values().max().unwrap() - counts.values().min().unwrap() <= 1);
        }
    }
}
