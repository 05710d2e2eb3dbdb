//! Signed readings from a CSV file with the columns `device`, `interval`, `revision`, `import_wh`, `export_wh` and
//! `signature` (128 hexadecimal digits), in any order, other columns beside them.
use busbar_attestation::{REGISTER_BOUND, Reading, SIGNATURE_LENGTH, SignedReading};
use busbar_units::{Interval, Wh};
use csv::{Reader, StringRecord};
use std::fs::File;
use std::path::{Path, PathBuf};
use thiserror::Error;

const COLUMNS: [&str; 6] = ["device", "interval", "revision", "import_wh", "export_wh", "signature"];
/// Longest value that an error repeats, in characters.
const SHOWN: usize = 48;

/// Where a bad value stands.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}:{line}: column {column}: {value:?}", file.display())]
pub struct Cell {
    /// The file.
    pub file: PathBuf,
    /// Line in the file, from 1; the header is line 1.
    pub line: u64,
    /// Name of the column.
    pub column: &'static str,
    /// The value, cut to 48 characters.
    pub value: String,
}

/// Why a CSV file gives no reading.
#[derive(Debug, Error)]
pub enum CsvError {
    /// The file cannot be read.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The header lacks a column.
    #[error("{}:1: column {column} is missing", file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// Name of the column.
        column: &'static str,
    },
    /// A row is not CSV: unequal length, bytes that are no text.
    #[error("{}:{line}: {reason}", file.display())]
    Row {
        /// The file.
        file: PathBuf,
        /// Line in the file, from 1.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// The cell is empty.
    #[error("{0} is blank")]
    Blank(Cell),
    /// The number is below zero.
    #[error("{0} is negative")]
    Negative(Cell),
    /// The cell is no whole number in decimal digits.
    #[error("{0} is no whole number")]
    NotANumber(Cell),
    /// The number is beyond the column's bound.
    #[error("{cell} is above {max}")]
    TooLarge {
        /// The cell.
        cell: Cell,
        /// Greatest value of the column.
        max: u64,
    },
    /// A signature has 128 hexadecimal digits.
    #[error("{cell} has {digits} characters, a signature has 128 hexadecimal digits")]
    SignatureLength {
        /// The cell.
        cell: Cell,
        /// Characters found.
        digits: usize,
    },
    /// A signature holds something else than hexadecimal digits.
    #[error("{0} is not hexadecimal")]
    NotHex(Cell),
}

/// The readings of a CSV file, one after the other; a bad row is an error of its own and spoils no other.
pub struct CsvReadings {
    file: PathBuf,
    rows: Reader<File>,
    places: [usize; 6],
    row: StringRecord,
}

impl CsvReadings {
    /// Opens a file and finds its columns.
    pub fn open(file: &Path) -> Result<Self, CsvError> {
        let opened = File::open(file).map_err(|source| CsvError::File {
            file: file.to_owned(),
            source,
        })?;
        let mut rows = Reader::from_reader(opened);
        let header = rows.headers().map_err(|error| failed(file, &error))?.clone();
        let mut places = [0; 6];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            *place = header
                .iter()
                .position(|name| name.trim() == column)
                .ok_or(CsvError::MissingColumn {
                    file: file.to_owned(),
                    column,
                })?;
        }
        Ok(Self {
            file: file.to_owned(),
            rows,
            places,
            row: StringRecord::new(),
        })
    }

    fn parse(&self) -> Result<SignedReading, CsvError> {
        let [device, interval, revision, import, export] = [
            (0, u32::MAX.into()),
            (1, u64::MAX),
            (2, u8::MAX.into()),
            (3, LARGEST),
            (4, LARGEST),
        ]
        .map(|(column, max)| self.number(column, max));
        let (device, interval, revision) = (device?, interval?, revision?);
        let (import, export, signature) = (import?, export?, self.signature()?);
        let narrow = |column| move |_| CsvError::NotANumber(self.cell(column));
        let reading = Reading::new(
            u32::try_from(device).map_err(narrow(0))?,
            Interval::new(interval),
            u8::try_from(revision).map_err(narrow(2))?,
            Wh::new(import),
            Wh::new(export),
        );
        let reading = reading.map_err(|_| CsvError::TooLarge {
            cell: self.cell(3),
            max: LARGEST,
        })?;
        Ok(SignedReading { reading, signature })
    }

    fn number(&self, column: usize, max: u64) -> Result<u64, CsvError> {
        let text = self.text(column);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match (text, text.strip_prefix('-')) {
            ("", _) => Err(CsvError::Blank(self.cell(column))),
            (_, Some(rest)) if digits(rest) => Err(CsvError::Negative(self.cell(column))),
            _ if !digits(text) => Err(CsvError::NotANumber(self.cell(column))),
            _ => match text.parse() {
                Ok(value) if value <= max => Ok(value),
                _ => Err(CsvError::TooLarge {
                    cell: self.cell(column),
                    max,
                }),
            },
        }
    }

    fn signature(&self) -> Result<[u8; SIGNATURE_LENGTH], CsvError> {
        let text = self.text(SIGNATURE);
        let mut signature = [0; SIGNATURE_LENGTH];
        match hex::decode_to_slice(text, &mut signature) {
            Ok(()) => Ok(signature),
            Err(_) if text.is_empty() => Err(CsvError::Blank(self.cell(SIGNATURE))),
            Err(hex::FromHexError::InvalidHexCharacter { .. }) => Err(CsvError::NotHex(self.cell(SIGNATURE))),
            Err(_) => Err(CsvError::SignatureLength {
                cell: self.cell(SIGNATURE),
                digits: text.chars().count(),
            }),
        }
    }

    fn text(&self, column: usize) -> &str {
        self.places
            .get(column)
            .and_then(|place| self.row.get(*place))
            .unwrap_or_default()
            .trim()
    }

    fn cell(&self, column: usize) -> Cell {
        Cell {
            file: self.file.clone(),
            line: self.row.position().map_or(0, csv::Position::line),
            column: COLUMNS.get(column).copied().unwrap_or_default(),
            value: self.text(column).chars().take(SHOWN).collect(),
        }
    }
}

/// Place of the signature in [`COLUMNS`].
const SIGNATURE: usize = 5;
/// Greatest value of a register.
const LARGEST: u64 = REGISTER_BOUND.get().saturating_sub(1);

impl Iterator for CsvReadings {
    type Item = Result<SignedReading, CsvError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.read_record(&mut self.row) {
            Ok(true) => Some(self.parse()),
            Ok(false) => None,
            Err(error) => Some(Err(failed(&self.file, &error))),
        }
    }
}

fn failed(file: &Path, error: &csv::Error) -> CsvError {
    CsvError::Row {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        reason: error.to_string(),
    }
}
