#![allow(clippy::arithmetic_side_effects)]

use std::path::Path;

use busbar_units::{Ppm, Price, Watt, Wh};
use tempfile::TempDir;

use super::decimal::DecimalError;
use super::*;

const ASSETS: &str = r#"{
  "Building_1": {"electrical_storage": {"attributes": {"capacity": 6.4, "efficiency": 0.9, "nominal_power": 5.0}},
                 "pv": {"attributes": {"nominal_power": 4.0}}},
  "Building_2": {"pv": {"attributes": {"nominal_power": 5}}},
  "Building_10": {"pv": {"attributes": {"nominal_power": 4.0}}}
}"#;

/// A folder with homes of the given rows (load, solar) below a header that also has other columns.
fn folder(homes: &[(&str, &[(&str, &str)])]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, rows) in homes {
        let mut text = "hour,indoor,non_shiftable_load,solar_generation\n".to_owned();
        for (row, (load, solar)) in rows.iter().enumerate() {
            text += &format!("{},,{load},{solar}\n", row % 24 + 1);
        }
        std::fs::write(dir.path().join(name).with_extension("csv"), text).unwrap();
    }
    std::fs::write(dir.path().join("assets.json"), ASSETS).unwrap();
    dir
}

fn read(dir: &Path) -> Result<Homes, InputError> {
    Homes::read(dir, Window::default())
}

fn wh(values: &[u64]) -> Vec<Wh> {
    values.iter().copied().map(Wh::new).collect()
}

#[test]
fn homes_come_in_the_order_of_their_numbers_with_exact_energy() {
    let dir = folder(&[
        ("Building_10", &[("0.0005", "0"), ("1", "1")]),
        ("Building_2", &[("0.5", "123.5"), ("0.25", "1e-07")]),
        ("Building_1", &[("1.5208", "123.125"), ("2", "0.0")]),
    ]);
    let homes = read(dir.path()).unwrap();
    let names: Vec<_> = homes.homes.iter().map(|home| home.name.as_str()).collect();
    assert_eq!(names, ["Building_1", "Building_2", "Building_10"]);
    let [first, second, last] = &homes.homes[..] else {
        panic!("three homes")
    };
    assert_eq!((&first.load, &first.generation), (&wh(&[1521, 2000]), &wh(&[493, 0])));
    assert_eq!((&second.load, &second.generation), (&wh(&[500, 250]), &wh(&[618, 0])));
    assert_eq!((&last.load, &last.generation), (&wh(&[1, 1000]), &wh(&[0, 4])));
    let battery = Battery {
        capacity: Wh::new(6400),
        power: Watt::new(5000),
        efficiency: Ppm::new(900_000),
    };
    assert_eq!(homes.battery, battery);
    assert_eq!((homes.hours, homes.rows, homes.starts_at), (2, 2, 0));
}

#[test]
fn the_window_takes_its_rows_and_no_others() {
    let dir = folder(&[("Building_1", &[("1", "0"), ("2", "0"), ("3", "0"), ("4", "0")])]);
    let window = |from, hours| Homes::read(dir.path(), Window { from, hours });
    let homes = window(1, Some(2)).unwrap();
    assert_eq!(homes.homes[0].load, wh(&[2000, 3000]));
    assert_eq!((homes.hours, homes.starts_at), (2, 1));
    assert_eq!(window(3, None).unwrap().homes[0].load, wh(&[4000]));
    for (from, hours) in [
        (0, Some(0)),
        (0, Some(5)),
        (4, None),
        (4, Some(1)),
        (usize::MAX, Some(2)),
    ] {
        assert!(
            matches!(window(from, hours), Err(InputError::Window { .. })),
            "{from} {hours:?}"
        );
    }
}

#[test]
fn a_bad_cell_is_named_by_file_line_and_column() {
    for (load, solar, column, problem) in [
        ("", "0", "non_shiftable_load", DecimalError::Blank),
        ("1", " ", "solar_generation", DecimalError::Blank),
        ("-0.1", "0", "non_shiftable_load", DecimalError::Negative),
        ("1", "-3", "solar_generation", DecimalError::Negative),
        ("much", "0", "non_shiftable_load", DecimalError::NotANumber),
        ("1", "NaN", "solar_generation", DecimalError::NotANumber),
        ("100001", "0", "non_shiftable_load", DecimalError::Range),
        ("1", "1e30", "solar_generation", DecimalError::Range),
    ] {
        let dir = folder(&[("Building_1", &[("1", "0"), (load, solar)])]);
        match read(dir.path()) {
            Err(InputError::Cell {
                file,
                line: 3,
                column: found,
                value,
                problem: why,
            }) => {
                assert_eq!((found, why), (column, problem));
                assert!(file.ends_with("Building_1.csv"));
                assert!(value == load || value == solar);
            }
            other => panic!("{load:?} {solar:?}: {other:?}"),
        }
    }
}

#[test]
fn what_is_missing_or_uneven_is_named() {
    let empty = TempDir::new().unwrap();
    std::fs::write(empty.path().join("assets.json"), ASSETS).unwrap();
    assert!(matches!(read(empty.path()), Err(InputError::NoHomes { .. })));
    assert!(matches!(
        read(&empty.path().join("nowhere")),
        Err(InputError::Read { .. })
    ));

    let dir = folder(&[("Building_1", &[("1", "0")])]);
    std::fs::write(dir.path().join("Building_1.csv"), "hour,solar_generation\n1,0\n").unwrap();
    let error = read(dir.path()).unwrap_err();
    assert!(
        matches!(
            error,
            InputError::MissingColumn {
                column: "non_shiftable_load",
                ..
            }
        ),
        "{error}"
    );

    let uneven = folder(&[("Building_1", &[("1", "0")]), ("Building_2", &[("1", "0"), ("1", "0")])]);
    let error = read(uneven.path()).unwrap_err();
    assert!(
        matches!(
            error,
            InputError::RowCount {
                rows: 2,
                expected: 1,
                ..
            }
        ),
        "{error}"
    );

    let short_line = folder(&[("Building_1", &[("1", "0")])]);
    std::fs::write(
        short_line.path().join("Building_1.csv"),
        "non_shiftable_load,solar_generation\n1\n",
    )
    .unwrap();
    assert!(matches!(read(short_line.path()), Err(InputError::Csv { .. })));

    let twice = folder(&[("Building_1", &[("1", "0")]), ("Building_01", &[("1", "0")])]);
    assert!(matches!(
        read(twice.path()),
        Err(InputError::SameHome { number: 1, .. })
    ));
}

#[test]
fn assets_must_state_solar_power_and_a_battery() {
    for (from, to, field) in [
        (
            r#""nominal_power": 4.0"#,
            r#""other": 4.0"#,
            "pv.attributes.nominal_power",
        ),
        (
            r#""nominal_power": 4.0"#,
            r#""nominal_power": "4""#,
            "pv.attributes.nominal_power",
        ),
        (
            r#""nominal_power": 4.0"#,
            r#""nominal_power": -4"#,
            "pv.attributes.nominal_power",
        ),
        (
            r#""efficiency": 0.9"#,
            r#""efficiency": 1.1"#,
            "electrical_storage.attributes.efficiency",
        ),
        (
            r#""capacity": 6.4"#,
            r#""capacity": 0"#,
            "electrical_storage.attributes.capacity",
        ),
    ] {
        let dir = folder(&[("Building_1", &[("1", "0")])]);
        std::fs::write(dir.path().join("assets.json"), ASSETS.replace(from, to)).unwrap();
        match read(dir.path()) {
            Err(InputError::Asset { home, field: found, .. }) => {
                assert_eq!((home.as_str(), found), ("Building_1", field))
            }
            other => panic!("{to}: {other:?}"),
        }
    }
    let dir = folder(&[("Building_1", &[("1", "0")])]);
    std::fs::write(dir.path().join("assets.json"), "{").unwrap();
    assert!(matches!(read(dir.path()), Err(InputError::Json { .. })));
}

fn tariffs(prices: &str, share: &str, rows: usize) -> Result<Vec<HourTariff>, InputError> {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("pricing.csv");
    std::fs::write(&file, format!("electricity_pricing,predicted\n{prices}")).unwrap();
    read_tariffs(
        Some(&file),
        ExportShare::parse(share)?,
        Window::default(),
        rows,
        Path::new("Building_1.csv"),
    )
}

#[test]
fn tariffs_are_exact_and_export_lies_below_import() {
    let read = tariffs("0.22,x\n0.5400004,x\n0.0000015,x\n", "0.3", 3).unwrap();
    let pairs: Vec<_> = read
        .iter()
        .map(|tariff| (tariff.import.get(), tariff.export.get()))
        .collect();
    assert_eq!(pairs, [(220_000, 66_000), (540_000, 162_000), (2, 0)]);
    let flat = read_tariffs(
        None,
        ExportShare::parse("0").unwrap(),
        Window {
            from: 1,
            hours: Some(2),
        },
        4,
        Path::new(""),
    );
    assert_eq!(
        flat.unwrap(),
        vec![
            HourTariff {
                import: Price::new(300_000),
                export: Price::new(0)
            };
            2
        ]
    );
}

#[test]
fn bad_prices_and_shares_are_refused() {
    assert!(matches!(
        tariffs("0.2,\n", "0.3", 2),
        Err(InputError::RowCount {
            rows: 1,
            expected: 2,
            ..
        })
    ));
    assert!(matches!(
        tariffs("0.2,\n0,\n", "0.3", 2),
        Err(InputError::NoSpread { line: 3, .. })
    ));
    assert!(matches!(
        tariffs("-0.2,\n", "0.3", 1),
        Err(InputError::Cell { line: 2, .. })
    ));
    assert!(matches!(
        tariffs("2000000,\n", "0.3", 1),
        Err(InputError::Cell {
            problem: DecimalError::Range,
            ..
        })
    ));
    for share in ["1", "1.5", "-0.1", "", "x", "0.9999999"] {
        assert!(
            matches!(ExportShare::parse(share), Err(InputError::ExportShare { .. })),
            "{share}"
        );
    }
}
