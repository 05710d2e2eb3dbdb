//! Packed storage of the registry: what was written is read, and nothing else is read.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
use busbar_api::registry::raw::{awaited_in, AwaitedChange};
use busbar_api::registry::{DevicePage, Key, Meter, Slot, SlotStatus};
use busbar_attestation::{Curve, DeviceKind, KeyError, PublicKey};
use busbar_units::{Interval, Watt, Wh};
use cosmwasm_std::StdError;
use proptest::prelude::*;

fn keys() -> impl Strategy<Value = PublicKey> {
    (prop::sample::select(Curve::ALL.to_vec()), any::<[u8; 32]>(), 2u8..=3).prop_filter_map(
        "a usable key",
        |(curve, point, prefix)| {
            let bytes = match curve {
                Curve::Ed25519 => point.to_vec(),
                Curve::Secp256r1 | Curve::Secp256k1 => [vec![prefix], point.to_vec()].concat(),
            };
            PublicKey::new(curve, &bytes).ok()
        },
    )
}

fn meters() -> impl Strategy<Value = Meter> {
    (any::<u64>(), keys(), any::<u64>(), any::<u64>(), any::<u64>()).prop_map(|(from, key, import, export, modulus)| {
        Meter {
            from: Interval::new(from),
            key,
            rated_import: Watt::new(import),
            rated_export: Watt::new(export),
            register_modulus: Wh::new(modulus),
        }
    })
}

fn slots() -> impl Strategy<Value = Slot> {
    let status = prop::sample::select(vec![SlotStatus::Active, SlotStatus::Suspended, SlotStatus::Retired]);
    let kind = prop::sample::select(DeviceKind::ALL.to_vec());
    (
        status,
        kind,
        any::<u16>(),
        any::<bool>(),
        any::<u64>(),
        any::<u64>(),
        meters(),
    )
        .prop_map(|(status, kind, bus, settles, one, other, meter)| Slot {
            status,
            kind,
            bus,
            settles,
            active_from: Interval::new(one.min(other)),
            awaited_from: Interval::new(one.max(other)),
            meter,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_device_page_reads_back(devices in prop::collection::btree_map(0u8..64, slots(), 0..12)) {
        let mut page = DevicePage::default();
        for (number, slot) in &devices {
            page.set(*number, *slot);
        }
        let bytes = page.encode();
        let read = DevicePage::decode(&bytes).unwrap();
        prop_assert_eq!(&read, &page);
        prop_assert!(read.iter().map(|(number, slot)| (number, *slot)).eq(devices.clone()));
        for number in 0..=255 {
            prop_assert_eq!(read.get(number), devices.get(&number));
        }
        for length in 0..bytes.len() {
            prop_assert!(DevicePage::decode(&bytes[..length]).is_err());
        }
        prop_assert!(DevicePage::decode(&[bytes, vec![0]].concat()).is_err());
    }
}

proptest! {
    #[test]
    fn earlier_meters_read_back(meters in prop::collection::vec(meters(), 0..5)) {
        prop_assert_eq!(Meter::decode_list(&Meter::encode_list(&meters)).unwrap(), meters);
    }

    #[test]
    fn a_change_of_awaited_devices_reads_back(awaited in any::<u32>(), previous in any::<Option<u64>>()) {
        let change = AwaitedChange { awaited, previous: previous.map(Interval::new) };
        prop_assert_eq!(AwaitedChange::decode(&change.encode()).unwrap(), change);
    }

    #[test]
    fn the_chain_gives_the_latest_change_not_after(steps in prop::collection::btree_map(0u64..100, any::<u32>(), 0..20), at in 0u64..110) {
        let mut previous = None;
        let mut chain = std::collections::BTreeMap::new();
        for (interval, awaited) in &steps {
            chain.insert(Interval::new(*interval), AwaitedChange { awaited: *awaited, previous });
            previous = Some(Interval::new(*interval));
        }
        let found = awaited_in(previous, Interval::new(at), |at| Ok(chain[&at])).unwrap();
        prop_assert_eq!(found, steps.range(..=at).next_back().map_or(0, |(_, awaited)| *awaited));
    }

    #[test]
    fn a_key_of_json_is_checked(key in keys()) {
        prop_assert_eq!(Key::from(key).check(), Ok(key));
    }
}

#[test]
fn a_walk_back_the_chain_is_bounded() {
    let endless = |at: Interval| {
        let previous = at.minus(1);
        Ok(AwaitedChange { awaited: 7, previous })
    };
    let far = Interval::new(100_000);
    assert_eq!(awaited_in(Some(far), far.minus(1_023).unwrap(), endless), Ok(7));
    let beyond = awaited_in(Some(far), far.minus(1_024).unwrap(), endless);
    assert!(matches!(beyond, Err(StdError::NotFound { .. })));
}

#[test]
fn a_slot_of_unknown_status_kind_or_curve_is_an_error() {
    let mut page = DevicePage::default();
    let key = PublicKey::new(Curve::Secp256r1, &[2; 33]).unwrap();
    let meter = Meter {
        from: Interval::ZERO,
        key,
        rated_import: Watt::ZERO,
        rated_export: Watt::ZERO,
        register_modulus: Wh::ZERO,
    };
    let slot = Slot {
        status: SlotStatus::Active,
        kind: DeviceKind::Connection,
        bus: 1,
        settles: true,
        active_from: Interval::ZERO,
        awaited_from: Interval::ZERO,
        meter,
    };
    page.set(0, slot);
    let bytes = page.encode();
    // Bitmap 8, status and settling, kind, bus, active_from, awaited_from, from, curve, key.
    for (position, value) in [(8, 0), (8, 8), (9, 0), (9, 8), (14, 0), (14, 4), (15, 5)] {
        let mut other = bytes.clone();
        other[position] = value;
        assert!(DevicePage::decode(&other).is_err(), "byte {position} = {value}");
    }
    // A slot above 63 holds nothing.
    let mut same = page.clone();
    same.set(64, slot);
    assert_eq!(same, page);
}

#[test]
fn a_key_of_the_wrong_length_is_refused() {
    let key = Key {
        curve: Curve::Ed25519,
        bytes: vec![1; 33].into(),
    };
    let error = KeyError::Length {
        curve: Curve::Ed25519,
        expected: 32,
        length: 33,
    };
    assert_eq!(key.check(), Err(error));
}
