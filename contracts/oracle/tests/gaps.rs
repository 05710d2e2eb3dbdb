//! Even shares over gaps, what stays frozen, and energy that comes too late.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::grid::Params;
use busbar_api::oracle::{counted, energy, raw, DeviceReading, Energy, ExecuteMsg, Outcome};
use busbar_attestation::slot_of;
use busbar_units::{Interval, Wh};
use common::{at, params, refused, Meter, Region, DOMAIN};
use proptest::prelude::*;
use proptest::sample::Index;
use Outcome::{AboveRating, Accepted, Backwards};

/// Two homes whose readings count from interval 2 on; intervals are confirmed two after their own.
fn street() -> (Region, Meter, Meter) {
    let mut region = Region::with(
        DOMAIN,
        Params {
            confirmation_window: 1,
            ..params()
        },
    );
    let a = region.home("A-1");
    let b = region.home("B-1");
    (region, a, b)
}

fn reading(region: &Region, meter: &Meter, offset: u64) -> Option<DeviceReading> {
    let page = region.oracle.readings(&region.querier(), at(offset), 0).unwrap();
    page.readings.into_iter().find(|reading| reading.device == meter.number)
}

/// Import register and whether it is an estimate.
fn import(region: &Region, meter: &Meter, offset: u64) -> Option<(u64, bool)> {
    let found = reading(region, meter, offset)?;
    Some((found.registers.import.get(), found.estimated))
}

/// The interval and its import register.
fn import_of(region: &Region, meter: &Meter, offset: u64) -> Option<(u64, u64)> {
    Some((offset, import(region, meter, offset)?.0))
}

/// Energy drawn as it is known at last and as it is in the net sum.
fn drawn(region: &Region, meter: &Meter, offset: u64) -> (Option<u64>, Option<u64>) {
    let (q, oracle) = (region.querier(), region.oracle.address());
    let page = |offset| raw::page(&q, oracle, at(offset), 0).unwrap();
    let (before, now) = (page(offset - 1), page(offset));
    let (slot, modulus) = (slot_of(meter.number), meter.endorsement.register_modulus);
    let import = |energy: Option<Energy>| energy.map(|energy| energy.import.get());
    (
        import(energy(before.as_ref(), now.as_ref(), slot, modulus)),
        import(counted(before.as_ref(), now.as_ref(), slot, modulus)),
    )
}

fn confirm(region: &mut Region, interval: Interval) {
    let bob = region.bob.clone();
    region.observe(&bob, &ExecuteMsg::Confirm { interval }).unwrap();
}

#[test]
fn a_gap_is_shared_evenly_and_the_last_interval_has_the_remainder() {
    let (mut region, a, b) = street();
    region.clock(at(6), 0);
    region.submit(&[a.reads(at(1), 0, 0), b.reads(at(1), 0, 0), a.reads(at(5), 1_003, 6)]);
    let shares = [2, 3, 4, 5].map(|offset| import(&region, &a, offset).unwrap());
    assert_eq!(shares, [(250, true), (500, true), (750, true), (1_003, false)]);
    let exports = [2, 3, 4, 5].map(|offset| reading(&region, &a, offset).unwrap().registers.export.get());
    assert_eq!(exports, [1, 2, 3, 6]);
    for (offset, net) in [(2, 249), (3, 249), (4, 249), (5, 250)] {
        let state = region.interval(at(offset));
        assert_eq!((state.net.get(), state.measured, state.estimated), (net, 0, 1));
        assert!(!state.confirmed);
    }
}

#[test]
fn a_reading_replaces_the_estimate_and_both_sides_are_shared_anew() {
    let (mut region, a, _) = street();
    region.clock(at(7), 0);
    region.submit(&[a.reads(at(1), 0, 0), a.reads(at(6), 1_000, 0)]);
    assert_eq!(region.submit(&[a.reads(at(3), 700, 0)]).batches, [[Accepted]]);
    let registers = [1, 2, 3, 4, 5, 6].map(|offset| import(&region, &a, offset).unwrap());
    let expected = [
        (0, false),
        (350, true),
        (700, false),
        (800, true),
        (900, true),
        (1_000, false),
    ];
    assert_eq!(registers, expected);
    let nets = [2, 3, 4, 5, 6].map(|offset| region.interval(at(offset)).net.get());
    assert_eq!(nets, [350, 350, 100, 100, 100]);
    // With both of its neighbours an energy is measured.
    region.submit(&[a.reads(at(2), 10, 0)]);
    let state = region.interval(at(2));
    assert_eq!((state.net.get(), state.measured, state.estimated), (10, 1, 0));
    let state = region.interval(at(3));
    assert_eq!((state.net.get(), state.measured, state.estimated), (690, 1, 0));
}

#[test]
fn estimates_confirm_nothing_early_and_count_when_the_window_ends() {
    let (mut region, a, b) = street();
    region.clock(at(4), 0);
    region.submit(&[a.reads(at(1), 0, 0), b.reads(at(1), 0, 0), b.reads(at(2), 40, 0)]);
    region.submit(&[a.reads(at(3), 300, 0)]);
    let state = region.interval(at(2));
    assert_eq!((state.measured, state.estimated, state.awaited), (1, 1, 2));
    assert!(!state.confirmed, "an estimate is no reading");
    confirm(&mut region, at(2));
    let state = region.interval(at(2));
    assert_eq!((state.net.get(), state.drawn.get(), state.confirmed), (190, 190, true));
    assert!(reading(&region, &a, 2).unwrap().counted);
}

#[test]
fn what_was_counted_stays_beside_what_is_learned_later() {
    let (mut region, a, b) = street();
    region.clock(at(5), 0);
    region.submit(&[a.reads(at(1), 0, 0), b.reads(at(1), 0, 0), a.reads(at(4), 900, 0)]);
    for offset in [2, 3] {
        confirm(&mut region, at(offset));
    }
    assert_eq!(drawn(&region, &a, 2), (Some(300), Some(300)));
    region.submit(&[a.reads(at(2), 500, 0)]);
    assert_eq!(drawn(&region, &a, 2), (Some(500), Some(300)));
    assert_eq!(drawn(&region, &a, 3), (Some(200), Some(300)));
    // Interval 4 is not confirmed: its sum follows.
    assert_eq!(drawn(&region, &a, 4), (Some(200), Some(200)));
    assert_eq!(
        [2, 3, 4].map(|offset| region.interval(at(offset)).net.get()),
        [300, 300, 200]
    );
    assert_eq!(region.interval(at(2)).drawn, Wh::new(300));
    // What turns out as it was counted needs no second value.
    region.submit(&[a.reads(at(3), 800, 0)]);
    assert_eq!(drawn(&region, &a, 3), (Some(300), Some(300)));
    assert_eq!(reading(&region, &a, 3).unwrap().frozen, None);
    let frozen = Energy {
        import: Wh::new(300),
        export: Wh::ZERO,
    };
    assert_eq!(reading(&region, &a, 2).unwrap().frozen, Some(frozen));
    // Nothing of it was counted, so nothing is frozen: b's whole energy is what is learned later.
    region.submit(&[b.reads(at(3), 50, 0)]);
    assert_eq!(drawn(&region, &b, 2), (Some(25), None));
    assert_eq!(region.interval(at(2)).net.get(), 300);
}

#[test]
fn a_gap_into_final_intervals_leaves_their_share_as_late_energy() {
    let (mut region, a, _) = street();
    region.clock(at(2), 0);
    region.submit(&[a.reads(at(1), 0, 0)]);
    // The correction window is 8 intervals: at 14 those up to 5 are final.
    region.clock(at(14), 0);
    assert_eq!(region.submit(&[a.reads(at(11), 1_003, 0)]).batches, [[Accepted]]);
    assert_eq!([2, 3, 4].map(|offset| import(&region, &a, offset)), [None; 3]);
    // The last final one has the registers from which the open ones start, and no energy of its own.
    let last = reading(&region, &a, 5).unwrap();
    assert_eq!(
        (last.registers.import.get(), last.estimated, last.late),
        (400, true, true)
    );
    assert_eq!(drawn(&region, &a, 5), (None, None));
    let shares = [6, 7, 8, 9, 10, 11].map(|offset| drawn(&region, &a, offset).0.unwrap());
    assert_eq!(shares, [100, 100, 100, 100, 100, 103]);
    // An estimate of a final interval stands: what comes later is compared with it.
    assert_eq!(region.submit(&[a.reads(at(7), 399, 0)]).batches, [[Backwards]]);
    assert_eq!(region.submit(&[a.reads(at(7), 400, 0)]).batches, [[Accepted]]);
    let shares = [6, 7, 8, 9, 10, 11].map(|offset| drawn(&region, &a, offset).0.unwrap());
    assert_eq!(shares, [0, 0, 150, 150, 150, 153]);
}

#[test]
fn an_estimate_that_has_become_final_is_not_shared_anew() {
    let (mut region, a, _) = street();
    region.clock(at(7), 0);
    region.submit(&[a.reads(at(1), 0, 0), a.reads(at(6), 1_000, 0)]);
    region.clock(at(12), 0);
    // 2 and 3 are final; 400 Wh of them are settled.
    assert_eq!(region.submit(&[a.reads(at(5), 410, 0)]).batches, [[Accepted]]);
    let registers = [2, 3, 4, 5, 6].map(|offset| import(&region, &a, offset).unwrap());
    assert_eq!(
        registers,
        [(200, true), (400, true), (405, true), (410, false), (1_000, false)]
    );
    assert_eq!(region.submit(&[a.reads(at(4), 399, 0)]).batches, [[Backwards]]);
    assert_eq!(region.submit(&[a.reads(at(4), 400, 0)]).batches, [[Accepted]]);
    // Readings of 10 kW carry 2,500 Wh in an interval, from the estimate as well.
    let mut region = street().0;
    region.clock(at(7), 0);
    region.submit(&[a.reads(at(1), 0, 0), a.reads(at(6), 10_000, 0)]);
    region.clock(at(12), 0);
    assert_eq!(region.submit(&[a.reads(at(4), 6_501, 0)]).batches, [[AboveRating]]);
}

#[test]
fn a_long_gap_of_many_devices_is_written_page_by_page() {
    let mut region = Region::with(
        DOMAIN,
        Params {
            correction_window: 96,
            ..params()
        },
    );
    let meters = (0..8).map(|n| region.home(&format!("M-{n}"))).collect::<Vec<_>>();
    region.clock(at(92), 0);
    let at_once = |offset, wh| {
        meters
            .iter()
            .map(|meter| meter.reads(at(offset), wh, 0))
            .collect::<Vec<_>>()
    };
    region.submit(&at_once(1, 0));
    let before = region.app.dump_wasm_raw(region.oracle.address()).len();
    assert_eq!(region.submit(&at_once(91, 90_000)).count(Accepted), 8);
    let after = region.app.dump_wasm_raw(region.oracle.address());
    // 90 pages and 90 sums, whatever the number of devices.
    assert_eq!(after.len(), before + 180);
    let state = region.interval(at(50));
    assert_eq!((state.net.get(), state.measured, state.estimated), (8_000, 0, 8));
}

#[test]
fn a_repeat_of_the_estimates_own_registers_is_a_reading() {
    let (mut region, a, _) = street();
    region.clock(at(4), 0);
    region.submit(&[a.reads(at(1), 0, 0), a.reads(at(3), 200, 0)]);
    assert_eq!(import(&region, &a, 2), Some((100, true)));
    assert_eq!(region.submit(&[a.reads(at(2), 100, 0)]).batches, [[Accepted]]);
    assert_eq!(import(&region, &a, 2), Some((100, false)));
    let state = region.interval(at(3));
    assert_eq!((state.net.get(), state.measured, state.estimated), (100, 1, 0));
}

#[test]
fn nobody_is_missing_after_the_reading_that_ends_a_gap() {
    let (mut region, a, _) = street();
    let bob = region.bob.clone();
    region.clock(at(2), 0);
    region.submit(&[a.reads(at(1), 0, 0)]);
    region.clock(at(9), 0);
    region.submit(&[a.reads(at(8), 100, 0)]);
    let report = ExecuteMsg::ReportMissing { device: a.number };
    refused(&mut region, |region| region.observe(&bob, &report));
}

const INTERVALS: u64 = 6;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Intervals are confirmed at any moment between any readings: the energies known at last do not depend on
    /// it, they add up to the difference of the registers, and what was in a sum when it froze stays in it.
    #[test]
    fn confirmation_freezes_the_sums_and_nothing_else(
        steps in prop::collection::vec(0u64..=2_500, 2 * INTERVALS as usize),
        kept in prop::collection::vec(any::<bool>(), 2 * INTERVALS as usize),
        order in prop::collection::vec(any::<Index>(), 2 * INTERVALS as usize),
        moments in prop::collection::vec(0usize..12, INTERVALS as usize),
    ) {
        let (mut region, a, b) = street();
        let meters = [a, b];
        region.clock(at(9), 0);
        let mut left = vec![];
        let mut ends = vec![];
        for (number, meter) in meters.iter().enumerate() {
            let mut import = 0;
            let mut own = vec![];
            for offset in 1..=INTERVALS {
                let index = number * INTERVALS as usize + offset as usize - 1;
                import += steps[index];
                if kept[index] {
                    own.push((offset, import));
                    left.push(meter.reads(at(offset), import, 0));
                }
            }
            ends.push(own.first().copied().zip(own.last().copied()));
        }
        prop_assume!(!left.is_empty());
        let all = left.clone();
        let mut frozen = vec![None; INTERVALS as usize + 1];
        for turn in 0.. {
            for offset in 2..=INTERVALS {
                if moments[offset as usize - 1] == turn && frozen[offset as usize].is_none() {
                    let done = region.oracle.interval(&region.querier(), at(offset)).unwrap();
                    if !done.is_some_and(|state| state.confirmed) {
                        confirm(&mut region, at(offset));
                    }
                }
                let state = region.oracle.interval(&region.querier(), at(offset)).unwrap();
                if let Some(state) = state {
                    let sum: u64 = meters.iter().filter_map(|meter| drawn(&region, meter, offset).1).sum();
                    prop_assert_eq!(state.drawn.get(), sum, "the sum of {} and its parts", offset);
                    if state.confirmed {
                        let first = *frozen[offset as usize].get_or_insert(state);
                        prop_assert_eq!(first, state, "{} is frozen", offset);
                    }
                }
            }
            if left.is_empty() && turn >= 12 {
                break;
            }
            if !left.is_empty() {
                let next = left.swap_remove(order[left.len() - 1].index(left.len()));
                prop_assert_eq!(region.submit(&[next]).count(Accepted), 1);
            }
        }
        // The same readings in order, and nobody confirms anything.
        let (mut calm, ..) = street();
        calm.clock(at(9), 0);
        calm.submit(&all);
        for (offset, meter) in (2..=INTERVALS).flat_map(|offset| meters.iter().map(move |meter| (offset, meter))) {
            prop_assert_eq!(import(&region, meter, offset), import(&calm, meter, offset));
            prop_assert_eq!(drawn(&region, meter, offset).0, drawn(&calm, meter, offset).0);
        }
        for (meter, ends) in meters.iter().zip(ends) {
            let Some(((first, low), (last, high))) = ends else { continue };
            let sum: u64 = (first + 1..=last).map(|offset| drawn(&region, meter, offset).0.unwrap()).sum();
            prop_assert_eq!(sum, high - low, "shares of device {}", meter.number);
        }
    }
    /// The clock runs on while readings come in any order, too late for some: what a page says of a final interval
    /// never changes, registers run forward, and all energies but the late ones add up to what the meter counted.
    #[test]
    fn what_is_final_stands(
        steps in prop::collection::vec(0u64..=2_500, 12),
        order in prop::collection::vec((any::<Index>(), 0u64..3), 12),
    ) {
        let mut region = Region::with(DOMAIN, Params {
            confirmation_window: 1,
            dispute_window: 1,
            correction_window: 3,
            ..params()
        });
        let meter = region.home("A-1");
        let mut import = 0;
        let mut left = vec![];
        for (offset, drawn) in (1..).zip(&steps) {
            import += drawn;
            left.push((offset, meter.reads(at(offset), import, 0)));
        }
        let (mut now, mut finals) = (2, std::collections::BTreeMap::new());
        region.clock(at(now), 0);
        for (index, pause) in &order {
            let due: Vec<_> = (0..left.len()).filter(|place| left[*place].0 < now).collect();
            if let Some(place) = due.get(index.index(due.len().max(1))) {
                region.submit(&[left.swap_remove(*place).1]);
            }
            // Every slot of a final interval is as it was, but for registers that a gap leaves behind it.
            for offset in 1..=12 {
                let found = reading(&region, &meter, offset);
                match finals.get(&offset) {
                    Some(Some(stands)) => prop_assert_eq!(found.as_ref(), Some(stands), "{} is final", offset),
                    Some(None) => prop_assert!(found.is_none_or(|found| found.late), "{} was final", offset),
                    None => {}
                }
            }
            if *pause > 0 {
                now += pause;
                region.clock(at(now), 0);
            }
            for offset in 1..=12 {
                if now > offset + 3 {
                    finals.insert(offset, reading(&region, &meter, offset));
                }
            }
            // Registers run forward, whatever of them is estimated.
            let known: Vec<_> = (1..=12).filter_map(|offset| import_of(&region, &meter, offset)).collect();
            prop_assert!(known.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{:?}", known);
            // Where no interval is missing or late, the energies are all that the meter counted.
            let whole = known.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0);
            let energies: Option<Vec<u64>> = known.iter().skip(1).map(|at| drawn(&region, &meter, at.0).0).collect();
            if let (Some(energies), Some(first), Some(last), true) = (energies, known.first(), known.last(), whole) {
                prop_assert_eq!(energies.iter().sum::<u64>(), last.1 - first.1);
            }
        }
    }
}
