//! Whole lives of intervals whose readings come in time, late, revised or never: what settlement went by and what
//! is known at last differ, and finality settles exactly that, once. After every call the state is recomputed
//! from scratch (`sanity`).
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use std::cell::Cell;
use std::collections::BTreeMap;

use busbar_testing::attestation::{slot_of, Curve, SignedReading};
use busbar_testing::cosmwasm_std::Event;
use busbar_testing::market::{raw::final_cursor, ExecuteMsg, Stage};
use busbar_testing::oracle::{self, Outcome};
use busbar_testing::units::{Interval, Money, Price, Wh};
use busbar_testing::{Device, Region, Setup};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const DEVICES: usize = 4;
/// Registers of the meters of `busbar-testing` start over here.
const MODULUS: Wh = Wh::new(100_000_000);

#[derive(Clone, Copy, Debug)]
enum Report {
    /// So many hours later; 0 is in time.
    After(usize),
    /// In time, and so many hours later in a second revision.
    Revised(usize),
    Never,
}

#[derive(Clone, Debug)]
struct Hour {
    /// Seller, buyer and quantity.
    trade: (usize, usize, u64),
    /// Drawn, fed and how the meter reports, per device.
    meters: Vec<(u64, u64, Report)>,
    /// Whatever can be settled is settled, and whatever can be final is made final.
    settles: bool,
    finalises: bool,
}

fn hour() -> impl Strategy<Value = Hour> {
    let report = prop_oneof![
        6 => Just(Report::After(0)),
        3 => (1usize..7).prop_map(Report::After),
        2 => (0usize..5).prop_map(Report::Revised),
        2 => Just(Report::Never),
    ];
    let meter = (0u64..2_000, any::<bool>(), report).prop_map(
        |(wh, feeds, report)| {
            if feeds {
                (0, wh, report)
            } else {
                (wh, 0, report)
            }
        },
    );
    let trade = (0..DEVICES, 1..DEVICES, 1u64..2_000);
    let meters = prop::collection::vec(meter, DEVICES);
    (trade, meters, any::<bool>(), any::<bool>()).prop_map(|((seller, step, wh), meters, settles, finalises)| Hour {
        trade: (seller, (seller + step) % DEVICES, wh),
        meters,
        settles,
        finalises,
    })
}

fn setup(import: i64, export: i64) -> Setup {
    let mut setup = Setup {
        curve: Curve::Ed25519,
        purse: Money::new(400_000_000),
        ..Setup::hourly()
    };
    let params = &mut setup.params;
    (params.import_tariff, params.export_tariff) = (Price::new(import), Price::new(export));
    (params.price_floor, params.price_cap) = (Price::new(-200_000), Price::new(600_000));
    (params.imbalance_min, params.imbalance_max) = (Price::new(-200_000), Price::new(600_000));
    (params.confirmation_window, params.dispute_window) = (1, 2);
    (params.correction_window, params.missing_limit) = (3, 20);
    setup
}

struct Street {
    region: Region,
    devices: Vec<Device>,
    /// Readings that are not handed in yet, with the hour in which they are.
    kept: Vec<(usize, SignedReading)>,
}

impl Street {
    fn new(setup: Setup) -> Self {
        let mut region = Region::with(setup);
        let devices = (0..DEVICES)
            .map(|home| region.home(&format!("home {home}"), 4_000, 4_000))
            .collect();
        Self {
            region,
            devices,
            kept: vec![],
        }
    }

    /// Meters count, and what is due in this hour is handed in: first records by a relayer, revisions by the operator.
    fn deliver(&mut self, number: usize, interval: Interval, hour: &Hour, seen: &Seen) {
        for (device, (drawn, fed, report)) in self.devices.clone().iter().zip(&hour.meters) {
            let meter = self.region.meter(device);
            meter.count(*drawn, *fed);
            let signed = meter.sign(interval);
            let (first, second) = match report {
                Report::After(hours) => (Some(*hours), None),
                Report::Revised(hours) => (Some(0), Some(*hours)),
                Report::Never => (None, None),
            };
            if let Some(hours) = first {
                self.kept.push((number + hours, signed));
            }
            if let Some(hours) = second {
                // It had counted too much: between this reading and the one before there is room for it.
                let (import, export) = (meter.import - drawn / 2, meter.export - fed / 3);
                self.kept
                    .push((number + hours, meter.revise(interval, 1, import, export)));
            }
        }
        let end_s = self.region.times(interval).end_s;
        self.region.reach(end_s);
        self.hand_in(number, seen);
    }

    fn hand_in(&mut self, number: usize, seen: &Seen) {
        let (due, kept) = std::mem::take(&mut self.kept)
            .into_iter()
            .partition(|(hour, _)| *hour <= number);
        self.kept = kept;
        let (relayer, operator) = (self.region.account("relayer"), self.region.operator.clone());
        for revision in [0, 1] {
            let (sender, of) = ([&relayer, &operator][usize::from(revision)], &due);
            let of: &Vec<(usize, SignedReading)> = of;
            let readings: Vec<_> = of.iter().map(|(_, signed)| *signed).collect();
            let readings: Vec<_> = readings
                .into_iter()
                .filter(|signed| signed.reading.revision() == revision)
                .collect();
            if readings.is_empty() {
                continue;
            }
            let counts = self.region.submit(sender, &readings).counts();
            // What came too late, or contradicts an estimate that is final, is turned down; nobody is suspended.
            assert!(!counts.contains_key(&Outcome::Conflict), "{counts:?}");
            let accepted = counts.get(&Outcome::Accepted).copied().unwrap_or_default();
            let count = [&seen.readings, &seen.revisions][usize::from(revision)];
            count.set(count.get() + accepted);
        }
    }

    fn settle_what_can_be(&mut self, intervals: &[Interval]) {
        for interval in intervals {
            let stage = self.region.interval(*interval).stage;
            let ends_s = self.region.times(*interval).confirmation_ends_s;
            let state = self.region.oracle.interval(&self.region.q(), *interval).unwrap();
            let ripe = state.is_some_and(|state| state.confirmed) || self.region.now_s() >= ends_s;
            if matches!(stage, Stage::Cleared | Stage::Skipped) && ripe {
                self.region.settle(*interval);
            }
        }
    }

    fn cursor(&self) -> Interval {
        final_cursor(&self.region.q(), self.region.market.address()).unwrap()
    }

    /// Makes an interval final in one call, and compares what that corrects with the readings.
    fn finalise(&mut self, interval: Interval, seen: &Seen) {
        let expected = self.differences(interval);
        let (anyone, finalise) = (
            self.region.account("anyone"),
            self.region.to_market(&ExecuteMsg::Finalise { limit: None }),
        );
        let events = self.region.must(&anyone, finalise).events;
        let mut corrected = BTreeMap::new();
        for event in events.iter().filter(|event| event.ty == "wasm-corrected") {
            let value = |key| value(event, key).parse::<i128>().unwrap();
            let (device, difference) = (u32::try_from(value("device")).unwrap(), value("difference"));
            assert_eq!(value("interval"), i128::from(interval.get()));
            let (owner, utility) = (value("owner"), value("utility"));
            assert!(owner + utility >= 0, "the fund pays for a correction: {event:?}");
            let late = owner != 0 && difference == 0;
            seen.late.set(seen.late.get() + usize::from(late));
            assert!(
                corrected.insert(device, difference).is_none(),
                "corrected twice: {event:?}"
            );
        }
        corrected.retain(|_, difference| *difference != 0);
        assert_eq!(corrected, expected, "corrections of {interval}");
        seen.corrections.set(seen.corrections.get() + corrected.len());
    }

    /// What each device drew by all that is known, less what its settlement went by.
    fn differences(&self, interval: Interval) -> BTreeMap<u32, i128> {
        let q = self.region.q();
        let page = |interval| oracle::raw::page(&q, self.region.oracle.address(), interval, 0).unwrap();
        let (before, now) = (page(interval.minus(1).unwrap()), page(interval));
        let difference = |device: &Device| {
            let slot = slot_of(device.number);
            let position = self.region.position(device, interval);
            let traded = position.traded;
            let net = |energy: oracle::Energy| energy.net().unwrap();
            let counted = oracle::counted(before.as_ref(), now.as_ref(), slot, MODULUS).map(net);
            let latest = oracle::energy(before.as_ref(), now.as_ref(), slot, MODULUS).map(net);
            let settled = counted.unwrap_or(traded);
            let known = latest.map_or(settled.get().max(0), |net| net.get());
            (device.number, i128::from(known) - i128::from(settled.get()))
        };
        let all = self.devices.iter().map(difference);
        all.filter(|(_, difference)| *difference != 0).collect()
    }
}

fn value<'a>(event: &'a Event, key: &str) -> &'a str {
    let found = event.attributes.iter().find(|attribute| attribute.key == key);
    &found.unwrap_or_else(|| panic!("{key} in {event:?}")).value
}

/// How often something happened over all lives: a law over what never happens says nothing.
#[derive(Default)]
struct Seen {
    readings: Cell<usize>,
    revisions: Cell<usize>,
    corrections: Cell<usize>,
    late: Cell<usize>,
    estimates: Cell<usize>,
}

fn live(hours: &[Hour], setup: Setup, seen: &Seen) {
    let mut street = Street::new(setup);
    let first = street.region.first_interval();
    let baseline: Vec<_> = street
        .devices
        .clone()
        .iter()
        .map(|device| (0, street.region.meter(device).sign(first.minus(1).unwrap())))
        .collect();
    street.kept = baseline;
    let mut delivered = vec![];
    for (number, hour) in hours.iter().enumerate() {
        let interval = first.plus(u64::try_from(number).unwrap()).unwrap();
        let (seller, buyer, wh) = hour.trade;
        let (seller, buyer) = (street.devices[seller].clone(), street.devices[buyer].clone());
        if street.region.now_s() < street.region.times(interval).closes_s {
            street.region.sell(&seller, interval, wh, 0);
            street.region.buy(&buyer, interval, wh, 300_000);
            street.region.clear(interval);
        } else {
            street.region.skip(interval);
        }
        street.deliver(number, interval, hour, seen);
        delivered.push(interval);
        if hour.settles {
            street.settle_what_can_be(&delivered);
        }
        while hour.finalises && street.cursor() < first {
            let before = first.minus(1).unwrap();
            if street.region.now_s() < street.region.times(before).final_s {
                break;
            }
            street.region.finalise(before);
        }
        while hour.finalises && street.cursor() >= first && delivered.contains(&street.cursor()) {
            let next = street.cursor();
            let settled = street.region.interval(next).stage == Stage::Settled;
            if !settled || street.region.now_s() < street.region.times(next).final_s {
                break;
            }
            street.finalise(next, seen);
        }
    }
    for number in hours.len()..hours.len() + 6 {
        let interval = first.plus(u64::try_from(number).unwrap()).unwrap();
        let end_s = street.region.times(interval).end_s;
        street.region.reach(end_s);
        street.hand_in(number, seen);
    }
    street.settle_what_can_be(&delivered);
    let estimated = |interval: &Interval| {
        let page = street.region.oracle.readings(&street.region.q(), *interval, 0).unwrap();
        page.readings.iter().filter(|reading| reading.estimated).count()
    };
    let estimates: usize = delivered.iter().map(estimated).sum();
    seen.estimates.set(seen.estimates.get() + estimates);
    street.region.finalise(first.minus(1).unwrap());
    while delivered.contains(&street.cursor()) {
        let next = street.cursor();
        let final_s = street.region.times(next).final_s;
        street.region.reach(final_s);
        street.finalise(next, seen);
    }
    let totals = street.region.market.totals(&street.region.q()).unwrap();
    assert!(totals.escrows.is_zero(), "an escrow is left after everything is final");
    for device in &street.devices {
        let books = street.region.books(&device.owner);
        assert!(books.locked.is_zero() && books.pending.is_zero(), "{books:?}");
    }
}

#[test]
fn finality_settles_what_is_known_at_last_once() {
    // PROPTEST_CASES=4096 makes the long form.
    let default = ProptestConfig::default();
    let config = ProptestConfig {
        cases: default.cases.div_ceil(16),
        max_shrink_iters: 64,
        failure_persistence: None,
        ..default
    };
    let tariffs = prop_oneof![Just((210_000, 70_000)), Just((50_000, -80_000))];
    // A device that is silent for longer than the correction window and speaks again in the last hour.
    let silent = prop::option::weighted(0.7, 0..DEVICES);
    let hours = (prop::collection::vec(hour(), 6..9), silent).prop_map(|(mut hours, silent)| {
        let last = hours.len() - 1;
        for (number, hour) in hours.iter_mut().enumerate() {
            if let Some(device) = silent {
                hour.meters[device].2 = if number < last { Report::Never } else { Report::After(0) };
            }
        }
        hours
    });
    let lives = (hours, tariffs);
    let seen = Seen::default();
    TestRunner::new(config)
        .run(&lives, |(hours, (import, export))| {
            live(&hours, setup(import, export), &seen);
            Ok(())
        })
        .unwrap();
    for (what, count) in [
        ("readings", &seen.readings),
        ("revisions", &seen.revisions),
        ("estimates", &seen.estimates),
        ("corrections", &seen.corrections),
        ("late settlements", &seen.late),
    ] {
        println!("{} {what}", count.get());
        assert!(count.get() > 0, "no life saw {what}");
    }
}
