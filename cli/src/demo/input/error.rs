use std::path::PathBuf;

use thiserror::Error;

use super::decimal::DecimalError;

/// Why the homes, their assets or the prices cannot be used.
#[derive(Debug, Error)]
pub enum InputError {
    /// A file or folder cannot be read.
    #[error("{}: {source}", file.display())]
    Read {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder has no `Building_<n>.csv`.
    #[error("{}: there is no Building_<n>.csv", dir.display())]
    NoHomes {
        /// The folder.
        dir: PathBuf,
    },
    /// Two files carry the same home number (for instance `Building_1` and `Building_01`).
    #[error("{}: home {number} is there twice", dir.display())]
    SameHome {
        /// The folder.
        dir: PathBuf,
        /// The home's number.
        number: u32,
    },
    /// A line is not CSV text of as many fields as the header.
    #[error("{}: {source}", file.display())]
    Csv {
        /// The file.
        file: PathBuf,
        /// What the CSV reader says, with the line.
        source: csv::Error,
    },
    /// A column that is needed is not in the header.
    #[error("{}, line 1: there is no column {column}", file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The column.
        column: &'static str,
    },
    /// A cell holds no usable number.
    #[error("{}, line {line}, column {column}: {value:?} {problem}", file.display())]
    Cell {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1 with the header.
        line: u64,
        /// The column.
        column: &'static str,
        /// The cell's text.
        value: String,
        /// What is wrong with it.
        problem: DecimalError,
    },
    /// A price at which no export tariff lies below the import tariff.
    #[error("{}, line {line}, column {column}: an import tariff of {value} leaves no export tariff below it", file.display())]
    NoSpread {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1 with the header.
        line: u64,
        /// The column.
        column: &'static str,
        /// The import tariff in millionths per kWh.
        value: i64,
    },
    /// A file has another number of rows than the first home's.
    #[error("{}: {rows} rows, {expected} were expected as in {}", file.display(), first.display())]
    RowCount {
        /// The file.
        file: PathBuf,
        /// Its rows.
        rows: usize,
        /// The rows of the first home's file.
        expected: usize,
        /// The first home's file.
        first: PathBuf,
    },
    /// The hours asked for are not in the files.
    #[error("--from {from} --hours {hours}: the files have {rows} hours")]
    Window {
        /// First hour asked for, counted from 0.
        from: usize,
        /// Number of hours asked for.
        hours: usize,
        /// Rows of the files.
        rows: usize,
    },
    /// The files have no day before the first hour.
    #[error("--day-before with --from {from}: the day before needs the {hours} rows before it")]
    DayBefore {
        /// First hour asked for, counted from 0.
        from: usize,
        /// Rows that a day has.
        hours: usize,
    },
    /// `assets.json` is not JSON.
    #[error("{}: {source}", file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// What the JSON reader says, with the line.
        source: serde_json::Error,
    },
    /// `assets.json` lacks a number or holds one that cannot be used.
    #[error("{}, {home}.{field}: {value} {problem}", file.display())]
    Asset {
        /// The file.
        file: PathBuf,
        /// The home's name.
        home: String,
        /// The path of the field below the home.
        field: &'static str,
        /// What stands there.
        value: String,
        /// What is wrong with it.
        problem: DecimalError,
    },
    /// The export share is not in 0..1.
    #[error("--export-share {value}: must be at least 0 and below 1")]
    ExportShare {
        /// The text given.
        value: String,
    },
}
