use ed25519_dalek::Signer as _;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::verify::SIGNATURE_LENGTH;
use crate::{Curve, KeyError, PublicKey};

/// Why bytes are no signing key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SigningKeyError {
    /// A secret of ECDSA is a number from 1 to the order of the curve less one.
    #[error("the secret is zero or not below the order of {curve:?}")]
    Scalar {
        /// Scheme of the key.
        curve: Curve,
    },
    /// The public key of the secret cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A signing key of a device or a manufacturer; signatures are deterministic (RFC 6979, RFC 8032).
#[derive(Clone)]
pub struct SigningKey {
    secret: Secret,
    public: PublicKey,
}

#[derive(Clone)]
enum Secret {
    Secp256r1(p256::ecdsa::SigningKey),
    Secp256k1(k256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl SigningKey {
    /// The key that a seed stands for: the first SHA-256 of `busbar key`, the curve's code, the seed
    /// and a counter that is a valid secret. The seed must come from a good source of randomness.
    pub fn generate(curve: Curve, seed: &[u8]) -> Result<Self, SigningKeyError> {
        let scalar = SigningKeyError::Scalar { curve };
        // A digest is out of range with a probability below 2^-31, four in a row below 2^-124.
        for counter in 0..4u8 {
            let digest = Sha256::new().chain_update(b"busbar key").chain_update([curve.code()]);
            let secret: [u8; 32] = digest.chain_update(seed).chain_update([counter]).finalize().into();
            let key = Self::from_bytes(curve, &secret);
            if key.as_ref().err() != Some(&scalar) {
                return key;
            }
        }
        Err(scalar)
    }

    /// The key with this secret: a big-endian scalar of ECDSA, or an Ed25519 seed.
    pub fn from_bytes(curve: Curve, secret: &[u8; 32]) -> Result<Self, SigningKeyError> {
        let scalar = |_| SigningKeyError::Scalar { curve };
        match curve {
            Curve::Secp256r1 => {
                let secret = p256::ecdsa::SigningKey::from_slice(secret).map_err(scalar)?;
                let point = secret.verifying_key().to_encoded_point(true);
                let public = PublicKey::new(curve, point.as_bytes())?;
                Ok(Self {
                    secret: Secret::Secp256r1(secret),
                    public,
                })
            }
            Curve::Secp256k1 => {
                let secret = k256::ecdsa::SigningKey::from_slice(secret).map_err(scalar)?;
                let point = secret.verifying_key().to_encoded_point(true);
                let public = PublicKey::new(curve, point.as_bytes())?;
                Ok(Self {
                    secret: Secret::Secp256k1(secret),
                    public,
                })
            }
            Curve::Ed25519 => {
                let secret = ed25519_dalek::SigningKey::from_bytes(secret);
                let public = PublicKey::new(curve, secret.verifying_key().as_bytes())?;
                Ok(Self {
                    secret: Secret::Ed25519(secret),
                    public,
                })
            }
        }
    }

    /// The public part.
    pub const fn public_key(&self) -> PublicKey {
        self.public
    }

    /// Signs a message by the rule of [`crate::Verifier::verify`].
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        match &self.secret {
            Secret::Secp256r1(secret) => {
                let signature: p256::ecdsa::Signature = secret.sign(message);
                signature.to_bytes().into()
            }
            Secret::Secp256k1(secret) => {
                let signature: k256::ecdsa::Signature = secret.sign(message);
                signature.to_bytes().into()
            }
            Secret::Ed25519(secret) => secret.sign(message).to_bytes(),
        }
    }
}

/// The other valid signature of the same message by the same key: `(r, n - s)` of `(r, s)`.
///
/// None for Ed25519, and for bytes that are no signature. It shows why signature bytes identify nothing.
pub fn twin(curve: Curve, signature: &[u8; SIGNATURE_LENGTH]) -> Option<[u8; SIGNATURE_LENGTH]> {
    match curve {
        Curve::Secp256r1 => {
            let (r, s) = p256::ecdsa::Signature::from_slice(signature).ok()?.split_scalars();
            Some(
                p256::ecdsa::Signature::from_scalars(r, core::ops::Neg::neg(s))
                    .ok()?
                    .to_bytes()
                    .into(),
            )
        }
        Curve::Secp256k1 => {
            let (r, s) = k256::ecdsa::Signature::from_slice(signature).ok()?.split_scalars();
            Some(
                k256::ecdsa::Signature::from_scalars(r, core::ops::Neg::neg(s))
                    .ok()?
                    .to_bytes()
                    .into(),
            )
        }
        Curve::Ed25519 => None,
    }
}

impl core::fmt::Debug for SigningKey {
    /// Shows the public part alone.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SigningKey({:?})", self.public)
    }
}
