use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Signature scheme of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename_all = "snake_case")]
pub enum Curve {
    /// ECDSA over NIST P-256 and SHA-256: hardware security modules and secure elements.
    Secp256r1,
    /// ECDSA over secp256k1 and SHA-256: wallets.
    Secp256k1,
    /// Ed25519 over the message itself: the cheapest to verify.
    Ed25519,
}

impl Curve {
    /// All schemes, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::Secp256r1, Self::Secp256k1, Self::Ed25519];

    /// The byte that stands for the scheme in signed messages and packed storage.
    pub const fn code(self) -> u8 {
        match self {
            Self::Secp256r1 => 1,
            Self::Secp256k1 => 2,
            Self::Ed25519 => 3,
        }
    }

    /// The scheme behind a code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.code() == code)
    }

    /// Bytes in a public key: 33 of compressed SEC1, or 32.
    pub const fn key_length(self) -> usize {
        match self {
            Self::Secp256r1 | Self::Secp256k1 => 33,
            Self::Ed25519 => 32,
        }
    }
}

/// Why bytes are no public key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The number of bytes does not fit the scheme.
    #[error("a {curve:?} key has {expected} bytes, not {length}")]
    Length {
        /// Scheme of the key.
        curve: Curve,
        /// Bytes that a key of this scheme has.
        expected: usize,
        /// Bytes that were given.
        length: usize,
    },
    /// Compressed SEC1 points start with 2 or 3.
    #[error("a compressed {curve:?} key starts with 2 or 3, not {prefix}")]
    Prefix {
        /// Scheme of the key.
        curve: Curve,
        /// First byte that was given.
        prefix: u8,
    },
    /// An Ed25519 point of small order: some signatures verify under it whatever the message.
    #[error("an Ed25519 key of small order verifies anything")]
    SmallOrder,
}

/// A public key of one of the three schemes: 33 bytes of compressed SEC1, or 32 bytes of Ed25519.
///
/// Length and prefix are right; that the point lies on the curve shows when a signature verifies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey {
    curve: Curve,
    /// An Ed25519 key leaves the last byte zero.
    bytes: [u8; 33],
}

/// Encodings of the Ed25519 points whose order divides 8, sign bit cleared (RFC 8032 section 5.1.3;
/// verification by ZIP 215 takes the two encodings above the field's prime as well).
const SMALL_ORDER: [[u8; 32]; 7] = [
    ends(0x00, 0x00, 0x00),
    ends(0x01, 0x00, 0x00),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
];

/// A little-endian number by its first, middle and last bytes.
const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

impl PublicKey {
    /// Checks length and prefix, and for Ed25519 that the point is not of small order.
    pub fn new(curve: Curve, bytes: &[u8]) -> Result<Self, KeyError> {
        let expected = curve.key_length();
        if bytes.len() != expected {
            return Err(KeyError::Length {
                curve,
                expected,
                length: bytes.len(),
            });
        }
        let mut padded = [0; 33];
        for (to, from) in padded.iter_mut().zip(bytes) {
            *to = *from;
        }
        match (curve, padded) {
            (Curve::Ed25519, [point @ .., _]) if is_small_order(point) => Err(KeyError::SmallOrder),
            (Curve::Ed25519, _) | (_, [2 | 3, ..]) => Ok(Self { curve, bytes: padded }),
            (_, [prefix, ..]) => Err(KeyError::Prefix { curve, prefix }),
        }
    }

    /// Signature scheme of the key.
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// The key as the scheme encodes it: 33 or 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.curve.key_length()).unwrap_or_default()
    }
}

fn is_small_order(mut point: [u8; 32]) -> bool {
    let [.., last] = &mut point;
    *last &= 0x7f;
    SMALL_ORDER.contains(&point)
}

impl core::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}:", self.curve)?;
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
