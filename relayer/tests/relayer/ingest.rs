//! What may enter the queue, and what stands for what.
use crate::fake::FIRST;
use crate::site::{Site, key, quick, reading, readings, sign};
use busbar_api::oracle::Outcome;
use busbar_attestation::{Reading, SignedReading};
use busbar_relayer::{IngestOutcome, RejectReason, RelayerConfig, State};
use busbar_units::{Interval, Wh};

const STORED: IngestOutcome = IngestOutcome::Stored;

fn duplicate(state: State) -> IngestOutcome {
    IngestOutcome::Duplicate { state }
}

fn forged(signed: SignedReading) -> SignedReading {
    let mut signature = signed.signature;
    signature[7] ^= 1;
    SignedReading { signature, ..signed }
}

#[test]
fn the_same_record_is_a_duplicate_at_every_stage() {
    let mut site = Site::new(2);
    let sent = readings(2);
    assert_eq!(
        site.relayer().ingest(&[sent[0], sent[0], sent[1]]).unwrap(),
        [STORED, duplicate(State::Received), STORED]
    );
    let (relayer, chain) = site.both();
    relayer.verify(chain).unwrap();
    assert_eq!(relayer.ingest(&sent).unwrap(), vec![duplicate(State::Verified); 2]);
    relayer.batch(chain).unwrap();
    assert_eq!(relayer.ingest(&sent).unwrap(), vec![duplicate(State::Batched); 2]);
    site.drain();
    site.reopen();
    assert_eq!(
        site.relayer().ingest(&sent).unwrap(),
        vec![duplicate(State::Confirmed); 2]
    );
    site.assert_exactly_once(&sent);
}

#[test]
fn unequal_content_at_equal_revision_is_carried_as_evidence() {
    let mut site = Site::new(2);
    let (first, second) = (reading(0, FIRST, 100), reading(0, FIRST, 101));
    assert_eq!(
        site.relayer().ingest(&[first, second]).unwrap(),
        [STORED, IngestOutcome::Conflicting]
    );
    site.drain();
    assert_eq!((site.count(State::Confirmed), site.count(State::Rejected)), (1, 1));
    assert_eq!(
        site.relayer().metrics().rejected[&RejectReason::Oracle(Outcome::Conflict)],
        1
    );
    assert_eq!(site.chain.register(0, FIRST), Some(100));
    assert_eq!(site.chain.delivered.len(), 2);

    // Both are kept: neither can be brought in again.
    let again = [duplicate(State::Confirmed), duplicate(State::Rejected)];
    assert_eq!(site.relayer().ingest(&[first, second]).unwrap(), again);
}

#[test]
fn evidence_that_comes_after_the_first_is_confirmed_is_still_carried() {
    let mut site = Site::new(1);
    site.relayer().ingest(&[reading(0, FIRST, 100)]).unwrap();
    site.drain();
    assert_eq!(
        site.relayer().ingest(&[reading(0, FIRST, 50)]).unwrap(),
        [IngestOutcome::Conflicting]
    );
    site.drain();
    assert_eq!(
        site.relayer().metrics().rejected[&RejectReason::Oracle(Outcome::Conflict)],
        1
    );
}

#[test]
fn a_forged_copy_that_comes_first_does_not_keep_the_true_one_out() {
    for verified_between in [false, true] {
        let mut site = Site::new(1);
        let genuine = reading(0, FIRST, 100);
        assert_eq!(site.relayer().ingest(&[forged(genuine)]).unwrap(), [STORED]);
        if verified_between {
            site.step();
            assert_eq!(site.count(State::Rejected), 1);
        }
        assert_eq!(site.relayer().ingest(&[genuine]).unwrap(), [STORED]);
        site.drain();
        assert_eq!((site.count(State::Confirmed), site.count(State::Rejected)), (1, 1));
        assert_eq!(site.relayer().metrics().rejected[&RejectReason::Forged], 1);
        assert_eq!(site.chain.register(0, FIRST), Some(100));
        assert_eq!(site.chain.delivered.len(), 1);
        let again = [duplicate(State::Rejected), duplicate(State::Confirmed)];
        assert_eq!(site.relayer().ingest(&[forged(genuine), genuine]).unwrap()[1], again[1]);
    }
}

#[test]
fn of_two_valid_signatures_over_one_record_one_is_carried() {
    let mut site = Site::new(1);
    let (device, curve) = (9, busbar_attestation::Curve::Secp256r1);
    let key = busbar_attestation::SigningKey::generate(curve, b"twin").unwrap();
    site.chain.enrol(device, key.public_key(), FIRST);
    let low = sign(&key, device, FIRST, 100);
    let twin = SignedReading {
        signature: twin(&low.signature),
        ..low
    };
    assert_ne!(low.signature, twin.signature);
    assert_eq!(site.relayer().ingest(&[low, twin]).unwrap(), [STORED, STORED]);
    site.drain();
    assert_eq!((site.count(State::Confirmed), site.count(State::Rejected)), (1, 1));
    assert_eq!(site.relayer().metrics().rejected[&RejectReason::Repeated], 1);
    assert_eq!(site.chain.delivered.values().copied().collect::<Vec<_>>(), [1]);
}

/// `(r, n - s)`, which verifies like `(r, s)`.
fn twin(signature: &[u8; 64]) -> [u8; 64] {
    const N: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut twin = *signature;
    let mut borrow = 0i32;
    for place in (0..32).rev() {
        let digit = i32::from(N[place]) - i32::from(signature[32 + place]) - borrow;
        borrow = i32::from(digit < 0);
        twin[32 + place] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    twin
}

#[test]
fn a_full_queue_refuses_by_name_and_takes_again_when_it_has_room() {
    let mut site = Site::with(
        4,
        RelayerConfig {
            queue_readings: 2,
            ..quick()
        },
    );
    let sent = readings(4);
    let full = IngestOutcome::QueueFull { limit: 2 };
    let outcomes = site.relayer().ingest(&[sent[0], sent[1], sent[2], sent[0]]).unwrap();
    assert_eq!(outcomes, [STORED, STORED, full, duplicate(State::Received)]);
    site.reopen();
    assert_eq!(
        site.relayer().ingest(&sent[2..3]).unwrap(),
        [IngestOutcome::QueueFull { limit: 2 }]
    );
    site.drain();
    assert_eq!(site.relayer().ingest(&sent[2..]).unwrap(), [STORED, STORED]);
    site.drain();
    site.assert_exactly_once(&sent);
}

#[test]
fn an_interval_far_ahead_is_refused_or_rejected_and_may_come_again_in_its_time() {
    let mut site = Site::new(1);
    let endless = Reading::new(0, Interval::new(u64::MAX), 0, Wh::ZERO, Wh::ZERO).unwrap();
    let endless = SignedReading {
        reading: endless,
        signature: [0; 64],
    };
    assert_eq!(site.relayer().ingest(&[endless]).unwrap(), [IngestOutcome::OutOfTime]);

    let early = [sign(&key(0), 0, FIRST + 6, 100), sign(&key(0), 0, i64::MAX as u64, 100)];
    assert_eq!(site.relayer().ingest(&early).unwrap(), [STORED, STORED]);
    site.step();
    assert_eq!(site.relayer().metrics().rejected[&RejectReason::Future], 2);
    site.chain.end_of(FIRST + 5);
    assert_eq!(site.relayer().ingest(&early[..1]).unwrap(), [STORED]);
    site.step();
    assert_eq!((site.count(State::Verified), site.chain.sent_bytes.len()), (1, 0));
    site.drain();
    assert_eq!(site.chain.register(0, FIRST + 6), Some(100));
    assert!(site.chain.unix_s >= (FIRST + 7) * crate::fake::INTERVAL_S);
}
