use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{Curve, PublicKey};

/// Bytes of a signature of any scheme.
pub const SIGNATURE_LENGTH: usize = 64;

/// Why bytes are no signature.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// Signatures of all three schemes have 64 bytes.
    #[error("a signature has 64 bytes, not {length}")]
    Length {
        /// Bytes that were given.
        length: usize,
    },
}

/// The three signature checks of a host, and the one rule of what is hashed before which.
///
/// The primitives answer `false` for a point off the curve and for a signature out of range:
/// whoever sent them signed nothing. High-s ECDSA signatures verify like their low-s twins.
pub trait Verifier {
    /// ECDSA over P-256 of a SHA-256 digest; key in compressed SEC1.
    fn secp256r1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool;
    /// ECDSA over secp256k1 of a SHA-256 digest; key in compressed SEC1.
    fn secp256k1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool;
    /// Ed25519 of a message; key of 32 bytes.
    fn ed25519(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool;

    /// Whether `key` signed `message`: ECDSA signs the SHA-256 of the message, Ed25519 the message.
    fn verify(&self, message: &[u8], signature: &[u8], key: &PublicKey) -> Result<bool, SignatureError> {
        let signature = signature.try_into().map_err(|_| SignatureError::Length {
            length: signature.len(),
        })?;
        Ok(match key.curve() {
            Curve::Secp256r1 => self.secp256r1(&Sha256::digest(message).into(), signature, key.as_bytes()),
            Curve::Secp256k1 => self.secp256k1(&Sha256::digest(message).into(), signature, key.as_bytes()),
            Curve::Ed25519 => self.ed25519(message, signature, key.as_bytes()),
        })
    }
}

/// Verification with the functions that the chain's virtual machine itself calls.
#[cfg(feature = "verify")]
#[derive(Clone, Copy, Debug, Default)]
pub struct HostCrypto;

#[cfg(feature = "verify")]
impl Verifier for HostCrypto {
    fn secp256r1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        cosmwasm_crypto::secp256r1_verify(digest, signature, key).unwrap_or(false)
    }

    fn secp256k1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        cosmwasm_crypto::secp256k1_verify(digest, signature, key).unwrap_or(false)
    }

    fn ed25519(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        cosmwasm_crypto::ed25519_verify(message, signature, key).unwrap_or(false)
    }
}
