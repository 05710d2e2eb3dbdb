//! The running hash of a page.
pub use busbar_attestation::running_hash as next;
