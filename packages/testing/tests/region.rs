//! A region in a few lines, through whole days.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
use busbar_testing::attestation::{Curve, DeviceKind, SigningKey};
use busbar_testing::grid::Tariff;
use busbar_testing::market::Stage;
use busbar_testing::units::{Interval, Money, Ppm, Price, Watt, Wh};
use busbar_testing::{household, Plate, Region, Setup};

#[test]
fn a_region_opens_with_its_roles_and_the_utilitys_deposit() {
    let mut region = Region::new();
    let totals = region.market.totals(&region.q()).unwrap();
    assert_eq!(totals.deposited, region.setup().utility_deposit);
    assert_eq!(region.current_interval(), Interval::new(2_000_000));
    let alice = region.account("alice");
    assert_eq!(region.coin(&alice), region.setup().purse);
    assert_eq!(region.account("alice"), alice);
    assert_eq!(region.coin(&alice), region.setup().purse, "named twice, funded once");
}

#[test]
fn an_hour_of_an_hourly_region_carries_an_hours_energy() {
    let region = Region::with(Setup::hourly());
    let times = region.times(region.first_interval());
    assert_eq!(times.end_s - times.start_s, 3_600);
    assert_eq!(region.setup().energy_interval_s, 3_600);
}

#[test]
fn the_utility_posts_tariffs_of_intervals_that_are_not_open_yet() {
    let mut region = Region::new();
    let current = region.current_interval();
    let later = current.plus(u64::from(region.params(current).horizon) + 1).unwrap();
    let tariff = Tariff {
        import: Price::new(250_000),
        export: Price::new(60_000),
    };
    region.tariffs(later, vec![tariff]);
    assert_eq!(region.grid.tariff(&region.q(), later).unwrap(), tariff);
}

#[test]
fn homes_of_every_curve_enrol() {
    for curve in [Curve::Secp256r1, Curve::Secp256k1, Curve::Ed25519] {
        let mut region = Region::with(Setup {
            curve,
            ..Setup::default()
        });
        let alice = region.home("alice", 5_000, 5_000);
        let device = region.registry.device(&region.q(), alice.number).unwrap();
        assert_eq!((device.owner, device.key.curve), (alice.owner, curve));
    }
}

#[test]
fn two_neighbours_trade() {
    let mut region = Region::new();
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 1_000, 140_000);
    region.buy(&bob, interval, 1_000, 140_000);
    let cleared = region.clear(interval);
    assert_eq!(
        (cleared.stage, cleared.bought, cleared.sold),
        (Stage::Cleared, Wh::new(1_000), Wh::new(1_000))
    );
    region.deliver(interval, &[(&alice, 0, 1_000), (&bob, 1_000, 0)]);
    assert_eq!(region.settle(interval).stage, Stage::Settled);
    assert_eq!(
        (region.paid(&alice, interval), region.paid(&bob, interval)),
        (-140_000, 140_000)
    );
    assert_eq!(region.finalise(interval).stage, Stage::Final);
}

#[test]
fn the_worked_interval() {
    let mut region = Region::new();
    let [a, b, c] = ["a", "b", "c"].map(|name| region.home(name, 10_000, 10_000));
    let interval = region.first_interval();
    region.sell(&a, interval, 1_000, 140_000);
    region.buy(&b, interval, 1_000, 140_000);
    region.clear(interval);
    region.deliver(interval, &[(&a, 0, 800), (&b, 1_300, 0), (&c, 0, 500)]);
    let settled = region.settle(interval);
    assert!(settled.net.is_zero(), "the utility's meter reads 0");
    // The region is balanced, so what deviates is priced at the utility's bus price.
    let price = i128::from(settled.imbalance_price.get());
    assert_eq!(region.paid(&a, interval), -140_000 + 200 * price / 1_000);
    assert_eq!(region.paid(&b, interval), 140_000 + 300 * price / 1_000);
    assert_eq!(region.paid(&c, interval), -500 * price / 1_000);
}

#[test]
fn a_neighbour_banks_and_redeems() {
    let mut setup = Setup::default().with_bank(10_000);
    let bank = setup.params.bank.as_mut().unwrap();
    (bank.efficiency, bank.fee) = (Ppm::new(900_000), Price::new(10_000));
    let mut region = Region::with(setup);
    let battery = region.storage("battery", 8_000, 10_000);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 8_000, 8_000));
    let noon = region.first_interval();
    region.bank(&alice, noon, 900);
    region.clear(noon);
    region.deliver(noon, &[(&battery, 900, 0), (&alice, 0, 900), (&bob, 0, 0)]);
    let settled = region.settle(noon);
    assert_eq!((settled.banked, settled.minted), (Wh::new(900), Wh::new(810)));
    assert_eq!(region.books(&alice.owner).energy, Wh::new(810));
    assert_eq!(region.paid(&alice, noon), 9_000, "the fee of 0.9 kWh");

    region.withdraw_energy(&alice.owner, 500);
    let give = region.energy_token.transfer(&bob.owner, Wh::new(400)).unwrap();
    region.must(&alice.owner, give);
    region.deposit_energy(&bob.owner, 400);
    let night = noon.plus(3).unwrap();
    region.redeem(&bob, night, 400);
    region.clear(night);
    for interval in noon.get() + 1..night.get() {
        region.deliver(
            Interval::new(interval),
            &[(&battery, 0, 0), (&alice, 0, 0), (&bob, 0, 0)],
        );
    }
    region.deliver(night, &[(&battery, 0, 400), (&alice, 0, 0), (&bob, 400, 0)]);
    let settled = region.settle(night);
    assert_eq!((settled.redeemed, settled.burned), (Wh::new(400), Wh::new(400)));
    assert_eq!(region.energy_token.supply(&region.q()).unwrap(), Wh::new(410));
    region.finalise(night);
}

#[test]
fn a_full_connection_and_fees() {
    let mut params = household();
    // 200 Wh per interval fit through the connection.
    (params.connection_import, params.connection_export) = (Watt::new(800), Watt::new(800));
    (params.order_fee, params.settlement_fee) = (Money::new(20), Money::new(30));
    (params.clear_bounty, params.settle_bounty) = (Money::new(10), Money::new(15));
    let mut region = Region::with(Setup {
        params,
        ..Setup::default()
    });
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 8_000, 8_000));
    let noon = region.first_interval();
    region.sell(&alice, noon, 600, 30_000);
    region.sell(&alice, noon, 600, 40_000);
    region.buy(&bob, noon, 300, 140_000);
    let evening = noon.plus(1).unwrap();
    region.buy(&bob, evening, 900, 400_000);
    region.sell(&alice, evening, 100, 300_000);
    let cleared = region.clear(noon);
    assert_eq!(
        (cleared.price.get(), cleared.price_utility.get()),
        (30_000, 70_000),
        "the connection is full"
    );
    region.clear(evening);
    region.deliver(noon, &[(&alice, 0, 700), (&bob, 200, 0)]);
    region.deliver(evening, &[(&alice, 0, 50), (&bob, 1_000, 0)]);
    let late = region.settle(noon);
    assert_eq!((late.imbalance_price.get(), late.net.get()), (70_000, -500));
    // 500 Wh sold at the bus price, 200 Wh beyond at the lower of both buses' prices, three fees.
    assert_eq!(region.paid(&alice, noon), -15_000 - 200 * 30 + 2 * 20 + 30);
    // 300 Wh bought, 100 of them left over.
    assert_eq!(region.paid(&bob, noon), 9_000 - 100 * 30 + 20 + 30);
    region.settle(evening);
    let night = region.current_interval().plus(1).unwrap();
    region.buy(&bob, night, 500, 140_000);
    region.skip(night);
    region.deliver(night, &[(&alice, 0, 0), (&bob, 500, 0)]);
    region.settle(night);
    assert_eq!(
        region.paid(&bob, night),
        500 * 210 + 30,
        "no order fee where nobody cleared"
    );
    region.finalise(night);
    let totals = region.market.totals(&region.q()).unwrap();
    assert!(totals.fund.get() > 0, "the rent of a full connection goes to the fund");
}

#[test]
fn a_missing_meter_and_a_skipped_interval() {
    let mut region = Region::new();
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let first = region.first_interval();
    region.sell(&alice, first, 1_000, 140_000);
    region.buy(&bob, first, 1_000, 140_000);
    region.clear(first);
    region.deliver(first, &[(&bob, 1_000, 0)]);
    region.settle(first);
    let second = region.current_interval().plus(1).unwrap();
    region.buy(&bob, second, 500, 140_000);
    region.skip(second);
    region.deliver(second, &[(&bob, 500, 0)]);
    region.finalise(second);
}

#[test]
fn what_a_missing_seller_locks_waits_and_a_missing_buyer_pays() {
    let mut params = household();
    // Without the utility the two homes' limits alone make the price.
    (params.connection_import, params.connection_export) = (Watt::ZERO, Watt::ZERO);
    let mut region = Region::with(Setup {
        params,
        ..Setup::default()
    });
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| region.home(name, 5_000, 5_000));
    let first = region.first_interval();
    for (interval, price) in [(first, 0), (first.plus(1).unwrap(), 140_000)] {
        region.sell(&alice, interval, 1_000, price);
        region.buy(&bob, interval, 1_000, price);
        assert_eq!(region.clear(interval).price.get(), price);
    }
    for interval in [first, first.plus(1).unwrap()] {
        region.deliver(interval, &[(&carol, 0, 0)]);
        region.settle(interval);
        assert_eq!(region.books(&bob.owner).locked.is_zero(), interval > first);
    }
    assert!(
        !region.books(&alice.owner).locked.is_zero(),
        "nobody knows what she fed"
    );
    region.finalise(first.plus(1).unwrap());
    assert!(region.books(&alice.owner).locked.is_zero());
}

#[test]
fn what_strangers_send_counts_for_nobody() {
    let mut region = Region::new();
    let alice = region.home("alice", 5_000, 5_000);
    region.donate(&alice.owner, 1_000);
    let totals = region.market.totals(&region.q()).unwrap();
    assert_eq!(totals.coin_held.get(), totals.deposited.get() + 1_000);
}

#[test]
fn a_refusal_returns_the_contracts_error() {
    let mut region = Region::new();
    let (alice, owner) = (region.account("alice"), region.owner.clone());
    let update = region.grid.update(household()).unwrap();
    let refused: busbar_grid::ContractError = region.refused(&alice, update.clone());
    assert_eq!(refused.to_string(), "Caller is not the contract's current owner");
    region.must(&owner, update);
}

#[test]
fn the_state_is_that_of_every_contract() {
    let purse = Money::new(500);
    let mut region = Region::with(Setup {
        purse,
        ..Setup::default()
    });
    assert_eq!(region.setup().purse, purse);
    let before = region.state();
    for address in [
        region.grid.address(),
        region.registry.address(),
        region.market.address(),
    ] {
        let stored = region.app.dump_wasm_raw(address);
        assert!(stored.iter().all(|entry| before.contains(entry)) && !stored.is_empty());
    }
    let alice = region.account("alice");
    region.deposit(&alice, 1);
    assert_ne!(region.state(), before);
}

#[test]
#[should_panic(expected = "{\"withdraw\":{\"amount\":\"1\"}} is refused: ")]
fn a_script_that_cannot_go_on_says_why() {
    let mut region = Region::new();
    let alice = region.account("alice");
    region.withdraw(&alice, 1);
}

#[test]
#[should_panic(expected = "cannot go back")]
fn the_clock_never_goes_back() {
    let mut region = Region::new();
    region.go(0);
}

#[test]
fn the_clock_goes_where_it_is_sent() {
    let mut region = Region::new();
    let (start_s, height) = (region.now_s(), region.app.block_info().height);
    region.advance(10);
    assert_eq!(
        (region.now_s(), region.app.block_info().height),
        (start_s + 10, height + 1)
    );
    let next = region.current_interval().plus(1).unwrap();
    assert_eq!(region.first_interval(), next);
    region.go(region.times(next).closes_s - 1);
    assert_eq!(region.first_interval(), next);
    region.advance(1);
    assert_eq!(region.first_interval(), next.plus(1).unwrap(), "the gate has closed");
    region.at(next);
    assert_eq!((region.current_interval(), region.now_s()), (next, start_s + 900));
    region.reach(0);
    assert_eq!(region.now_s(), start_s + 900, "it is past that");
}

#[test]
fn a_device_is_what_its_plate_says() {
    let mut region = Region::with(Setup::default().with_bank(10_000));
    let battery = region.storage("battery", 8_000, 9_000);
    let device = region.registry.device(&region.q(), battery.number).unwrap();
    assert_eq!((device.kind, device.usable), (DeviceKind::Storage, Wh::new(9_000)));
    assert_eq!(
        (device.usable_import.get(), device.endorsed_export.get()),
        (8_000, 8_000)
    );
    let next = region.current_interval().plus(1).unwrap();
    assert_eq!(region.active_from(&battery), next);
    assert_eq!(
        region.first_interval(),
        next.plus(1).unwrap(),
        "the reading before is the baseline"
    );
    let half = region.setup().purse.get() / 2;
    assert_eq!(region.books(&battery.owner).balance.get(), half);
    assert_eq!(region.coin(&battery.owner).get(), half);
    region.withdraw(&battery.owner, 1);
    assert_eq!(region.coin(&battery.owner).get(), half + 1);
}

#[test]
fn devices_behind_a_connection_do_not_settle() {
    let mut region = Region::new();
    let alice = region.home("alice", 5_000, 5_000);
    let behind = Some(alice.number);
    let roof = region.enrol(
        "alice",
        Plate {
            behind,
            ..Plate::connection(10, 4_000)
        },
    );
    assert!(!region.registry.device(&region.q(), roof.number).unwrap().settles);
    let interval = region.first_interval();
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 300), (&roof, 0, 900)]);
    assert_eq!(
        region.settle(interval).net.get(),
        -300,
        "the connection counts, not what lies behind it"
    );
    assert_eq!(region.paid(&alice, interval), -300 * 70);
    assert_eq!(region.paid(&roof, interval), 0);
}

#[test]
fn a_fork_lives_on_its_own() {
    let mut region = Region::new();
    let alice = region.home("alice", 5_000, 5_000);
    let mut fork = region.fork();
    assert_eq!(fork.state(), region.state());
    fork.withdraw(&alice.owner, 1_000);
    assert_ne!(fork.state(), region.state());
    assert_eq!(fork.coin(&alice.owner).get(), region.coin(&alice.owner).get() + 1_000);
    let interval = fork.first_interval();
    fork.buy(&alice, interval, 1_000, 140_000);
    assert_eq!(region.first_interval(), interval);
    assert!(region.books(&alice.owner).locked.is_zero());
}

#[test]
fn a_device_has_the_meter_that_was_put_in() {
    let mut region = Region::new();
    let alice = region.home("alice", 5_000, 5_000);
    let key = SigningKey::generate(Curve::Ed25519, b"another").unwrap();
    region.install(alice.number, key.clone());
    let meter = region.meter(&alice);
    assert_eq!((meter.number, meter.import, meter.export), (alice.number, 0, 0));
    assert_eq!(meter.key.public_key(), key.public_key());
}
