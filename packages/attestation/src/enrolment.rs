use alloc::string::String;
use alloc::vec::Vec;

use busbar_units::{Interval, Wh};
use thiserror::Error;

use crate::endorsement::push_key;
use crate::message::{push_text, u48, Kind};
use crate::reading::REGISTER_BOUND;
use crate::{DomainId, PublicKey, ReadingError};

/// Why an enrolment cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EnrolmentError {
    /// An address has 1 to 255 bytes.
    #[error("an owner's address has 1 to 255 bytes, not {length}")]
    Owner {
        /// Bytes that were given.
        length: usize,
    },
}

/// What a device's key signs to join a region: that it takes this number for this owner at this bus.
/// Without it an endorsement, which is public, could be enrolled by anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// Region.
    pub domain: DomainId,
    /// Number that the registry reserved.
    pub number: u32,
    /// Address of the owner, as the chain writes it.
    pub owner: String,
    /// Bus of the region's network.
    pub bus: u16,
    /// Number of the connection that the device sits behind, unless it is one itself.
    pub behind: Option<u32>,
}

impl Enrolment {
    /// The bytes that the device signs.
    pub fn message(&self) -> Result<Vec<u8>, EnrolmentError> {
        if !(1..=255).contains(&self.owner.len()) {
            return Err(EnrolmentError::Owner {
                length: self.owner.len(),
            });
        }
        let mut message = Vec::from(Kind::Enrolment.header());
        message.extend(self.domain.0);
        message.extend(self.number.to_be_bytes());
        push_text(&mut message, &self.owner);
        message.extend(self.bus.to_be_bytes());
        message.push(u8::from(self.behind.is_some()));
        message.extend(self.behind.unwrap_or_default().to_be_bytes());
        Ok(message)
    }
}

/// What the new key signs, and the old one where it can, when a device gets another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// Region.
    pub domain: DomainId,
    /// Number of the device.
    pub number: u32,
    /// The key that takes over.
    pub key: PublicKey,
}

impl Rotation {
    /// The bytes that the keys sign.
    pub fn message(&self) -> Vec<u8> {
        let mut message = Vec::from(Kind::Rotation.header());
        message.extend(self.domain.0);
        message.extend(self.number.to_be_bytes());
        push_key(&mut message, &self.key);
        message
    }
}

/// The registers of a device at the moment they start over, and the key that goes on: what the new
/// meter signs, and the old one where it can, when a meter is replaced or its registers are reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Region.
    pub domain: DomainId,
    /// Number of the device.
    pub number: u32,
    /// The last interval of the old registers; the moment is its end.
    pub interval: Interval,
    /// Import and export register of the old meter at that moment.
    pub last: [Wh; 2],
    /// Import and export register of the new meter at that moment.
    pub first: [Wh; 2],
    /// The key that signs from the next interval on.
    pub key: PublicKey,
}

impl Reset {
    /// The bytes that the keys sign; each register below [`REGISTER_BOUND`].
    pub fn message(&self) -> Result<Vec<u8>, ReadingError> {
        let mut message = Vec::from(Kind::Reset.header());
        message.extend(self.domain.0);
        message.extend(self.number.to_be_bytes());
        message.extend(self.interval.get().to_be_bytes());
        for [import, export] in [self.last, self.first] {
            for (register, value) in [("import", import), ("export", export)] {
                if value >= REGISTER_BOUND {
                    return Err(ReadingError::Register { register, value });
                }
                message.extend(u48(value.get()));
            }
        }
        push_key(&mut message, &self.key);
        Ok(message)
    }
}
