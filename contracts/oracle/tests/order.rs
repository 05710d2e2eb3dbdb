//! The order in which readings arrive makes no difference.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;
use std::collections::BTreeMap;

use busbar_api::oracle::{raw, IntervalState, Outcome, SlotReading};
use busbar_attestation::{slot_of, SignedReading};
use common::{at, Meter, Region};
use proptest::prelude::*;
use proptest::sample::Index;

const DEVICES: usize = 3;
const INTERVALS: u64 = 6;

type State = (Vec<Option<IntervalState>>, BTreeMap<(u64, u32), SlotReading>);

/// Two settling homes and one device behind the first; all readings can be in by interval 8.
fn street() -> (Region, Vec<Meter>) {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let home = region.home("A-1");
    let other = region.home("B-1");
    let behind = Meter::new(busbar_attestation::Curve::Ed25519, "L-1");
    let behind = region.join(&alice, behind, Some(home.number));
    region.clock(at(8), 0);
    (region, vec![home, other, behind])
}

/// Each device's readings of all intervals, by what it draws and feeds in each.
fn readings(meters: &[Meter], steps: &[(u64, u64)]) -> Vec<SignedReading> {
    let mut steps = steps.iter().cycle();
    let mut all = vec![];
    for meter in meters {
        let (mut import, mut export) = (999_999_000, 0);
        for offset in 1..=INTERVALS {
            let (drawn, fed) = steps.next().unwrap();
            // The import register runs over its modulus on the way.
            import = (import + drawn) % 1_000_000_000;
            export += fed;
            all.push(meter.reads(at(offset), import, export));
        }
    }
    all
}

/// All interval states, and all readings of the devices that stand in the pages.
fn state(region: &Region, meters: &[Meter]) -> State {
    let (q, oracle) = (region.querier(), region.oracle.address());
    let mut slots = BTreeMap::new();
    for offset in 0..=INTERVALS {
        if let Some(page) = raw::page(&q, oracle, at(offset), 0).unwrap() {
            for meter in meters {
                if let Some(reading) = page.get(slot_of(meter.number)) {
                    slots.insert((offset, meter.number), *reading);
                }
            }
        }
    }
    let states = (0..=INTERVALS).map(|offset| raw::interval(&q, oracle, at(offset)).unwrap());
    (states.collect(), slots)
}

/// A permutation by drawing from what is left.
fn permuted(mut all: Vec<SignedReading>, order: &[Index]) -> Vec<SignedReading> {
    let mut drawn = vec![];
    for index in order {
        drawn.push(all.swap_remove(index.index(all.len())));
    }
    drawn
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_order_and_any_batching_give_the_same_sums(
        steps in prop::collection::vec((0u64..=2_500, 0u64..=2_000), DEVICES * INTERVALS as usize),
        order in prop::collection::vec(any::<Index>(), DEVICES * INTERVALS as usize),
        cuts in prop::collection::vec(1usize..8, 1..8),
    ) {
        let (mut region, meters) = street();
        let in_order = readings(&meters, &steps);
        prop_assert_eq!(region.submit(&in_order).count(Outcome::Accepted), in_order.len());
        let expected = state(&region, &meters);
        prop_assert!(expected.0.iter().skip(1).all(|state| state.is_some_and(|state| state.confirmed)));

        let (mut region, meters) = street();
        let mut rest = permuted(in_order, &order);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let part = rest.drain(..(*cut).min(rest.len())).collect::<Vec<_>>();
            prop_assert_eq!(region.submit(&part).count(Outcome::Accepted), part.len());
        }
        prop_assert_eq!(state(&region, &meters), expected);
    }

    #[test]
    fn the_sum_of_an_interval_is_the_sum_of_its_known_energies(
        steps in prop::collection::vec((0u64..=2_500, 0u64..=2_000), DEVICES * INTERVALS as usize),
        kept in prop::collection::vec(any::<bool>(), DEVICES * INTERVALS as usize),
    ) {
        let (mut region, meters) = street();
        let all = readings(&meters, &steps);
        let some = all.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(reading, _)| *reading).collect::<Vec<_>>();
        prop_assume!(!some.is_empty());
        region.submit(&some);
        let has = |device: usize, offset: u64| kept[device * INTERVALS as usize + offset as usize - 1];
        for offset in 2..=INTERVALS {
            let known = (0..2).filter(|device| has(*device, offset - 1) && has(*device, offset)).collect::<Vec<_>>();
            let net: i64 = known.iter().map(|device| {
                let (drawn, fed) = steps[device * INTERVALS as usize + offset as usize - 1];
                drawn as i64 - fed as i64
            }).sum();
            let measured = u32::try_from(known.len()).unwrap();
            match raw::interval(&region.querier(), region.oracle.address(), at(offset)).unwrap() {
                Some(state) => {
                    prop_assert_eq!((state.net.get(), state.measured, state.awaited), (net, measured, 2));
                    prop_assert_eq!(state.confirmed, measured == 2);
                }
                None => prop_assert!((0..DEVICES).all(|device| !has(device, offset))),
            }
        }
    }
}
