//! Every refusal names its field, value and bound; every bound is hit exactly and missed by one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
use busbar_attestation::{
    decode_batch, encode_batch, Curve, DeviceKind, Domain, DomainError, DomainId, Endorsement, EndorsementError,
    Enrolment, EnrolmentError, HostCrypto, KeyError, PublicKey, Reading, ReadingError, Reset, SignedReading,
    SigningKey, SigningKeyError, SlotError, Verifier, WireError, RATED_LIMIT, REGISTER_BOUND,
};
use busbar_units::{Interval, Ppm, Watt, Wh};

fn key() -> PublicKey {
    SigningKey::generate(Curve::Secp256r1, b"device").unwrap().public_key()
}

#[test]
fn keys_of_the_wrong_length_or_prefix() {
    for curve in Curve::ALL {
        let expected = curve.key_length();
        for length in [0, 31, 32, 33, 34, 65] {
            let key = PublicKey::new(curve, &vec![2; length]);
            if length == expected {
                assert_eq!(key.unwrap().as_bytes(), vec![2; length]);
            } else {
                let error = KeyError::Length {
                    curve,
                    expected,
                    length,
                };
                assert_eq!(key, Err(error));
            }
        }
    }
    for curve in [Curve::Secp256r1, Curve::Secp256k1] {
        for prefix in 0..=255 {
            let bytes = [vec![prefix], vec![1; 32]].concat();
            let key = PublicKey::new(curve, &bytes);
            match prefix {
                2 | 3 => assert_eq!(key.unwrap().as_bytes(), bytes),
                _ => assert_eq!(key, Err(KeyError::Prefix { curve, prefix })),
            }
        }
    }
}

/// Under a key of small order a signature of zeros verifies for any message: such keys are refused.
#[test]
fn ed25519_keys_of_small_order() {
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    // R = the neutral element, s = 0.
    let mut anything = [0; 64];
    anything[0] = 1;
    for point in points {
        let bytes = hex::decode(point).unwrap();
        assert!(HostCrypto.ed25519(b"any message", &anything, &bytes), "{point}");
        for sign in [0, 0x80] {
            let mut bytes = bytes.clone();
            bytes[31] |= sign;
            assert_eq!(
                PublicKey::new(Curve::Ed25519, &bytes),
                Err(KeyError::SmallOrder),
                "{point}"
            );
        }
    }
    let good = SigningKey::generate(Curve::Ed25519, b"device").unwrap().public_key();
    assert!(!HostCrypto.ed25519(b"any message", &anything, good.as_bytes()));
}

#[test]
fn points_off_the_curve_and_signatures_out_of_range_verify_nothing() {
    let digest_key = SigningKey::generate(Curve::Secp256r1, b"device").unwrap();
    let signature = digest_key.sign(b"message");
    for curve in [Curve::Secp256r1, Curve::Secp256k1] {
        let off = PublicKey::new(curve, &[vec![2], vec![0xff; 32]].concat()).unwrap();
        assert_eq!(HostCrypto.verify(b"message", &signature, &off), Ok(false));
        let key = SigningKey::generate(curve, b"device").unwrap().public_key();
        for bytes in [[0; 64], [0xff; 64]] {
            assert_eq!(HostCrypto.verify(b"message", &bytes, &key), Ok(false));
        }
    }
    let off = PublicKey::new(Curve::Ed25519, &[2; 32]).unwrap();
    assert_eq!(HostCrypto.verify(b"message", &[0; 64], &off), Ok(false));
}

#[test]
fn secrets_out_of_range() {
    for curve in [Curve::Secp256r1, Curve::Secp256k1] {
        for secret in [[0; 32], [0xff; 32]] {
            let error = SigningKey::from_bytes(curve, &secret).err();
            assert_eq!(error, Some(SigningKeyError::Scalar { curve }));
        }
        assert!(SigningKey::from_bytes(curve, &[1; 32]).is_ok());
    }
    assert!(SigningKey::from_bytes(Curve::Ed25519, &[0; 32]).is_ok());
}

#[test]
fn region_ids() {
    for length in [0, 2, 33] {
        assert_eq!(Domain::new(&"a".repeat(length)), Err(DomainError::Length { length }));
    }
    for name in ["abc", "0-9", &"z".repeat(32), "test-1"] {
        assert_eq!(Domain::new(name).unwrap().name(), name);
    }
    for (name, character) in [
        ("Elm", 'E'),
        ("a_b", '_'),
        ("a b", ' '),
        ("aäb", 'ä'),
        ("a.b", '.'),
        ("a/b", '/'),
    ] {
        assert_eq!(Domain::new(name), Err(DomainError::Character { character }));
    }
    assert!(Domain::new("test-1").unwrap().is_test());
    assert!(!Domain::new("testing").unwrap().is_test());
}

#[test]
fn registers_at_and_above_their_bound() {
    let interval = Interval::new(1);
    let highest = Wh::new(REGISTER_BOUND.get() - 1);
    let reading = Reading::new(1, interval, 2, highest, Wh::new(3)).unwrap();
    assert_eq!(
        (reading.device(), reading.interval(), reading.revision()),
        (1, interval, 2)
    );
    assert_eq!((reading.import(), reading.export()), (highest, Wh::new(3)));
    let error = |register| ReadingError::Register {
        register,
        value: REGISTER_BOUND,
    };
    assert_eq!(
        Reading::new(1, interval, 0, REGISTER_BOUND, Wh::ZERO),
        Err(error("import"))
    );
    assert_eq!(
        Reading::new(1, interval, 0, Wh::ZERO, REGISTER_BOUND),
        Err(error("export"))
    );
    let reset = |last, first| Reset {
        domain: DomainId([0; 16]),
        number: 1,
        interval,
        last,
        first,
        key: key(),
    };
    assert!(reset([highest; 2], [highest; 2]).message().is_ok());
    let (zero, bad) = (Wh::ZERO, REGISTER_BOUND);
    for (last, first, register) in [
        ([bad, zero], [zero, zero], "import"),
        ([zero, bad], [zero, zero], "export"),
        ([zero, zero], [bad, zero], "import"),
        ([zero, zero], [zero, bad], "export"),
    ] {
        assert_eq!(reset(last, first).message(), Err(error(register)));
    }
}

#[test]
fn records_of_another_length_kind_or_version() {
    let reading = Reading::new(1, Interval::new(2), 0, Wh::new(3), Wh::new(4)).unwrap();
    let record = reading.record(&DomainId([5; 16]));
    for length in 0..49 {
        assert_eq!(
            Reading::from_record(&record[..length]),
            Err(ReadingError::Length { length })
        );
    }
    let long = [record.as_slice(), &[0]].concat();
    assert_eq!(Reading::from_record(&long), Err(ReadingError::Length { length: 50 }));
    for position in 0..8 {
        let mut other = record;
        other[position] ^= 1;
        assert_eq!(Reading::from_record(&other), Err(ReadingError::Header));
    }
}

#[test]
fn batches_that_are_empty_over_long_cut_or_foreign() {
    let interval = Interval::new(2);
    let signed = |device, interval| SignedReading {
        reading: Reading::new(device, interval, 0, Wh::new(3), Wh::new(4)).unwrap(),
        signature: [9; 64],
    };
    let good = signed(64, interval);
    assert_eq!(encode_batch(interval, 1, &[]), Err(WireError::Empty));
    assert_eq!(
        encode_batch(interval, 1, &[good; 65]),
        Err(WireError::TooMany { count: 65 })
    );
    for foreign in [
        signed(64, Interval::new(3)),
        signed(63, interval),
        signed(128, interval),
    ] {
        let error = Err(WireError::Foreign { position: 1 });
        assert_eq!(encode_batch(interval, 1, &[good, foreign]), error);
    }
    let full = encode_batch(interval, 1, &[good; 64]).unwrap();
    let decoded = |bytes: &[u8]| decode_batch(interval, 1, bytes).map(Iterator::count);
    assert_eq!(decoded(&full), Ok(64));
    assert_eq!(decoded(&[]), Err(WireError::Empty));
    assert_eq!(decoded(&full[1..]), Err(WireError::Length { length: 4991 }));
    let over = [full.as_slice(), &full[..78]].concat();
    assert_eq!(decoded(&over), Err(WireError::TooMany { count: 65 }));
    // A slot that names no device is told apart from the readings around it.
    let mut bytes = full[..78 * 3].to_vec();
    bytes[78] = 64;
    let read = decode_batch(interval, 1, &bytes).unwrap().collect::<Vec<_>>();
    assert_eq!(read, [Ok(good), Err(SlotError { page: 1, slot: 64 }), Ok(good)]);
}

#[test]
fn endorsements_out_of_bounds() {
    let good = Endorsement {
        manufacturer: 1,
        serial: "S".to_owned(),
        kind: DeviceKind::Connection,
        key: key(),
        rated_import: Watt::new(1),
        rated_export: Watt::ZERO,
        usable: Wh::ZERO,
        efficiency: Ppm::ZERO,
        register_modulus: Wh::new(1_000_000),
    };
    let altered = |change: &dyn Fn(&mut Endorsement)| {
        let mut endorsement = good.clone();
        change(&mut endorsement);
        endorsement.message().err()
    };
    assert_eq!(altered(&|_| {}), None);
    for serial in ["", "a b", "a\n", "ä", &"s".repeat(33)] {
        let error = altered(&|endorsement| endorsement.serial = serial.to_owned());
        let serial = serial.to_owned();
        assert_eq!(error, Some(EndorsementError::Serial { serial }));
    }
    assert_eq!(altered(&|endorsement| endorsement.serial = "~!".repeat(16)), None);
    // What an error quotes is cut.
    let quoted = altered(&|endorsement| endorsement.serial = "s".repeat(500));
    let serial = "s".repeat(48);
    assert_eq!(quoted, Some(EndorsementError::Serial { serial }));
    let value = Watt::new(RATED_LIMIT.get() + 1);
    let field = "rated_import";
    let rated = altered(&|endorsement| endorsement.rated_import = value);
    assert_eq!(rated, Some(EndorsementError::Rated { field, value }));
    let field = "rated_export";
    let rated = altered(&|endorsement| endorsement.rated_export = value);
    assert_eq!(rated, Some(EndorsementError::Rated { field, value }));
    let most = |endorsement: &mut Endorsement| {
        endorsement.rated_import = RATED_LIMIT;
        endorsement.rated_export = RATED_LIMIT;
        endorsement.usable = REGISTER_BOUND;
        endorsement.register_modulus = REGISTER_BOUND;
    };
    assert_eq!(altered(&most), None);
    let idle = altered(&|endorsement| endorsement.rated_import = Watt::ZERO);
    assert_eq!(idle, Some(EndorsementError::NoPower));
    let exporter = |endorsement: &mut Endorsement| {
        endorsement.rated_import = Watt::ZERO;
        endorsement.rated_export = Watt::new(1);
    };
    assert_eq!(altered(&exporter), None);
    let value = Wh::new(REGISTER_BOUND.get() + 1);
    let usable = altered(&|endorsement| endorsement.usable = value);
    assert_eq!(usable, Some(EndorsementError::Usable { value }));
    for value in [Wh::ZERO, Wh::new(999_999), value] {
        let modulus = altered(&|endorsement| endorsement.register_modulus = value);
        assert_eq!(modulus, Some(EndorsementError::Modulus { value }));
    }
    let storage = altered(&|endorsement| endorsement.kind = DeviceKind::Storage);
    assert_eq!(storage, Some(EndorsementError::EmptyStorage));
    let filled = |endorsement: &mut Endorsement| {
        endorsement.kind = DeviceKind::Storage;
        endorsement.usable = Wh::new(1);
        endorsement.efficiency = Ppm::new(1);
    };
    assert_eq!(altered(&filled), None);
}

#[test]
fn a_storage_gives_back_something_and_no_more_than_it_took() {
    let refusal = |kind, efficiency: i64| {
        let endorsement = Endorsement {
            manufacturer: 1,
            serial: "S".to_owned(),
            kind,
            key: key(),
            rated_import: Watt::new(1),
            rated_export: Watt::new(1),
            usable: Wh::new(1),
            efficiency: Ppm::new(efficiency),
            register_modulus: Wh::new(1_000_000),
        };
        endorsement.message().err()
    };
    for code in 1..=7 {
        let kind = DeviceKind::from_code(code).unwrap();
        let storage = kind == DeviceKind::Storage;
        for value in [i64::MIN, -1, 0, 1, 1_000_000, 1_000_001, 1 << 32, i64::MAX] {
            let expected = match (storage, value) {
                (true, 1 | 1_000_000) | (false, 0) => None,
                (true, _) => Some(EndorsementError::Efficiency { value: Ppm::new(value) }),
                (false, _) => Some(EndorsementError::NoStorage { value: Ppm::new(value) }),
            };
            assert_eq!(refusal(kind, value), expected, "{kind:?} {value}");
        }
    }
}

#[test]
fn owners_without_a_name_or_with_too_long_a_one() {
    let enrolment = |length| Enrolment {
        domain: DomainId([0; 16]),
        number: 1,
        owner: "o".repeat(length),
        bus: 1,
        behind: None,
    };
    for length in [0, 256] {
        assert_eq!(enrolment(length).message(), Err(EnrolmentError::Owner { length }));
    }
    for length in [1, 255] {
        assert_eq!(
            enrolment(length).message().unwrap().len(),
            8 + 16 + 4 + 1 + length + 2 + 1 + 4
        );
    }
}

#[test]
fn codes_name_one_curve_and_one_kind_each() {
    for code in 0..=255 {
        assert_eq!(
            Curve::from_code(code).map(Curve::code),
            (1..=3).contains(&code).then_some(code)
        );
        assert_eq!(
            DeviceKind::from_code(code).map(DeviceKind::code),
            (1..=7).contains(&code).then_some(code)
        );
    }
}

#[test]
fn a_key_shows_its_public_part_and_never_its_secret() {
    let secret = [1; 32];
    let key = SigningKey::from_bytes(Curve::Ed25519, &secret).unwrap();
    let public = format!("Ed25519:{}", hex::encode(key.public_key().as_bytes()));
    assert_eq!(format!("{:?}", key.public_key()), public);
    assert_eq!(format!("{key:?}"), format!("SigningKey({public})"));
}
