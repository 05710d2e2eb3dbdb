//! The running hash of a page.
use busbar_api::oracle::PageHash;
use sha2::{Digest, Sha256};

/// The hash of a page after one more record: SHA-256 of the hash before and the record.
pub fn next(hash: &PageHash, record: &[u8]) -> PageHash {
    Sha256::new().chain_update(hash).chain_update(record).finalize().into()
}
