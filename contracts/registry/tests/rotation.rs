//! A device gets another key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::oracle::Outcome;
use busbar_api::registry::{raw, ExecuteMsg, Key, PAST_METERS, ROTATION_DELAY_S};
use busbar_attestation::{Curve, DeviceKind, SigningKey};
use busbar_registry::ContractError;
use busbar_units::{Ppm, Watt, Wh};
use common::{at, key, refused, Meter, Region, INTERVAL_S};

/// The message that gives a meter another key, signed by the new one and, where given, by the old one.
fn rotation(meter: &Meter, next: &SigningKey, old: Option<&SigningKey>) -> ExecuteMsg {
    let mut endorsed = meter.clone();
    endorsed.endorsement.key = next.public_key();
    ExecuteMsg::RotateKey {
        number: meter.number,
        endorsement: (&endorsed.endorsement).into(),
        manufacturer_signature: endorsed.vouched(),
        device_signature: meter.rotation(next, next),
        old_key_signature: old.map(|old| meter.rotation(next, old)),
    }
}

#[test]
fn a_key_is_valid_from_an_interval_on() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let old = region.home("A-1");
    let next = Meter {
        key: key("next"),
        ..old.clone()
    };
    region.clock(at(3), 0);
    let rotate = rotation(&old, &next.key, Some(&old.key));
    region.register(&alice, &rotate).unwrap();
    assert_eq!(region.device(0).key, Key::from(next.key.public_key()));
    // The clock is in 3: the new key signs 5 and later, the old one what came before, whenever it arrives.
    region.clock(at(8), 0);
    for (offset, by_old) in [(3, true), (4, true), (5, false), (6, false)] {
        let (right, wrong) = if by_old { (&old, &next) } else { (&next, &old) };
        let result = region.submit(&[
            wrong.reads(at(offset), 10 * offset, 0),
            right.reads(at(offset), 10 * offset, 0),
        ]);
        assert_eq!(
            result.batches,
            [[Outcome::Forged, Outcome::Accepted]],
            "interval {offset}"
        );
    }
    // A key that was in force belongs to its device for ever.
    let back = rotation(&next, &old.key, Some(&next.key));
    let error = refused(&mut region, |region| region.register(&alice, &back));
    assert_eq!(error, ContractError::KeyTaken { number: 0 });
}

#[test]
fn without_the_old_keys_signature_a_key_stands_in_public_for_seven_days() {
    let mut region = Region::new();
    let (alice, operator, bob) = (region.alice.clone(), region.operator.clone(), region.bob.clone());
    let meter = region.home("A-1");
    let next = key("next");
    let complete = ExecuteMsg::CompleteRotation { number: 0 };
    let cancel = ExecuteMsg::CancelRotation { number: 0 };
    for (sender, msg) in [(&bob, &complete), (&operator, &cancel)] {
        let error = refused(&mut region, |region| region.register(sender, msg));
        assert_eq!(error, ContractError::NoRotation { number: 0 });
    }
    region.register(&alice, &rotation(&meter, &next, None)).unwrap();
    let pending = region.device(0).pending_key.unwrap();
    assert_eq!(pending.key, Key::from(next.public_key()));
    assert_eq!(region.device(0).key, Key::from(meter.key.public_key()));
    let due = pending.due;
    let error = refused(&mut region, |region| region.register(&bob, &complete));
    assert_eq!(error, ContractError::RotationNotDue { number: 0, due });
    let other = rotation(&meter, &key("other"), None);
    let error = refused(&mut region, |region| region.register(&alice, &other));
    assert_eq!(error, ContractError::RotationPending { number: 0, due });
    // The operator withdraws it; then the key is free again.
    region.register(&operator, &cancel).unwrap();
    assert_eq!(region.device(0).pending_key, None);
    region.register(&alice, &rotation(&meter, &next, None)).unwrap();
    region.clock(at(ROTATION_DELAY_S / INTERVAL_S), 0);
    region.register(&bob, &complete).unwrap();
    let device = region.device(0);
    assert_eq!((device.key, device.pending_key), (Key::from(next.public_key()), None));
    let q = region.querier();
    let page = raw::page_with(&q, region.registry.address(), 0).unwrap().unwrap();
    let slot = page.get(0).unwrap();
    let from = at(ROTATION_DELAY_S / INTERVAL_S + 2);
    assert_eq!((slot.meter.from, slot.meter.key), (from, next.public_key()));
    let meter_at = |interval| {
        raw::meter_at(&q, region.registry.address(), 0, slot, interval)
            .unwrap()
            .map(|meter| meter.key)
    };
    assert_eq!(meter_at(from.minus(1).unwrap()), Some(meter.key.public_key()));
    assert_eq!(meter_at(at(1)), Some(meter.key.public_key()));
    assert_eq!(meter_at(at(0)), None);
}

#[test]
fn the_old_keys_signature_settles_a_pending_rotation() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let meter = region.home("A-1");
    let next = key("next");
    region.register(&alice, &rotation(&meter, &next, None)).unwrap();
    let rotate = rotation(&meter, &next, Some(&meter.key));
    region.register(&alice, &rotate).unwrap();
    let device = region.device(0);
    assert_eq!((device.key, device.pending_key), (Key::from(next.public_key()), None));
}

#[test]
fn a_rotation_needs_the_right_signatures_and_changes_the_key_alone() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let meter = region.home("A-1");
    let (next, stranger) = (key("next"), key("stranger"));
    let good = rotation(&meter, &next, Some(&meter.key));
    let altered = |change: &dyn Fn(&mut Meter)| {
        let mut endorsed = meter.clone();
        endorsed.endorsement.key = next.public_key();
        change(&mut endorsed);
        let mut msg = good.clone();
        if let ExecuteMsg::RotateKey {
            endorsement,
            manufacturer_signature,
            ..
        } = &mut msg
        {
            *endorsement = (&endorsed.endorsement).into();
            *manufacturer_signature = endorsed.vouched();
        }
        msg
    };
    type Change<'a> = (&'static str, &'a dyn Fn(&mut Meter));
    let changes: [Change<'_>; 6] = [
        ("serial", &|meter| meter.endorsement.serial = "A-9".into()),
        ("kind", &|meter| meter.endorsement.kind = DeviceKind::Solar),
        ("rated_import", &|meter| {
            meter.endorsement.rated_import = Watt::new(11_000)
        }),
        ("rated_export", &|meter| {
            meter.endorsement.rated_export = Watt::new(11_000)
        }),
        ("usable", &|meter| meter.endorsement.usable = Wh::new(1)),
        ("register_modulus", &|meter| {
            meter.endorsement.register_modulus = Wh::new(2_000_000)
        }),
    ];
    for (field, change) in changes {
        let error = refused(&mut region, |region| region.register(&alice, &altered(change)));
        assert_eq!(error, ContractError::Changed { number: 0, field });
    }
    let mut unsigned = good.clone();
    if let ExecuteMsg::RotateKey { device_signature, .. } = &mut unsigned {
        *device_signature = meter.rotation(&next, &stranger);
    }
    let error = refused(&mut region, |region| region.register(&alice, &unsigned));
    assert_eq!(error, ContractError::DeviceSignature { number: 0 });
    let usurped = rotation(&meter, &next, Some(&stranger));
    let error = refused(&mut region, |region| region.register(&alice, &usurped));
    assert_eq!(error, ContractError::OldSignature { number: 0 });
}

#[test]
fn a_rotation_does_not_change_what_a_storage_gives_back() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let mut storage = Meter::new(Curve::Ed25519, "B-1").kind(DeviceKind::Storage);
    storage.endorsement.usable = Wh::new(6_400);
    storage.endorsement.efficiency = Ppm::new(900_000);
    let mut better = region.join(&alice, storage, None);
    better.endorsement.efficiency = Ppm::ONE;
    let rotate = rotation(&better, &key("next"), Some(&better.key));
    let error = refused(&mut region, |region| region.register(&alice, &rotate));
    let field = "efficiency";
    assert_eq!(error, ContractError::Changed { number: 0, field });
}

#[test]
fn a_device_keeps_a_bounded_number_of_earlier_meters() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let mut meter = region.home("A-1");
    for turn in 0..PAST_METERS {
        region.clock(at(10 + 3 * u64::try_from(turn).unwrap()), 0);
        let next = key(&format!("key {turn}"));
        region
            .register(&alice, &rotation(&meter, &next, Some(&meter.key)))
            .unwrap();
        meter.key = next;
    }
    let next = key("one too many");
    region.clock(at(100), 0);
    let rotate = rotation(&meter, &next, Some(&meter.key));
    let error = refused(&mut region, |region| region.register(&alice, &rotate));
    let expected = ContractError::TooManyMeters {
        number: 0,
        max: PAST_METERS,
    };
    assert_eq!(error, expected);
    // Once no late reading can need the oldest, there is room again: the second meter's first interval, 12, is as
    // old as the longest correction window, 672.
    region.clock(at(683), 0);
    refused(&mut region, |region| region.register(&alice, &rotate));
    region.clock(at(684), 0);
    region.register(&alice, &rotate).unwrap();
}

#[test]
fn a_key_that_never_came_into_force_takes_no_room() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let old = region.home("A-1");
    let mut meter = old.clone();
    region.clock(at(3), 0);
    for turn in 0..=PAST_METERS {
        let next = key(&format!("key {turn}"));
        let rotate = rotation(&meter, &next, Some(&meter.key));
        region.register(&alice, &rotate).unwrap();
        meter.key = next;
    }
    region.clock(at(8), 0);
    for (offset, signer) in [(4, &old), (5, &meter)] {
        let result = region.submit(&[signer.reads(at(offset), 10 * offset, 0)]);
        assert_eq!(result.count(Outcome::Accepted), 1, "interval {offset}");
    }
}
