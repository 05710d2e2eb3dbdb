//! Keys come from the registry's pages, are kept, and are read again when they may be out of date.
use crate::fake::{CURVE, FIRST};
use crate::site::{Site, key, reading, readings, sign};
use busbar_attestation::SigningKey;
use busbar_relayer::{IngestOutcome, RejectReason, State};

#[test]
fn a_page_is_read_once_while_its_keys_fit() {
    let mut site = Site::new(64);
    let before = site.chain.raw_reads.get();
    site.relayer().ingest(&readings(64)).unwrap();
    site.drain();
    site.chain.end_of(FIRST + 1);
    site.relayer().ingest(&[reading(0, FIRST + 1, 900)]).unwrap();
    site.drain();
    assert_eq!(site.chain.raw_reads.get() - before, 1);
}

#[test]
fn a_device_confirmed_after_the_page_was_read_is_found() {
    let mut site = Site::new(1);
    site.relayer().ingest(&readings(1)).unwrap();
    site.drain();
    site.chain.enrol(1, key(1).public_key(), FIRST);
    site.relayer().ingest(&[reading(1, FIRST, 5)]).unwrap();
    site.drain();
    assert_eq!(site.count(State::Confirmed), 2);
}

#[test]
fn an_unknown_device_is_rejected_and_may_come_again_once_it_is_confirmed() {
    let mut site = Site::new(1);
    let early = reading(1, FIRST, 5);
    site.relayer().ingest(&[early]).unwrap();
    site.drain();
    assert_eq!(site.relayer().metrics().rejected[&RejectReason::UnknownDevice], 1);
    assert!(site.chain.sent_bytes.is_empty());
    site.chain.enrol(1, key(1).public_key(), FIRST);
    assert_eq!(site.relayer().ingest(&[early]).unwrap(), [IngestOutcome::Stored]);
    site.drain();
    assert_eq!(site.chain.register(1, FIRST), Some(5));
}

#[test]
fn each_interval_is_checked_with_its_own_key() {
    let mut site = Site::new(1);
    let next = SigningKey::generate(CURVE, b"next").unwrap();
    site.relayer().ingest(&readings(1)).unwrap();
    site.drain();
    site.chain.enrol(0, next.public_key(), FIRST + 2);
    site.chain.end_of(FIRST + 2);
    let old_key = reading(0, FIRST + 1, 200);
    let new_key = sign(&next, 0, FIRST + 2, 300);
    site.relayer().ingest(&[old_key, new_key]).unwrap();
    site.drain();
    assert_eq!((site.count(State::Confirmed), site.count(State::Rejected)), (3, 0));

    site.relayer().ingest(&[sign(&next, 0, FIRST + 1, 201)]).unwrap();
    site.drain();
    assert_eq!(site.relayer().metrics().rejected[&RejectReason::Forged], 1);
    assert_eq!(site.chain.register(0, FIRST + 1), Some(200));
}

#[test]
fn a_flood_of_forgeries_reads_a_page_once_in_a_pass() {
    let mut site = Site::new(64);
    site.relayer().ingest(&readings(64)).unwrap();
    site.drain();
    site.chain.end_of(FIRST + 1);
    let before = site.chain.raw_reads.get();
    let stranger = SigningKey::generate(CURVE, b"stranger").unwrap();
    let forged: Vec<_> = (0..64).map(|device| sign(&stranger, device, FIRST + 1, 999)).collect();
    site.relayer().ingest(&forged).unwrap();
    site.step();
    assert_eq!(site.relayer().metrics().rejected[&RejectReason::Forged], 64);
    assert_eq!(site.chain.raw_reads.get() - before, 1);
}

#[test]
fn verdicts_keep_their_order_on_several_threads() {
    for threads in [1, 2, 7, 64] {
        let mut site = Site::with(
            60,
            busbar_relayer::RelayerConfig {
                threads,
                ..crate::site::quick()
            },
        );
        let mut sent = readings(60);
        for (place, signed) in sent.iter_mut().enumerate() {
            if place % 7 == 3 {
                signed.signature[0] ^= 1;
            }
        }
        site.relayer().ingest(&sent).unwrap();
        site.drain();
        for (place, signed) in sent.iter().enumerate() {
            let stored = site.chain.register(signed.reading.device(), FIRST);
            assert_eq!(stored.is_none(), place % 7 == 3, "device {place} on {threads} threads");
        }
    }
}
