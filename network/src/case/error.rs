use thiserror::Error;

/// Why a power-flow case cannot be read. Rows count from 1, as in the table.
#[derive(Debug, Error)]
pub enum CaseError {
    /// The text is neither of the known forms.
    #[error("not a network in a known form: {0}")]
    Form(&'static str),
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A table inside the text is not in its form.
    #[error("table {table}: {source}")]
    Table {
        /// Name of the table.
        table: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A value that has to be there.
    #[error("{field}: missing or not a number")]
    Missing {
        /// Path of the value.
        field: &'static str,
    },
    /// A table that has to be there.
    #[error("table {table}: missing")]
    MissingTable {
        /// Name of the table.
        table: &'static str,
    },
    /// A table without rows.
    #[error("table {table}: has no rows")]
    EmptyTable {
        /// Name of the table.
        table: &'static str,
    },
    /// A column that a row does not have.
    #[error("table {table}, row {row}: column {column} missing")]
    MissingColumn {
        /// Name of the table.
        table: &'static str,
        /// Row.
        row: usize,
        /// Column.
        column: &'static str,
    },
    /// A value of another kind than its column holds.
    #[error("table {table}, row {row}: {column} is {found}, must be {expected}")]
    Cell {
        /// Name of the table.
        table: &'static str,
        /// Row.
        row: usize,
        /// Column.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// Two buses of one number.
    #[error("table {table}, row {row}: bus {bus} is there already")]
    DuplicateBus {
        /// Name of the table.
        table: &'static str,
        /// Row.
        row: usize,
        /// The bus.
        bus: String,
    },
    /// A bus that the table of buses does not list.
    #[error("table {table}, row {row}: bus {bus} is not in table bus")]
    UnknownBus {
        /// Name of the table.
        table: &'static str,
        /// Row.
        row: usize,
        /// The bus.
        bus: String,
    },
    /// A switch at a line or transformer that does not exist.
    #[error("table switch, row {row}: no {kind} has index {element}")]
    UnknownElement {
        /// Row.
        row: usize,
        /// What it should switch.
        kind: &'static str,
        /// The index.
        element: i64,
    },
    /// A branch from a bus to itself.
    #[error("branch {branch}: joins a bus to itself")]
    SelfLoop {
        /// The branch.
        branch: String,
    },
    /// No bus takes up what does not balance.
    #[error("no reference: {0}")]
    NoReference(&'static str),
    /// Several reference buses that are not one and the same voltage.
    #[error("reference buses {first} and {other} differ in voltage or are not known to be one; keep one of them")]
    SeveralReferences {
        /// One of them.
        first: String,
        /// Another.
        other: String,
    },
    /// A bus that no branch in service joins to the reference.
    #[error(
        "no branch in service joins bus {bus} to the reference bus {root}; take it out of the table or close a switch"
    )]
    Island {
        /// The bus.
        bus: String,
        /// The reference bus.
        root: String,
    },
    /// Elements whose effect is not understood: leaving them out would falsify the network.
    #[error("table {table}, row {row}: {what} is not understood; replace or remove it")]
    Unsupported {
        /// Name of the table.
        table: String,
        /// First row in service.
        row: usize,
        /// What it is.
        what: &'static str,
    },
    /// A statement of a MATPOWER file that is neither a table nor a known conversion.
    #[error(
        "line {line}: {text:?} is not understood; known are the tables of mpc and the unit conversions of MATPOWER's own cases"
    )]
    Statement {
        /// Line of the file.
        line: usize,
        /// The statement.
        text: String,
    },
    /// A version of the MATPOWER case format other than 2.
    #[error("line {line}: case format {version} is not understood, must be '2'")]
    Version {
        /// Line of the file.
        line: usize,
        /// The version as written.
        version: String,
    },
    /// A number of a table that is none.
    #[error("line {line}: {text:?} is not a number")]
    Number {
        /// Line of the file.
        line: usize,
        /// The text.
        text: String,
    },
    /// A table that is not closed.
    #[error("line {line}: the bracket that opens here is not closed")]
    Unclosed {
        /// Line of the file.
        line: usize,
    },
    /// A generator of a dispatch that the case does not have.
    #[error("generator {position} of the dispatch does not exist or is out of service")]
    UnknownGenerator {
        /// Position in the table, from 1.
        position: usize,
    },
}
