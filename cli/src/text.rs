//! Files as text, and objects with the caller's own names.
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use thiserror::Error;

/// Why there is no text.
#[derive(Debug, Error)]
pub enum TextError {
    /// The file cannot be read.
    #[error("cannot read {}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
    /// The file is not UTF-8.
    #[error("byte {at} is not UTF-8 text; save the file as UTF-8")]
    NotText { at: usize },
}

/// The text of a file, or of stdin for `-`.
pub fn read(file: &Path) -> Result<String, TextError> {
    let mut bytes = Vec::new();
    let done = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|content| bytes = content)
    };
    done.map_err(|source| TextError::Read {
        file: file.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|error| TextError::NotText {
        at: error.utf8_error().valid_up_to(),
    })
}

/// An object with one field per name, in the order of the names.
pub struct ByName<'a, T>(pub Vec<(&'a str, T)>);

impl<T: Serialize> Serialize for ByName<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
