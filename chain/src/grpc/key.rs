use bip32::{DerivationPath, XPrv};
use bip39::{Language, Mnemonic};
use cosmwasm_std::Addr;
use k256::ecdsa::signature::Signer;
use k256::ecdsa::{Signature, SigningKey};
use ripemd::Ripemd160;
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// A secp256k1 key that signs transactions.
#[derive(Clone)]
pub struct Key(SigningKey);

/// A text holds no key. The text itself is never shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Neither 64 hex digits nor words.
    #[error("a key is 64 hex digits or a mnemonic of 12 to 24 English words, not {words} words")]
    Form {
        /// Words found.
        words: usize,
    },
    /// The words are no mnemonic.
    #[error("the mnemonic is wrong ({reason}); compare the words with the ones you wrote down")]
    Mnemonic {
        /// What is wrong.
        reason: String,
    },
    /// The number is no key of the curve.
    #[error("the number is no secp256k1 key")]
    Range,
    /// The derivation path cannot be used.
    #[error("{path:?} is no derivation path; the usual one is m/44'/118'/0'/0/0")]
    Path {
        /// The path given.
        path: String,
    },
}

impl Key {
    /// Reads a key: 64 hex digits, or a BIP-39 mnemonic whose key at a BIP-32 path is meant (the path of most Cosmos
    /// chains is `m/44'/118'/0'/0/0`).
    pub fn parse(text: &str, path: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let bytes = cosmwasm_std::HexBinary::from_hex(digits).map_err(|_| KeyError::Range)?;
            return SigningKey::from_slice(&bytes).map(Self).map_err(|_| KeyError::Range);
        }
        let words: Vec<_> = text.split_whitespace().collect();
        if !(12..=24).contains(&words.len()) {
            return Err(KeyError::Form { words: words.len() });
        }
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &words.join(" ").to_lowercase()).map_err(|error| {
                KeyError::Mnemonic {
                    reason: error.to_string(),
                }
            })?;
        let wrong_path = || KeyError::Path { path: path.to_owned() };
        let path: DerivationPath = path.parse().map_err(|_| wrong_path())?;
        let derived = XPrv::derive_from_path(mnemonic.to_seed_normalized(""), &path).map_err(|_| wrong_path())?;
        Ok(Self(derived.private_key().clone()))
    }

    /// The mnemonic of 24 words that stands for 256 bits, which have to be random.
    pub fn mnemonic(entropy: [u8; 32]) -> Result<String, KeyError> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, &entropy);
        let mnemonic = mnemonic.map_err(|error| KeyError::Mnemonic {
            reason: error.to_string(),
        })?;
        Ok(mnemonic.words().collect::<Vec<_>>().join(" "))
    }

    /// The public key, compressed.
    pub fn public(&self) -> Vec<u8> {
        self.0.verifying_key().to_encoded_point(true).as_bytes().to_vec()
    }

    /// The account of the key on a chain whose addresses have this prefix.
    pub fn address(&self, prefix: &str) -> Addr {
        let hash = Ripemd160::digest(Sha256::digest(self.public()));
        // A prefix that bech32 does not take names no account.
        let text = bech32::Hrp::parse(prefix)
            .ok()
            .and_then(|prefix| bech32::encode::<bech32::Bech32>(prefix, &hash).ok());
        Addr::unchecked(text.unwrap_or_default())
    }

    /// Signs the SHA-256 of bytes: r and s, 64 bytes, s low.
    pub(super) fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(bytes);
        signature.to_bytes().to_vec()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    #[test]
    fn the_best_known_mnemonic_has_its_published_address() {
        let key = Key::parse(WORDS, "m/44'/118'/0'/0/0").unwrap();
        assert_eq!(
            key.address("cosmos").as_str(),
            "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4"
        );
    }

    #[test]
    fn bits_and_words_are_the_same_mnemonic() {
        // The published vector of BIP-39 for 256 zero bits.
        let zero = Key::mnemonic([0; 32]).unwrap();
        assert_eq!(zero, format!("{}art", "abandon ".repeat(23)));
        let first = Key::parse(&zero, "m/44'/118'/0'/0/0").unwrap();
        let other = Key::parse(&Key::mnemonic([1; 32]).unwrap(), "m/44'/118'/0'/0/0").unwrap();
        assert_ne!(first.public(), other.public());
    }

    #[test]
    fn a_number_is_a_key() {
        let one = format!("{:064x}\n", 1);
        let key = Key::parse(&one, "").unwrap();
        // The generator of the curve.
        assert_eq!(
            cosmwasm_std::HexBinary::from(key.public()).to_hex(),
            "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        );
        assert_eq!(Key::parse(&"0".repeat(64), "").unwrap_err(), KeyError::Range);
    }

    #[test]
    fn other_texts_are_refused_and_never_shown() {
        assert_eq!(Key::parse("secret", "").unwrap_err(), KeyError::Form { words: 1 });
        let swapped = WORDS.replace("about", "abandon");
        let wrong = Key::parse(&swapped, "m/44'/118'/0'/0/0").unwrap_err();
        assert!(matches!(wrong, KeyError::Mnemonic { .. }) && !wrong.to_string().contains("abandon"));
        assert_eq!(
            Key::parse(WORDS, "44/118").unwrap_err(),
            KeyError::Path { path: "44/118".into() }
        );
        assert_eq!(format!("{:?}", Key::parse(WORDS, "m/0").unwrap()), "Key(..)");
    }
}
