//! Signed readings from CSV files: each bad cell is named by file, line, column and value.
use crate::site::{Site, readings};
use busbar_attestation::SignedReading;
use busbar_relayer::{Cell, CsvError, CsvReadings};
use std::path::PathBuf;
use tempfile::TempDir;

const HEADER: &str = "device,interval,revision,import_wh,export_wh,signature";

fn signature() -> String {
    "ab".repeat(64)
}

fn read(text: impl AsRef<[u8]>) -> (TempDir, PathBuf, Result<CsvReadings, CsvError>) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("meter.csv");
    std::fs::write(&file, text).unwrap();
    let opened = CsvReadings::open(&file);
    (folder, file, opened)
}

/// The error of one row with this cell in place of a good one.
fn refusal(column: usize, value: &str) -> (CsvError, Cell) {
    let signature = signature();
    let mut cells = ["7", "1000", "0", "12", "34", signature.as_str()];
    let names: Vec<_> = HEADER.split(',').collect();
    cells[column] = value;
    let good = format!("7,1000,0,12,34,{signature}");
    let (_folder, file, opened) = read(format!("{HEADER}\n{good}\n{}\n{good}\n", cells.join(",")));
    let rows: Vec<_> = opened.unwrap().collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[0].is_ok() && rows[2].is_ok(), "a bad row spoilt another");
    let column = ["device", "interval", "revision", "import_wh", "export_wh", "signature"]
        .into_iter()
        .find(|name| *name == names[column])
        .unwrap();
    let cell = Cell {
        file,
        line: 3,
        column,
        value: value.chars().take(48).collect(),
    };
    (rows.into_iter().nth(1).unwrap().unwrap_err(), cell)
}

#[test]
fn a_file_written_from_readings_gives_them_back_and_passes_the_pipeline() {
    let mut site = Site::new(3);
    let sent = readings(3);
    let rows: Vec<_> = sent
        .iter()
        .map(|signed| {
            let it = &signed.reading;
            let (device, interval, revision) = (it.device(), it.interval().get(), it.revision());
            let (import, export) = (it.import().get(), it.export().get());
            format!(
                "x,{device}, {interval} ,{revision},{export},{import},{}",
                hex::encode(signed.signature)
            )
        })
        .collect();
    let header = "note,device,interval,revision,export_wh,import_wh,signature";
    let (_folder, _, opened) = read(format!("{header}\n{}\n", rows.join("\n")));
    let back: Vec<SignedReading> = opened.unwrap().map(Result::unwrap).collect();
    assert_eq!(back, sent);
    site.relayer().ingest(&back).unwrap();
    site.drain();
    site.assert_exactly_once(&sent);
}

#[test]
fn each_missing_column_is_named() {
    for column in HEADER.split(',') {
        let header: Vec<_> = HEADER.split(',').filter(|name| *name != column).collect();
        let (_folder, _, opened) = read(header.join(","));
        match opened.err() {
            Some(CsvError::MissingColumn { column: missing, .. }) => assert_eq!(missing, column),
            other => panic!("{column}: {other:?}"),
        }
    }
}

#[test]
fn a_blank_cell_is_named() {
    for column in 0..6 {
        for blank in ["", "  "] {
            let (error, cell) = refusal(column, blank);
            let cell = Cell {
                value: String::new(),
                ..cell
            };
            assert!(matches!(&error, CsvError::Blank(at) if *at == cell), "{error}");
        }
    }
}

#[test]
fn a_negative_number_is_named() {
    for column in 0..5 {
        let (error, cell) = refusal(column, "-5");
        assert!(matches!(&error, CsvError::Negative(at) if *at == cell), "{error}");
    }
}

#[test]
fn text_fractions_and_signs_are_no_numbers() {
    for column in 0..5 {
        for text in ["twelve", "1.5", "+1", "1e3", "0x10", "-", "--5", "１２", "1 2"] {
            let (error, cell) = refusal(column, text);
            assert!(matches!(&error, CsvError::NotANumber(at) if *at == cell), "{error}");
        }
    }
}

#[test]
fn a_number_beyond_its_column_is_named_with_the_bound() {
    let bounds = [
        (0, u64::from(u32::MAX)),
        (1, u64::MAX),
        (2, 255),
        (3, (1 << 48) - 1),
        (4, (1 << 48) - 1),
    ];
    for (column, bound) in bounds {
        for value in [u128::from(bound) + 1, u128::MAX] {
            let (error, cell) = refusal(column, &value.to_string());
            assert!(
                matches!(&error, CsvError::TooLarge { cell: at, max } if *at == cell && *max == bound),
                "{error}"
            );
        }
    }
}

#[test]
fn an_overlong_value_is_named_and_cut() {
    let (error, cell) = refusal(0, &"9".repeat(5_000));
    assert!(
        matches!(&error, CsvError::TooLarge { cell: at, .. } if *at == cell),
        "{error}"
    );
    let (error, cell) = refusal(5, &"ab".repeat(5_000));
    assert!(
        matches!(&error, CsvError::SignatureLength { cell: at, digits: 10_000 } if *at == cell),
        "{error}"
    );
    assert!(error.to_string().len() < 300);
}

#[test]
fn a_short_signature_and_one_of_other_letters_are_named() {
    let (error, cell) = refusal(5, &"ab".repeat(63));
    assert!(
        matches!(&error, CsvError::SignatureLength { cell: at, digits: 126 } if *at == cell),
        "{error}"
    );
    let (error, cell) = refusal(5, &"zz".repeat(64));
    assert!(matches!(&error, CsvError::NotHex(at) if *at == cell), "{error}");
}

#[test]
fn a_row_of_another_length_and_bytes_that_are_no_text_are_named_by_line() {
    let good = format!("7,1000,0,12,34,{}", signature());
    let (_folder, _, opened) = read(format!("{HEADER}\n{good}\n1,2\n{good}\n"));
    let rows: Vec<_> = opened.unwrap().collect();
    assert!(matches!(rows[1], Err(CsvError::Row { line: 3, .. })), "{:?}", rows[1]);
    assert!(rows[2].is_ok());

    let mut bytes = format!("{HEADER}\n").into_bytes();
    bytes.extend([0xff, 0xfe]);
    bytes.extend(b",1,1,1,1,ab\n");
    let (_folder, _, opened) = read(bytes);
    assert!(matches!(
        opened.unwrap().next(),
        Some(Err(CsvError::Row { line: 2, .. }))
    ));
}

#[test]
fn an_absent_file_is_named() {
    let file = PathBuf::from("/nowhere/meter.csv");
    match CsvReadings::open(&file).err() {
        Some(CsvError::File { file: named, .. }) => assert_eq!(named, file),
        other => panic!("{other:?}"),
    }
}
