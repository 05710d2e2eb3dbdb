//! Sealed orders: hidden until the gate is closed, binding from the moment they are sealed.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::grid::MarketState;
use busbar_testing::market::{ExecuteMsg, SealedOrder, Side};
use busbar_testing::units::{Interval, Money, Price};
use busbar_testing::{always, sealed, Device, Plate, Region, Setup};

/// Hourly, a minute to reveal; a seal locks 500 and forfeits 200.
fn setup() -> Setup {
    let mut setup = Setup::hourly();
    setup.params.reveal_s = 60;
    setup.params.order_fee = Money::new(10);
    (setup.params.sealed_lock, setup.params.sealed_fee) = (Money::new(500), Money::new(200));
    setup
}

fn street() -> (Region, [Device; 2], Interval) {
    let mut region = Region::with(setup());
    let homes = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    (region, homes, interval)
}

fn locked(region: &Region, device: &Device) -> u128 {
    region.books(&device.owner).locked.get()
}

fn unseal(region: &Region, device: &Device, interval: Interval, slot: u8) -> busbar_testing::cosmwasm_std::WasmMsg {
    let device = device.number;
    region.to_market(&ExecuteMsg::Unseal { device, interval, slot })
}

fn refused(region: &mut Region, device: &Device, msg: busbar_testing::cosmwasm_std::WasmMsg) -> ContractError {
    region.refused(&device.owner, msg)
}

#[test]
fn an_order_is_sealed_revealed_cleared_and_settled() {
    let (mut region, [alice, bob], interval) = street();
    let (offer, bid) = (
        sealed(Side::Sell, 1_000, 140_000, 1),
        sealed(Side::Buy, 1_000, 140_000, 2),
    );
    region.seal(&alice, interval, &offer);
    region.seal(&bob, interval, &bid);
    assert_eq!((locked(&region, &alice), locked(&region, &bob)), (500, 500));
    region.reveal(&alice, interval, 0, &offer);
    // 1 kWh * (1 - 0.14), and the order's fee; the flat lock is free.
    assert_eq!(locked(&region, &alice), 860_010);
    region.reveal(&bob, interval, 0, &bid);
    // Nothing is outstanding: the window need not end.
    let cleared = region.clear(interval);
    assert_eq!((cleared.bought.get(), cleared.sold.get()), (1_000, 1_000));
    region.deliver(interval, &[(&alice, 0, 1_000), (&bob, 1_000, 0)]);
    region.settle(interval);
    assert_eq!(region.paid(&bob, interval), 140_010);
    assert_eq!((locked(&region, &alice), locked(&region, &bob)), (0, 0));
}

#[test]
fn clearing_waits_for_seals_and_the_silent_forfeit_once() {
    let (mut region, [alice, bob], interval) = street();
    region.seal(&alice, interval, &sealed(Side::Sell, 1_000, 140_000, 1));
    region.seal(&alice, interval, &sealed(Side::Sell, 1_000, 150_000, 2));
    let bid = sealed(Side::Buy, 1_000, 140_000, 3);
    region.seal(&bob, interval, &bid);
    region.reveal(&bob, interval, 0, &bid);
    let until_s = region.times(interval).closes_s + 60;
    region.go(until_s - 1);
    let clear = region.market.clear(interval).unwrap();
    let now_s = until_s - 1;
    let error = refused(&mut region, &bob, clear);
    let waits = ContractError::Revealing {
        interval,
        until_s,
        now_s,
    };
    assert_eq!(error, waits);
    let unanswered = region.market.auction(&region.q(), interval, None).unwrap_err();
    assert!(unanswered.to_string().contains(&waits.to_string()), "{unanswered}");
    region.go(until_s);
    let before = region.books(&alice.owner).balance;
    assert_eq!(region.clear(interval).escrow, Money::new(400));
    let after = region.books(&alice.owner);
    assert_eq!((before.get() - after.balance.get(), after.locked.get()), (400, 0));
    assert!(region.market.seals(&region.q(), interval, None).unwrap().is_empty());
    region.deliver(interval, &[(&alice, 0, 0), (&bob, 0, 0)]);
    region.settle(interval);
    region.finalise(interval);
    assert_eq!(region.books(&alice.owner).balance, after.balance);
}

#[test]
fn where_nobody_cleared_nothing_is_forfeited() {
    let (mut region, [alice, _], interval) = street();
    region.seal(&alice, interval, &sealed(Side::Sell, 1_000, 140_000, 1));
    let before = region.books(&alice.owner).balance;
    region.skip(interval);
    let after = region.books(&alice.owner);
    assert_eq!((after.balance, after.locked), (before, Money::ZERO));

    // Nor where the market's state lets nobody reveal.
    let interval = interval.plus(2).unwrap();
    let offer = sealed(Side::Sell, 1_000, 140_000, 1);
    region.seal(&alice, interval, &offer);
    region.restrict(MarketState::Halted, None);
    region.go(region.times(interval).closes_s);
    let reveal = region.to_reveal(&alice, interval, 0, &offer);
    let error = refused(&mut region, &alice, reveal);
    assert!(matches!(error, ContractError::State { .. }), "{error}");
    region.skip(interval);
    let after = region.books(&alice.owner);
    assert_eq!((after.balance, after.locked), (before, Money::ZERO));
}

#[test]
fn a_seal_is_taken_back_until_orders_stand() {
    let (mut region, [alice, bob], interval) = street();
    let offer = sealed(Side::Sell, 1_000, 140_000, 1);
    region.seal(&alice, interval, &offer);
    let back = unseal(&region, &alice, interval, 0);
    let device = alice.number;
    let unknown = ContractError::UnknownSeal {
        device,
        interval,
        slot: 0,
    };
    assert_eq!(refused(&mut region, &bob, back.clone()), unknown);
    region.must(&alice.owner, back.clone());
    assert_eq!(locked(&region, &alice), 0);
    assert_eq!(refused(&mut region, &alice, back.clone()), unknown);
    region.seal(&alice, interval, &offer);
    let closed_s = region.times(interval).closes_s;
    region.go(closed_s - 30);
    let error = refused(&mut region, &alice, back.clone());
    assert!(matches!(error, ContractError::OrdersStand { .. }), "{error}");
    region.go(closed_s);
    let error = refused(&mut region, &alice, back);
    assert!(matches!(error, ContractError::GateClosed { .. }), "{error}");
}

#[test]
fn sealing_is_for_the_owner_of_a_device_that_trades_while_the_gate_is_open() {
    let (mut region, [alice, bob], interval) = street();
    let offer = sealed(Side::Sell, 1_000, 140_000, 1);
    let seal = region.to_seal(&alice, interval, &offer);
    let error = refused(&mut region, &bob, seal.clone());
    assert!(matches!(error, ContractError::NotTheOwner { .. }), "{error}");
    let short = ExecuteMsg::Seal {
        device: alice.number,
        interval,
        hash: [0; 31].into(),
    };
    let short = region.to_market(&short);
    let error = refused(&mut region, &alice, short);
    assert_eq!(error, ContractError::HashLength { length: 31 });
    let active = region.active_from(&alice);
    if region.now_s() < region.times(active).closes_s {
        let early = region.to_seal(&alice, active, &offer);
        let error = refused(&mut region, &alice, early);
        assert!(matches!(error, ContractError::NotYetSettling { .. }), "{error}");
    }
    // A seal takes a price step, and so does an order.
    for salt in 0..7 {
        region.seal(&alice, interval, &sealed(Side::Sell, 1, 140_000, salt));
    }
    region.sell(&alice, interval, 1, 140_000);
    let error = refused(&mut region, &alice, seal.clone());
    let full = ContractError::TooManyOrders {
        device: alice.number,
        interval,
        max: 8,
    };
    assert_eq!(error, full);
    region.restrict(MarketState::Restricted, Some(interval));
    let bobs = region.to_seal(&bob, interval, &offer);
    let error = refused(&mut region, &bob, bobs);
    assert!(matches!(error, ContractError::State { .. }), "{error}");
    region.go(region.times(interval).closes_s);
    let error = refused(&mut region, &alice, seal);
    assert!(matches!(error, ContractError::GateClosed { .. }), "{error}");
}

#[test]
fn a_region_without_a_reveal_window_takes_no_seals() {
    let mut setup = setup();
    setup.params.reveal_s = 0;
    let mut region = Region::with(setup);
    let alice = region.home("alice", 5_000, 5_000);
    let interval = region.first_interval();
    let seal = region.to_seal(&alice, interval, &sealed(Side::Sell, 1_000, 140_000, 1));
    let error = refused(&mut region, &alice, seal);
    assert_eq!(error, ContractError::NothingSealed { interval });
}

#[test]
fn a_seal_needs_its_flat_lock() {
    let mut region = Region::with(setup());
    let poor = region.enrol("poor", Plate::connection(1_000, 1_000));
    let interval = region.first_interval();
    let seal = region.to_seal(&poor, interval, &sealed(Side::Sell, 100, 1_000_000, 1));
    region.deposit(&poor.owner, 5_000_499);
    let error = refused(&mut region, &poor, seal.clone());
    let short = ContractError::InsufficientCollateral {
        lock: Money::new(500),
        free: Money::new(499),
        margin: Money::new(5_000_000),
    };
    assert_eq!(error, short);
    region.deposit(&poor.owner, 1);
    region.must(&poor.owner, seal);
}

#[test]
fn a_copied_hash_opens_nothing() {
    let (mut region, [alice, mallory], interval) = street();
    let offer = sealed(Side::Sell, 1_000, 140_000, 1);
    region.seal(&alice, interval, &offer);
    let hash = region.market.seals(&region.q(), interval, None).unwrap()[0]
        .hash
        .clone();
    let device = mallory.number;
    let copy = region.to_market(&ExecuteMsg::Seal { device, interval, hash });
    region.must(&mallory.owner, copy);
    region.reveal(&alice, interval, 0, &offer);
    // Once alice has revealed, everybody can read her order and its salt.
    let stolen = region.to_reveal(&mallory, interval, 0, &offer);
    let wrong = ContractError::WrongReveal {
        device,
        interval,
        slot: 0,
    };
    assert_eq!(refused(&mut region, &mallory, stolen), wrong);
    let hers = region.to_reveal(&alice, interval, 0, &offer);
    let error = refused(&mut region, &mallory, hers);
    assert!(matches!(error, ContractError::NotTheOwner { .. }), "{error}");
}

#[test]
fn what_is_revealed_is_what_was_sealed_once_and_in_time() {
    let (mut region, [alice, _], interval) = street();
    let offer = sealed(Side::Sell, 1_000, 140_000, 1);
    region.seal(&alice, interval, &offer);
    let reveal = |region: &Region, order: &SealedOrder| region.to_reveal(&alice, interval, 0, order);
    let right = reveal(&region, &offer);
    let error = refused(&mut region, &alice, right.clone());
    assert!(matches!(error, ContractError::GateOpen { .. }), "{error}");
    let closes_s = region.times(interval).closes_s;
    region.go(closes_s);
    let device = alice.number;
    for other in [
        sealed(Side::Buy, 1_000, 140_000, 1),
        sealed(Side::Sell, 1_001, 140_000, 1),
        sealed(Side::Sell, 1_000, 140_001, 1),
        sealed(Side::Sell, 1_000, 140_000, 2),
    ] {
        let wrong = ContractError::WrongReveal {
            device,
            interval,
            slot: 0,
        };
        let msg = reveal(&region, &other);
        assert_eq!(refused(&mut region, &alice, msg), wrong);
    }
    let mut salted = offer.clone();
    salted.salt = [1; 31].into();
    let msg = reveal(&region, &salted);
    assert_eq!(
        refused(&mut region, &alice, msg),
        ContractError::SaltLength { length: 31 }
    );
    region.must(&alice.owner, right.clone());
    let twice = ContractError::UnknownSeal {
        device,
        interval,
        slot: 0,
    };
    assert_eq!(refused(&mut region, &alice, right.clone()), twice);
    region.go(closes_s + 60);
    let late = ContractError::RevealWindow {
        interval,
        until_s: closes_s + 60,
        now_s: closes_s + 60,
    };
    assert_eq!(refused(&mut region, &alice, right), late);
}

#[test]
fn a_reveal_that_cannot_be_placed_may_be_tried_again() {
    let mut region = Region::with(setup());
    let poor = region.enrol("poor", Plate::connection(1_000, 1_000));
    let interval = region.first_interval();
    region.deposit(&poor.owner, 5_000_500);
    let bid = sealed(Side::Buy, 100, 200_000, 1);
    region.seal(&poor, interval, &bid);
    region.go(region.times(interval).closes_s);
    let reveal = region.to_reveal(&poor, interval, 0, &bid);
    let error = refused(&mut region, &poor, reveal.clone());
    let short = ContractError::InsufficientCollateral {
        lock: Money::new(30_010),
        free: Money::new(500),
        margin: Money::new(5_000_000),
    };
    assert_eq!(error, short);
    region.deposit(&poor.owner, 29_510);
    region.must(&poor.owner, reveal);
    assert_eq!(region.clear(interval).orders, 1);
}

#[test]
fn a_revealed_order_fits_beside_the_others_of_its_owner() {
    let (mut region, [alice, _], interval) = street();
    let bid = sealed(Side::Buy, 4_001, 150_000, 1);
    let offer = sealed(Side::Sell, 10, 150_000, 2);
    region.buy(&alice, interval, 1_000, 150_000);
    region.seal(&alice, interval, &bid);
    region.seal(&alice, interval, &offer);
    region.go(region.times(interval).closes_s);
    let msg = region.to_reveal(&alice, interval, 1, &bid);
    let error = refused(&mut region, &alice, msg);
    assert!(matches!(error, ContractError::AboveRating { .. }), "{error}");
    let msg = region.to_reveal(&alice, interval, 2, &offer);
    let crosses = ContractError::CrossesOwn {
        interval,
        limit: Price::new(150_000),
        other: Price::new(150_000),
    };
    assert_eq!(refused(&mut region, &alice, msg), crosses);
}

#[test]
fn standing_orders_leave_room_for_seals() {
    let (mut region, [alice, _], interval) = street();
    for salt in 0..8 {
        region.seal(&alice, interval, &sealed(Side::Buy, 10, 100_000, salt));
    }
    region.stand(&alice, vec![always(Side::Buy, 10, 100_000)]);
    region.close(interval, 1);
    for salt in 0..8 {
        region.reveal(&alice, interval, salt, &sealed(Side::Buy, 10, 100_000, salt));
    }
    assert_eq!(region.clear(interval).orders, 8);
}
