//! A device joins a region, and every way to be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::grid::{self, Bus, Line, Network};
use busbar_api::registry::{
    raw, ExecuteMsg, Key, Status, Suspension, HEAD_METERS, RESERVATIONS_PER_OWNER, RESERVATION_S,
};
use busbar_attestation::{Curve, DeviceKind, EndorsementError, KeyError, SignatureError, SigningKey};
use busbar_registry::ContractError;
use busbar_units::{Ppm, Watt, Wh};
use common::{at, enrolment, maker, refused, Meter, Region, BUS, INTERVAL_S, MAKER};
use cosmwasm_std::{Addr, Binary};
use cw_multi_test::Executor;

/// A region in which Alice holds number 0 for a meter that is not yet enrolled.
fn reserved(meter: Meter) -> (Region, Addr, Meter) {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let number = region.reserve(&alice).number;
    (region, alice, Meter { number, ..meter })
}

fn home() -> Meter {
    Meter::new(Curve::Secp256r1, "A-1")
}

#[test]
fn a_home_reserves_enrols_and_is_confirmed_with_a_key_of_each_curve() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    for (number, curve) in (0..).zip(Curve::ALL) {
        let mut meter = Meter::new(curve, &format!("A-{number}"));
        meter.number = region.reserve(&alice).number;
        assert_eq!(meter.number, number);
        region.enrol(&alice, &meter).unwrap();
        let device = region.device(number);
        assert_eq!((device.status, device.active_from), (Status::Enrolled, None));
        assert_eq!((device.usable_import, device.usable_export), (Watt::ZERO, Watt::ZERO));
        region.confirm(&meter).unwrap();
        let device = region.device(number);
        assert_eq!((device.status, device.active_from), (Status::Active, Some(at(1))));
        assert_eq!(device.usable_import, meter.endorsement.rated_import);
        assert_eq!(device.key, Key::from(meter.key.public_key()));
        assert!(device.settles);
    }
    let q = region.querier();
    assert_eq!(region.registry.count(&q).unwrap().count, 3);
    assert_eq!(region.registry.awaited(&q, at(1)).unwrap().awaited, 0);
    assert_eq!(region.registry.awaited(&q, at(2)).unwrap().awaited, 3);
    let owned = region.registry.devices_by_owner(&q, &alice, Some(0), Some(1)).unwrap();
    assert_eq!(owned.iter().map(|device| device.number).collect::<Vec<_>>(), [1]);
    let waiting = region.registry.reservations_by_owner(&q, &alice, None, None).unwrap();
    assert_eq!(waiting, []);
}

#[test]
fn devices_behind_a_connection_and_head_meters_do_not_settle() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let home = region.home("A-1");
    let solar = Meter::new(Curve::Ed25519, "S-1").kind(DeviceKind::Solar);
    let solar = region.join(&alice, solar, Some(home.number));
    let head = Meter::new(Curve::Ed25519, "H-1").kind(DeviceKind::HeadMeter);
    let head = region.join(&alice, head, None);
    assert!(region.device(home.number).settles);
    assert!(!region.device(solar.number).settles);
    assert!(!region.device(head.number).settles);
    assert_eq!(region.registry.awaited(&region.querier(), at(2)).unwrap().awaited, 1);
}

#[test]
fn a_device_sits_behind_an_active_connection_of_its_owner_only() {
    let mut region = Region::new();
    let (alice, bob) = (region.alice.clone(), region.bob.clone());
    let home = region.home("A-1");
    let head = Meter::new(Curve::Ed25519, "H-1").kind(DeviceKind::HeadMeter);
    let head = region.join(&alice, head, None);
    let behind = region.join(&alice, Meter::new(Curve::Ed25519, "L-1"), Some(home.number));
    let retired = region.home("A-2");
    region
        .register(&alice, &ExecuteMsg::Retire { number: retired.number })
        .unwrap();
    for (owner, connection) in [
        (&bob, home.number),
        (&alice, head.number),
        (&alice, behind.number),
        (&alice, retired.number),
        (&alice, 99),
    ] {
        let mut meter = Meter::new(Curve::Ed25519, "L-2");
        meter.number = region.reserve(owner).number;
        let error = refused(&mut region, |region| {
            region.enrol_behind(owner, &meter, Some(connection))
        });
        assert_eq!(error, ContractError::NotConnection { behind: connection });
    }
}

#[test]
fn an_endorsement_counts_only_from_the_admitted_manufacturer_that_signed_it() {
    let (mut region, alice, mut meter) = reserved(home());
    let joins = meter.joins(&alice, None);
    // Somebody else's signature.
    let forged = SigningKey::generate(Curve::Secp256k1, b"another").unwrap();
    let forged = Binary::from(forged.sign(&meter.endorsement.message().unwrap()));
    let msg = enrolment(&meter, forged, joins.clone(), None);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::ManufacturerSignature { id: MAKER });
    // An endorsement of another key.
    let other = Meter::new(Curve::Secp256r1, "A-1-other");
    let mut swapped = meter.clone();
    swapped.endorsement.key = other.key.public_key();
    let msg = enrolment(&swapped, meter.vouched(), joins.clone(), None);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::ManufacturerSignature { id: MAKER });
    // A rating lifted after signing.
    let vouched = meter.vouched();
    let mut lifted = meter.clone();
    lifted.endorsement.rated_export = Watt::new(80_000);
    let msg = enrolment(&lifted, vouched, joins.clone(), None);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::ManufacturerSignature { id: MAKER });
    // A manufacturer that nobody admitted.
    meter.endorsement.manufacturer = 7;
    let msg = enrolment(&meter, meter.vouched(), joins.clone(), None);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::UnknownManufacturer { id: 7 });
    // One that was removed.
    meter.endorsement.manufacturer = MAKER;
    let owner = region.owner.clone();
    region
        .register(&owner, &ExecuteMsg::RemoveManufacturer { id: MAKER })
        .unwrap();
    let error = refused(&mut region, |region| region.enrol(&alice, &meter));
    assert_eq!(error, ContractError::ManufacturerRemoved { id: MAKER });
    // And admitted again.
    let admit = ExecuteMsg::AdmitManufacturer {
        id: MAKER,
        name: "Meters Inc.".into(),
        key: maker().public_key().into(),
    };
    region.register(&owner, &admit).unwrap();
    region.enrol(&alice, &meter).unwrap();
}

#[test]
fn a_stolen_endorsement_enrols_nothing_without_the_devices_signature() {
    let (mut region, alice, meter) = reserved(home());
    let bob = region.bob.clone();
    let number = region.reserve(&bob).number;
    let stolen = Meter {
        number,
        ..meter.clone()
    };
    let thief = SigningKey::generate(Curve::Secp256r1, b"thief").unwrap();
    let own = Binary::from(thief.sign(b"mine"));
    // Signed by another key, for another owner, for another number.
    for signature in [own, stolen.joins(&alice, None), meter.joins(&bob, None)] {
        let msg = enrolment(&stolen, stolen.vouched(), signature, None);
        let error = refused(&mut region, |region| region.register(&bob, &msg));
        assert_eq!(error, ContractError::DeviceSignature { number });
    }
    region.enrol(&alice, &meter).unwrap();
}

#[test]
fn what_the_device_signed_cannot_be_altered() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let home_meter = region.home("A-0");
    let number = region.reserve(&alice).number;
    let meter = Meter { number, ..home() };
    // Signed as a connection, enrolled behind one.
    let msg = enrolment(
        &meter,
        meter.vouched(),
        meter.joins(&alice, None),
        Some(home_meter.number),
    );
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::DeviceSignature { number });
}

#[test]
fn keys_and_signatures_of_the_wrong_length_are_refused() {
    let (mut region, alice, meter) = reserved(home());
    let good = enrolment(&meter, meter.vouched(), meter.joins(&alice, None), None);
    let with_key = |bytes: Vec<u8>| {
        let mut msg = good.clone();
        if let ExecuteMsg::Enrol { endorsement, .. } = &mut msg {
            endorsement.key.bytes = bytes.into();
        }
        msg
    };
    let curve = Curve::Secp256r1;
    for length in [0, 32, 34, 65] {
        let error = refused(&mut region, |region| {
            region.register(&alice, &with_key(vec![2; length]))
        });
        let expected = KeyError::Length {
            curve,
            expected: 33,
            length,
        };
        assert_eq!(error, ContractError::Key(expected));
    }
    let error = refused(&mut region, |region| region.register(&alice, &with_key(vec![4; 33])));
    assert_eq!(error, ContractError::Key(KeyError::Prefix { curve, prefix: 4 }));
    for length in [0, 63, 65] {
        let short = Binary::from(vec![1; length]);
        let expected = ContractError::Signature(SignatureError::Length { length });
        let msg = enrolment(&meter, short.clone(), meter.joins(&alice, None), None);
        assert_eq!(refused(&mut region, |region| region.register(&alice, &msg)), expected);
        let msg = enrolment(&meter, meter.vouched(), short, None);
        assert_eq!(refused(&mut region, |region| region.register(&alice, &msg)), expected);
    }
}

#[test]
fn a_point_off_the_curve_signs_nothing() {
    let (mut region, alice, meter) = reserved(home());
    let mut msg = enrolment(&meter, meter.vouched(), meter.joins(&alice, None), None);
    let mut off_curve = vec![2; 33];
    off_curve[32] = 5;
    let mut endorsed = meter.endorsement.clone();
    endorsed.key = busbar_attestation::PublicKey::new(Curve::Secp256r1, &off_curve).unwrap();
    if let ExecuteMsg::Enrol {
        endorsement,
        manufacturer_signature,
        ..
    } = &mut msg
    {
        *manufacturer_signature = maker().sign(&endorsed.message().unwrap()).into();
        *endorsement = (&endorsed).into();
    }
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::DeviceSignature { number: 0 });
}

#[test]
fn endorsements_out_of_bounds_are_refused() {
    let (mut region, alice, meter) = reserved(home());
    let mut altered = |change: &dyn Fn(&mut busbar_api::registry::Endorsement)| {
        let mut msg = enrolment(&meter, meter.vouched(), meter.joins(&alice, None), None);
        if let ExecuteMsg::Enrol { endorsement, .. } = &mut msg {
            change(endorsement);
        }
        match refused(&mut region, |region| region.register(&alice, &msg)) {
            ContractError::Endorsement(error) => error,
            other => panic!("{other}"),
        }
    };
    let serial = altered(&|endorsement| endorsement.serial = "x".repeat(33));
    assert_eq!(serial, EndorsementError::Serial { serial: "x".repeat(33) });
    let none = altered(&|endorsement| endorsement.serial = String::new());
    assert_eq!(none, EndorsementError::Serial { serial: String::new() });
    let power = altered(&|endorsement| endorsement.rated_import = Watt::MAX);
    let expected = EndorsementError::Rated {
        field: "rated_import",
        value: Watt::MAX,
    };
    assert_eq!(power, expected);
    let modulus = altered(&|endorsement| endorsement.register_modulus = Wh::new(999_999));
    assert_eq!(
        modulus,
        EndorsementError::Modulus {
            value: Wh::new(999_999)
        }
    );
    let storage = altered(&|endorsement| endorsement.kind = DeviceKind::Storage);
    assert_eq!(storage, EndorsementError::EmptyStorage);
    let value = Ppm::new(1);
    let home = altered(&|endorsement| endorsement.efficiency = value);
    assert_eq!(home, EndorsementError::NoStorage { value });
    for value in [Ppm::ZERO, Ppm::new(1_000_001)] {
        let storage = altered(&|endorsement| {
            endorsement.kind = DeviceKind::Storage;
            (endorsement.usable, endorsement.efficiency) = (Wh::new(1), value);
        });
        assert_eq!(storage, EndorsementError::Efficiency { value });
    }
}

#[test]
fn a_key_and_a_serial_are_enrolled_once() {
    let (mut region, alice, meter) = reserved(home());
    region.enrol(&alice, &meter).unwrap();
    let number = region.reserve(&alice).number;
    // The same key under another serial.
    let mut twin = Meter {
        number,
        ..meter.clone()
    };
    twin.endorsement.serial = "A-2".into();
    let error = refused(&mut region, |region| region.enrol(&alice, &twin));
    assert_eq!(error, ContractError::KeyTaken { number: 0 });
    // The same serial with another key.
    let mut twin = Meter {
        number,
        ..Meter::new(Curve::Ed25519, "A-3")
    };
    twin.endorsement.serial = "A-1".into();
    let error = refused(&mut region, |region| region.enrol(&alice, &twin));
    let expected = ContractError::SerialTaken {
        manufacturer: MAKER,
        serial: "A-1".into(),
        number: 0,
    };
    assert_eq!(error, expected);
    // The same device twice.
    let error = refused(&mut region, |region| region.enrol(&alice, &meter));
    assert_eq!(error, ContractError::AlreadyEnrolled { number: 0 });
}

#[test]
fn only_the_reserver_enrols_and_only_at_the_regions_bus() {
    let (mut region, alice, meter) = reserved(home());
    let bob = region.bob.clone();
    let error = refused(&mut region, |region| region.enrol(&bob, &meter));
    let expected = ContractError::NotReserver { number: 0, sender: bob };
    assert_eq!(error, expected);
    let beyond = Meter {
        number: 1,
        ..meter.clone()
    };
    let error = refused(&mut region, |region| region.enrol(&alice, &beyond));
    assert_eq!(error, ContractError::NotReserved { number: 1 });
    for bus in [0, 2, u16::MAX] {
        let mut msg = enrolment(&meter, meter.vouched(), meter.joins(&alice, None), None);
        if let ExecuteMsg::Enrol { bus: named, .. } = &mut msg {
            *named = bus;
        }
        let error = refused(&mut region, |region| region.register(&alice, &msg));
        assert_eq!(error, ContractError::Bus { bus, last: BUS });
    }
}

#[test]
fn a_device_waits_until_every_network_in_force_has_its_bus() {
    let (mut region, alice, meter) = reserved(home());
    let mut network = Network::default();
    network.buses.push(Bus::new("2"));
    network.lines.push(Line::new("1-2", 1, 2, Wh::new(1)));
    let (set, operator) = (
        grid::Client::new(region.grid.clone()).set_network(network),
        region.operator.clone(),
    );
    region.app.execute(operator, set.unwrap().into()).unwrap();
    let mut msg = enrolment(&meter, meter.vouched(), meter.joins(&alice, None), None);
    if let ExecuteMsg::Enrol { bus, .. } = &mut msg {
        *bus = 2;
    }
    region.clock(at(8), 0);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    assert_eq!(error, ContractError::Bus { bus: 2, last: 1 });
    region.clock(at(9), 0);
    let error = refused(&mut region, |region| region.register(&alice, &msg));
    let signed_for_bus_one = ContractError::DeviceSignature { number: 0 };
    assert_eq!(error, signed_for_bus_one);
}

#[test]
fn the_operator_confirms_the_signed_bus_and_no_more_than_the_endorsed_rating() {
    let (mut region, alice, meter) = reserved(home());
    let operator = region.operator.clone();
    let confirm = |bus, import, export| ExecuteMsg::Confirm {
        number: 0,
        bus,
        usable_import: Watt::new(import),
        usable_export: Watt::new(export),
    };
    let error = refused(&mut region, |region| region.register(&operator, &confirm(BUS, 0, 0)));
    assert_eq!(error, ContractError::UnknownDevice { number: 0 });
    region.enrol(&alice, &meter).unwrap();
    let error = refused(&mut region, |region| region.register(&operator, &confirm(2, 0, 0)));
    let expected = ContractError::BusMismatch {
        number: 0,
        enrolled: BUS,
        found: 2,
    };
    assert_eq!(error, expected);
    for (field, import, export, bound) in [("usable_import", 10_001, 0, 10_000), ("usable_export", 0, 8_001, 8_000)] {
        let error = refused(&mut region, |region| {
            region.register(&operator, &confirm(BUS, import, export))
        });
        let value = Watt::new(import.max(export));
        let bound = Watt::new(bound);
        assert_eq!(error, ContractError::Rating { field, value, bound });
    }
    region.register(&operator, &confirm(BUS, 9_000, 0)).unwrap();
    let error = refused(&mut region, |region| region.register(&operator, &confirm(BUS, 0, 0)));
    let expected = ContractError::Status {
        number: 0,
        status: Status::Active,
    };
    assert_eq!(error, expected);
    // The owner lowers, and never raises.
    let lower = |import, export| ExecuteMsg::LowerRating {
        number: 0,
        usable_import: Watt::new(import),
        usable_export: Watt::new(export),
    };
    region.register(&alice, &lower(5_000, 0)).unwrap();
    assert_eq!(region.device(0).usable_import, Watt::new(5_000));
    let error = refused(&mut region, |region| region.register(&alice, &lower(5_001, 0)));
    let expected = ContractError::Rating {
        field: "usable_import",
        value: Watt::new(5_001),
        bound: Watt::new(5_000),
    };
    assert_eq!(error, expected);
}

#[test]
fn a_reservation_lapses_after_thirty_days_and_frees_number_key_and_serial() {
    let (mut region, alice, meter) = reserved(home());
    let bob = region.bob.clone();
    region.enrol(&alice, &meter).unwrap();
    let second = region.reserve(&alice).number;
    let release = |number| ExecuteMsg::ReleaseLapsed { number };
    let lapses = region.registry.reservation(&region.querier(), 0).unwrap().lapses;
    let end = at(RESERVATION_S / INTERVAL_S);
    region.clock(end.minus(1).unwrap(), INTERVAL_S - 1);
    let error = refused(&mut region, |region| region.register(&bob, &release(0)));
    assert_eq!(error, ContractError::NotLapsed { number: 0, lapses });
    region.clock(end, 0);
    // What lapsed cannot be enrolled any more, but the operator may still confirm what was.
    let late = Meter {
        number: second,
        ..Meter::new(Curve::Ed25519, "A-2")
    };
    let error = refused(&mut region, |region| region.enrol(&alice, &late));
    assert_eq!(error, ContractError::Lapsed { number: second, lapses });
    region.register(&bob, &release(0)).unwrap();
    region.register(&bob, &release(second)).unwrap();
    let error = refused(&mut region, |region| region.register(&bob, &release(0)));
    assert_eq!(error, ContractError::NotReserved { number: 0 });
    // Freed numbers are given out again first, lowest first; the device can be enrolled again.
    assert_eq!(region.reserve(&bob).number, 0);
    region.enrol(&bob, &meter).unwrap();
    region.confirm(&meter).unwrap();
    assert_eq!(region.reserve(&bob).number, second);
    assert_eq!(region.reserve(&bob).number, 2);
    assert_eq!(region.device(0).owner, bob);
    // A confirmed device's number never lapses.
    region.clock(end.plus(RESERVATION_S).unwrap(), 0);
    let error = refused(&mut region, |region| region.register(&alice, &release(0)));
    assert_eq!(error, ContractError::NotReserved { number: 0 });
}

#[test]
fn an_account_holds_a_bounded_number_of_reservations() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    for number in 0..RESERVATIONS_PER_OWNER {
        assert_eq!(region.reserve(&alice).number, number);
    }
    let error = refused(&mut region, |region| region.register(&alice, &ExecuteMsg::Reserve {}));
    let expected = ContractError::TooManyReservations {
        owner: alice,
        max: RESERVATIONS_PER_OWNER,
    };
    assert_eq!(error, expected);
    let bob = region.bob.clone();
    assert_eq!(region.reserve(&bob).number, RESERVATIONS_PER_OWNER);
}

#[test]
fn manufacturers_are_admitted_once_with_a_name_and_a_key() {
    let mut region = Region::new();
    let owner = region.owner.clone();
    let admit = |id, name: &str, bytes: Vec<u8>| ExecuteMsg::AdmitManufacturer {
        id,
        name: name.into(),
        key: Key {
            curve: Curve::Ed25519,
            bytes: bytes.into(),
        },
    };
    let good = SigningKey::generate(Curve::Ed25519, b"good").unwrap().public_key();
    let good = good.as_bytes().to_vec();
    let error = refused(&mut region, |region| {
        region.register(&owner, &admit(MAKER, "Twice", good.clone()))
    });
    assert_eq!(error, ContractError::ManufacturerAdmitted { id: MAKER });
    for name in [String::new(), "x".repeat(129)] {
        let error = refused(&mut region, |region| {
            region.register(&owner, &admit(1, &name, good.clone()))
        });
        let expected = ContractError::Text {
            field: "name",
            length: name.len(),
            max: 128,
        };
        assert_eq!(error, expected);
    }
    let error = refused(&mut region, |region| {
        region.register(&owner, &admit(1, "Zero", vec![0; 32]))
    });
    assert_eq!(error, ContractError::Key(KeyError::SmallOrder));
    let remove = ExecuteMsg::RemoveManufacturer { id: 1 };
    let error = refused(&mut region, |region| region.register(&owner, &remove));
    assert_eq!(error, ContractError::UnknownManufacturer { id: 1 });
    region.register(&owner, &admit(1, "One", good)).unwrap();
    region.register(&owner, &remove).unwrap();
    let error = refused(&mut region, |region| region.register(&owner, &remove));
    assert_eq!(error, ContractError::ManufacturerRemoved { id: 1 });
    let known = region.registry.manufacturer(&region.querier(), 1).unwrap();
    assert_eq!((known.name.as_str(), known.admitted), ("One", false));
}

#[test]
fn head_meters_are_listed_until_they_retire_and_bounded() {
    let mut region = Region::new();
    let (alice, operator) = (region.alice.clone(), region.operator.clone());
    let head = |name: &str| Meter::new(Curve::Ed25519, name).kind(DeviceKind::HeadMeter);
    let listed = |region: &Region| raw::heads(&region.querier(), region.registry.address()).unwrap();
    assert!(listed(&region).is_empty());
    let mut numbers = vec![];
    for index in 0..HEAD_METERS {
        numbers.push(region.join(&alice, head(&format!("H-{index}")), None).number);
    }
    assert_eq!(listed(&region), numbers);
    let mut more = head("H-more");
    more.number = region.reserve(&alice).number;
    region.enrol(&alice, &more).unwrap();
    let error = refused(&mut region, |region| region.confirm(&more));
    assert_eq!(error, ContractError::TooManyHeads { max: HEAD_METERS });
    // A suspended one stays, a retired one makes room.
    let suspend = ExecuteMsg::Suspend {
        number: numbers[3],
        reason: Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    assert_eq!(listed(&region), numbers);
    region
        .register(&operator, &ExecuteMsg::Retire { number: numbers[3] })
        .unwrap();
    region.confirm(&more).unwrap();
    numbers.remove(3);
    numbers.push(more.number);
    assert_eq!(listed(&region), numbers);
    for number in numbers {
        region.register(&operator, &ExecuteMsg::Retire { number }).unwrap();
    }
    assert!(listed(&region).is_empty(), "the last one retires like any other");
}
