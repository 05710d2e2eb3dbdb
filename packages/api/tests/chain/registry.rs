use busbar_api::codec::CodecError;
use busbar_api::registry::{
    raw, AwaitedResponse, Client, ConfigResponse, CountResponse, Device, DevicePage, DeviceSummary, Endorsement,
    ExecuteMsg, Key, Manufacturer, Meter, PendingKey, QueryMsg, Reservation, Slot, SlotStatus, Status, StorageRating,
    Suspension, RESERVATION_S, ROTATION_DELAY_S,
};
use busbar_attestation::{self as attestation, Curve, DeviceKind, KeyError, PublicKey};
use busbar_units::{Ppm, Watt, Wh};
use cosmwasm_std::{to_json_vec, Addr, Binary, QuerierWrapper, Timestamp};
use proptest::prelude::*;
use raw::AwaitedChange;

use super::{apart, asks, at, calls, contract, storing};

const KIND: DeviceKind = DeviceKind::Connection;

fn key() -> PublicKey {
    PublicKey::new(Curve::Ed25519, &[7; 32]).unwrap()
}

fn endorsement() -> attestation::Endorsement {
    attestation::Endorsement {
        manufacturer: 1,
        serial: "A1".into(),
        kind: KIND,
        key: key(),
        rated_import: Watt::new(2),
        rated_export: Watt::new(3),
        usable: Wh::new(4),
        efficiency: Ppm::new(6),
        register_modulus: Wh::new(5),
    }
}

fn device(number: u32) -> Device {
    Device {
        number,
        owner: Addr::unchecked("ann"),
        owned_from: None,
        former_owner: None,
        offered_to: None,
        status: Status::Enrolled,
        suspension: None,
        kind: KIND,
        manufacturer: 1,
        serial: "A1".into(),
        key: key().into(),
        pending_key: None,
        bus: 1,
        behind: None,
        settles: true,
        endorsed_import: Watt::new(2),
        endorsed_export: Watt::new(3),
        usable_import: Watt::new(1),
        usable_export: Watt::new(2),
        usable: Wh::new(4),
        efficiency: Ppm::new(6),
        register_modulus: Wh::new(5),
        active_from: None,
    }
}

fn reservation() -> Reservation {
    Reservation {
        number: 7,
        owner: Addr::unchecked("ann"),
        lapses: Timestamp::from_seconds(9),
    }
}

fn meter(from: u64) -> Meter {
    Meter {
        from: at(from),
        key: key(),
        rated_import: Watt::new(2),
        rated_export: Watt::new(3),
        register_modulus: Wh::new(5),
    }
}

fn slot(meter: Meter) -> Slot {
    Slot {
        status: SlotStatus::Active,
        kind: KIND,
        bus: 3,
        settles: true,
        active_from: at(1),
        awaited_from: at(2),
        meter,
    }
}

#[test]
fn each_builder_sends_its_message() {
    let registry = Client::new(contract());
    assert_eq!(registry.address(), &contract());
    let number = 7;
    let msg = ExecuteMsg::AdmitManufacturer {
        id: 1,
        name: "Acme".into(),
        key: key().into(),
    };
    calls(registry.admit_manufacturer(1, "Acme", key()), msg, &[]);
    calls(registry.reserve(), ExecuteMsg::Reserve {}, &[]);
    let msg = ExecuteMsg::Enrol {
        number,
        endorsement: (&endorsement()).into(),
        manufacturer_signature: Binary::from([1; 64]),
        device_signature: Binary::from([2; 64]),
        bus: 1,
        behind: Some(6),
    };
    let enrol = registry.enrol(number, &endorsement(), [1; 64], [2; 64], 1, Some(6));
    calls(enrol, msg, &[]);
    let msg = ExecuteMsg::Confirm {
        number,
        bus: 1,
        usable_import: Watt::new(2),
        usable_export: Watt::new(3),
    };
    calls(registry.confirm(number, 1, Watt::new(2), Watt::new(3)), msg, &[]);
    let reason = Suspension::Missing { interval: at(3) };
    let msg = ExecuteMsg::Suspend {
        number,
        reason: reason.clone(),
    };
    calls(registry.suspend(number, reason), msg, &[]);
    calls(registry.reinstate(number), ExecuteMsg::Reinstate { number }, &[]);
    let msg = ExecuteMsg::LowerFeeder { bus: 4 };
    calls(registry.lower_feeder(4), msg, &[]);
    let (usable_import, usable_export) = (Watt::new(8), Watt::new(9));
    let msg = ExecuteMsg::RaiseRating {
        number,
        usable_import,
        usable_export,
    };
    calls(registry.raise_rating(number, usable_import, usable_export), msg, &[]);
    calls(registry.retire(number), ExecuteMsg::Retire { number }, &[]);
}

#[test]
fn each_question_gets_its_answer() {
    let registry = Client::new(contract());
    let (number, interval) = (7, at(3));
    let config = ConfigResponse {
        grid: contract(),
        domain: "elm".into(),
    };
    asks(QueryMsg::Config {}, config, |q| registry.config(q));
    let question = QueryMsg::Device { number };
    asks(question, device(number), |q| registry.device(q, number));
    let (owner, start_after, limit) = ("ann".to_owned(), Some(6), Some(2));
    let question = QueryMsg::DevicesByOwner {
        owner: owner.clone(),
        start_after,
        limit,
    };
    asks(question, vec![device(number)], |q| {
        registry.devices_by_owner(q, "ann", start_after, limit)
    });
    let question = QueryMsg::ReservationsByOwner {
        owner,
        start_after,
        limit,
    };
    asks(question, vec![reservation()], |q| {
        registry.reservations_by_owner(q, "ann", start_after, limit)
    });
    let question = QueryMsg::Reservation { number };
    asks(question, reservation(), |q| registry.reservation(q, number));
    let manufacturer = Manufacturer {
        id: 1,
        name: "Acme".into(),
        key: key().into(),
        admitted: true,
    };
    asks(QueryMsg::Manufacturer { id: 1 }, manufacturer, |q| {
        registry.manufacturer(q, 1)
    });
    let question = QueryMsg::Awaited { interval };
    asks(question, AwaitedResponse { awaited: 5 }, |q| {
        registry.awaited(q, interval)
    });
    asks(QueryMsg::Count {}, CountResponse { count: 8 }, |q| registry.count(q));
}

#[test]
fn an_endorsement_of_json_is_the_signed_one() {
    let shown = Endorsement::from(&endorsement());
    assert_eq!(shown.check().unwrap(), endorsement());
    let torn = Endorsement {
        key: Key {
            curve: Curve::Ed25519,
            bytes: Binary::from([7; 31]),
        },
        ..shown
    };
    let error = KeyError::Length {
        curve: Curve::Ed25519,
        expected: 32,
        length: 31,
    };
    assert_eq!(torn.check(), Err(error));
}

#[test]
fn delays_are_whole_days() {
    assert_eq!((RESERVATION_S, ROTATION_DELAY_S), (2_592_000, 604_800));
}

/// What of a device other contracts read.
fn summary(device: Device) -> DeviceSummary {
    device.split().0
}

/// The two records of a device.
fn records(device: Device) -> [Vec<u8>; 2] {
    let (summary, details) = device.split();
    [summary.encode(), to_json_vec(&details).unwrap()]
}

#[test]
fn a_device_is_its_two_records() {
    let whole = Device {
        suspension: Some(Suspension::UnequalRecords { interval: at(9) }),
        pending_key: Some(PendingKey {
            key: key().into(),
            due: Timestamp::from_seconds(9),
        }),
        behind: Some(3),
        active_from: Some(at(8)),
        owned_from: Some(at(70)),
        former_owner: Some(Addr::unchecked("bob")),
        offered_to: Some(Addr::unchecked("eve")),
        ..device(66)
    };
    let (summary, details) = whole.clone().split();
    assert_eq!(Device::join(66, summary, details), whole);
}

#[test]
fn a_device_is_its_former_owners_until_it_is_his_who_has_it() {
    let passed = Device {
        owned_from: Some(at(70)),
        former_owner: Some(Addr::unchecked("bob")),
        ..device(66)
    };
    let owner = |device: &Device, interval| device.owner_in(at(interval)).to_string();
    assert_eq!([69, 70].map(|interval| owner(&passed, interval)), ["bob", "ann"]);
    assert_eq!(owner(&device(66), 0), "ann");
    let owned = |device: Device, interval| summary(device).owned_in(at(interval));
    assert_eq!([69, 70].map(|interval| owned(passed.clone(), interval)), [false, true]);
    assert!(owned(device(66), 0));
}

#[test]
fn a_summary_comes_back_as_it_went_and_nothing_else_is_taken_for_one() {
    let bytes = summary(device(65)).encode();
    assert_eq!(bytes, b"\x01\x01\x01\x01\x01\x02\x04\x0c\x00ann");
    let with = |place: usize, byte| {
        let mut bytes = bytes.clone();
        bytes[place] = byte;
        DeviceSummary::decode(&bytes)
    };
    let range = |field| Err(CodecError::Range { field });
    assert_eq!(with(0, 3), range("format"), "of a later release");
    let passed = DeviceSummary {
        owned_from: Some(at(9)),
        ..summary(device(65))
    };
    assert_eq!(passed.encode(), b"\x02\x01\x01\x01\x01\x02\x04\x0c\x00\x09ann");
    assert_eq!(with(1, 9), range("status"));
    assert_eq!(with(2, 99), range("kind"));
    assert_eq!(with(9, 0xff), range("owner"), "no text");
    assert!(
        (0..10).all(|length| DeviceSummary::decode(&bytes[..length]).is_err()),
        "torn"
    );
}

proptest! {
    #[test]
    fn any_summary_comes_back(
        status in 0usize..4,
        (bus, settles) in (any::<u16>(), any::<bool>()),
        power in prop::array::uniform3(any::<u64>()),
        efficiency in any::<i64>(),
        active in prop::option::of(any::<u64>()),
        owned in prop::option::of(any::<u64>()),
    ) {
        let summary = DeviceSummary {
            owner: Addr::unchecked("ann"),
            owned_from: owned.map(at),
            status: [Status::Enrolled, Status::Active, Status::Suspended, Status::Retired][status],
            kind: KIND,
            bus,
            settles,
            usable_import: Watt::new(power[0]),
            usable_export: Watt::new(power[1]),
            usable: Wh::new(power[2]),
            efficiency: Ppm::new(efficiency),
            active_from: active.map(at),
        };
        prop_assert_eq!(DeviceSummary::decode(&summary.encode()), Ok(summary));
    }
}

#[test]
fn a_summary_is_read_from_the_record_of_any_device() {
    let suspended = Device {
        status: Status::Suspended,
        suspension: Some(Suspension::UnequalRecords { interval: at(9) }),
        pending_key: Some(PendingKey {
            key: key().into(),
            due: Timestamp::from_seconds(9),
        }),
        behind: Some(3),
        settles: false,
        active_from: Some(at(8)),
        ..device(66)
    };
    let chain = storing([
        (&raw::device_key(65), &summary(device(65)).encode()),
        (&raw::device_key(66), &summary(suspended.clone()).encode()),
        (&raw::device_key(67), &[1]),
    ]);
    let (q, registry) = (QuerierWrapper::new(&chain), contract());
    let found = |number| raw::device_summary(&q, &registry, number);
    assert_eq!(found(64).unwrap(), None);
    assert_eq!(found(65).unwrap(), Some(summary(device(65))));
    assert_eq!(found(66).unwrap(), Some(summary(suspended)));
    assert!(found(67).is_err(), "torn");
}

#[test]
fn a_storage_holds_what_it_is_endorsed_for_until_it_retires() {
    let storage = |number, status| Device {
        kind: DeviceKind::Storage,
        status,
        ..device(number)
    };
    let of = |usable, efficiency| StorageRating {
        usable: Wh::new(usable),
        efficiency: Ppm::new(efficiency),
    };
    let table = [
        (storage(1, Status::Enrolled), of(4, 6)),
        (storage(2, Status::Active), of(4, 6)),
        (storage(3, Status::Suspended), of(4, 6)),
        (storage(4, Status::Retired), of(0, 6)),
        (device(5), of(0, 0)),
    ];
    let entries = table
        .clone()
        .map(|(device, _)| (raw::device_key(device.number), summary(device).encode()));
    let chain = storing(
        entries
            .each_ref()
            .map(|(key, bytes)| (key.as_slice(), bytes.as_slice())),
    );
    let (q, registry) = (QuerierWrapper::new(&chain), contract());
    for (device, expected) in table {
        assert_eq!(
            raw::storage(&q, &registry, device.number).unwrap(),
            expected,
            "{device:?}"
        );
    }
    assert_eq!(raw::storage(&q, &registry, 6).unwrap(), of(0, 0), "nobody");
}

#[test]
fn devices_pages_and_counts_are_read() {
    let mut page = DevicePage::default();
    page.set(1, slot(meter(1)));
    let [first, rest] = records(device(65));
    let chain = storing([
        (&raw::device_key(65), &first),
        (&raw::details_key(65), &rest),
        (&raw::device_key(66), &first),
        (&raw::page_key(1), &page.encode()),
        (&raw::page_key(2), &[1]),
        (raw::COUNT.as_bytes(), &[0, 0, 1, 2]),
        (raw::HEADS.as_bytes(), &raw::encode_heads(&[3, 70_000])),
    ]);
    let (q, registry) = (QuerierWrapper::new(&chain), contract());
    assert_eq!(raw::device(&q, &registry, 65).unwrap(), Some(device(65)));
    assert_eq!(raw::device(&q, &registry, 64).unwrap(), None);
    assert!(raw::device(&q, &registry, 66).is_err(), "half of it");
    assert_eq!(raw::page(&q, &registry, 1).unwrap().as_ref(), Some(&page));
    assert_eq!(raw::page(&q, &registry, 0).unwrap(), None);
    assert!(raw::page(&q, &registry, 2).is_err(), "torn");
    for (number, found) in [(63, None), (64, Some(&page)), (127, Some(&page))] {
        assert_eq!(raw::page_with(&q, &registry, number).unwrap().as_ref(), found);
    }
    assert_eq!(raw::count(&q, &registry).unwrap(), 258);
    assert_eq!(raw::heads(&q, &registry).unwrap(), [3, 70_000]);
    assert!(raw::decode_heads(&[0, 0, 0]).is_err(), "torn");
    let empty = storing([]);
    assert_eq!(raw::count(&QuerierWrapper::new(&empty), &registry).unwrap(), 0);
    assert!(raw::heads(&QuerierWrapper::new(&empty), &registry).unwrap().is_empty());
}

#[test]
fn each_interval_has_the_meter_that_was_in_place() {
    let past = [meter(10), meter(20)];
    let chain = storing([(&raw::meters_key(7), &Meter::encode_list(&past))]);
    let (q, registry) = (QuerierWrapper::new(&chain), contract());
    assert_eq!(raw::past_meters(&q, &registry, 7).unwrap(), past);
    assert_eq!(raw::past_meters(&q, &registry, 8).unwrap(), []);
    let from = |number, interval| {
        let found = raw::meter_at(&q, &registry, number, &slot(meter(30)), at(interval)).unwrap();
        found.map(|meter| meter.from.get())
    };
    assert_eq!(
        [9, 10, 19, 20, 29, 30, 99].map(|interval| from(7, interval)),
        [None, Some(10), Some(10), Some(20), Some(20), Some(30), Some(30)]
    );
    assert_eq!([from(8, 29), from(8, 30)], [None, Some(30)], "one meter only");
}

#[test]
fn awaited_devices_are_those_of_the_latest_change() {
    let change = |awaited, previous: Option<u64>| AwaitedChange {
        awaited,
        previous: previous.map(at),
    };
    let chain = storing([
        (raw::AWAITED_TIP.as_bytes(), &20u64.to_be_bytes()),
        (&raw::awaited_key(at(20)), &change(4, Some(10)).encode()),
        (&raw::awaited_key(at(10)), &change(3, Some(5)).encode()),
    ]);
    let (q, registry) = (QuerierWrapper::new(&chain), contract());
    let awaited = |interval| raw::awaited_at(&q, &registry, at(interval)).ok();
    assert_eq!([10, 19, 20, 99].map(awaited), [Some(3), Some(3), Some(4), Some(4)]);
    assert_eq!(awaited(9), None, "the chain is torn at 5");
    let empty = storing([]);
    let q = QuerierWrapper::new(&empty);
    assert_eq!(raw::awaited_at(&q, &registry, at(9)).unwrap(), 0);
}

proptest! {
    #[test]
    fn keys_stay_apart(intervals in prop::collection::btree_set(any::<u64>(), 1..4), numbers in prop::collection::btree_set(any::<u32>(), 1..4)) {
        let mut keys = vec![raw::COUNT.into(), raw::HEADS.into(), raw::BUSES.into(), raw::AWAITED_TIP.into(), b"ownership".to_vec(), b"contract_info".to_vec()];
        keys.extend(intervals.into_iter().map(|interval| raw::awaited_key(at(interval))));
        for number in numbers {
            keys.extend([raw::device_key(number), raw::details_key(number), raw::page_key(number), raw::meters_key(number)]);
        }
        apart(&keys);
    }
}
