//! Packed binary storage: what is read and written at every call is stored dense, since a stored byte
//! costs 30 gas to write and 3 to read. Fixed fields are big-endian; counts and amounts that are
//! usually small are unsigned LEB128 varints, signed ones zigzag varints.
use cosmwasm_std::StdError;
use thiserror::Error;

/// Why packed bytes cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CodecError {
    /// The bytes end inside a field.
    #[error("{field} needs {needed} bytes, {left} are left")]
    Short {
        /// Field that was being read.
        field: &'static str,
        /// Bytes that the field needs.
        needed: usize,
        /// Bytes that are left.
        left: usize,
    },
    /// A varint or a code is not in its canonical range.
    #[error("{field} is out of range")]
    Range {
        /// Field that was being read.
        field: &'static str,
    },
    /// Bytes are left after the last field.
    #[error("{left} bytes are left after the last field")]
    Trailing {
        /// How many.
        left: usize,
    },
}

impl From<CodecError> for StdError {
    fn from(error: CodecError) -> Self {
        StdError::parse_err("packed bytes", error)
    }
}

/// Appends fields to a byte string.
#[derive(Debug, Default, Clone)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty byte string.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends bytes as they are.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Appends one byte.
    pub fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    /// Appends two bytes, big-endian.
    pub fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends four bytes, big-endian.
    pub fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends eight bytes, big-endian.
    pub fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_be_bytes())
    }

    /// Appends the low 48 bits, big-endian; a larger value is an error.
    pub fn u48(self, field: &'static str, value: u64) -> Result<Self, CodecError> {
        match value.to_be_bytes() {
            [0, 0, rest @ ..] => Ok(self.bytes(&rest)),
            _ => Err(CodecError::Range { field }),
        }
    }

    /// Appends a text behind its length.
    pub fn text(self, text: &str) -> Self {
        self.varint(u128::try_from(text.len()).unwrap_or(u128::MAX))
            .bytes(text.as_bytes())
    }

    /// Appends an unsigned LEB128 varint.
    pub fn varint(mut self, mut value: u128) -> Self {
        while value >= 0x80 {
            self.0.push(low_seven(value) | 0x80);
            value >>= 7;
        }
        self.0.push(low_seven(value));
        self
    }

    /// Appends a signed value as a zigzag varint.
    pub fn zigzag(self, value: i128) -> Self {
        let folded = if value < 0 { !value } else { value }.unsigned_abs();
        // A value of at most 127 bits shifted by one fits.
        self.varint((folded << 1) | u128::from(value < 0))
    }

    /// The byte string.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

fn low_seven(value: u128) -> u8 {
    let [.., last] = value.to_be_bytes();
    last & 0x7f
}

/// Takes fields off a byte string in the order in which they were written.
#[derive(Debug, Clone)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes `count` bytes.
    pub fn bytes(&mut self, field: &'static str, count: usize) -> Result<&'a [u8], CodecError> {
        if count > self.0.len() {
            return Err(CodecError::Short {
                field,
                needed: count,
                left: self.0.len(),
            });
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    /// Takes a fixed number of bytes.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], CodecError> {
        let taken = self.bytes(field, N)?;
        <[u8; N]>::try_from(taken).map_err(|_| CodecError::Range { field })
    }

    /// Takes one byte.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, CodecError> {
        self.array(field).map(u8::from_be_bytes)
    }

    /// Takes two bytes, big-endian.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, CodecError> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// Takes four bytes, big-endian.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, CodecError> {
        self.array(field).map(u32::from_be_bytes)
    }

    /// Takes eight bytes, big-endian.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, CodecError> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// Takes six bytes, big-endian.
    pub fn u48(&mut self, field: &'static str) -> Result<u64, CodecError> {
        let [a, b, c, d, e, f] = self.array(field)?;
        Ok(u64::from_be_bytes([0, 0, a, b, c, d, e, f]))
    }

    /// Takes a text that stands behind its length.
    pub fn text(&mut self, field: &'static str) -> Result<String, CodecError> {
        let length = usize::try_from(self.varint_u32(field)?).map_err(|_| CodecError::Range { field })?;
        let bytes = self.bytes(field, length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| CodecError::Range { field })
    }

    /// Takes all that is left as a text; an empty one is an error.
    pub fn rest(&mut self, field: &'static str) -> Result<String, CodecError> {
        let bytes = self.bytes(field, self.0.len().max(1))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| CodecError::Range { field })
    }

    /// Takes an unsigned LEB128 varint in its shortest form.
    pub fn varint(&mut self, field: &'static str) -> Result<u128, CodecError> {
        let mut value: u128 = 0;
        for shift in (0u32..128).step_by(7) {
            let byte = self.u8(field)?;
            let part = u128::from(byte & 0x7f);
            let placed = part << shift;
            if placed >> shift != part || (byte == 0 && shift > 0) {
                return Err(CodecError::Range { field });
            }
            value |= placed;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(CodecError::Range { field })
    }

    /// Takes a varint that fits 64 bits.
    pub fn varint_u64(&mut self, field: &'static str) -> Result<u64, CodecError> {
        u64::try_from(self.varint(field)?).map_err(|_| CodecError::Range { field })
    }

    /// Takes a varint that fits 32 bits.
    pub fn varint_u32(&mut self, field: &'static str) -> Result<u32, CodecError> {
        u32::try_from(self.varint(field)?).map_err(|_| CodecError::Range { field })
    }

    /// Takes a zigzag varint.
    pub fn zigzag(&mut self, field: &'static str) -> Result<i128, CodecError> {
        let folded = self.varint(field)?;
        let size = i128::try_from(folded >> 1).map_err(|_| CodecError::Range { field })?;
        Ok(if folded & 1 == 1 { !size } else { size })
    }

    /// Takes a zigzag varint that fits 64 bits.
    pub fn zigzag_i64(&mut self, field: &'static str) -> Result<i64, CodecError> {
        i64::try_from(self.zigzag(field)?).map_err(|_| CodecError::Range { field })
    }

    /// Whether all bytes were taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the reading; bytes that are left are an error.
    pub fn finish(self) -> Result<(), CodecError> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(CodecError::Trailing { left }),
        }
    }
}
