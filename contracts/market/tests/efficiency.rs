//! Tokens are minted for what the bank's registered storage gives back, and no more.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::market::{ExecuteMsg, IntervalResponse};
use busbar_testing::registry;
use busbar_testing::units::{Interval, Ppm, Wh};
use busbar_testing::{Device, Plate, Region, Setup};

/// A bank that the region asks for so many millionths, a storage that gives so many back, Alice and Bob.
fn street(asked: i64, registered: i64) -> (Region, Device, [Device; 2]) {
    let mut setup = Setup::hourly().with_bank(6_400);
    setup.params.bank.as_mut().unwrap().efficiency = Ppm::new(asked);
    let mut region = Region::with(setup);
    let storage = region.lossy_storage("bank", 5_000, 6_400, Ppm::new(registered));
    let homes = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    (region, storage, homes)
}

/// Each home feeds and asks to bank `wh`; the storage draws it. Confirmed, and not settled.
fn fed(region: &mut Region, storage: &Device, [alice, bob]: [&Device; 2], wh: u64) -> Interval {
    let interval = region.first_interval();
    region.bank(alice, interval, wh);
    region.bank(bob, interval, wh);
    region.clear(interval);
    region.deliver(interval, &[(storage, 2 * wh, 0), (alice, 0, wh), (bob, 0, wh)]);
    interval
}

fn settled(region: &mut Region, storage: &Device, homes: [&Device; 2], wh: u64) -> IntervalResponse {
    let interval = fed(region, storage, homes, wh);
    region.settle(interval)
}

fn tokens(region: &Region, device: &Device) -> u64 {
    region.books(&device.owner).energy.get()
}

#[test]
fn nothing_is_minted_that_the_registered_storage_does_not_give_back() {
    // What the region asks, what the storage gives back, what 99 Wh of each home give.
    for (asked, registered, expected) in [
        (1_000_000, 800_000, 79),
        (800_000, 1_000_000, 79),
        (900_000, 900_000, 89),
        (1_000_000, 1_000_000, 99),
        (1_000_000, 1, 0),
    ] {
        let (mut region, storage, [alice, bob]) = street(asked, registered);
        let record = settled(&mut region, &storage, [&alice, &bob], 99);
        assert_eq!((record.banked.get(), record.minted.get()), (198, 2 * expected));
        let held = [tokens(&region, &alice), tokens(&region, &bob)];
        assert_eq!(held, [expected; 2], "{asked} asked, {registered} registered");
    }
}

#[test]
fn what_fills_the_storage_is_reckoned_with_its_own_efficiency() {
    let mut setup = Setup::hourly().with_bank(500);
    setup.params.bank.as_mut().unwrap().efficiency = Ppm::ONE;
    let mut region = Region::with(setup);
    let storage = region.lossy_storage("bank", 5_000, 6_400, Ppm::new(800_000));
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let record = settled(&mut region, &storage, [&alice, &bob], 1_000);
    // 626 Wh give 500.8, 313 of each home 250.
    assert_eq!((record.banked.get(), record.minted.get()), (626, 500));
    // Full, it takes nothing: 1 Wh more would be given for no token.
    let record = settled(&mut region, &storage, [&alice, &bob], 1_000);
    assert_eq!((record.banked, record.minted), (Wh::ZERO, Wh::ZERO));
}

#[test]
fn a_settlement_that_has_started_mints_at_one_efficiency() {
    let (mut region, storage, [alice, bob]) = street(1_000_000, 1_000_000);
    let interval = fed(&mut region, &storage, [&alice, &bob], 100);
    region.confirm(interval);
    let (anyone, limit) = (region.account("anyone"), Some(1));
    let step = region.to_market(&ExecuteMsg::Settle { interval, limit });
    region.must(&anyone, step);
    let worse = Plate {
        efficiency: Ppm::new(500_000),
        ..Plate::storage(5_000, 6_400)
    };
    region.replace(&storage, &worse, interval);
    let record = region.settle(interval);
    assert_eq!((record.minted.get(), tokens(&region, &alice)), (200, 100));
    region.finalise(interval);
    let line = busbar_testing::market::raw::provenance(&region.q(), region.market.address(), interval);
    assert_eq!(line.unwrap().unwrap().storage.unwrap().efficiency, Ppm::ONE);
    // The new storage gives back half.
    let record = settled(&mut region, &storage, [&alice, &bob], 100);
    assert_eq!((record.banked.get(), record.minted.get()), (200, 100));
    assert_eq!(tokens(&region, &alice), 150);
}

#[test]
fn a_storage_that_retires_before_the_settlement_takes_nothing_in() {
    let (mut region, storage, [alice, bob]) = street(900_000, 900_000);
    let interval = fed(&mut region, &storage, [&alice, &bob], 100);
    let operator = region.operator.clone();
    let retire = registry::ExecuteMsg::Retire { number: storage.number };
    let retire = region.registry.execute(&retire).unwrap();
    region.must(&operator, retire);
    let record = region.settle(interval);
    assert_eq!((record.banked, record.minted), (Wh::ZERO, Wh::ZERO));
    // Surplus at the export tariff.
    assert_eq!(region.paid(&alice, interval), region.paid(&bob, interval));
    assert!(region.paid(&alice, interval) < 0);
}

#[test]
fn a_bank_without_a_storage_takes_nothing_in() {
    for device in [0, 9] {
        let mut setup = Setup::hourly().with_bank(6_400);
        setup.params.bank.as_mut().unwrap().device = device;
        let mut region = Region::with(setup);
        // Device 0 is a home.
        let homes = ["alice", "bob", "carol"].map(|name| region.home(name, 5_000, 5_000));
        let interval = region.first_interval();
        region.bank(&homes[1], interval, 300);
        region.clear(interval);
        region.deliver(interval, &[(&homes[0], 300, 0), (&homes[1], 0, 300), (&homes[2], 0, 0)]);
        let record = region.settle(interval);
        assert_eq!((record.banked, record.minted), (Wh::ZERO, Wh::ZERO), "device {device}");
    }
}
