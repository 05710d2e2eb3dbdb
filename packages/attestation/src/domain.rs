use alloc::string::String;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Shortest and longest region id, in bytes.
const LENGTH: core::ops::RangeInclusive<usize> = 3..=32;
/// Regions whose id starts like this are for tests: their records count nowhere else.
const TEST_PREFIX: &str = "test-";

/// Why a text is no region id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DomainError {
    /// A region id has 3 to 32 characters.
    #[error("a region id has 3 to 32 characters, not {length}")]
    Length {
        /// Bytes that were given.
        length: usize,
    },
    /// A region id holds lowercase letters, digits and `-`.
    #[error("a region id holds lowercase letters, digits and '-', not {character:?}")]
    Character {
        /// First character that is none of these.
        character: char,
    },
}

/// The region id that every signature of a device is bound to; fixed when the region begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// Checks length and characters.
    pub fn new(name: &str) -> Result<Self, DomainError> {
        if !LENGTH.contains(&name.len()) {
            return Err(DomainError::Length { length: name.len() });
        }
        match name.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
            Some(character) => Err(DomainError::Character { character }),
            None => Ok(Self(String::from(name))),
        }
    }

    /// The region id as text.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether this is a region for tests.
    pub fn is_test(&self) -> bool {
        self.0.starts_with(TEST_PREFIX)
    }

    /// What signed messages carry: the first 16 bytes of the SHA-256 of the name.
    pub fn id(&self) -> DomainId {
        let digest: [u8; 32] = Sha256::digest(self.0.as_bytes()).into();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        DomainId(id)
    }
}

/// A [`Domain`] in 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DomainId(pub [u8; 16]);
