//! What all signed messages share: the header that keeps one from being taken for another.
use alloc::vec::Vec;

/// First bytes of every signed message.
pub const TAG: [u8; 6] = *b"busbar";
/// Version of every layout in this crate.
pub const VERSION: u8 = 1;

/// What a signed message says; its code follows the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Reading,
    Endorsement,
    Enrolment,
    Rotation,
    Reset,
    Report,
}

impl Kind {
    /// The eight bytes that open a message of this kind: tag, kind, version.
    pub(crate) const fn header(self) -> [u8; 8] {
        let code = match self {
            Self::Reading => 1,
            Self::Endorsement => 2,
            Self::Enrolment => 3,
            Self::Rotation => 4,
            Self::Reset => 5,
            Self::Report => 6,
        };
        let [a, b, c, d, e, f] = TAG;
        [a, b, c, d, e, f, code, VERSION]
    }
}

/// The low six bytes of a register, big-endian.
pub(crate) const fn u48(value: u64) -> [u8; 6] {
    let [_, _, a, b, c, d, e, f] = value.to_be_bytes();
    [a, b, c, d, e, f]
}

/// The number behind six big-endian bytes.
pub(crate) const fn from_u48([a, b, c, d, e, f]: [u8; 6]) -> u64 {
    u64::from_be_bytes([0, 0, a, b, c, d, e, f])
}

/// Appends a text behind its length in one byte; the caller has bounded it.
pub(crate) fn push_text(message: &mut Vec<u8>, text: &str) {
    message.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    message.extend_from_slice(text.as_bytes());
}
