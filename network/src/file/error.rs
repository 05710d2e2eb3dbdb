use thiserror::Error;

use crate::Taken;
use crate::json::JsonError;

/// Why a network cannot be used. `field` is the path inside the file, such as `lines[3].from`.
#[derive(Debug, Error)]
pub enum NetworkFileError {
    /// It is no network file at all, or a field is of another kind.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Two buses or two lines of one name.
    #[error(transparent)]
    Duplicate(#[from] Taken),
    /// More entries than a network may have.
    #[error("{field}: {count} entries, at most {max} fit")]
    TooMany {
        /// Path of the list.
        field: String,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// A network without buses.
    #[error("{field}: empty, must name at least one bus")]
    NoBus {
        /// Path of the list.
        field: String,
    },
    /// A bus that the network does not list.
    #[error("{field}: bus {name:?} is not in {buses}")]
    UnknownBus {
        /// Path of the name.
        field: String,
        /// The name.
        name: String,
        /// Path of the list of buses.
        buses: String,
    },
    /// A number outside its bounds.
    #[error("{field}: {value} is out of bounds, must be {min} to {max}")]
    Bounds {
        /// Path.
        field: String,
        /// The number.
        value: i128,
        /// The least there may be.
        min: i128,
        /// The most there may be.
        max: i128,
    },
    /// A line from a bus to itself.
    #[error("{field}: line {line:?} joins bus {bus:?} to itself")]
    SelfLoop {
        /// Path of the list of lines.
        field: String,
        /// Name of the line.
        line: String,
        /// Name of the bus.
        bus: String,
    },
    /// A bus that no lines join to the root.
    #[error("{field}: no line joins bus {bus:?} to the root {root:?}; add one (capacity_wh 0 if nothing may flow)")]
    Island {
        /// Path of the list of buses.
        field: String,
        /// Name of the bus.
        bus: String,
        /// Name of the root.
        root: String,
    },
    /// A loop that has a line without reactance: nothing would say how flows divide.
    #[error(
        "{field}: line {line:?} closes a cycle; leave out the line of the loop that is open, or give \
         {without:?} and every other line of the loop a reactance above 0"
    )]
    LoopWithoutReactance {
        /// Path of the list of lines.
        field: String,
        /// Name of the line that closes the loop.
        line: String,
        /// Name of the first line of the loop without reactance.
        without: String,
    },
    /// Voltage limits in a network with a line whose impedance is not given.
    #[error("{field}: missing; every line needs one where voltage has limits (0 is one)")]
    NoImpedance {
        /// Path of the field.
        field: String,
    },
    /// A line of the spanning tree of a mesh has no derated capacity though other lines have one.
    #[error("{field}: missing on line {line:?} of the spanning tree; it must stand on all of its lines or nowhere")]
    FallbackMissing {
        /// Path of the field.
        field: String,
        /// Name of the line.
        line: String,
    },
    /// A derated capacity on a line outside the spanning tree.
    #[error(
        "{field}: line {line:?} is not in the spanning tree (breadth first from the root, lowest bus first), \
         which alone is derated"
    )]
    FallbackOutside {
        /// Path of the field.
        field: String,
        /// Name of the line.
        line: String,
    },
}
