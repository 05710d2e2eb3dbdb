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

use busbar_api::oracle::{raw, IntervalState, Outcome, Registers, SlotReading};
use busbar_attestation::{slot_of, SignedReading};
use busbar_units::Wh;
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

    /// A gap is filled with the same estimates, and the sums are the same, whichever reading comes first.
    #[test]
    fn any_order_and_any_batching_give_the_same_estimates(
        steps in prop::collection::vec((0u64..=2_500, 0u64..=2_000), DEVICES * INTERVALS as usize),
        kept in prop::collection::vec(any::<bool>(), DEVICES * INTERVALS as usize),
        order in prop::collection::vec(any::<Index>(), DEVICES * INTERVALS as usize),
        cuts in prop::collection::vec(1usize..8, 1..8),
    ) {
        let (mut region, meters) = street();
        let all = readings(&meters, &steps);
        let some = all.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(reading, _)| *reading).collect::<Vec<_>>();
        prop_assume!(!some.is_empty());
        let mut rest = permuted(some.clone(), &order[..some.len()]);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let part = rest.drain(..(*cut).min(rest.len())).collect::<Vec<_>>();
            prop_assert_eq!(region.submit(&part).count(Outcome::Accepted), part.len());
        }
        let (states, slots) = state(&region, &meters);
        let mut sums = BTreeMap::<u64, (i64, u32, u32)>::new();
        for (number, meter) in meters.iter().enumerate() {
            let expected = shared(&some, meter);
            for offset in 1..=INTERVALS {
                let stored = slots.get(&(offset, meter.number));
                let registers = stored.map(|slot| (slot.registers, slot.estimated));
                prop_assert_eq!(registers, expected.get(&offset).copied(), "{} at {}", number, offset);
                let (Some((from, guess)), Some((to, guessed))) = (expected.get(&(offset - 1)), expected.get(&offset))
                else {
                    continue;
                };
                let energy = from.until(to, meter.endorsement.register_modulus).unwrap();
                let sum = sums.entry(offset).or_default();
                // The third stands behind a connection, and energies are awaited from the second interval on.
                if number < 2 && offset > 1 {
                    sum.0 += energy.net().unwrap().get();
                    *(if *guess || *guessed { &mut sum.2 } else { &mut sum.1 }) += 1;
                }
            }
        }
        for (offset, state) in (0u64..).zip(&states).skip(2) {
            let sum = sums.get(&offset).copied().unwrap_or_default();
            let found = state.map(|state| (state.net.get(), state.measured, state.estimated)).unwrap_or_default();
            prop_assert_eq!(found, sum, "the sum of {}", offset);
            // Estimates do not confirm before the window ends.
            prop_assert_eq!(state.is_some_and(|state| state.confirmed), sum.1 == 2);
        }
    }
}

/// The registers of a device by interval, and whether they are an estimate, as the readings alone tell them.
fn shared(readings: &[SignedReading], meter: &Meter) -> BTreeMap<u64, (Registers, bool)> {
    let mut own = readings
        .iter()
        .map(|signed| signed.reading)
        .filter(|reading| reading.device() == meter.number)
        .map(|reading| {
            let (import, export) = (reading.import(), reading.export());
            (reading.interval().get() - at(0).get(), Registers { import, export })
        })
        .collect::<Vec<_>>();
    own.sort_by_key(|(offset, _)| *offset);
    let mut found = own
        .iter()
        .map(|(offset, registers)| (*offset, (*registers, false)))
        .collect::<BTreeMap<_, _>>();
    let top = meter.endorsement.register_modulus.get();
    for pair in own.windows(2) {
        let ((from, before), (to, after)) = (pair[0], pair[1]);
        let part = |before: Wh, after: Wh, steps: u64| {
            let energy = (after.get() + top - before.get()) % top;
            Wh::new((before.get() + energy / (to - from) * steps) % top)
        };
        for offset in from + 1..to {
            let registers = Registers {
                import: part(before.import, after.import, offset - from),
                export: part(before.export, after.export, offset - from),
            };
            found.insert(offset, (registers, true));
        }
    }
    found
}
