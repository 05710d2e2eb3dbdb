use sha2::{Digest, Sha256};

/// The running hash of a page of records after one more of them: SHA-256 of the hash before and the record. The
/// hash before the first is 32 zero bytes.
pub fn running_hash(hash: &[u8; 32], record: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(hash).chain_update(record).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Order matters, so that no record can be moved or left out.
    #[test]
    fn each_step_hashes_the_hash_before_and_the_record() {
        let first = running_hash(&[0; 32], b"abc");
        let by_hand = |parts: &[&[u8]]| -> [u8; 32] { Sha256::digest(parts.concat()).into() };
        assert_eq!(first, by_hand(&[&[0; 32], b"abc"]));
        assert_eq!(running_hash(&first, b"d"), by_hand(&[&first, b"d"]));
        assert_ne!(running_hash(&first, b"d"), by_hand(&[b"d", &first]));
    }
}
