//! Laws: what was written is read; no altered bit verifies; no message stands for another.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
use busbar_attestation::{
    decode_batch, device_at, encode_batch, page_of, slot_of, twin, Curve, DeviceKind, Domain, DomainId, Endorsement,
    Enrolment, HostCrypto, PublicKey, Reading, Report, Reset, Rotation, SignatureError, SignedReading, SigningKey,
    Verifier, BATCH_LIMIT, REGISTER_BOUND, WIRE_LENGTH,
};
use busbar_units::{Interval, Ppm, Watt, Wh};
use proptest::prelude::*;

fn curves() -> impl Strategy<Value = Curve> {
    prop::sample::select(Curve::ALL.to_vec())
}

fn registers() -> impl Strategy<Value = Wh> {
    (0..REGISTER_BOUND.get()).prop_map(Wh::new)
}

fn readings() -> impl Strategy<Value = Reading> {
    (any::<u32>(), any::<u64>(), any::<u8>(), registers(), registers()).prop_map(
        |(device, interval, revision, import, export)| {
            Reading::new(device, Interval::new(interval), revision, import, export).unwrap()
        },
    )
}

fn domains() -> impl Strategy<Value = DomainId> {
    any::<[u8; 16]>().prop_map(DomainId)
}

/// What a manufacturer may vouch for.
fn endorsements() -> impl Strategy<Value = Endorsement> {
    let powers = (1u64..=3, 0u64..=3);
    let storage = (0u64..=3, 1i64..=4);
    (
        any::<bool>(),
        any::<u32>(),
        "[!-~]{1,3}",
        curves(),
        powers,
        storage,
        0u64..=2,
    )
        .prop_map(
            |(stores, manufacturer, serial, curve, (import, export), (usable, efficiency), modulus)| {
                let key = SigningKey::generate(curve, b"device").unwrap().public_key();
                let kind = if stores {
                    DeviceKind::Storage
                } else {
                    DeviceKind::Charger
                };
                Endorsement {
                    manufacturer,
                    serial,
                    kind,
                    key,
                    rated_import: Watt::new(import),
                    rated_export: Watt::new(export),
                    usable: Wh::new(usable + u64::from(stores)),
                    efficiency: Ppm::new(if stores { efficiency * 250_000 } else { 0 }),
                    register_modulus: Wh::new(1_000_000 + modulus),
                }
            },
        )
}

/// A batch's interval, page and readings, each slot at most once.
fn batches() -> impl Strategy<Value = (Interval, u32, Vec<SignedReading>)> {
    let page = 0..=u32::MAX / 64;
    let slots = prop::sample::subsequence((0..64).collect::<Vec<u8>>(), 1..=64);
    (
        any::<u64>(),
        page,
        slots,
        any::<u8>(),
        registers(),
        registers(),
        any::<[u8; 32]>(),
    )
        .prop_map(|(interval, page, slots, revision, import, export, half)| {
            let interval = Interval::new(interval);
            let signature = [half, half].concat().try_into().unwrap();
            let signed = slots.into_iter().map(|slot| {
                let device = device_at(page, slot).unwrap();
                let reading = Reading::new(device, interval, revision, import, export).unwrap();
                SignedReading { reading, signature }
            });
            (interval, page, signed.collect())
        })
}

proptest! {
    #[test]
    fn a_record_reads_back(domain in domains(), reading in readings()) {
        let record = reading.record(&domain);
        prop_assert_eq!(Reading::from_record(&record), Ok((domain, reading)));
    }

    #[test]
    fn unequal_readings_have_unequal_records(a in readings(), b in readings(), domain in domains(), other in domains()) {
        prop_assert_eq!(a.record(&domain) == b.record(&domain), a == b);
        prop_assert_eq!(a.record(&domain) == a.record(&other), domain == other);
    }

    #[test]
    fn unequal_endorsements_have_unequal_messages(a in endorsements(), b in endorsements(), efficiency in 1i64..=1_000_000) {
        prop_assert_eq!(a.message().unwrap() == b.message().unwrap(), a == b);
        if a.kind == DeviceKind::Storage {
            let other = Endorsement { efficiency: Ppm::new(efficiency), ..a.clone() };
            prop_assert_eq!(a.message().unwrap() == other.message().unwrap(), a == other);
        }
    }

    #[test]
    fn any_bytes_are_a_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok((domain, reading)) = Reading::from_record(&bytes) {
            prop_assert_eq!(reading.record(&domain).to_vec(), bytes);
        }
    }

    #[test]
    fn a_batch_reads_back((interval, page, readings) in batches()) {
        let bytes = encode_batch(interval, page, &readings).unwrap();
        prop_assert_eq!(bytes.len(), WIRE_LENGTH * readings.len());
        let read = decode_batch(interval, page, &bytes).unwrap().collect::<Result<Vec<_>, _>>();
        prop_assert_eq!(read, Ok(readings));
    }

    #[test]
    fn any_bytes_are_a_batch_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400), page in any::<u32>()) {
        let count = bytes.len() / WIRE_LENGTH;
        match decode_batch(Interval::new(7), page, &bytes) {
            Ok(readings) => {
                prop_assert_eq!(bytes.len(), count * WIRE_LENGTH);
                prop_assert!((1..=BATCH_LIMIT).contains(&count));
                prop_assert_eq!(readings.count(), count);
            }
            Err(_) => prop_assert!(count == 0 || bytes.len() % WIRE_LENGTH != 0),
        }
    }

    #[test]
    fn page_and_slot_name_the_device(device in any::<u32>(), page in any::<u32>(), slot in any::<u8>()) {
        prop_assert_eq!(device_at(page_of(device), slot_of(device)), Some(device));
        let named = device_at(page, slot);
        prop_assert_eq!(named.is_some(), slot < 64 && page <= u32::MAX / 64);
        if let Some(device) = named {
            prop_assert_eq!((page_of(device), slot_of(device)), (page, slot));
        }
    }

    #[test]
    fn domains_differ_by_name(a in "[a-z0-9-]{3,32}", b in "[a-z0-9-]{3,32}") {
        let (left, right) = (Domain::new(&a).unwrap(), Domain::new(&b).unwrap());
        prop_assert_eq!(left.id() == right.id(), a == b);
        prop_assert_eq!(left.is_test(), a.starts_with("test-"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_signature_verifies_and_no_altered_bit_does(
        curve in curves(),
        seed in any::<[u8; 32]>(),
        reading in readings(),
        domain in domains(),
        bit in 0usize..49 * 8,
        signature_bit in 0usize..64 * 8,
    ) {
        let key = SigningKey::generate(curve, &seed).unwrap();
        let mut record = reading.record(&domain);
        let mut signature = key.sign(&record);
        let public = key.public_key();
        prop_assert_eq!(HostCrypto.verify(&record, &signature, &public), Ok(true));
        record[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(HostCrypto.verify(&record, &signature, &public), Ok(false));
        record[bit / 8] ^= 1 << (bit % 8);
        signature[signature_bit / 8] ^= 1 << (signature_bit % 8);
        prop_assert_eq!(HostCrypto.verify(&record, &signature, &public), Ok(false));
    }

    #[test]
    fn another_key_did_not_sign(curve in curves(), other in curves(), seed in any::<[u8; 8]>(), reading in readings()) {
        let record = reading.record(&DomainId([0; 16]));
        let key = SigningKey::generate(curve, &seed).unwrap();
        let stranger = SigningKey::generate(other, b"stranger").unwrap();
        prop_assert_eq!(HostCrypto.verify(&record, &key.sign(&record), &stranger.public_key()), Ok(false));
    }

    #[test]
    fn the_high_s_twin_verifies_as_well(seed in any::<[u8; 8]>(), message in any::<[u8; 49]>()) {
        for curve in [Curve::Secp256r1, Curve::Secp256k1] {
            let key = SigningKey::generate(curve, &seed).unwrap();
            let signature = key.sign(&message);
            let twin_of = twin(curve, &signature).unwrap();
            prop_assert_ne!(twin_of, signature);
            prop_assert_eq!(HostCrypto.verify(&message, &twin_of, &key.public_key()), Ok(true));
            prop_assert_eq!(twin(curve, &twin_of), Some(signature));
        }
        prop_assert_eq!(twin(Curve::Ed25519, &[1; 64]), None);
    }

    #[test]
    fn a_key_reads_back(curve in curves(), seed in any::<[u8; 8]>()) {
        let key = SigningKey::generate(curve, &seed).unwrap();
        let public = key.public_key();
        prop_assert_eq!(public.curve(), curve);
        prop_assert_eq!(PublicKey::new(curve, public.as_bytes()), Ok(public));
        prop_assert_eq!(SigningKey::generate(curve, &seed).unwrap().public_key(), public);
    }

    #[test]
    fn a_signature_has_64_bytes(curve in curves(), length in 0usize..130) {
        prop_assume!(length != 64);
        let key = SigningKey::generate(curve, b"device").unwrap();
        let error = Err(SignatureError::Length { length });
        prop_assert_eq!(HostCrypto.verify(b"message", &vec![1; length], &key.public_key()), error);
    }
}

fn report(chain: &str, contract: &str, feed: &str, round: u64, reporter: u32, value: i64) -> Vec<u8> {
    let report = Report {
        chain,
        contract,
        feed,
        round,
        reporter,
        value,
    };
    report.message()
}

proptest! {
    /// Every field is in what a reporter signs, and no text runs into the next.
    #[test]
    fn unequal_reports_have_unequal_messages(a in reports(), b in reports()) {
        let message = |(texts, round, reporter, value): &([String; 3], u64, u32, i64)| {
            let [chain, contract, feed] = texts;
            report(chain, contract, feed, *round, *reporter, *value)
        };
        prop_assert_eq!(a == b, message(&a) == message(&b));
    }
}

fn reports() -> impl Strategy<Value = ([String; 3], u64, u32, i64)> {
    (prop::array::uniform3("[a-b]{0,2}"), 0u64..2, 0u32..2, -1i64..1)
}

/// Messages of all kinds about one device open with different headers, so that none stands for another.
#[test]
fn kinds_of_messages_never_share_their_head() {
    let key = SigningKey::generate(Curve::Ed25519, b"device").unwrap().public_key();
    let domain = DomainId([7; 16]);
    let (number, interval) = (5, Interval::new(9));
    let reading = Reading::new(number, interval, 0, Wh::ZERO, Wh::ZERO).unwrap();
    let enrolment = Enrolment {
        domain,
        number,
        owner: "owner".to_owned(),
        bus: 1,
        behind: None,
    };
    let reset = Reset {
        domain,
        number,
        interval,
        last: [Wh::ZERO; 2],
        first: [Wh::ZERO; 2],
        key,
    };
    let heads = [
        reading.record(&domain).to_vec(),
        enrolment.message().unwrap(),
        Rotation { domain, number, key }.message(),
        reset.message().unwrap(),
        report("chain", "contract", "feed", 1, 2, 3),
    ]
    .map(|message| message[..8].to_vec());
    for (i, left) in heads.iter().enumerate() {
        assert!(left.starts_with(b"busbar"));
        assert!(heads.iter().skip(i + 1).all(|right| left != right));
    }
}
