//! A table of a pandapower network: rows under an index, in the split orientation of pandas.
use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::case::CaseError;

/// A table.
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    columns: HashMap<String, usize>,
    index: Vec<Value>,
    data: Vec<Vec<Value>>,
}

/// What pandas writes.
#[derive(Deserialize)]
struct Split {
    columns: Vec<String>,
    index: Vec<Value>,
    data: Vec<Vec<Value>>,
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table,
    position: usize,
}

/// Whether something in a network is a table with rows.
pub fn has_rows(frame: &Value) -> bool {
    let rows = |split: Split| !split.data.is_empty();
    match frame.get("_object") {
        Some(Value::String(text)) => serde_json::from_str(text).is_ok_and(rows),
        Some(object) => Split::deserialize(object).is_ok_and(rows),
        None => false,
    }
}

impl Table {
    /// The table of this name; empty when the network has none.
    ///
    /// # Errors
    /// [`CaseError::Table`] when it is in another form.
    pub fn read(net: &Map<String, Value>, name: &'static str) -> Result<Self, CaseError> {
        let wrong = |source| CaseError::Table { table: name, source };
        let split = match net.get(name).and_then(|frame| frame.get("_object")) {
            None | Some(Value::Null) => Split {
                columns: Vec::new(),
                index: Vec::new(),
                data: Vec::new(),
            },
            Some(Value::String(text)) => serde_json::from_str(text).map_err(wrong)?,
            Some(other) => Split::deserialize(other).map_err(wrong)?,
        };
        Ok(Self {
            name,
            columns: split.columns.into_iter().zip(0..).collect(),
            index: split.index,
            data: split.data,
        })
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.data.len()).map(|position| Row { table: self, position })
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }
}

impl Row<'_> {
    /// Name of the table.
    pub fn table(&self) -> &'static str {
        self.table.name
    }

    /// Position in the table, from 1.
    pub fn position(&self) -> usize {
        self.position.saturating_add(1)
    }

    /// Index under which other tables name the row.
    ///
    /// # Errors
    /// [`CaseError::Cell`] for anything but a whole number.
    pub fn index(&self) -> Result<i64, CaseError> {
        let index = self.table.index.get(self.position).unwrap_or(&Value::Null);
        index
            .as_i64()
            .ok_or_else(|| self.wrong("index", index, "a whole number"))
    }

    fn cell(&self, column: &str) -> &Value {
        let cell = self.table.columns.get(column);
        let row = self.table.data.get(self.position);
        cell.and_then(|&place| row?.get(place)).unwrap_or(&Value::Null)
    }

    /// An error about a cell of the row.
    pub fn wrong(&self, column: &'static str, found: &Value, expected: &'static str) -> CaseError {
        if !self.table.columns.contains_key(column) && column != "index" {
            return CaseError::MissingColumn {
                table: self.table.name,
                row: self.position(),
                column,
            };
        }
        CaseError::Cell {
            table: self.table.name,
            row: self.position(),
            column,
            found: found.to_string().chars().take(24).collect(),
            expected,
        }
    }

    /// A number; `None` where the column or the cell is empty.
    ///
    /// # Errors
    /// [`CaseError::Cell`] for anything else.
    pub fn optional(&self, column: &'static str) -> Result<Option<f64>, CaseError> {
        match self.cell(column) {
            Value::Null => Ok(None),
            cell => cell
                .as_f64()
                .map(Some)
                .ok_or_else(|| self.wrong(column, cell, "a number")),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// [`CaseError::MissingColumn`], [`CaseError::Cell`].
    pub fn number(&self, column: &'static str) -> Result<f64, CaseError> {
        let value = self.optional(column)?;
        value.ok_or_else(|| self.wrong(column, &Value::Null, "a number"))
    }

    /// A number above 0.
    ///
    /// # Errors
    /// [`CaseError::MissingColumn`], [`CaseError::Cell`].
    pub fn above_zero(&self, column: &'static str) -> Result<f64, CaseError> {
        let value = self.number(column)?;
        if value > 0.0 {
            return Ok(value);
        }
        Err(self.wrong(column, self.cell(column), "above 0"))
    }

    /// A whole number, the index of a row of another table.
    ///
    /// # Errors
    /// [`CaseError::MissingColumn`], [`CaseError::Cell`].
    pub fn reference(&self, column: &'static str) -> Result<i64, CaseError> {
        let cell = self.cell(column);
        // pandas turns a column of whole numbers into fractions where one of them is missing.
        let whole = cell.as_i64().or_else(|| {
            let text = format!("{:.0}", cell.as_f64().filter(|value| value.fract() == 0.0)?);
            text.parse().ok()
        });
        whole.ok_or_else(|| self.wrong(column, cell, "a whole number"))
    }

    /// True or false.
    ///
    /// # Errors
    /// [`CaseError::MissingColumn`], [`CaseError::Cell`].
    pub fn flag(&self, column: &'static str) -> Result<bool, CaseError> {
        let cell = self.cell(column);
        cell.as_bool().ok_or_else(|| self.wrong(column, cell, "true or false"))
    }

    /// A text; empty where there is none.
    pub fn text(&self, column: &str) -> &str {
        self.cell(column).as_str().unwrap_or("")
    }
}
