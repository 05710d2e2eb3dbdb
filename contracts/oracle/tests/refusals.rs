//! Every way in which a reading is turned down; none of them changes a byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;

use busbar_api::oracle::{Batch, ExecuteMsg, Outcome};
use busbar_api::registry;
use busbar_attestation::{Curve, Domain, SignedReading, WireError, WIRE_LENGTH};
use busbar_oracle::ContractError;
use busbar_units::Interval;
use common::{at, key, refused, Meter, Region, INTERVAL_S};

/// A home with readings of 1 (1,000 Wh) and 3 (2,000 Wh); the clock is at the start of 4.
fn street() -> (Region, Meter) {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let meter = region.join(&alice, Meter::new(Curve::Secp256r1, "A-1"), None);
    region.clock(at(4), 0);
    let result = region.submit(&[meter.reads(at(1), 1_000, 0), meter.reads(at(3), 2_000, 0)]);
    assert_eq!(result.count(Outcome::Accepted), 2);
    (region, meter)
}

/// Hands one reading in, which must be turned down for this reason and change nothing.
fn turned_down(region: &mut Region, signed: SignedReading, outcome: Outcome) {
    let before = region.dump();
    assert_eq!(region.submit(&[signed]).batches, [[outcome]], "{signed:?}");
    assert!(before == region.dump(), "{outcome:?} changed the state");
}

#[test]
fn forged() {
    let (mut region, meter) = street();
    let good = meter.reads(at(2), 1_500, 0);
    for bit in [0, 7, 100, 511] {
        let mut flipped = good;
        flipped.signature[bit / 8] ^= 1 << (bit % 8);
        turned_down(&mut region, flipped, Outcome::Forged);
    }
    for signature in [[0; 64], [0xff; 64]] {
        turned_down(&mut region, SignedReading { signature, ..good }, Outcome::Forged);
    }
    // The signature of another reading, of another device's key, of another message.
    let altered = SignedReading {
        reading: meter.reading(at(2), 1_501, 0),
        ..good
    };
    turned_down(&mut region, altered, Outcome::Forged);
    let stranger = Meter {
        key: key("stranger"),
        ..meter.clone()
    };
    turned_down(&mut region, stranger.reads(at(2), 1_500, 0), Outcome::Forged);
    let mut enrolment = good;
    enrolment.signature.copy_from_slice(&meter.joins(&region.alice, None));
    turned_down(&mut region, enrolment, Outcome::Forged);
}

#[test]
fn replayed_for_another_region_interval_or_device() {
    let (mut region, meter) = street();
    let other = region.home("A-2");
    region.clock(at(6), 0);
    // Signed for another region.
    let reading = meter.reading(at(2), 1_500, 0);
    let record = reading.record(&Domain::new("oak-street").unwrap().id());
    let signature = meter.key.sign(&record);
    turned_down(&mut region, SignedReading { reading, signature }, Outcome::Forged);
    // Taken from interval 2 to 4, and from device 0 to 1.
    let good = meter.reads(at(2), 2_500, 0);
    let moved = SignedReading {
        reading: meter.reading(at(4), 2_500, 0),
        ..good
    };
    turned_down(&mut region, moved, Outcome::Forged);
    let good = meter.reads(at(5), 0, 0);
    let moved = SignedReading {
        reading: other.reading(at(5), 0, 0),
        ..good
    };
    turned_down(&mut region, moved, Outcome::Forged);
}

#[test]
fn malformed() {
    let (mut region, meter) = street();
    let modulus = meter.endorsement.register_modulus.get();
    turned_down(&mut region, meter.reads(at(2), modulus, 0), Outcome::Malformed);
    turned_down(&mut region, meter.reads(at(2), 1_000, modulus), Outcome::Malformed);
    // Slots that name no device: above 63, and beyond the last number.
    for (page, slot) in [(0, 64), (0, 255), (u32::MAX, 63)] {
        let mut readings = vec![0; WIRE_LENGTH];
        readings[0] = slot;
        let batch = Batch {
            interval: at(2),
            page,
            readings: readings.into(),
        };
        let before = region.dump();
        let result = region.submit_batches(vec![batch]).unwrap();
        assert_eq!(result.batches, [[Outcome::Malformed]]);
        assert!(before == region.dump());
    }
}

#[test]
fn unknown_device() {
    let (mut region, meter) = street();
    for number in [1, 63, 64, 1_000_000] {
        let nobody = Meter {
            number,
            ..meter.clone()
        };
        turned_down(&mut region, nobody.reads(at(2), 1_500, 0), Outcome::UnknownDevice);
    }
    // Reserved and enrolled is not confirmed.
    let alice = region.alice.clone();
    let mut waiting = Meter::new(Curve::Ed25519, "A-2");
    waiting.number = region.reserve(&alice).number;
    turned_down(&mut region, waiting.reads(at(2), 0, 0), Outcome::UnknownDevice);
    region.enrol(&alice, &waiting).unwrap();
    turned_down(&mut region, waiting.reads(at(2), 0, 0), Outcome::UnknownDevice);
}

#[test]
fn suspended_and_retired() {
    let (mut region, meter) = street();
    let operator = region.operator.clone();
    let suspend = registry::ExecuteMsg::Suspend {
        number: 0,
        reason: registry::Suspension::Operator { note: "seal".into() },
    };
    region.register(&operator, &suspend).unwrap();
    turned_down(&mut region, meter.reads(at(2), 1_500, 0), Outcome::Suspended);
    region
        .register(&operator, &registry::ExecuteMsg::Retire { number: 0 })
        .unwrap();
    turned_down(&mut region, meter.reads(at(2), 1_500, 0), Outcome::Retired);
}

#[test]
fn not_yet_active() {
    let (mut region, meter) = street();
    turned_down(&mut region, meter.reads(at(0), 900, 0), Outcome::NotYetActive);
}

#[test]
fn future() {
    let (mut region, meter) = street();
    let next = meter.reads(at(4), 2_100, 0);
    turned_down(&mut region, next, Outcome::Future);
    turned_down(&mut region, meter.reads(Interval::MAX, 2_100, 0), Outcome::Future);
    // The clock tolerance of 30 s, to the second.
    region.clock(at(4), INTERVAL_S - 31);
    turned_down(&mut region, next, Outcome::Future);
    region.clock(at(4), INTERVAL_S - 30);
    assert_eq!(region.submit(&[next]).batches, [[Outcome::Accepted]]);
}

#[test]
fn too_old() {
    let (mut region, meter) = street();
    let late = meter.reads(at(2), 1_500, 0);
    // The correction window of 8 intervals after the end of 2, to the second.
    region.clock(at(11), 0);
    turned_down(&mut region, late, Outcome::TooOld);
    let (mut region, _) = street();
    region.clock(at(10), INTERVAL_S - 1);
    assert_eq!(region.submit(&[late]).batches, [[Outcome::Accepted]]);
}

#[test]
fn revision() {
    let (mut region, meter) = street();
    turned_down(&mut region, meter.revises(at(2), 1, 1_500, 0), Outcome::Revision);
    turned_down(&mut region, meter.revises(at(3), 2, 2_000, 0), Outcome::Revision);
    turned_down(&mut region, meter.revises(at(3), 1, 1_900, 0), Outcome::Uncountersigned);
}

#[test]
fn backwards_from_an_earlier_or_to_a_later_reading() {
    let (mut region, meter) = street();
    turned_down(&mut region, meter.reads(at(2), 999, 0), Outcome::Backwards);
    turned_down(&mut region, meter.reads(at(2), 2_001, 0), Outcome::Backwards);
    region.clock(at(5), 0);
    turned_down(&mut region, meter.reads(at(4), 1_999, 0), Outcome::Backwards);
    // Neither neighbour's export may be passed either.
    assert_eq!(
        region
            .submit(&[meter.reads(at(4), 2_000, 100)])
            .count(Outcome::Accepted),
        1
    );
    turned_down(&mut region, meter.reads(at(2), 1_500, 101), Outcome::Backwards);
}

#[test]
fn above_rating() {
    let (mut region, meter) = street();
    // 10 kW for a quarter of an hour are 2,500 Wh, 8 kW are 2,000 Wh; in two intervals twice that.
    region.clock(at(7), 0);
    turned_down(&mut region, meter.reads(at(4), 4_501, 0), Outcome::AboveRating);
    turned_down(&mut region, meter.reads(at(4), 2_000, 2_001), Outcome::AboveRating);
    turned_down(&mut region, meter.reads(at(6), 9_501, 0), Outcome::AboveRating);
    assert_eq!(
        region
            .submit(&[meter.reads(at(6), 9_500, 6_000)])
            .count(Outcome::Accepted),
        1
    );
    // What would leave too much for the next reading: below 4,500 Wh after 4 exceeds 2 intervals.
    turned_down(&mut region, meter.reads(at(4), 4_499, 2_000), Outcome::AboveRating);
    turned_down(&mut region, meter.reads(at(4), 4_500, 1_999), Outcome::AboveRating);
    assert_eq!(
        region
            .submit(&[meter.reads(at(4), 4_500, 2_000)])
            .count(Outcome::Accepted),
        1
    );
}

#[test]
fn a_bad_reading_spoils_no_other() {
    let (mut region, meter) = street();
    let other = region.home("A-2");
    region.clock(at(6), 0);
    let readings = [
        meter.reads(at(5), 1, 0),
        other.reads(at(5), 7, 0),
        Meter {
            number: 9,
            ..other.clone()
        }
        .reads(at(5), 1, 0),
        meter.reads(at(5), 2_500, 0),
    ];
    let result = region.submit(&readings);
    let expected = [
        Outcome::Backwards,
        Outcome::Accepted,
        Outcome::UnknownDevice,
        Outcome::Accepted,
    ];
    assert_eq!(result.batches, [expected]);
    assert_eq!(result.counts()[&Outcome::Accepted], 2);
}

#[test]
fn containers_that_are_empty_over_long_or_cut() {
    let (mut region, meter) = street();
    let bob = region.bob.clone();
    let good = Batch::new(at(2), 0, &[meter.reads(at(2), 1_500, 0)]).unwrap();
    let one = good.readings.to_vec();
    let with = |bytes: Vec<u8>| Batch {
        readings: bytes.into(),
        ..good.clone()
    };
    let wire = |position, error| ContractError::Batch { position, error };
    let table = [
        (vec![], ContractError::NoBatches),
        (vec![with(vec![])], wire(0, WireError::Empty)),
        (vec![good.clone(), with(vec![])], wire(1, WireError::Empty)),
        (
            vec![good.clone(), with(one[1..].to_vec())],
            wire(1, WireError::Length { length: 77 }),
        ),
        (vec![with(one.repeat(65))], wire(0, WireError::TooMany { count: 65 })),
        (
            vec![with(one.repeat(64)); 9],
            ContractError::TooManyReadings { count: 576, max: 512 },
        ),
        (
            [vec![with(one.repeat(64)); 8], vec![good.clone()]].concat(),
            ContractError::TooManyReadings { count: 513, max: 512 },
        ),
    ];
    for (batches, expected) in table {
        let submit = ExecuteMsg::Submit { batches };
        let error = refused(&mut region, |region| region.observe(&bob, &submit));
        assert_eq!(error, expected);
    }
    // The whole of what is allowed goes through: one new reading and its repeats.
    let result = region.submit_batches(vec![with(one.repeat(64)); 8]).unwrap();
    assert_eq!(result.count(Outcome::Accepted), 1);
    assert_eq!(result.count(Outcome::Duplicate), 511);
}
