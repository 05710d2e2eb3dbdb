//! MATPOWER tables as JSON: one object per row, named columns, `null` for infinite.
use serde_json::{Map, Value};

use super::tables::{self, BRANCH, BUS, Column, GENERATOR, Row, Tables};
use crate::case::{Case, CaseError, Form};

/// Fields that a case may have beside its tables.
const NOTES: [&str; 5] = ["name", "provenance", "licence", "baseMVA", "conversions"];
/// Tables that the power flow and the market have no use for.
const UNUSED: [&str; 1] = ["gencost"];

/// Reads a case.
///
/// # Errors
/// [`CaseError`] names the table, row and column.
pub fn read(text: &str) -> Result<Case, CaseError> {
    let file: Map<String, Value> = serde_json::from_str(text)?;
    let table =
        |name: &'static str, columns: &[Column]| file.get(name).map(|table| rows(name, columns, table)).transpose();
    let tables = Tables {
        name: file.get("name").and_then(Value::as_str).unwrap_or("").to_owned(),
        base_mva: file.get("baseMVA").and_then(Value::as_f64),
        bus: table(BUS, tables::bus::ALL)?,
        generator: table(GENERATOR, tables::generator::ALL)?,
        branch: table(BRANCH, tables::branch::ALL)?,
        // Carried out by whoever wrote the JSON.
        conversions: Vec::new(),
        unread: unread(&file),
    };
    tables.case(Form::MatpowerJson)
}

fn unread(file: &Map<String, Value>) -> Vec<String> {
    let known = |name: &&String| {
        [BUS, GENERATOR, BRANCH]
            .iter()
            .chain(&NOTES)
            .chain(&UNUSED)
            .any(|known| known == name)
    };
    file.keys().filter(|name| !known(name)).cloned().collect()
}

fn rows(table: &'static str, columns: &[Column], value: &Value) -> Result<Vec<Row>, CaseError> {
    let entries = value.as_array().ok_or(CaseError::MissingTable { table })?;
    let mut rows = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let mut cells = Vec::new();
        for &Column(place, _, name) in columns {
            let row = index.saturating_add(1);
            let number = match entry.get(name) {
                None => {
                    return Err(CaseError::MissingColumn {
                        table,
                        row,
                        column: name,
                    });
                }
                Some(Value::Null) => Some(f64::INFINITY),
                Some(number) => number.as_f64(),
            };
            // Columns that nothing reads stand between those that are read.
            cells.resize(place, 0.0);
            cells.push(number.ok_or_else(|| CaseError::Cell {
                table,
                row,
                column: name,
                found: entry.get(name).map_or(String::new(), Value::to_string),
                expected: "a number",
            })?);
        }
        rows.push(cells);
    }
    Ok(rows)
}
