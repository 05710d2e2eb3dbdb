use crate::codec::{CodecError, Reader, Writer};

/// Names in the order of what they name, kept apart from what clearing reads.
///
/// Packed: per name its length in one byte, then its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    /// The packed form; names are at most 30 bytes.
    pub fn encode(&self) -> Vec<u8> {
        let pack = |writer: Writer, name: &String| {
            let bytes = name.as_bytes();
            writer.u8(u8::try_from(bytes.len()).unwrap_or(u8::MAX)).bytes(bytes)
        };
        self.0.iter().fold(Writer::new(), pack).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let mut names = Vec::new();
        while !reader.is_empty() {
            let length = usize::from(reader.u8("length of a name")?);
            let name = reader.bytes("name", length)?;
            let name = core::str::from_utf8(name).map_err(|_| CodecError::Range { field: "name" })?;
            names.push(name.to_owned());
        }
        Ok(Self(names))
    }
}
