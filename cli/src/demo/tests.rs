//! Whole runs on small homes.
#![allow(clippy::arithmetic_side_effects)]

use busbar_units::{Money, NetMoney, Ppm, Price, UnitsError, Watt, Wh};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::check::{CheckError, check};
use super::input::{Battery, Home, Homes, HourTariff};
use super::plan::Preference;
use super::region::{Region, community_battery};
use super::result::{RunResult, Setting};
use super::venue::in_process;
use super::{hours, readback};

/// Homes under one sun with unequal roofs and habits.
fn homes(count: usize, hours: usize) -> Homes {
    let home = |number: usize| {
        let hour = |hour: usize| {
            let sun = [0u64, 200, 1500, 2600, 900, 0][hour % 24 / 4] * u64::try_from(number % 4).unwrap() / 2;
            let load = 300 + 250 * u64::try_from((hour * 5 + number * 3) % 7).unwrap();
            (Wh::new(sun), Wh::new(load))
        };
        let (generation, load) = (0..hours).map(hour).unzip();
        Home {
            name: format!("Building_{}", number + 1),
            generation,
            load,
        }
    };
    let battery = Battery {
        capacity: Wh::new(3000),
        power: Watt::new(1500),
        efficiency: Ppm::new(900_000),
    };
    Homes {
        homes: (0..count).map(home).collect(),
        hours,
        rows: hours,
        starts_at: 0,
        battery,
        day_before: Vec::new(),
    }
}

fn tariff(hour: usize) -> HourTariff {
    let import = Price::new(if hour % 24 < 16 { 220_000 } else { 540_001 });
    HourTariff {
        import,
        export: Price::new(import.get() * 3 / 10),
    }
}

fn run(count: usize, hours: usize, seed: u64) -> RunResult {
    let mut homes = homes(count, hours);
    community_battery(&mut homes).unwrap();
    let tariffs: Vec<_> = (0..hours).map(tariff).collect();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let preferences = homes.homes.iter().map(|_| Preference::draw(&mut random)).collect();
    let (region, meters) = Region::found(&homes, &tariffs, None, seed, &mut random, in_process).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let queue = folder.path().join("queue");
    let mut done = 0;
    let ran = hours::run(region, meters, &homes, &tariffs, preferences, &queue, || done += 1).unwrap();
    assert_eq!(done, hours);
    let setting = Setting {
        from: 0,
        starts_at: 0,
        seed,
        tariff: "made up".to_owned(),
        export_share: "0.3".to_owned(),
        battery_usable: homes.battery.capacity,
        battery_power: homes.battery.power,
        battery_efficiency: homes.battery.efficiency,
    };
    let (run, records) = readback::conclude(ran, setting).unwrap();
    let checked = records.verify().unwrap();
    assert_eq!(
        (checked.count, checked.genuine),
        (run.readings.submitted, run.readings.submitted)
    );
    run
}

#[test]
fn three_days_trade_bank_and_redeem_and_add_up() {
    let run = run(4, 72, 1);
    let totals = &run.totals;
    for (name, energy) in [
        ("traded", totals.traded),
        ("banked", totals.banked),
        ("redeemed", totals.redeemed),
        ("utility import", totals.utility_import),
        ("utility export", totals.utility_export),
    ] {
        assert!(!energy.is_zero(), "{name}");
    }
    assert_eq!((totals.cleared, totals.skipped, totals.settled), (72, 0, 72));
    assert_eq!(run.readings.submitted, 5 * 73);
    assert_eq!(run.readings.accepted, 5 * 73);
    // What the meters saw is what the inputs net to.
    for (home, input) in run.homes.iter().zip(homes(4, 72).homes) {
        let pairs = || input.generation.iter().zip(&input.load);
        let fed: u64 = pairs().map(|(made, used)| made.get().saturating_sub(used.get())).sum();
        let drawn: u64 = pairs().map(|(made, used)| used.get().saturating_sub(made.get())).sum();
        assert_eq!(
            (home.generation.get(), home.consumption.get()),
            (fed, drawn),
            "{}",
            home.name
        );
    }
}

#[test]
fn the_first_day_has_no_orders_and_the_next_has() {
    assert_eq!(run(3, 24, 1).totals.orders, 0);
    let second = run(3, 37, 1);
    assert!(second.totals.orders > 0);
    assert!(
        second.hours[..24]
            .iter()
            .all(|hour| hour.traded.is_zero() && hour.price.is_none())
    );
    assert!(second.hours[24..].iter().any(|hour| hour.price.is_some()));
}

#[test]
fn prices_lie_strictly_between_the_tariffs() {
    for hour in run(5, 48, 3).hours {
        if let Some(price) = hour.price {
            assert!(hour.export_tariff < price && price < hour.import_tariff);
        }
    }
}

#[test]
fn a_lone_home_without_orders_pays_the_plain_tariff_and_the_fees() {
    let run = run(1, 24, 1);
    let home = &run.homes[0];
    assert_eq!(home.bill, home.plain_bill.add(home.fees.paid().unwrap()).unwrap());
    assert_eq!(home.fees, Money::new(24 * 100));
}

#[test]
fn equal_seeds_give_equal_runs() {
    let bills = |seed| run(3, 40, seed).homes.iter().map(|home| home.bill).collect::<Vec<_>>();
    let first = bills(7);
    assert_eq!(first, bills(7));
    assert_ne!(first, bills(8));
}

#[test]
fn one_home_and_more_homes_than_a_page_run_too() {
    assert_eq!(run(1, 30, 1).totals.traded, Wh::ZERO);
    let many = run(65, 2, 1);
    assert_eq!((many.homes.len(), many.readings.accepted), (65, 66 * 3));
}

/// Adds one unit to something.
type Fault = (&'static str, fn(&mut RunResult));

#[test]
fn one_unit_too_many_anywhere_is_noticed() {
    let run = run(4, 50, 1);
    assert_eq!(check(&run), Ok(()));
    let faults: [Fault; 22] = [
        ("generation", |run| one_wh(&mut run.totals.generation)),
        ("consumption", |run| one_wh(&mut run.totals.consumption)),
        ("banked", |run| one_wh(&mut run.totals.banked)),
        ("redeemed", |run| one_wh(&mut run.totals.redeemed)),
        ("charged", |run| one_wh(&mut run.totals.charged)),
        ("discharged", |run| one_wh(&mut run.totals.discharged)),
        ("minted", |run| one_wh(&mut run.totals.minted)),
        ("burned", |run| one_wh(&mut run.totals.burned)),
        ("utility import", |run| one_wh(&mut run.totals.utility_import)),
        ("utility export", |run| one_wh(&mut run.totals.utility_export)),
        ("tokens", |run| one_wh(&mut run.tokens)),
        ("home's generation", |run| one_wh(&mut run.homes[1].generation)),
        ("home's sales", |run| one_wh(&mut run.homes[1].sold)),
        ("home's purchases", |run| one_wh(&mut run.homes[2].bought)),
        ("home's gross load", |run| one_wh(&mut run.homes[0].gross_consumption)),
        ("home's tokens", |run| one_wh(&mut run.homes[3].tokens)),
        ("home's bill", |run| {
            run.homes[0].bill = run.homes[0].bill.add(NetMoney::new(1)).unwrap()
        }),
        ("deposits", |run| one_coin(&mut run.coin.deposited)),
        ("withdrawals", |run| one_coin(&mut run.coin.withdrawn)),
        ("coin held", |run| one_coin(&mut run.coin.held)),
        ("accounts", |run| one_coin(&mut run.coin.accounts)),
        ("readings", |run| run.readings.accepted += 1),
    ];
    for (name, fault) in faults {
        let mut faulty = run.clone();
        fault(&mut faulty);
        assert!(matches!(check(&faulty), Err(CheckError::Unequal { .. })), "{name}");
    }
    let mut overflow = run;
    overflow.totals.generation = Wh::MAX;
    assert!(matches!(
        check(&overflow),
        Err(CheckError::Units(UnitsError::Overflow { .. }))
    ));
}

fn one_wh(energy: &mut Wh) {
    *energy = energy.add(Wh::new(1)).unwrap();
}

fn one_coin(money: &mut Money) {
    *money = money.add(Money::new(1)).unwrap();
}
