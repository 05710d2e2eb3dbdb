//! Readings come in, are counted, and confirm their interval.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::oracle::{raw, ExecuteMsg, Outcome, Registers, RECORDS_PER_PAGE};
use busbar_api::registry::{Status, Suspension};
use busbar_attestation::{Curve, DeviceKind};
use busbar_oracle::ContractError;
use busbar_units::{Interval, NetWh, Wh};
use common::{at, refused, Meter, Region, INTERVAL_S};
use Outcome::{Accepted, Conflict, Duplicate, Suspended};

/// Net sum, devices measured and awaited, confirmation.
fn state(net: i64, measured: u32, awaited: u32, confirmed: bool) -> (NetWh, u32, u32, bool) {
    (NetWh::new(net), measured, awaited, confirmed)
}

fn seen(region: &Region, interval: Interval) -> (NetWh, u32, u32, bool) {
    let found = region.interval(interval);
    (found.net, found.measured, found.awaited, found.confirmed)
}

/// Two homes whose readings count from interval 2 on.
fn street() -> (Region, Meter, Meter) {
    let mut region = Region::new();
    let a = region.home("A-1");
    let b = region.home("B-1");
    (region, a, b)
}

#[test]
fn the_first_reading_is_the_baseline_and_the_last_awaited_one_confirms() {
    let (mut region, a, b) = street();
    region.clock(at(2), 0);
    let result = region.submit(&[a.reads(at(1), 5_000, 70), b.reads(at(1), 0, 9)]);
    assert_eq!(result.batches, [[Accepted, Accepted]]);
    // Nobody was awaited yet: the interval carries no energy.
    assert_eq!(seen(&region, at(1)), state(0, 0, 0, true));
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(2), 5_800, 70)]);
    assert_eq!(seen(&region, at(2)), state(800, 1, 2, false));
    region.submit(&[b.reads(at(2), 0, 509)]);
    assert_eq!(seen(&region, at(2)), state(300, 2, 2, true));
    let readings = region.oracle.readings(&region.querier(), at(2), 0).unwrap().readings;
    assert_eq!(
        readings.iter().map(|reading| reading.device).collect::<Vec<_>>(),
        [a.number, b.number]
    );
    assert!(readings.iter().all(|reading| reading.counted && reading.revision == 0));
    let registers = Registers {
        import: Wh::ZERO,
        export: Wh::new(509),
    };
    assert_eq!(readings[1].registers, registers);
    // What other contracts read raw is the same.
    let (q, oracle) = (region.querier(), region.oracle.address());
    assert_eq!(raw::interval(&q, oracle, at(2)).unwrap(), Some(region.interval(at(2))));
    let pages = [at(1), at(2)].map(|interval| raw::page(&q, oracle, interval, 0).unwrap());
    let modulus = a.endorsement.register_modulus;
    let energy = busbar_api::oracle::energy(pages[0].as_ref(), pages[1].as_ref(), 0, modulus).unwrap();
    assert_eq!((energy.import, energy.export), (Wh::new(800), Wh::ZERO));
}

#[test]
fn all_three_curves_and_several_intervals_go_in_one_message() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let meters = Curve::ALL.map(|curve| region.join(&alice, Meter::new(curve, &format!("{curve:?}")), None));
    region.clock(at(4), 0);
    let mut readings = vec![];
    for interval in 1..=3 {
        for meter in &meters {
            readings.push(meter.reads(at(interval), 100 * interval, 0));
        }
    }
    let result = region.submit(&readings);
    assert_eq!(result.batches, vec![vec![Accepted; 3]; 3]);
    assert_eq!(seen(&region, at(3)), state(300, 3, 3, true));
}

#[test]
fn without_the_missing_readings_anyone_confirms_after_the_window() {
    let (mut region, a, b) = street();
    let bob = region.bob.clone();
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(1), 0, 0), b.reads(at(1), 0, 0), a.reads(at(2), 800, 0)]);
    let confirm = |interval| ExecuteMsg::Confirm { interval };
    region.clock(at(6), INTERVAL_S - 1);
    let error = refused(&mut region, |region| region.observe(&bob, &confirm(at(2))));
    let expected = ContractError::NotConfirmable {
        interval: at(2),
        from_s: at(7).get() * INTERVAL_S,
    };
    assert_eq!(error, expected);
    region.clock(at(7), 0);
    region.observe(&bob, &confirm(at(2))).unwrap();
    assert_eq!(seen(&region, at(2)), state(800, 1, 2, true));
    let error = refused(&mut region, |region| region.observe(&bob, &confirm(at(2))));
    assert_eq!(error, ContractError::Confirmed { interval: at(2) });
    // What comes late is stored, but the sum stays frozen.
    assert_eq!(region.submit(&[b.reads(at(2), 300, 0)]).count(Accepted), 1);
    assert_eq!(seen(&region, at(2)), state(800, 1, 2, true));
    let readings = region.oracle.readings(&region.querier(), at(2), 0).unwrap().readings;
    assert_eq!(
        readings.iter().map(|reading| reading.counted).collect::<Vec<_>>(),
        [true, false]
    );
    // An interval without any reading is confirmed the same way, one before the oracle is not.
    region.clock(at(8), 0);
    region.observe(&bob, &confirm(at(3))).unwrap();
    assert_eq!(seen(&region, at(3)), state(0, 0, 2, true));
    let before = at(0).minus(1).unwrap();
    let error = refused(&mut region, |region| region.observe(&bob, &confirm(before)));
    let expected = ContractError::Pruned {
        interval: before,
        oldest: at(0),
    };
    assert_eq!(error, expected);
    let never = Interval::MAX;
    let error = refused(&mut region, |region| region.observe(&bob, &confirm(never)));
    let expected = ContractError::NotConfirmable {
        interval: never,
        from_s: u64::MAX,
    };
    assert_eq!(error, expected);
}

#[test]
fn devices_that_do_not_settle_are_stored_and_not_counted() {
    let (mut region, a, b) = street();
    let alice = region.alice.clone();
    let solar = Meter::new(Curve::Ed25519, "S-1").kind(DeviceKind::Solar);
    let solar = region.join(&alice, solar, Some(a.number));
    region.clock(at(3), 0);
    for interval in [at(1), at(2)] {
        let wh = 100 * (interval.get() - at(1).get());
        region.submit(&[
            a.reads(interval, wh, 0),
            solar.reads(interval, 0, 5 * wh),
            b.reads(interval, 0, wh),
        ]);
    }
    assert_eq!(seen(&region, at(2)), state(0, 2, 2, true));
    let readings = region.oracle.readings(&region.querier(), at(2), 0).unwrap().readings;
    assert_eq!(
        readings.iter().map(|reading| reading.counted).collect::<Vec<_>>(),
        [true, true, false]
    );
}

#[test]
fn a_repeat_is_a_duplicate_and_changes_nothing() {
    let (mut region, a, _) = street();
    region.clock(at(2), 0);
    let reading = a.reads(at(1), 5, 0);
    assert_eq!(region.submit(&[reading, reading]).batches, [[Accepted, Duplicate]]);
    let before = region.dump();
    assert_eq!(region.submit(&[reading]).batches, [[Duplicate]]);
    assert!(before == region.dump());
}

#[test]
fn the_high_s_twin_of_a_reading_is_the_same_reading() {
    for curve in [Curve::Secp256r1, Curve::Secp256k1] {
        let mut region = Region::new();
        let alice = region.alice.clone();
        let meter = region.join(&alice, Meter::new(curve, "A-1"), None);
        region.clock(at(3), 0);
        let mut twin = meter.reads(at(1), 5, 0);
        twin.signature = busbar_attestation::twin(curve, &twin.signature).unwrap();
        assert_ne!(twin.signature, meter.reads(at(1), 5, 0).signature);
        // It verifies, and it is no second reading.
        assert_eq!(region.submit(&[twin]).batches, [[Accepted]]);
        assert_eq!(region.submit(&[meter.reads(at(1), 5, 0)]).batches, [[Duplicate]]);
    }
}

#[test]
fn unequal_records_of_one_interval_suspend_the_device_and_leave_evidence() {
    let (mut region, a, b) = street();
    let bob = region.bob.clone();
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(1), 5, 0), b.reads(at(1), 0, 0)]);
    let other = a.reads(at(1), 6, 0);
    let batches = [
        busbar_api::oracle::Batch::new(at(1), 0, &[other, other]).unwrap(),
        busbar_api::oracle::Batch::new(at(2), 0, &[a.reads(at(2), 9, 0), b.reads(at(2), 10, 0)]).unwrap(),
    ];
    let submit = ExecuteMsg::Submit {
        batches: batches.to_vec(),
    };
    let response = region.observe(&bob, &submit).unwrap();
    let result: busbar_api::oracle::SubmitResult = cosmwasm_std::from_json(common::data(&response)).unwrap();
    assert_eq!(result.batches, [[Conflict, Suspended], [Suspended, Accepted]]);
    let device = region.device(a.number);
    assert_eq!(device.status, Status::Suspended);
    assert_eq!(device.suspension, Some(Suspension::UnequalRecords { interval: at(1) }));
    let evidence = response
        .events
        .iter()
        .find(|event| event.ty == "wasm-oracle_conflict")
        .unwrap();
    let value = |key: &str| {
        let attribute = evidence.attributes.iter().find(|attribute| attribute.key == key);
        attribute.unwrap().value.clone()
    };
    assert_eq!((value("accepted_import"), value("import")), ("5".into(), "6".into()));
    assert_eq!(
        value("signature"),
        cosmwasm_std::HexBinary::from(other.signature).to_hex()
    );
    // The accepted record stays.
    let readings = region.oracle.readings(&region.querier(), at(1), 0).unwrap().readings;
    assert_eq!(readings[0].registers.import, Wh::new(5));
}

#[test]
fn registers_start_over_at_their_modulus() {
    let (mut region, a, _) = street();
    let top = a.endorsement.register_modulus.get();
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(1), top - 300, 10), a.reads(at(2), 500, 10)]);
    assert_eq!(seen(&region, at(2)), state(800, 1, 2, false));
}

#[test]
fn a_supplied_page_is_checked_against_its_hash() {
    let (mut region, a, b) = street();
    region.clock(at(2), 0);
    region.submit(&[b.reads(at(1), 1, 2), a.reads(at(1), 3, 4)]);
    let (first, second) = (b.record(at(1), 1, 2), a.record(at(1), 3, 4));
    let q = region.querier();
    let verify = |records: Vec<_>| region.oracle.verify_record(&q, at(1), 0, records).unwrap();
    let answer = verify(vec![first.clone(), second.clone()]);
    assert!(answer.verified);
    assert_eq!(answer.hash, Some(answer.supplied));
    for records in [
        vec![],
        vec![first.clone()],
        vec![second.clone(), first.clone()],
        vec![first.clone(), a.record(at(1), 3, 5)],
    ] {
        assert!(!verify(records).verified);
    }
    // Nothing accepted: nothing verified, not even no records at all.
    let empty = region.oracle.verify_record(&q, at(9), 0, vec![]).unwrap();
    assert_eq!((empty.verified, empty.hash), (false, None));
    let beyond = vec![first; RECORDS_PER_PAGE + 1];
    assert!(region.oracle.verify_record(&q, at(1), 0, beyond).is_err());
}

#[test]
fn a_reinstated_device_hands_in_what_it_kept_but_counts_later() {
    let (mut region, a, b) = street();
    let operator = region.operator.clone();
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(1), 0, 0), b.reads(at(1), 0, 0), b.reads(at(2), 0, 0)]);
    let suspend = busbar_api::registry::ExecuteMsg::Suspend {
        number: a.number,
        reason: Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    assert_eq!(region.submit(&[a.reads(at(2), 100, 0)]).batches, [[Suspended]]);
    region.clock(at(5), 0);
    let reinstate = busbar_api::registry::ExecuteMsg::Reinstate { number: a.number };
    region.register(&operator, &reinstate).unwrap();
    region.clock(at(8), 0);
    let kept = (2..=7)
        .map(|offset| a.reads(at(offset), 100 * offset - 100, 0))
        .collect::<Vec<_>>();
    assert_eq!(region.submit(&kept).count(Accepted), 6);
    let counted = |offset| {
        let readings = region
            .oracle
            .readings(&region.querier(), at(offset), 0)
            .unwrap()
            .readings;
        readings
            .iter()
            .any(|reading| reading.device == a.number && reading.counted)
    };
    assert_eq!(
        [2, 3, 4, 5, 6, 7].map(counted),
        [false, false, false, false, false, true]
    );
}
