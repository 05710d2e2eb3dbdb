use busbar_network::json::JsonError;
use busbar_network::{NetworkFileError, Taken};
use thiserror::Error;

/// Why a file cannot be cleared. `field` is the path inside the file, such as `orders[3].price`.
#[derive(Debug, Error)]
pub enum InputError {
    /// The file is not JSON, or a value is not what belongs there.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A list longer than what clears in one interval.
    #[error("{field}: {count} entries, at most {max} fit")]
    TooMany { field: String, count: usize, max: usize },
    /// A name that is taken.
    #[error(transparent)]
    Duplicate(#[from] Taken),
    /// A network that no market can clear on.
    #[error(transparent)]
    Network(#[from] NetworkFileError),
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
    #[error(
        "network.lines: line {line:?} closes a loop; only radial networks are cleared, leave out the line that is open"
    )]
    Meshed { line: String },
    /// Limits of voltage.
    #[error("network.voltage: limits of voltage are not cleared on; leave them out")]
    Voltage,
    /// What the solver refuses.
    #[error("network: {0}")]
    Solver(#[from] busbar_clearing::NetworkError),
}
