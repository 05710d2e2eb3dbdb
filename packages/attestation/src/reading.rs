use busbar_units::{Interval, Wh};
use thiserror::Error;

use crate::message::{from_u48, u48, Kind};
use crate::DomainId;

/// Registers are below this bound: 2^48 Wh.
pub const REGISTER_BOUND: Wh = Wh::new(1 << 48);
/// Bytes of a signed record.
pub const RECORD_LENGTH: usize = 49;

/// Why values or bytes are no reading.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadingError {
    /// A register does not fit 48 bits.
    #[error("{register} register {value} is not below {REGISTER_BOUND}")]
    Register {
        /// `import` or `export`.
        register: &'static str,
        /// Value that was given.
        value: Wh,
    },
    /// A record has another length.
    #[error("a record has 49 bytes, not {length}")]
    Length {
        /// Bytes that were given.
        length: usize,
    },
    /// The bytes do not open like a record of this version.
    #[error("the bytes do not open with the header of a reading")]
    Header,
}

/// The cumulative registers of a device at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    device: u32,
    interval: Interval,
    revision: u8,
    import: Wh,
    export: Wh,
}

impl Reading {
    /// A reading; each register below [`REGISTER_BOUND`].
    pub fn new(device: u32, interval: Interval, revision: u8, import: Wh, export: Wh) -> Result<Self, ReadingError> {
        for (register, value) in [("import", import), ("export", export)] {
            if value >= REGISTER_BOUND {
                return Err(ReadingError::Register { register, value });
            }
        }
        Ok(Self {
            device,
            interval,
            revision,
            import,
            export,
        })
    }

    /// Number of the device in its region.
    pub const fn device(&self) -> u32 {
        self.device
    }

    /// The interval at whose end the registers were read.
    pub const fn interval(&self) -> Interval {
        self.interval
    }

    /// 0 for the first record of an interval, one more for each correction.
    pub const fn revision(&self) -> u8 {
        self.revision
    }

    /// Cumulative energy drawn from the grid.
    pub const fn import(&self) -> Wh {
        self.import
    }

    /// Cumulative energy fed into the grid.
    pub const fn export(&self) -> Wh {
        self.export
    }

    /// The bytes that the device signs; layout in the crate's documentation.
    pub fn record(&self, domain: &DomainId) -> [u8; RECORD_LENGTH] {
        let mut record = [0; RECORD_LENGTH];
        let fields = Kind::Reading
            .header()
            .into_iter()
            .chain(domain.0)
            .chain(self.device.to_be_bytes())
            .chain(self.interval.get().to_be_bytes())
            .chain([self.revision])
            .chain(u48(self.import.get()))
            .chain(u48(self.export.get()));
        for (to, from) in record.iter_mut().zip(fields) {
            *to = from;
        }
        record
    }

    /// Reads a record back: the inverse of [`Reading::record`].
    pub fn from_record(record: &[u8]) -> Result<(DomainId, Self), ReadingError> {
        let length = || ReadingError::Length { length: record.len() };
        let (header, rest) = record.split_first_chunk::<8>().ok_or_else(length)?;
        let (domain, rest) = rest.split_first_chunk::<16>().ok_or_else(length)?;
        let (device, rest) = rest.split_first_chunk::<4>().ok_or_else(length)?;
        let (interval, rest) = rest.split_first_chunk::<8>().ok_or_else(length)?;
        let (&revision, rest) = rest.split_first().ok_or_else(length)?;
        let (import, rest) = rest.split_first_chunk::<6>().ok_or_else(length)?;
        let export = <[u8; 6]>::try_from(rest).map_err(|_| length())?;
        if *header != Kind::Reading.header() {
            return Err(ReadingError::Header);
        }
        let reading = Self {
            device: u32::from_be_bytes(*device),
            interval: Interval::new(u64::from_be_bytes(*interval)),
            revision,
            import: Wh::new(from_u48(*import)),
            export: Wh::new(from_u48(export)),
        };
        Ok((DomainId(*domain), reading))
    }
}
