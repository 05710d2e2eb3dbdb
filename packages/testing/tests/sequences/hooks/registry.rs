use busbar_testing::attestation::{
    Curve, DeviceKind, Domain, Endorsement, Enrolment, Reading, Reset, Rotation, SigningKey,
};
use busbar_testing::cosmwasm_std::{Addr, Binary};
use busbar_testing::grid::REGION_BUS;
use busbar_testing::registry::{raw, Device, ExecuteMsg, Status, Suspension};
use busbar_testing::units::{Interval, Ppm, Watt, Wh};
use busbar_testing::Plate;

use super::{by, ownership, Draft, Hook};
use crate::hooks::{grid::roles, oracle::registers};
use crate::world::World;

pub const HOOKS: &[(&str, Hook)] = &[
    ("registry.admit_manufacturer", admit_manufacturer),
    ("registry.remove_manufacturer", remove_manufacturer),
    ("registry.reserve", |world| {
        by(Some(world.actor()), world.region.registry.reserve())
    }),
    ("registry.release_lapsed", release_lapsed),
    ("registry.enrol", enrol),
    ("registry.confirm", confirm),
    ("registry.lower_rating", lower_rating),
    ("registry.lower_feeder", |world| {
        by(Some(world.actor()), world.region.registry.lower_feeder(REGION_BUS))
    }),
    ("registry.raise_rating", raise_rating),
    ("registry.rotate_key", rotate_key),
    ("registry.complete_rotation", complete_rotation),
    ("registry.cancel_rotation", cancel_rotation),
    ("registry.replace", replace),
    ("registry.suspend", suspend),
    ("registry.report_foreign_record", report_foreign_record),
    ("registry.reinstate", reinstate),
    ("registry.retire", retire),
    ("registry.offer_device", offer_device),
    ("registry.withdraw_offer", withdraw_offer),
    ("registry.accept_device", accept_device),
    ("registry.update_ownership", |world| ownership(world, "registry")),
];

/// What the registry knows of each device, from a random one on.
fn stored(world: &mut World) -> Vec<Device> {
    let (q, registry) = (world.region.q(), world.region.registry.address());
    let numbers = world.devices.iter().map(|device| device.number);
    let mut stored: Vec<Device> = numbers
        .filter_map(|number| raw::device(&q, registry, number).unwrap())
        .collect();
    let first = world.rng.index(stored.len());
    stored.rotate_left(first);
    stored
}

fn with_status(world: &mut World, of: &[Status]) -> Option<Device> {
    stored(world).into_iter().find(|device| of.contains(&device.status))
}

fn owner(world: &World) -> Option<Addr> {
    world.ownership("registry")[0].clone()
}

fn fresh(world: &mut World) -> SigningKey {
    SigningKey::generate(Curve::Ed25519, world.unique().as_bytes()).unwrap()
}

/// A manufacturer beside the one that the devices come from, which stays.
fn admit_manufacturer(world: &mut World) -> Draft {
    let (id, key) = (2 + u32::try_from(world.rng.below(3)).unwrap(), fresh(world));
    by(
        owner(world),
        world
            .region
            .registry
            .admit_manufacturer(id, "Other works", key.public_key()),
    )
}

fn remove_manufacturer(world: &mut World) -> Draft {
    let q = world.region.q();
    let known = (2..6).find(|id| world.region.registry.manufacturer(&q, *id).is_ok());
    let id = known.unwrap_or(if world.rng.chance(3) { 1 } else { 2 });
    by(
        owner(world),
        world.region.registry.execute(&ExecuteMsg::RemoveManufacturer { id }),
    )
}

/// Numbers that are reserved and by whom, the oldest first.
fn reserved(world: &World) -> Vec<(u32, Addr)> {
    let q = world.region.q();
    let count = raw::count(&q, world.region.registry.address()).unwrap();
    let reservation = |number| world.region.registry.reservation(&q, number).ok();
    (0..count)
        .filter_map(reservation)
        .map(|found| (found.number, found.owner))
        .collect()
}

fn release_lapsed(world: &mut World) -> Draft {
    let number = reserved(world).first()?.0;
    by(
        Some(world.actor()),
        world.region.registry.execute(&ExecuteMsg::ReleaseLapsed { number }),
    )
}

fn endorsement(world: &mut World, plate: &Plate, serial: &str, key: &SigningKey) -> (Endorsement, [u8; 64]) {
    let endorsement = world.region.endorsement(serial, plate, key);
    let signature = world.region.manufacturer().sign(&endorsement.message().unwrap());
    (endorsement, signature)
}

fn enrol(world: &mut World) -> Draft {
    let reserved = reserved(world);
    if reserved.is_empty() {
        return None;
    }
    let (number, owner) = world.rng.pick(&reserved);
    let kind = world.rng.pick(&[
        DeviceKind::Connection,
        DeviceKind::Connection,
        DeviceKind::Solar,
        DeviceKind::HeadMeter,
    ]);
    let behind = (kind == DeviceKind::Solar).then(|| world.device().number);
    let plate = Plate {
        kind,
        bus: 1,
        behind,
        ..Plate::connection(3_000, 3_000)
    };
    let (serial, key) = (world.unique(), fresh(world));
    let (endorsement, vouched) = endorsement(world, &plate, &serial, &key);
    let enrolment = Enrolment {
        domain: world.region.domain(),
        number,
        owner: owner.to_string(),
        bus: plate.bus,
        behind,
    };
    let signed = key.sign(&enrolment.message().unwrap());
    world.keys.entry(number).or_default().push(key);
    let registry = &world.region.registry;
    by(
        Some(owner),
        registry.enrol(number, &endorsement, vouched, signed, plate.bus, behind),
    )
}

fn confirm(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Enrolled])?;
    let (import, export) = (device.endorsed_import, device.endorsed_export);
    by(
        Some(roles(world).operator),
        world.region.registry.confirm(device.number, device.bus, import, export),
    )
}

fn lower_rating(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active, Status::Suspended])?;
    let lower = |watt: Watt| Watt::new(watt.get() * 9 / 10);
    let msg = ExecuteMsg::LowerRating {
        number: device.number,
        usable_import: lower(device.usable_import),
        usable_export: lower(device.usable_export),
    };
    by(Some(device.owner), world.region.registry.execute(&msg))
}

fn raise_rating(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active, Status::Suspended])?;
    let raise = |usable: Watt, endorsed: Watt| Watt::new((usable.get() * 10 / 9).min(endorsed.get()));
    let import = raise(device.usable_import, device.endorsed_import);
    let export = raise(device.usable_export, device.endorsed_export);
    let msg = world.region.registry.raise_rating(device.number, import, export);
    by(Some(roles(world).operator), msg)
}

/// The type plate that the registry knows.
fn plate(device: &Device) -> Plate {
    Plate {
        kind: device.kind,
        import: device.endorsed_import.get(),
        export: device.endorsed_export.get(),
        usable: device.usable.get(),
        efficiency: device.efficiency,
        bus: device.bus,
        behind: device.behind,
        modulus: device.register_modulus.get(),
        curve: None,
    }
}

/// The key that the registry has at present.
fn present(world: &World, device: &Device) -> Option<SigningKey> {
    let key = device.key.check().ok()?;
    world
        .keys
        .get(&device.number)?
        .iter()
        .find(|known| known.public_key() == key)
        .cloned()
}

fn rotate_key(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active])?;
    let (key, old) = (fresh(world), present(world, &device)?);
    let (endorsement, vouched) = endorsement(world, &plate(&device), &device.serial, &key);
    let rotation = Rotation {
        domain: world.region.domain(),
        number: device.number,
        key: key.public_key(),
    };
    let message = rotation.message();
    let msg = ExecuteMsg::RotateKey {
        number: device.number,
        endorsement: (&endorsement).into(),
        manufacturer_signature: vouched.into(),
        device_signature: key.sign(&message).into(),
        old_key_signature: world.rng.chance(50).then(|| old.sign(&message).into()),
    };
    world.keys.entry(device.number).or_default().push(key);
    by(Some(device.owner), world.region.registry.execute(&msg))
}

fn pending(world: &mut World) -> Option<u32> {
    let waits = |device: &Device| device.pending_key.is_some();
    stored(world).into_iter().find(waits).map(|device| device.number)
}

fn complete_rotation(world: &mut World) -> Draft {
    let number = pending(world)?;
    by(
        Some(world.actor()),
        world.region.registry.execute(&ExecuteMsg::CompleteRotation { number }),
    )
}

fn cancel_rotation(world: &mut World) -> Draft {
    let number = pending(world)?;
    let msg = ExecuteMsg::CancelRotation { number };
    by(Some(roles(world).operator), world.region.registry.execute(&msg))
}

/// A new meter after an interval near the present, at the registers that the old one has then.
fn replace(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active])?;
    let (number, now) = (device.number, world.region.current_interval());
    let interval = now.minus(1).unwrap().plus(world.rng.below(2)).unwrap();
    let last = registers(world, number, interval);
    let first = world.rng.pick(&[(0, 0), (7, 5), last]);
    let (serial, key) = (world.unique(), fresh(world));
    let mut plate = plate(&device);
    if device.kind == DeviceKind::Storage {
        plate.efficiency = Ppm::new(world.rng.between(700_000, 1_000_000));
    }
    let (endorsement, vouched) = endorsement(world, &plate, &serial, &key);
    let wh = |registers: (u64, u64)| [Wh::new(registers.0), Wh::new(registers.1)];
    let reset = Reset {
        domain: world.region.domain(),
        number,
        interval,
        last: wh(last),
        first: wh(first),
        key: key.public_key(),
    };
    let message = reset.message().unwrap();
    let old = present(world, &device).map(|old| Binary::from(old.sign(&message)));
    let msg = ExecuteMsg::Replace {
        number,
        endorsement: (&endorsement).into(),
        manufacturer_signature: vouched.into(),
        device_signature: key.sign(&message).into(),
        old_signature: old,
        interval,
        final_import: Wh::new(last.0),
        final_export: Wh::new(last.1),
        initial_import: Wh::new(first.0),
        initial_export: Wh::new(first.1),
    };
    world.keys.entry(number).or_default().push(key);
    // Registers go on from the initial ones.
    let known = world.registers.entry(number).or_default();
    known.split_off(&interval.plus(1).unwrap());
    known.insert(interval, first);
    by(Some(roles(world).operator), world.region.registry.execute(&msg))
}

fn suspend(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active])?;
    let note = "moved out".into();
    let msg = world
        .region
        .registry
        .suspend(device.number, Suspension::Operator { note });
    by(Some(roles(world).operator), msg)
}

fn report_foreign_record(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Active])?;
    let key = present(world, &device)?;
    let domain = world.rng.pick(&["oak-lane", "oak-lane", "test-oak-lane"]);
    let reading = Reading::new(device.number, Interval::new(7), 0, Wh::new(3), Wh::ZERO).unwrap();
    let record = reading.record(&Domain::new(domain).unwrap().id());
    let msg = ExecuteMsg::ReportForeignRecord {
        number: device.number,
        domain: domain.into(),
        record: record.into(),
        signature: key.sign(&record).into(),
    };
    by(Some(world.actor()), world.region.registry.execute(&msg))
}

fn reinstate(world: &mut World) -> Draft {
    let device = with_status(world, &[Status::Suspended])?;
    by(
        Some(roles(world).operator),
        world.region.registry.reinstate(device.number),
    )
}

fn retire(world: &mut World) -> Draft {
    let number = world.device().number;
    let device = stored(world).into_iter().find(|device| device.number == number)?;
    let sender = if world.rng.chance(50) {
        device.owner
    } else {
        roles(world).operator
    };
    by(Some(sender), world.region.registry.retire(number))
}

/// To somebody who has coin in the market, mostly.
fn offer_device(world: &mut World) -> Draft {
    let passes = |device: &Device| device.settles && device.status == Status::Active && device.offered_to.is_none();
    let device = stored(world).into_iter().find(passes)?;
    let to = if world.rng.chance(90) {
        world.device().owner
    } else {
        world.actor()
    };
    by(
        Some(device.owner),
        world.region.registry.offer_device(device.number, to),
    )
}

fn offered(world: &mut World) -> Option<Device> {
    let offered = |device: &Device| device.offered_to.is_some();
    stored(world).into_iter().find(offered)
}

fn withdraw_offer(world: &mut World) -> Draft {
    let device = offered(world)?;
    by(Some(device.owner), world.region.registry.withdraw_offer(device.number))
}

fn accept_device(world: &mut World) -> Draft {
    let device = offered(world)?;
    by(device.offered_to, world.region.registry.accept_device(device.number))
}
