use alloc::vec::Vec;

use busbar_units::{Interval, Wh};
use thiserror::Error;

use crate::device::{device_at, page_of, slot_of, DEVICES_PER_PAGE};
use crate::message::{from_u48, u48};
use crate::verify::SIGNATURE_LENGTH;
use crate::Reading;

/// Bytes of one reading on the wire: slot, revision, import, export, signature.
pub const WIRE_LENGTH: usize = 78;

/// Readings in a batch at most: one for each device of the page.
pub const BATCH_LIMIT: usize = 64;

/// Why bytes or readings are no batch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WireError {
    /// A batch holds at least one reading.
    #[error("a batch holds at least one reading")]
    Empty,
    /// A batch holds at most 64 readings.
    #[error("a batch holds at most 64 readings, not {count}")]
    TooMany {
        /// Readings that were given.
        count: usize,
    },
    /// Readings are 78 bytes each.
    #[error("{length} bytes are not a multiple of 78")]
    Length {
        /// Bytes that were given.
        length: usize,
    },
    /// A reading belongs to another interval or page.
    #[error("reading {position} belongs to another interval or page")]
    Foreign {
        /// Position of the reading in the batch, from 0.
        position: usize,
    },
}

/// A slot of a batch that names no device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("slot {slot} of page {page} names no device")]
pub struct SlotError {
    /// Page of the batch.
    pub page: u32,
    /// Slot that was given.
    pub slot: u8,
}

/// A reading and its device's signature over the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedReading {
    /// What was signed, with the region's [`crate::DomainId`].
    pub reading: Reading,
    /// 64 bytes: `r || s` of ECDSA, or Ed25519. Never an identity: a second valid one may exist.
    pub signature: [u8; SIGNATURE_LENGTH],
}

/// Packs readings of one interval and one page of devices; interval and page travel beside them.
pub fn encode_batch(interval: Interval, page: u32, readings: &[SignedReading]) -> Result<Vec<u8>, WireError> {
    check_count(readings.len())?;
    let mut bytes = Vec::new();
    for (position, SignedReading { reading, signature }) in readings.iter().enumerate() {
        if reading.interval() != interval || page_of(reading.device()) != page {
            return Err(WireError::Foreign { position });
        }
        bytes.extend([slot_of(reading.device()), reading.revision()]);
        bytes.extend(u48(reading.import().get()));
        bytes.extend(u48(reading.export().get()));
        bytes.extend(signature);
    }
    Ok(bytes)
}

/// Unpacks a batch in order; a slot that names no device is an error of its own and spoils no other.
pub fn decode_batch(
    interval: Interval,
    page: u32,
    bytes: &[u8],
) -> Result<impl Iterator<Item = Result<SignedReading, SlotError>> + '_, WireError> {
    let chunks = bytes.chunks_exact(WIRE_LENGTH);
    if !chunks.remainder().is_empty() {
        return Err(WireError::Length { length: bytes.len() });
    }
    check_count(chunks.len())?;
    Ok(chunks.filter_map(move |chunk| decode(interval, page, chunk)))
}

fn check_count(count: usize) -> Result<(), WireError> {
    match count {
        0 => Err(WireError::Empty),
        1..=BATCH_LIMIT => Ok(()),
        _ => Err(WireError::TooMany { count }),
    }
}

/// One reading off exactly 78 bytes.
fn decode(interval: Interval, page: u32, chunk: &[u8]) -> Option<Result<SignedReading, SlotError>> {
    let (&[slot, revision], rest) = chunk.split_first_chunk::<2>()?;
    let (&import, rest) = rest.split_first_chunk::<6>()?;
    let (&export, rest) = rest.split_first_chunk::<6>()?;
    let signature = <[u8; SIGNATURE_LENGTH]>::try_from(rest).ok()?;
    let Some(device) = device_at(page, slot) else {
        return Some(Err(SlotError { page, slot }));
    };
    let (import, export) = (Wh::new(from_u48(import)), Wh::new(from_u48(export)));
    let reading = Reading::new(device, interval, revision, import, export).ok()?;
    Some(Ok(SignedReading { reading, signature }))
}

const _: () = assert!(BATCH_LIMIT == DEVICES_PER_PAGE as usize);
