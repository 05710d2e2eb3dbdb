use std::path::PathBuf;

use thiserror::Error;

/// Why a file cannot be cleared. `field` is the path inside the file, such as `orders[3].price`.
#[derive(Debug, Error)]
pub enum InputError {
    /// The file cannot be read.
    #[error("cannot read {}", file.display())]
    Read { file: PathBuf, source: std::io::Error },
    /// The file is not UTF-8.
    #[error("byte {at} is not UTF-8 text; save the file as UTF-8")]
    NotText { at: usize },
    /// The file is not JSON.
    #[error("not JSON: {0}")]
    Syntax(serde_json::Error),
    /// A value of another kind than its field holds.
    #[error("{field}: must be {expected}, is {found}")]
    Kind {
        field: String,
        expected: &'static str,
        found: String,
    },
    /// A number with a fraction or an exponent.
    #[error("{field}: {text} must be a whole number, written without fraction or exponent")]
    NotWhole { field: String, text: String },
    /// A number outside its bounds.
    #[error("{field}: {value} is out of bounds, must be {min} to {max}")]
    Bounds {
        field: String,
        value: String,
        min: i128,
        max: i128,
    },
    /// A list longer than what clears in one interval.
    #[error("{field}: {count} entries, at most {max} fit")]
    TooMany { field: String, count: usize, max: usize },
    /// A field that has to be there.
    #[error("{field}: missing")]
    Missing { field: String },
    /// A field twice in one object.
    #[error("{field}: given twice")]
    Twice { field: String },
    /// A field that nothing reads, perhaps misspelt.
    #[error("{field}: unknown field; known here: {known}")]
    Unknown { field: String, known: String },
    /// A name that is taken.
    #[error("{field}: {name:?} is taken by {first}; names must differ")]
    Duplicate { field: String, name: String, first: String },
    /// A bus that the network does not list.
    #[error("{field}: bus {name:?} is not in network.buses")]
    UnknownBus { field: String, name: String },
    /// A network without buses.
    #[error("network.buses: empty, must name at least one bus")]
    NoBus,
    /// Several buses but no network that joins them.
    #[error("{field}: bus {name:?} differs from {first:?}; orders at several buses need a network")]
    SeveralBuses { field: String, name: String, first: String },
    /// A side that is neither.
    #[error("{field}: {text:?} must be \"buy\" or \"sell\"")]
    Side { field: String, text: String },
    /// A floor above the cap.
    #[error("price_bounds: min {min} is above max {max}")]
    FloorAboveCap { min: i64, max: i64 },
    /// Nothing says what prices an empty book could have.
    #[error("price_bounds: missing, and there is no order to take them from")]
    NoPrices,
    /// A loop of lines.
    #[error("network.lines: line {line:?} closes a cycle; leave out the line of the loop that is open")]
    Cycle { line: String },
    /// A bus by itself.
    #[error(
        "network.buses: no line joins bus {bus:?} to the root {root:?}; add one (capacity_wh 0 if nothing may flow)"
    )]
    Island { bus: String, root: String },
    /// What else the solver refuses.
    #[error("network: {0}")]
    Network(busbar_clearing::NetworkError),
}
