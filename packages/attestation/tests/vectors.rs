//! The layouts and signatures of `vectors.json`, which was written without this crate: messages by a
//! plain byte packer, signatures by another implementation of RFC 6979 and RFC 8032.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
use busbar_attestation::{
    decode_batch, device_at, encode_batch, Curve, DeviceKind, Domain, DomainId, Endorsement, Enrolment, HostCrypto,
    PublicKey, Reading, Reset, Rotation, SignedReading, SigningKey, Verifier,
};
use busbar_units::{Interval, Ppm, Watt, Wh};
use serde_json::Value;

struct Vectors(Value);

impl Vectors {
    fn load() -> Self {
        Self(serde_json::from_str(include_str!("vectors.json")).unwrap())
    }

    fn domain(&self) -> Domain {
        Domain::new(text(&self.0["domain"]["name"])).unwrap()
    }

    fn secret(&self, name: &Value) -> SigningKey {
        let entry = self.0["keys"]
            .as_array()
            .unwrap()
            .iter()
            .find(|key| key["name"] == *name)
            .unwrap();
        let curve: Curve = serde_json::from_value(entry["curve"].clone()).unwrap();
        let key = SigningKey::from_bytes(curve, &bytes(&entry["secret"]).try_into().unwrap()).unwrap();
        assert_eq!(
            key.public_key(),
            PublicKey::new(curve, &bytes(&entry["public"])).unwrap()
        );
        assert_eq!(key.public_key().as_bytes(), bytes(&entry["public"]));
        key
    }

    fn public(&self, name: &Value) -> PublicKey {
        self.secret(name).public_key()
    }

    /// The message that this crate makes of the fields.
    fn message(&self, kind: &str, fields: &Value) -> Vec<u8> {
        let domain = self.domain().id();
        match kind {
            "reading" => reading(fields).record(&domain).to_vec(),
            "endorsement" => Endorsement {
                manufacturer: small(&fields["manufacturer"]),
                serial: text(&fields["serial"]).to_owned(),
                kind: serde_json::from_value::<DeviceKind>(fields["kind"].clone()).unwrap(),
                key: self.public(&fields["key"]),
                rated_import: Watt::new(number(&fields["rated_import"])),
                rated_export: Watt::new(number(&fields["rated_export"])),
                usable: Wh::new(number(&fields["usable"])),
                efficiency: Ppm::new(number(&fields["efficiency"]).try_into().unwrap()),
                register_modulus: Wh::new(number(&fields["register_modulus"])),
            }
            .message()
            .unwrap(),
            "enrolment" => Enrolment {
                domain,
                number: small(&fields["number"]),
                owner: text(&fields["owner"]).to_owned(),
                bus: small(&fields["bus"]).try_into().unwrap(),
                behind: fields["behind"].as_u64().map(|behind| behind.try_into().unwrap()),
            }
            .message()
            .unwrap(),
            "rotation" => Rotation {
                domain,
                number: small(&fields["number"]),
                key: self.public(&fields["key"]),
            }
            .message(),
            "reset" => Reset {
                domain,
                number: small(&fields["number"]),
                interval: Interval::new(number(&fields["interval"])),
                last: [0, 1].map(|register: usize| Wh::new(number(&fields["last"][register]))),
                first: [0, 1].map(|register: usize| Wh::new(number(&fields["first"][register]))),
                key: self.public(&fields["key"]),
            }
            .message()
            .unwrap(),
            other => panic!("{other}"),
        }
    }
}

fn reading(fields: &Value) -> Reading {
    Reading::new(
        small(&fields["device"]),
        Interval::new(number(&fields["interval"])),
        small(&fields["revision"]).try_into().unwrap(),
        Wh::new(number(&fields["import"])),
        Wh::new(number(&fields["export"])),
    )
    .unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn number(value: &Value) -> u64 {
    text(value).parse().unwrap()
}

fn small(value: &Value) -> u32 {
    value.as_u64().unwrap().try_into().unwrap()
}

#[test]
fn the_domain_id_is_the_head_of_the_names_hash() {
    let vectors = Vectors::load();
    let id: [u8; 16] = bytes(&vectors.0["domain"]["id"]).try_into().unwrap();
    assert_eq!(vectors.domain().id(), DomainId(id));
    assert_eq!(vectors.domain().name(), "elm-street");
}

#[test]
fn every_message_has_the_published_bytes_and_signatures() {
    let vectors = Vectors::load();
    let messages = vectors.0["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 16);
    for entry in messages {
        let message = vectors.message(text(&entry["kind"]), &entry["fields"]);
        assert_eq!(hex::encode(&message), text(&entry["message"]));
        for signed in entry["signatures"].as_array().unwrap() {
            let key = vectors.secret(&signed["key"]);
            let signature = bytes(&signed["signature"]);
            assert_eq!(key.sign(&message).to_vec(), signature);
            assert_eq!(HostCrypto.verify(&message, &signature, &key.public_key()), Ok(true));
        }
    }
}

#[test]
fn a_batch_has_the_published_bytes() {
    let vectors = Vectors::load();
    let batch = &vectors.0["batch"];
    let source = &vectors.0["messages"][usize::try_from(small(&batch["message"])).unwrap()];
    let reading = reading(&source["fields"]);
    let key = vectors.secret(&batch["key"]);
    let signed = SignedReading {
        reading,
        signature: key.sign(&reading.record(&vectors.domain().id())),
    };
    let (interval, page) = (Interval::new(number(&batch["interval"])), small(&batch["page"]));
    let wire = encode_batch(interval, page, &[signed]).unwrap();
    assert_eq!(hex::encode(&wire), text(&batch["wire"]));
    let read = decode_batch(interval, page, &wire).unwrap().collect::<Vec<_>>();
    assert_eq!(read, [Ok(signed)]);
    assert_eq!(device_at(page, 13), Some(reading.device()));
}
