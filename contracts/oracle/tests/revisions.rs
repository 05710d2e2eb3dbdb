//! Corrected records: signed by the device, sent by the grid operator.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::oracle::{energy, raw, Batch, DeviceReading, Energy, ExecuteMsg, Outcome, SubmitResult};
use busbar_api::registry::Status;
use busbar_attestation::{page_of, slot_of, SignedReading};
use busbar_units::Wh;
use common::{at, data, key, Meter, Region};
use cosmwasm_std::{from_json, Addr};
use Outcome::{AboveRating, Accepted, Backwards, Conflict, Duplicate, Forged, Revision, TooOld, Uncountersigned};

/// Two homes that read 0, 800 and 1,000 Wh, and 0, 500 and 700 Wh at the ends of 1, 2 and 3: all confirmed.
fn street() -> (Region, Meter, Meter) {
    let mut region = Region::new();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(4), 0);
    for (meter, registers) in [(&a, [0, 800, 1_000]), (&b, [0, 500, 700])] {
        for (offset, import) in (1..).zip(registers) {
            assert_eq!(
                region.submit(&[meter.reads(at(offset), import, 0)]).batches,
                [[Accepted]]
            );
        }
    }
    assert!(region.interval(at(3)).confirmed);
    (region, a, b)
}

fn revised(meter: &Meter, offset: u64, revision: u8, import: u64) -> SignedReading {
    meter.revises(at(offset), revision, import, 0)
}

fn sent_by(region: &mut Region, sender: &Addr, signed: SignedReading) -> Outcome {
    let (interval, page) = (signed.reading.interval(), page_of(signed.reading.device()));
    let batches = vec![Batch::new(interval, page, &[signed]).unwrap()];
    let response = region.observe(sender, &ExecuteMsg::Submit { batches }).unwrap();
    let result: SubmitResult = from_json(data(&response)).unwrap();
    result.batches[0][0]
}

fn operator_sends(region: &mut Region, signed: SignedReading) -> Outcome {
    let operator = region.operator.clone();
    sent_by(region, &operator, signed)
}

/// Turned down for this reason, and no byte is another.
fn turned_down(region: &mut Region, sender: &Addr, signed: SignedReading, outcome: Outcome) {
    let before = region.dump();
    assert_eq!(sent_by(region, sender, signed), outcome, "{signed:?}");
    assert!(before == region.dump(), "{outcome:?} changed the state");
}

fn reading(region: &Region, meter: &Meter, offset: u64) -> DeviceReading {
    let page = region.oracle.readings(&region.querier(), at(offset), 0).unwrap();
    let found = page.readings.into_iter().find(|reading| reading.device == meter.number);
    found.unwrap()
}

fn latest(region: &Region, meter: &Meter, offset: u64) -> u64 {
    let (q, oracle) = (region.querier(), region.oracle.address());
    let page = |offset| raw::page(&q, oracle, at(offset), 0).unwrap();
    let modulus = meter.endorsement.register_modulus;
    let (before, now) = (page(offset - 1), page(offset));
    let energy = energy(before.as_ref(), now.as_ref(), slot_of(meter.number), modulus);
    energy.unwrap().import.get()
}

#[test]
fn a_revision_replaces_the_record_and_the_sum_stays_frozen() {
    let (mut region, a, b) = street();
    let state = region.interval(at(2));
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 1, 600)), Accepted);
    let found = reading(&region, &a, 2);
    assert_eq!((found.revision, found.registers.import), (1, Wh::new(600)));
    let frozen = |wh| {
        Some(Energy {
            import: Wh::new(wh),
            export: Wh::ZERO,
        })
    };
    assert_eq!(found.frozen, frozen(800));
    assert_eq!(reading(&region, &a, 3).frozen, frozen(200));
    assert_eq!([2, 3].map(|offset| latest(&region, &a, offset)), [600, 400]);
    assert_eq!(region.interval(at(2)), state);
    // The next one takes it back: nothing is frozen beside the registers then.
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 2, 800)), Accepted);
    assert_eq!([2, 3].map(|offset| reading(&region, &a, offset).frozen), [None, None]);
    assert_eq!(reading(&region, &b, 2).frozen, None);
}

#[test]
fn before_the_confirmation_the_sum_follows() {
    let mut region = Region::new();
    let (a, _) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(4), 0);
    region.submit(&[a.reads(at(1), 0, 0), a.reads(at(2), 800, 0)]);
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 1, 600)), Accepted);
    let state = region.interval(at(2));
    assert_eq!((state.net.get(), state.measured, state.confirmed), (600, 1, false));
    // Estimates around a revised record are shared anew.
    region.submit(&[a.reads(at(3), 900, 0)]);
    region.clock(at(6), 0);
    region.submit(&[a.reads(at(5), 1_900, 0)]);
    assert_eq!(latest(&region, &a, 4), 500);
    assert_eq!(operator_sends(&mut region, revised(&a, 3, 1, 1_100)), Accepted);
    assert_eq!([3, 4, 5].map(|offset| latest(&region, &a, offset)), [500, 400, 400]);
}

#[test]
fn only_the_operator_hands_a_revision_in() {
    let (mut region, a, _) = street();
    for sender in [region.alice.clone(), region.bob.clone(), region.owner.clone()] {
        turned_down(&mut region, &sender, revised(&a, 2, 1, 600), Uncountersigned);
    }
    // First records are everyone's, the operator's as well.
    region.clock(at(5), 0);
    assert_eq!(operator_sends(&mut region, a.reads(at(4), 1_000, 0)), Accepted);
}

#[test]
fn the_operator_alone_signs_nothing() {
    let (mut region, a, b) = street();
    let operator = region.operator.clone();
    let stranger = Meter {
        key: key("operator"),
        ..a.clone()
    };
    turned_down(&mut region, &operator, revised(&stranger, 2, 1, 600), Forged);
    // The device's signature over the first record does not carry the second.
    let moved = SignedReading {
        signature: a.reads(at(2), 600, 0).signature,
        ..revised(&a, 2, 1, 600)
    };
    turned_down(&mut region, &operator, moved, Forged);
    let other = SignedReading {
        signature: revised(&b, 2, 1, 600).signature,
        ..revised(&a, 2, 1, 600)
    };
    turned_down(&mut region, &operator, other, Forged);
}

#[test]
fn a_revision_is_one_above_the_accepted_record() {
    let (mut region, a, _) = street();
    let operator = region.operator.clone();
    turned_down(&mut region, &operator, revised(&a, 2, 2, 600), Revision);
    turned_down(&mut region, &operator, revised(&a, 2, 255, 600), Revision);
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 1, 600)), Accepted);
    turned_down(&mut region, &operator, revised(&a, 2, 1, 600), Duplicate);
    turned_down(&mut region, &operator, revised(&a, 2, 0, 800), Revision);
    turned_down(&mut region, &operator, revised(&a, 2, 3, 600), Revision);
    // Where nothing was accepted, or estimated only, the first is 0.
    region.clock(at(7), 0);
    turned_down(&mut region, &operator, revised(&a, 5, 1, 1_000), Revision);
    region.submit(&[a.reads(at(6), 1_600, 0)]);
    turned_down(&mut region, &operator, revised(&a, 5, 1, 1_000), Revision);
    assert_eq!(operator_sends(&mut region, revised(&a, 5, 0, 1_000)), Accepted);
}

#[test]
fn the_last_revision_is_255() {
    let (mut region, a, _) = street();
    let operator = region.operator.clone();
    for revision in 1..=255 {
        let import = 700 + u64::from(revision % 2);
        assert_eq!(operator_sends(&mut region, revised(&a, 2, revision, import)), Accepted);
    }
    turned_down(&mut region, &operator, revised(&a, 2, 0, 700), Revision);
}

#[test]
fn a_revision_is_consistent_with_its_neighbours() {
    let (mut region, a, _) = street();
    let operator = region.operator.clone();
    turned_down(&mut region, &operator, revised(&a, 2, 1, 1_001), Backwards);
    turned_down(&mut region, &operator, revised(&a, 3, 1, 799), Backwards);
    turned_down(&mut region, &operator, revised(&a, 3, 1, 3_301), AboveRating);
    assert_eq!(operator_sends(&mut region, revised(&a, 3, 1, 3_300)), Accepted);
}

#[test]
fn two_records_of_one_revision_suspend_the_device() {
    let (mut region, a, _) = street();
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 1, 600)), Accepted);
    // The device signed both, whoever shows the second.
    let bob = region.bob.clone();
    assert_eq!(sent_by(&mut region, &bob, revised(&a, 2, 1, 601)), Conflict);
    assert_eq!(region.device(a.number).status, Status::Suspended);
    assert_eq!(reading(&region, &a, 2).registers.import, Wh::new(600));
}

#[test]
fn after_the_correction_window_nothing_is_revised() {
    let (mut region, a, _) = street();
    let operator = region.operator.clone();
    region.clock(at(11), 0);
    turned_down(&mut region, &operator, revised(&a, 2, 1, 600), TooOld);
    assert_eq!(operator_sends(&mut region, revised(&a, 3, 1, 900)), Accepted);
}

#[test]
fn a_revision_is_in_the_hash_of_its_page() {
    let (mut region, a, b) = street();
    assert_eq!(operator_sends(&mut region, revised(&a, 2, 1, 600)), Accepted);
    let domain = busbar_attestation::Domain::new(common::DOMAIN).unwrap().id();
    let revision = revised(&a, 2, 1, 600).reading.record(&domain);
    let records = vec![a.record(at(2), 800, 0), b.record(at(2), 500, 0), revision.into()];
    let answer = region
        .oracle
        .verify_record(&region.querier(), at(2), 0, records)
        .unwrap();
    assert!(answer.verified);
}
