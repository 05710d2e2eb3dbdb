//! The regions in which sequences begin: founded once per thread, forked per sequence.
use busbar_testing::attestation::{Curve, DeviceKind};
use busbar_testing::grid::{Bus, FrequencyStep, Line, Network, REGION_BUS};
use busbar_testing::units::{Interval, Millihertz, Money, Ppm, Price, Wh};
use busbar_testing::{Device, Plate, Region, Setup};

use crate::world::World;

/// Seconds after gate closure in which sealed orders are revealed.
pub const REVEAL_S: u32 = 30;

/// One bus with a bank; a feeder that congests, with a bank; a ring that is cleared by proposal; and a region
/// of days, where what takes weeks is soon over and a head meter contradicts the devices.
pub fn all() -> Vec<World> {
    let street = setup(900).with_bank(3_000);
    let feeder = Setup {
        network: Some(feeder()),
        ..setup(900).with_bank(3_000)
    };
    let ring = Setup {
        network: Some(ring()),
        ..setup(900)
    };
    let mut days = Setup {
        domain: "elm-street".into(),
        ..setup(86_400).with_bank(100_000)
    };
    days.params.dispute_window = 0;
    days.params.head_mismatches = 1;
    [street, feeder, ring, days].map(found).into()
}

fn setup(interval_s: u64) -> Setup {
    let mut setup = Setup {
        interval_s,
        energy_interval_s: interval_s,
        start: Interval::new(1_800_000_000 / interval_s),
        curve: Curve::Ed25519,
        ..Setup::default()
    };
    let params = &mut setup.params;
    (params.price_floor, params.price_cap) = (Price::new(-200_000), Price::new(600_000));
    (params.imbalance_min, params.imbalance_max) = (Price::new(-200_000), Price::new(600_000));
    (params.horizon, params.missing_limit) = (5, 2);
    (
        params.confirmation_window,
        params.dispute_window,
        params.correction_window,
    ) = (1, 1, 2);
    (params.steps_per_device, params.reveal_s) = (4, REVEAL_S);
    params.losses = Ppm::new(30_000);
    (params.order_fee, params.clear_bounty) = (Money::new(50), Money::new(20));
    (params.settlement_fee, params.settle_bounty) = (Money::new(70), Money::new(40));
    (params.solver_bounty, params.sealed_lock, params.sealed_fee) =
        (Money::new(30), Money::new(5_000), Money::new(900));
    params.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(100),
        add_on: Price::new(15_000),
    }];
    setup
}

fn line(name: &str, from: u16, to: u16, capacity: u64) -> Line {
    Line::new(name, from, to, Wh::new(capacity))
}

fn feeder() -> Network {
    Network {
        buses: ["utility", "town", "hill", "mill"].map(Bus::new).into(),
        lines: vec![
            line("connection", 0, 1, 1 << 40),
            line("ridge", 1, 2, 300),
            line("slope", 2, 3, 150),
        ],
        voltage: None,
    }
}

fn ring() -> Network {
    let side = |name, from, to, capacity, derated: Option<u64>| Line {
        reactance: 1_000,
        resistance: 1_000,
        derated: derated.map(Wh::new),
        ..line(name, from, to, capacity)
    };
    Network {
        buses: ["utility", "town", "hill", "mill"].map(Bus::new).into(),
        lines: vec![
            side("connection", 0, 1, 1 << 40, Some(1 << 40)),
            side("ridge", 1, 2, 800, Some(300)),
            side("slope", 2, 3, 800, None),
            side("lane", 1, 3, 200, Some(100)),
        ],
        voltage: None,
    }
}

/// Four devices, two intervals that are final, one that is settled and one that is cleared.
fn found(setup: Setup) -> World {
    let buses = if setup.network.is_some() { [1, 2, 3] } else { [1; 3] };
    let bank = setup.params.bank.clone();
    let mut region = Region::with(setup);
    let mut devices = vec![region.storage("battery", 4_000, 100_000)];
    if let Some(bank) = bank {
        assert_eq!(bank.device, devices[0].number);
    }
    for (name, bus) in ["alice", "bob", "carol"].into_iter().zip(buses) {
        devices.push(region.home_at(bus, name, 4_000, 4_000));
    }
    trade(&mut region, &devices);
    if region.setup().params.head_mismatches > 0 {
        contradict(&mut region, &mut devices);
    }
    World::new(region, devices)
}

/// A head meter that measures more than the devices, until the ratings can be lowered for it.
fn contradict(region: &mut Region, devices: &mut Vec<Device>) {
    let plate = Plate {
        kind: DeviceKind::HeadMeter,
        ..Plate::connection(100_000, 100_000)
    };
    let watch = region.enrol("operator", plate);
    let first = region.current_interval().plus(2).unwrap();
    region.skip(first);
    let idle = devices.iter().map(|device| (device, 0, 0));
    let energies = idle.chain([(&watch, 5_000, 0)]).collect::<Vec<_>>();
    region.deliver(first, &energies);
    region.settle(first);
    region.skip(first.plus(1).unwrap());
    region.deliver(first.plus(1).unwrap(), &energies);
    region.finalise(first);
    // The pages of an interval are pruned with the comparison of the one after it.
    let anyone = region.account("anyone");
    loop {
        let cursor = region.oracle.prune_cursor(&region.q()).unwrap().interval;
        if cursor == first {
            break;
        }
        let prune = region.oracle.prune(cursor).unwrap();
        region.must(&anyone, prune);
    }
    let feeder = region.oracle.feeder(&region.q(), REGION_BUS).unwrap().unwrap();
    assert_eq!(feeder.strikes, 1);
    devices.push(watch);
}

fn trade(region: &mut Region, devices: &[Device]) {
    let [battery, alice, bob, carol] = devices else {
        panic!("four devices")
    };
    let first = region.first_interval();
    let banks = region.setup().params.bank.is_some();
    for offset in 0..3 {
        let interval = first.plus(offset).unwrap();
        region.sell(alice, interval, 200, 100_000);
        region.buy(bob, interval, 120, 180_000);
        region.buy(carol, interval, 80, 160_000);
        if banks {
            region.bank(alice, interval, 90);
        }
    }
    for offset in 0..3 {
        let interval = first.plus(offset).unwrap();
        let closes_s = region.times(interval).closes_s;
        let params = region.params(interval);
        region.reach(closes_s + u64::from(params.reveal_s + params.solver_window_s));
        region.clear(interval);
    }
    for offset in 0..3 {
        let interval = first.plus(offset).unwrap();
        region.deliver(
            interval,
            &[(battery, 90, 0), (alice, 0, 290), (bob, 130, 0), (carol, 70, 0)],
        );
        region.settle(interval);
    }
    region.finalise(first.plus(1).unwrap());
    region.issue();
    if banks {
        region.withdraw_energy(&alice.owner, 60);
    }
}
