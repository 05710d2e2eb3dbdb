//! `busbar certificate verify`: bundles of a region on the embedded chain, whole and tampered with.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]
mod support;

use busbar_testing::attestation::{Curve, DeviceKind};
use busbar_testing::certificates::{CertificateId, Evidence};
use busbar_testing::cosmwasm_std::HexBinary;
use busbar_testing::registry::Suspension;
use busbar_testing::units::Wh;
use busbar_testing::{Device, Plate, Region, Setup};
use support::{Run, busbar};

/// A roof that feeds 700 Wh, of which 400 were sold, beside a home; final and issued.
fn region(curve: Curve) -> (Region, Device, CertificateId) {
    let mut setup = Setup {
        curve,
        ..Setup::default()
    };
    setup.params.correction_window = 8;
    let mut region = Region::with(setup);
    let plate = Plate {
        kind: DeviceKind::Solar,
        ..Plate::connection(1_000, 5_000)
    };
    let roof = region.enrol("roof", plate);
    region.deposit(&roof.owner, 1_000_000_000);
    let home = region.home("home", 5_000, 5_000);
    let interval = region.first_interval();
    region.sell(&roof, interval, 400, 140_000);
    region.buy(&home, interval, 400, 140_000);
    region.clear(interval);
    region.deliver(interval, &[(&roof, 0, 700), (&home, 400, 0)]);
    region.finalise(interval);
    region.issue();
    let id = CertificateId {
        device: roof.number,
        interval,
        first: Wh::ZERO,
    };
    (region, roof, id)
}

fn verify(evidence: &Evidence) -> Run {
    busbar(
        &["certificate", "verify", "-"],
        &serde_json::to_string(evidence).unwrap(),
    )
}

#[test]
fn a_bundle_of_every_curve_is_valid() {
    for curve in Curve::ALL {
        let (region, _, id) = region(curve);
        for first in [0, 400] {
            let id = CertificateId {
                first: Wh::new(first),
                ..id
            };
            let run = verify(&region.evidence(id));
            assert_eq!(run.code, 0, "{run:?}");
            assert!(
                run.stdout.ends_with("valid\n") && run.stdout.contains("700 Wh fed"),
                "{run:?}"
            );
        }
        let text = serde_json::to_string(&region.evidence(id)).unwrap();
        let json = busbar(&["certificate", "verify", "-", "--json"], &text).json();
        assert_eq!(
            (&json["valid"], &json["reason"]),
            (&true.into(), &serde_json::Value::Null)
        );
        assert_eq!(json["proven"].as_array().unwrap().len(), 6);
    }
}

#[test]
fn whatever_is_changed_is_found() {
    let (region, _, id) = region(Curve::Secp256r1);
    let whole = region.evidence(id);
    let flip = |hex: &mut HexBinary, at: usize| {
        let mut bytes = hex.to_vec();
        bytes[at] ^= 1;
        *hex = bytes.into();
    };
    type Change<'a> = Box<dyn Fn(&mut Evidence) + 'a>;
    let changes: Vec<(&str, Change<'_>)> = vec![
        (
            "was not signed by the key",
            Box::new(|e| flip(&mut e.after.signature, 5)),
        ),
        (
            "was not signed by the key",
            Box::new(|e| flip(&mut e.before.signature, 5)),
        ),
        // The export register of the roof's own record.
        (
            "was not signed by the key",
            Box::new(|e| flip(&mut e.after.records[0], 48)),
        ),
        // The neighbour's record: only the hash tells.
        ("the page's hash is", Box::new(|e| flip(&mut e.after.records[1], 48))),
        ("the page's hash is", Box::new(|e| e.before.records.reverse())),
        ("the page's hash is", Box::new(|e| flip(&mut e.after.hash, 0))),
        ("has no record of device", Box::new(|e| drop(e.after.records.remove(0)))),
        ("no meter of the bundle", Box::new(|e| e.meters.clear())),
        (
            "the line says that",
            Box::new(|e| {
                let mut line = busbar_testing::market::provenance::Line::decode(&e.line).unwrap();
                let feed = line.feeds()[0];
                line.feed(feed).unwrap();
                e.line = line.encode().into();
            }),
        ),
        ("the line cannot be read", Box::new(|e| e.line = vec![9].into())),
        (
            "is not on the line",
            Box::new(|e| {
                e.line = busbar_testing::market::provenance::Line::new(0).encode().into();
            }),
        ),
        ("are not 400 Wh", Box::new(|e| e.certificate.last = Wh::new(500))),
        (
            "is beyond the 700 Wh",
            Box::new(|e| {
                (e.certificate.last, e.certificate.wh) = (Wh::new(700), Wh::new(701));
            }),
        ),
        (
            "was signed for another region",
            Box::new(|e| e.certificate.domain = "test-oak-street".into()),
        ),
        (
            "is no region id",
            Box::new(|e| e.certificate.domain = "Oak Street".into()),
        ),
        (
            "names the charge",
            Box::new(|e| e.certificate.kind = DeviceKind::Storage),
        ),
    ];
    for (reason, change) in changes {
        let mut evidence = whole.clone();
        change(&mut evidence);
        let run = verify(&evidence);
        assert_eq!(run.code, 1, "{reason}: {run:?}");
        assert!(run.stderr.contains(reason), "{reason}: {run:?}");
        assert!(run.stdout.ends_with("not valid\n"), "{run:?}");
    }
}

#[test]
fn a_withdrawn_certificate_is_not_valid() {
    let (mut region, roof, id) = region(Curve::Ed25519);
    let operator = region.operator.clone();
    let reason = Suspension::Operator {
        note: "found out".into(),
    };
    let suspend = region.registry.suspend(roof.number, reason).unwrap();
    region.must(&operator, suspend);
    let withdraw = region.certificates.withdraw(roof.number, "case 7").unwrap();
    region.must(&operator, withdraw);
    let run = verify(&region.evidence(id));
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("withdrawn: case 7"), "{run:?}");
}

#[test]
fn an_unreadable_bundle_is_no_verdict() {
    for text in ["", "{}", "[1]", "{\"certificate\":"] {
        let run = busbar(&["certificate", "verify", "-"], text);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
    }
    let run = busbar(&["certificate", "verify", "no-such-file.json"], "");
    assert_eq!(run.code, 2, "{run:?}");
}
