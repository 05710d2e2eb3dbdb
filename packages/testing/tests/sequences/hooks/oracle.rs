use std::collections::BTreeMap;

use busbar_testing::attestation::{page_of, slot_of, SignedReading};
use busbar_testing::oracle::ExecuteMsg;
use busbar_testing::units::{Interval, NetWh};
use busbar_testing::Region;

use super::{by, ownership, Draft, Hook};
use crate::hooks::grid::roles;
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("oracle.submit", submit),
    ("oracle.confirm", confirm),
    ("oracle.prune", prune),
    ("oracle.report_missing", report_missing),
    ("oracle.declare_unmetered", declare_unmetered),
    ("oracle.update_ownership", |world| ownership(world, "oracle")),
];

/// Registers of a device at the end of an interval: what it traded, more or less, on top of those before.
pub fn registers(world: &mut World, number: u32, interval: Interval) -> (u64, u64) {
    let known = world.registers.entry(number).or_default();
    if let Some(registers) = known.get(&interval) {
        return *registers;
    }
    let before = known
        .range(..interval)
        .next_back()
        .map(|(at, registers)| (*at, *registers));
    let (at, mut registers) = before.unwrap_or_else(|| first(world, number, interval));
    for at in at.get() + 1..=interval.get() {
        let at = Interval::new(at);
        let (drawn, fed) = energy(world, number, at);
        registers = (registers.0 + drawn, registers.1 + fed);
        world.registers.entry(number).or_default().insert(at, registers);
    }
    world.registers.entry(number).or_default().insert(interval, registers);
    registers
}

/// Registers that the oracle has already, else zero.
fn first(world: &World, number: u32, interval: Interval) -> (Interval, (u64, u64)) {
    let (q, oracle) = (world.region.q(), &world.region.oracle);
    for back in 0..12 {
        let Some(at) = interval.minus(back) else { break };
        let page = busbar_testing::oracle::raw::page(&q, oracle.address(), at, page_of(number)).unwrap();
        let found = page.as_ref().and_then(|page| page.get(slot_of(number)).copied());
        if let Some(reading) = found {
            let base = reading.base();
            return (at, (base.import.get(), base.export.get()));
        }
    }
    (interval, (0, 0))
}

fn energy(world: &mut World, number: u32, interval: Interval) -> (u64, u64) {
    let traded = world.region.market.position(&world.region.q(), interval, number);
    let traded = traded.map_or(0, |position| position.traded.get());
    // The storage is the first device: it charges for those who bank, or gives back.
    let beyond = match world.rng.below(10) {
        _ if number == 0 => world.rng.between(-100, 300),
        0..=3 => 0,
        _ => world.rng.between(-300, 300),
    };
    let net = (traded + beyond).clamp(-900, 900);
    (net.max(0).unsigned_abs(), net.min(0).unsigned_abs())
}

/// Readings of an interval: some are missing, some are false.
fn submit(world: &mut World) -> Draft {
    let now = world.region.current_interval();
    let interval = world.focus.unwrap_or(now.minus(world.rng.below(4)).unwrap());
    let mut readings = BTreeMap::new();
    let attendance = world.rng.pick(&[100, 100, 100, 80, 30]);
    for device in world.devices.clone() {
        if world.rng.chance(attendance) {
            if let Some(signed) = reading(world, device.number, interval) {
                readings.insert(device.number, signed);
            }
        }
    }
    let revised = readings.values().any(|signed| signed.reading.revision() > 0);
    let sender = if revised && world.rng.chance(80) {
        roles(world).operator
    } else {
        world.actor()
    };
    let readings: Vec<SignedReading> = readings.into_values().collect();
    by(Some(sender), world.region.oracle.submit(Region::batches(&readings)))
}

fn reading(world: &mut World, number: u32, interval: Interval) -> Option<SignedReading> {
    let key = world.key(number, interval)?;
    let (mut import, mut export) = registers(world, number, interval);
    let mut revision = 0;
    let mischief = world.rng.below(100);
    match mischief {
        0 => import = import.saturating_sub(world.rng.below(2_000)),
        1 => export += 1 << 30,
        2 => (revision, import) = (world.rng.pick(&[1, 1, 2, 255]), import + world.rng.below(40)),
        3 => export += world.rng.below(3),
        _ => {}
    }
    let device = busbar_testing::Device {
        number,
        owner: world.region.owner.clone(),
    };
    let mut meter = world.region.meter(&device).clone();
    meter.key = key;
    let mut signed = meter.revise(interval, revision, import, export);
    if mischief == 4 {
        signed.signature[world.rng.index(64)] ^= 1;
    }
    Some(signed)
}

fn confirm(world: &mut World) -> Draft {
    let now = world.region.current_interval();
    let interval = world.focus.unwrap_or(now.minus(world.rng.below(5)).unwrap());
    by(Some(world.actor()), world.region.oracle.confirm(interval))
}

fn prune(world: &mut World) -> Draft {
    let cursor = world.region.oracle.prune_cursor(&world.region.q()).unwrap();
    by(Some(world.actor()), world.region.oracle.prune(cursor.interval))
}

fn report_missing(world: &mut World) -> Draft {
    let number = world.device().number;
    by(Some(world.actor()), world.region.oracle.report_missing(number))
}

fn declare_unmetered(world: &mut World) -> Draft {
    let net = NetWh::new(world.rng.between(-500, 500));
    let bus = u16::try_from(world.rng.below(3)).unwrap();
    let msg = ExecuteMsg::DeclareUnmetered { bus, net };
    by(Some(roles(world).operator), world.region.oracle.execute(&msg))
}
