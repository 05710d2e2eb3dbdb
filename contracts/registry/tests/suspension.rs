//! Suspension, reinstatement, retirement; a device signs for one region.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::registry::{raw, ExecuteMsg, Status, Suspension};
use busbar_attestation::{Curve, Domain, Reading};
use busbar_registry::ContractError;
use busbar_units::{Interval, Watt, Wh};
use common::{at, key, refused, Meter, Region, DOMAIN};
use cosmwasm_std::Binary;

fn suspend(number: u32) -> ExecuteMsg {
    ExecuteMsg::Suspend {
        number,
        reason: Suspension::Operator {
            note: "seal broken".into(),
        },
    }
}

fn awaited(region: &Region, interval: Interval) -> u32 {
    let q = region.querier();
    let smart = region.registry.awaited(&q, interval).unwrap().awaited;
    let read = raw::awaited_at(&q, region.registry.address(), interval).unwrap();
    assert_eq!(smart, read);
    read
}

#[test]
fn a_suspended_device_is_not_awaited_until_it_is_reinstated() {
    let mut region = Region::new();
    let (operator, alice) = (region.operator.clone(), region.alice.clone());
    let meter = region.home("A-1");
    region.home("A-2");
    region.clock(at(5), 10);
    region.register(&operator, &suspend(meter.number)).unwrap();
    let device = region.device(meter.number);
    assert_eq!(device.status, Status::Suspended);
    let note = Suspension::Operator {
        note: "seal broken".into(),
    };
    assert_eq!(device.suspension, Some(note));
    let error = refused(&mut region, |region| region.register(&operator, &suspend(meter.number)));
    let expected = ContractError::Status {
        number: meter.number,
        status: Status::Suspended,
    };
    assert_eq!(error, expected);
    region.clock(at(9), 0);
    let reinstate = ExecuteMsg::Reinstate { number: meter.number };
    region.register(&operator, &reinstate).unwrap();
    let device = region.device(meter.number);
    assert_eq!((device.status, device.suspension), (Status::Active, None));
    let counts = (0..=12).map(|offset| awaited(&region, at(offset))).collect::<Vec<_>>();
    assert_eq!(counts, [0, 0, 2, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2]);
    let error = refused(&mut region, |region| region.register(&operator, &reinstate));
    let expected = ContractError::Status {
        number: meter.number,
        status: Status::Active,
    };
    assert_eq!(error, expected);
    // Retired for good, by its owner.
    let retire = ExecuteMsg::Retire { number: meter.number };
    region.register(&alice, &retire).unwrap();
    assert_eq!(awaited(&region, at(11)), 1);
    for msg in [retire, reinstate, suspend(meter.number)] {
        let error = refused(&mut region, |region| region.register(&operator, &msg));
        let expected = ContractError::Status {
            number: meter.number,
            status: Status::Retired,
        };
        assert_eq!(error, expected);
    }
}

#[test]
fn a_device_suspended_before_it_is_awaited_never_counted() {
    let mut region = Region::new();
    let operator = region.operator.clone();
    let meter = region.home("A-1");
    region.register(&operator, &suspend(meter.number)).unwrap();
    assert!((0..5).all(|offset| awaited(&region, at(offset)) == 0));
    let long = ExecuteMsg::Suspend {
        number: meter.number,
        reason: Suspension::Operator { note: "x".repeat(129) },
    };
    let error = refused(&mut region, |region| region.register(&operator, &long));
    let expected = ContractError::Text {
        field: "note",
        length: 129,
        max: 128,
    };
    assert_eq!(error, expected);
}

#[test]
fn a_device_that_only_enrolled_cannot_be_suspended_or_retired() {
    let mut region = Region::new();
    let (operator, alice) = (region.operator.clone(), region.alice.clone());
    let mut meter = Meter::new(Curve::Ed25519, "A-1");
    meter.number = region.reserve(&alice).number;
    region.enrol(&alice, &meter).unwrap();
    let expected = || ContractError::Status {
        number: 0,
        status: Status::Enrolled,
    };
    for msg in [
        suspend(0),
        ExecuteMsg::Retire { number: 0 },
        ExecuteMsg::Reinstate { number: 0 },
    ] {
        assert_eq!(
            refused(&mut region, |region| region.register(&operator, &msg)),
            expected()
        );
    }
    let lower = ExecuteMsg::LowerRating {
        number: 0,
        usable_import: Watt::ZERO,
        usable_export: Watt::ZERO,
    };
    assert_eq!(
        refused(&mut region, |region| region.register(&alice, &lower)),
        expected()
    );
}

#[test]
fn a_record_for_another_region_suspends_the_device() {
    let mut region = Region::new();
    let bob = region.bob.clone();
    let meter = region.home("A-1");
    let foreign = |domain: &str, meter: &Meter| {
        let reading = Reading::new(4, at(1), 0, Wh::new(1), Wh::ZERO).unwrap();
        let record = reading.record(&Domain::new(domain).unwrap().id());
        (Binary::from(record), Binary::from(meter.key.sign(&record)))
    };
    let report = |domain: &str, (record, signature): (Binary, Binary)| ExecuteMsg::ReportForeignRecord {
        number: 0,
        domain: domain.into(),
        record,
        signature,
    };
    let stranger = Meter {
        key: key("stranger"),
        ..meter.clone()
    };
    let table = [
        (report(DOMAIN, foreign(DOMAIN, &meter)), ContractError::OwnRegion),
        (
            report("test-oak", foreign("test-oak", &meter)),
            ContractError::TestRegion {
                domain: "test-oak".into(),
            },
        ),
        (
            report("oak-street", foreign("fir-street", &meter)),
            ContractError::RecordDomain {
                domain: "oak-street".into(),
            },
        ),
        (
            report("oak-street", foreign("oak-street", &stranger)),
            ContractError::RecordSignature { number: 0 },
        ),
    ];
    for (msg, expected) in table {
        let error = refused(&mut region, |region| region.register(&bob, &msg));
        assert_eq!(error, expected);
    }
    let (record, signature) = foreign("oak-street", &meter);
    let short = report(
        "oak-street",
        (record.as_slice()[1..].to_vec().into(), signature.clone()),
    );
    assert!(matches!(
        refused(&mut region, |region| region.register(&bob, &short)),
        ContractError::Reading(_)
    ));
    region
        .register(&bob, &report("oak-street", (record, signature)))
        .unwrap();
    let reason = Suspension::ForeignRecord {
        domain: "oak-street".into(),
    };
    assert_eq!(region.device(0).suspension, Some(reason));
}

#[test]
fn in_a_test_region_no_foreign_record_counts() {
    let mut region = Region::with("test-elm", common::params());
    let bob = region.bob.clone();
    let msg = ExecuteMsg::ReportForeignRecord {
        number: 0,
        domain: "oak-street".into(),
        record: Binary::default(),
        signature: Binary::default(),
    };
    let error = refused(&mut region, |region| region.register(&bob, &msg));
    let expected = ContractError::TestRegion {
        domain: "test-elm".into(),
    };
    assert_eq!(error, expected);
}
