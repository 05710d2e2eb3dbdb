use std::fs::File;
use std::path::Path;

use super::decimal::{Decimal, DecimalError};
use super::error::InputError;

/// One cell of a CSV file.
#[derive(Debug, Clone, Copy)]
pub struct Cell<'a> {
    file: &'a Path,
    line: u64,
    column: &'static str,
    text: &'a str,
    /// Its number, exactly as the text states it.
    pub value: Decimal,
}

impl Cell<'_> {
    /// The error that says what is wrong with the cell.
    pub fn error(&self, problem: DecimalError) -> InputError {
        let value = self.text.chars().take(48).collect();
        InputError::Cell {
            file: self.file.to_owned(),
            line: self.line,
            column: self.column,
            value,
            problem,
        }
    }

    /// The error that says that no export tariff lies below this import tariff.
    pub fn no_spread(&self, value: i64) -> InputError {
        InputError::NoSpread {
            file: self.file.to_owned(),
            line: self.line,
            column: self.column,
            value,
        }
    }
}

/// Reads the named columns of a CSV file, row by row, and says how many rows there were.
///
/// `each` gets the cells in the order of `columns`; other columns may hold anything.
pub fn read_columns<const N: usize>(
    file: &Path,
    columns: [&'static str; N],
    mut each: impl FnMut([Cell<'_>; N]) -> Result<(), InputError>,
) -> Result<usize, InputError> {
    let opened = File::open(file).map_err(|source| InputError::Read {
        file: file.to_owned(),
        source,
    })?;
    let mut reader = csv::ReaderBuilder::new().from_reader(opened);
    let csv_error = |source| InputError::Csv {
        file: file.to_owned(),
        source,
    };
    let header = reader.headers().map_err(csv_error)?;
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|name| name.trim() == column);
        *place = found.ok_or(InputError::MissingColumn {
            file: file.to_owned(),
            column,
        })?;
    }
    let mut rows = 0usize;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(csv_error)? {
        let line = record.position().map_or(0, csv::Position::line);
        let mut cells = [Cell {
            file,
            line,
            column: "",
            text: "",
            value: Decimal::ZERO,
        }; N];
        for ((cell, place), column) in cells.iter_mut().zip(places).zip(columns) {
            cell.column = column;
            cell.text = record.get(place).unwrap_or("");
            cell.value = cell.text.parse().map_err(|problem| cell.error(problem))?;
        }
        each(cells)?;
        rows = rows.saturating_add(1);
    }
    Ok(rows)
}
