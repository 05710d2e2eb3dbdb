//! What a meter signs: encode, decode, sign, verify. No chain is needed.
//!
//! # Signed messages
//!
//! Every message opens with eight bytes: the tag `busbar`, one byte for the kind of message, one for
//! the version of the layout (1). So a signature over one kind never stands for another. Numbers are
//! big-endian; a text follows its length in one byte; a key follows the code of its curve
//! (secp256r1 1, secp256k1 2, ed25519 3), which tells its length (33, 33, 32).
//!
//! | kind | code | fields behind the header, with their bytes |
//! |---|---|---|
//! | [`Reading`] | 1 | domain id 16, device 4, interval 8, revision 1, import register 6, export register 6: 49 bytes in all |
//! | [`Endorsement`] | 2 | manufacturer 4, serial 1 + n, device kind 1, key 1 + 33 or 32, rated import 8 (W), rated export 8 (W), usable energy 8 (Wh), round-trip efficiency 4 (millionths; 0 where it is no storage), register modulus 8 (Wh) |
//! | [`Enrolment`] | 3 | domain id 16, number 4, owner 1 + n, bus 2, 1 if it sits behind a connection else 0, that connection's number 4 (else 0) |
//! | [`Rotation`] | 4 | domain id 16, number 4, key 1 + 33 or 32 |
//! | [`Reset`] | 5 | domain id 16, number 4, interval 8, last import 6, last export 6, first import 6, first export 6, key 1 + 33 or 32 |
//! | [`Report`] | 6 | chain id 1 + n, contract 1 + n, feed 1 + n, round 8, reporter 4, value 8 (signed) |
//!
//! The domain id is the first 16 bytes of the SHA-256 of the region id ([`Domain`]). Registers are
//! cumulative Wh at the end of the interval, below 2^48.
//!
//! # Signatures
//!
//! 64 bytes. ECDSA (secp256r1, secp256k1) is `r || s` over the SHA-256 of the message, Ed25519 is over
//! the message itself; the rule stands in [`Verifier::verify`] alone. The chain's host functions take
//! ECDSA signatures with high and with low s: every valid `(r, s)` has the valid twin `(r, n - s)`.
//! Signature bytes are therefore never an identity; a reading is known by device, interval and revision.
//!
//! # On the wire
//!
//! A batch names its interval and its page (device number / 64) once; each reading in it is 78 bytes:
//! slot 1 (device number mod 64), revision 1, import 6, export 6, signature 64. The verifier derives
//! the rest of the record.
//!
//! Worked examples with keys, messages and signatures are in `tests/vectors.json`.
#![warn(missing_docs)]
extern crate alloc;

mod archive;
mod device;
mod domain;
mod endorsement;
mod enrolment;
mod key;
mod message;
mod reading;
mod report;
#[cfg(feature = "sign")]
mod sign;
mod verify;
mod wire;

pub use archive::running_hash;
pub use device::{device_at, page_of, slot_of, DeviceKind, DEVICES_PER_PAGE};
pub use domain::{Domain, DomainError, DomainId};
pub use endorsement::{Endorsement, EndorsementError, MODULUS_MINIMUM, RATED_LIMIT, SERIAL_LIMIT};
pub use enrolment::{Enrolment, EnrolmentError, Reset, Rotation};
pub use key::{Curve, KeyError, PublicKey};
pub use message::{TAG, VERSION};
pub use reading::{Reading, ReadingError, RECORD_LENGTH, REGISTER_BOUND};
pub use report::Report;
#[cfg(feature = "sign")]
pub use sign::{twin, SigningKey, SigningKeyError};
#[cfg(feature = "verify")]
pub use verify::HostCrypto;
pub use verify::{SignatureError, Verifier, SIGNATURE_LENGTH};
pub use wire::{decode_batch, encode_batch, SignedReading, SlotError, WireError, BATCH_LIMIT, WIRE_LENGTH};
