//! Signature checks inside a contract: the chain's host functions behind [`Verifier`].
use busbar_attestation::{Verifier, SIGNATURE_LENGTH};
use cosmwasm_std::Api;

/// The host of a running contract.
///
/// A host error means a point off the curve or a signature out of range: nobody signed that.
#[derive(Clone, Copy)]
pub struct HostVerifier<'a>(pub &'a dyn Api);

impl Verifier for HostVerifier<'_> {
    fn secp256r1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        self.0.secp256r1_verify(digest, signature, key).unwrap_or(false)
    }

    fn secp256k1(&self, digest: &[u8; 32], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        self.0.secp256k1_verify(digest, signature, key).unwrap_or(false)
    }

    fn ed25519(&self, message: &[u8], signature: &[u8; SIGNATURE_LENGTH], key: &[u8]) -> bool {
        self.0.ed25519_verify(message, signature, key).unwrap_or(false)
    }
}
