//! Where readings come from, beside [`crate::Relayer::ingest`].
mod csv;

pub use csv::{Cell, CsvError, CsvReadings};
