//! What is learned after settlement, inside the correction window: estimates that readings replace, readings
//! that come late, revisions. Settled once, at finality, against the utility.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::attestation::SignedReading;
use busbar_testing::oracle::Outcome;
use busbar_testing::units::{Interval, Money, Ppm, Price};
use busbar_testing::{Device, Plate, Region, Setup};

fn hourly() -> Setup {
    let mut setup = Setup::hourly();
    setup.params.confirmation_window = 1;
    setup.params.missing_limit = 4;
    setup.params.correction_window = 8;
    setup
}

fn after(interval: Interval, count: u64) -> Interval {
    interval.plus(count).unwrap()
}

/// A sells B 1,000 Wh at 0.14, C watches; every meter has read zero just before.
fn street() -> (Region, [Device; 3], Interval) {
    street_of(hourly())
}

fn street_of(setup: Setup) -> (Region, [Device; 3], Interval) {
    let mut region = Region::with(setup);
    let homes = ["A", "B", "C"].map(|name| region.home(name, 5_000, 5_000));
    let interval = after(region.first_interval(), 1);
    region.sell(&homes[0], interval, 1_000, 140_000);
    region.buy(&homes[1], interval, 1_000, 140_000);
    region.clear(interval);
    let before = interval.minus(1).unwrap();
    let readings: Vec<_> = homes.iter().map(|home| region.meter(home).sign(before)).collect();
    hand_in(&mut region, &readings);
    (region, homes, interval)
}

fn hand_in(region: &mut Region, readings: &[SignedReading]) {
    let last = readings.iter().map(|signed| signed.reading.interval()).max().unwrap();
    let end_s = region.times(last).end_s;
    region.reach(end_s);
    let relayer = region.account("relayer");
    assert_eq!(
        region.submit(&relayer, readings).count(Outcome::Accepted),
        readings.len()
    );
}

/// The meter counts and reads.
fn reads(region: &mut Region, home: &Device, interval: Interval, drawn: u64, fed: u64) -> SignedReading {
    let meter = region.meter(home);
    meter.count(drawn, fed);
    meter.sign(interval)
}

fn balances(region: &mut Region, homes: &[Device; 3]) -> [i128; 4] {
    let utility = region.utility.clone();
    let balance = |owner| i128::try_from(region.books(owner).balance.get()).unwrap();
    [&homes[0].owner, &homes[1].owner, &homes[2].owner, &utility].map(balance)
}

/// Makes an interval final and returns what that paid to A, B, C and the utility.
fn finality_pays(region: &mut Region, homes: &[Device; 3], interval: Interval) -> [i128; 4] {
    let before = interval.minus(1).unwrap();
    region.finalise(before);
    let now = balances(region, homes);
    region.finalise(interval);
    let then = balances(region, homes);
    [0, 1, 2, 3].map(|index| then[index] - now[index])
}

#[test]
fn a_seller_whose_reading_comes_after_settlement_gets_its_price() {
    let (mut region, homes, interval) = street();
    let [a, b, c] = &homes;
    let (b, c) = (
        reads(&mut region, b, interval, 1_000, 0),
        reads(&mut region, c, interval, 0, 0),
    );
    hand_in(&mut region, &[b, c]);
    region.settle(interval);
    assert_eq!(region.paid(a, interval), 0);
    let late = reads(&mut region, a, interval, 0, 1_000);
    hand_in(&mut region, &[late]);
    assert!(
        !region.books(&a.owner).locked.is_zero(),
        "locked until the interval is final"
    );
    assert_eq!(finality_pays(&mut region, &homes, interval), [140_000, 0, 0, 0]);
    assert_eq!(region.books(&a.owner).locked, Money::ZERO);
}

#[test]
fn what_it_fell_short_of_it_owes_to_the_utility() {
    let (mut region, homes, interval) = street();
    let [a, b, c] = &homes;
    let (b, c) = (
        reads(&mut region, b, interval, 1_000, 0),
        reads(&mut region, c, interval, 0, 0),
    );
    hand_in(&mut region, &[b, c]);
    assert_eq!(region.settle(interval).net.get(), 0);
    let late = reads(&mut region, a, interval, 0, 800);
    hand_in(&mut region, &[late]);
    // In time it would have made the region import 200 Wh, at 0.21: no better for having been late.
    assert_eq!(finality_pays(&mut region, &homes, interval), [98_000, 0, 0, 42_000]);
}

#[test]
fn a_buyer_that_counted_as_traded_settles_the_difference() {
    for (drawn, fed, paid) in [(1_300, 0, -63_000), (1_000, 0, 0), (600, 0, 28_000), (0, 500, 105_000)] {
        let (mut region, homes, interval) = street();
        let [a, b, c] = &homes;
        let (a, c) = (
            reads(&mut region, a, interval, 0, 1_000),
            reads(&mut region, c, interval, 0, 0),
        );
        hand_in(&mut region, &[a, c]);
        assert_eq!(region.settle(interval).net.get(), 0);
        assert_eq!(region.paid(b, interval), 140_000);
        let late = reads(&mut region, b, interval, drawn, fed);
        hand_in(&mut region, &[late]);
        // A charge at the import tariff, a credit at the export tariff: the region was balanced.
        assert_eq!(finality_pays(&mut region, &homes, interval), [0, paid, 0, -paid]);
    }
}

#[test]
fn losses_are_charged_for_what_was_drawn_at_last() {
    let mut setup = hourly();
    // 2 % of the import tariff, 0.0042 per kWh.
    setup.params.losses = Ppm::new(20_000);
    for (drawn, paid) in [(1_300, -63_000 - 1_260), (600, 28_000 + 1_680)] {
        let (mut region, homes, interval) = street_of(setup.clone());
        let [a, b, c] = &homes;
        let (a, c) = (
            reads(&mut region, a, interval, 0, 1_000),
            reads(&mut region, c, interval, 0, 0),
        );
        hand_in(&mut region, &[a, c]);
        region.settle(interval);
        assert_eq!(region.paid(b, interval), 140_000 + 4_200);
        let late = reads(&mut region, b, interval, drawn, 0);
        hand_in(&mut region, &[late]);
        assert_eq!(finality_pays(&mut region, &homes, interval), [0, paid, 0, -paid]);
    }
}

#[test]
fn the_frozen_price_holds_where_the_correction_would_not_have_moved_it() {
    for (drawn, paid) in [(2_500, -105_000), (1_500, 105_000)] {
        let (mut region, homes, interval) = street();
        let readings = [(0, 0, 1_000), (1, 1_000, 0), (2, 2_000, 0)]
            .map(|(home, drawn, fed)| reads(&mut region, &homes[home], interval, drawn, fed));
        hand_in(&mut region, &readings);
        assert_eq!(region.settle(interval).net.get(), 2_000);
        revise(&mut region, &homes[2], interval, drawn);
        assert_eq!(finality_pays(&mut region, &homes, interval), [0, 0, paid, -paid]);
    }
}

/// The operator hands in a second record, signed by the device, of an import register that it says was wrong.
fn revise(region: &mut Region, home: &Device, interval: Interval, import: u64) {
    let revision = region.meter(home).revise(interval, 1, import, 0);
    let operator = region.operator.clone();
    let result = region.submit(&operator, &[revision]);
    assert_eq!(result.count(Outcome::Accepted), 1, "{:?}", result.counts());
}

#[test]
fn an_estimate_that_its_reading_replaces_is_corrected_on_both_sides() {
    let (mut region, homes, interval) = street();
    let next = after(interval, 1);
    let [a, b, c] = &homes;
    let now = [(a, 0, 1_000), (b, 1_000, 0)].map(|(home, drawn, fed)| reads(&mut region, home, interval, drawn, fed));
    hand_in(&mut region, &now);
    // C's reading of the interval is lost at first: 500 Wh, then 200 Wh, are 350 Wh each.
    let lost = reads(&mut region, c, interval, 500, 0);
    let later =
        [(a, 0, 0), (b, 0, 0), (c, 200, 0)].map(|(home, drawn, fed)| reads(&mut region, home, next, drawn, fed));
    hand_in(&mut region, &later);
    region.skip(next);
    assert_eq!(region.settle(interval).net.get(), 350);
    assert_eq!(region.settle(next).net.get(), 350);
    assert_eq!((region.paid(c, interval), region.paid(c, next)), (73_500, 73_500));
    hand_in(&mut region, &[lost]);
    assert_eq!(finality_pays(&mut region, &homes, interval), [0, 0, -31_500, 31_500]);
    assert_eq!(finality_pays(&mut region, &homes, next), [0, 0, 31_500, -31_500]);
}

#[test]
fn who_never_reads_has_drawn_what_it_bought_and_fed_nothing() {
    let (mut region, homes, interval) = street();
    let c = reads(&mut region, &homes[2], interval, 0, 0);
    hand_in(&mut region, &[c]);
    region.settle(interval);
    // A gets the price of its trade and owes the shortage; B paid for what counts as drawn.
    assert_eq!(finality_pays(&mut region, &homes, interval), [-70_000, 0, 0, 210_000]);
}

#[test]
fn a_correction_that_cannot_be_collected_is_a_debt_and_the_utilitys_loss() {
    let mut region = Region::with(hourly());
    let pauper = region.enrol("D", Plate::connection(5_000, 5_000));
    region.deposit(&pauper.owner, 10_000);
    let interval = after(region.first_interval(), 1);
    let before = region.meter(&pauper).sign(interval.minus(1).unwrap());
    hand_in(&mut region, &[before]);
    region.skip(interval);
    region.settle(interval);
    let late = reads(&mut region, &pauper, interval, 1_000, 0);
    hand_in(&mut region, &[late]);
    let utility = region.utility.clone();
    region.finalise(interval.minus(1).unwrap());
    let balance = region.books(&utility).balance.get();
    let closed = region.finalise(interval);
    let books = region.books(&pauper.owner);
    assert_eq!((books.balance, books.debt), (Money::ZERO, Money::new(200_000)));
    assert_eq!(closed.uncollected, Money::new(200_000));
    assert_eq!(region.books(&utility).balance.get(), balance + 10_000);
    // Paid later, it goes where it was missing.
    region.deposit(&pauper.owner, 200_000);
    assert_eq!(region.books(&utility).balance.get(), balance + 210_000);
}

#[test]
fn a_silent_buyer_that_is_paid_for_buying_bears_its_losses_when_the_interval_is_final() {
    let mut setup = hourly();
    setup.params.losses = Ppm::new(20_000);
    (setup.params.import_tariff, setup.params.export_tariff) = (Price::new(10_000), Price::new(-90_000));
    (setup.params.price_floor, setup.params.imbalance_min) = (Price::new(-100_000), Price::new(-100_000));
    let mut region = Region::with(setup);
    let homes = ["A", "B", "C"].map(|name| region.home(name, 5_000, 5_000));
    let [a, b, c] = &homes;
    let interval = after(region.first_interval(), 1);
    region.sell(a, interval, 1_000, -100_000);
    region.buy(b, interval, 1_000, 100_000);
    assert_eq!(region.clear(interval).price, Price::new(-40_000));
    let before = interval.minus(1).unwrap();
    let readings: Vec<_> = homes.iter().map(|home| region.meter(home).sign(before)).collect();
    hand_in(&mut region, &readings);
    let known = [(a, 0, 1_000), (c, 0, 0)].map(|(home, drawn, fed)| reads(&mut region, home, interval, drawn, fed));
    hand_in(&mut region, &known);
    assert_eq!(region.settle(interval).losses, Money::ZERO);
    assert_eq!(region.paid(b, interval), 0, "it waits for its reading");
    // 1,000 Wh at -0.04, less two per cent of 0.01 for their losses.
    assert_eq!(finality_pays(&mut region, &homes, interval), [0, 40_000 - 200, 0, 200]);
}

#[test]
fn corrections_wait_until_the_interval_is_final_and_come_once() {
    let (mut region, homes, interval) = street();
    let readings = [(0, 0, 1_000), (1, 1_000, 0), (2, 2_000, 0)]
        .map(|(home, drawn, fed)| reads(&mut region, &homes[home], interval, drawn, fed));
    hand_in(&mut region, &readings);
    region.settle(interval);
    let settled = balances(&mut region, &homes);
    revise(&mut region, &homes[2], interval, 2_400);
    let frozen = region.oracle.interval(&region.q(), interval).unwrap().unwrap();
    assert_eq!((frozen.net.get(), frozen.drawn.get()), (2_000, 3_000));
    assert_eq!(balances(&mut region, &homes), settled);
    assert_eq!(finality_pays(&mut region, &homes, interval), [0, 0, -84_000, 84_000]);
    let next = after(interval, 1);
    // The register that it was corrected to is what the next interval starts from.
    assert_eq!(finality_pays(&mut region, &homes, next), [0; 4]);
}
