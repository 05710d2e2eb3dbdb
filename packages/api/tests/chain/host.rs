//! The chain's signature checks against the published worked examples of what meters sign.
use busbar_api::verify::HostVerifier;
use busbar_attestation::{Curve, PublicKey, Verifier};
use cosmwasm_std::testing::MockApi;
use cosmwasm_std::HexBinary;
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors {
    keys: Vec<Key>,
    messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Key {
    name: String,
    curve: Curve,
    public: HexBinary,
}

#[derive(Deserialize)]
struct Message {
    message: HexBinary,
    signatures: Vec<Signature>,
}

#[derive(Deserialize)]
struct Signature {
    key: String,
    signature: HexBinary,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../attestation/tests/vectors.json")).unwrap()
}

fn verified(message: &[u8], signature: &[u8], key: &PublicKey) -> bool {
    HostVerifier(&MockApi::default())
        .verify(message, signature, key)
        .unwrap()
}

#[test]
fn a_signature_holds_for_its_message_and_key_alone() {
    let Vectors { keys, messages } = vectors();
    let key = |key: &Key| PublicKey::new(key.curve, &key.public).unwrap();
    for curve in Curve::ALL {
        let of_curve: Vec<_> = keys.iter().filter(|key| key.curve == curve).collect();
        let [device, next] = of_curve.as_slice() else {
            unreachable!("two keys per curve")
        };
        let Message { message, signatures } = &messages[0];
        let signed = signatures.iter().find(|signed| signed.key == device.name).unwrap();
        let signature = signed.signature.as_slice();
        assert!(verified(message, signature, &key(device)), "{curve:?}");
        assert!(!verified(message, signature, &key(next)), "{curve:?}: another key");
        assert!(!verified(b"another message", signature, &key(device)), "{curve:?}");
    }
}

#[test]
fn what_the_host_refuses_is_signed_by_nobody() {
    let signature = [0xff; 64];
    for curve in Curve::ALL {
        let bytes = [&[2][..], &[0xff; 32]].concat();
        let off_the_curve = PublicKey::new(curve, &bytes[bytes.len() - curve.key_length()..]).unwrap();
        assert!(!verified(b"message", &signature, &off_the_curve), "{curve:?}");
    }
}
