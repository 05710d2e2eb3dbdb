use thiserror::Error;

use crate::grid::ParamError;

/// Why a network is refused. Buses and lines are named by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NetworkError {
    /// Too few or too many buses or lines.
    #[error("{count} {what}, must be {min} to {max}")]
    Count {
        /// `buses` or `lines`.
        what: &'static str,
        /// How many were given.
        count: usize,
        /// Least.
        min: usize,
        /// Most.
        max: usize,
    },
    /// A name is empty, too long or not plain text.
    #[error("name {name:?} of {what} {number} must be 1 to 30 visible ASCII characters or blanks")]
    Name {
        /// `bus` or `line`.
        what: &'static str,
        /// Its number.
        number: usize,
        /// The name that was given.
        name: String,
    },
    /// Two buses or two lines have one name.
    #[error("name {name:?} of {what} {number} is taken")]
    NameTaken {
        /// `bus` or `line`.
        what: &'static str,
        /// Number of the second.
        number: usize,
        /// The name.
        name: String,
    },
    /// Line 0 is the connection, from the utility's bus 0.
    #[error("line 0 starts at bus {from}, must start at bus 0: it is the connection to the utility")]
    Connection {
        /// Where it starts.
        from: u16,
    },
    /// A second line at the utility's bus would go round the limits of the connection.
    #[error("line {line} ends at bus 0, which only line 0 may touch")]
    BesideConnection {
        /// Number of the line.
        line: usize,
    },
    /// A line ends at a bus that does not exist.
    #[error("line {line} ends at bus {bus}, there are {buses} (0 is the first)")]
    UnknownBus {
        /// Number of the line.
        line: usize,
        /// The bus that was named.
        bus: u16,
        /// How many there are.
        buses: usize,
    },
    /// A line from a bus to itself.
    #[error("line {line} starts and ends at bus {bus}")]
    Loop {
        /// Number of the line.
        line: usize,
        /// The bus.
        bus: u16,
    },
    /// A figure of a line is out of bounds.
    #[error("line {line}: {source}")]
    Line {
        /// Number of the line.
        line: usize,
        /// What it breaks.
        source: ParamError,
    },
    /// No lines lead from the connection to a bus.
    #[error("no lines lead from bus 0 to bus {bus}")]
    Island {
        /// The lowest such bus.
        bus: usize,
    },
    /// Flows in a mesh follow from reactances.
    #[error("line {line} of a mesh has no reactance")]
    NoReactance {
        /// Number of the line.
        line: usize,
    },
    /// A radial network without voltage limits needs no other capacities for clearing without a certificate.
    #[error("line {line} is derated, but a radial network without voltage limits always clears")]
    NeedlesslyDerated {
        /// Number of the line.
        line: usize,
    },
    /// The derated lines close a loop.
    #[error("line {line} closes a loop of derated lines, which must form a tree")]
    FallbackLoop {
        /// Number of the line.
        line: usize,
    },
    /// The derated lines do not reach a bus.
    #[error("no derated lines lead from bus 0 to bus {bus}")]
    FallbackIsland {
        /// The lowest such bus.
        bus: usize,
    },
    /// Voltages of a mesh do not follow from its lines one after another.
    #[error("{lines} lines between {buses} buses close loops: voltage limits need a radial network")]
    VoltageOfMesh {
        /// How many lines there are.
        lines: usize,
        /// How many buses there are.
        buses: usize,
    },
    /// Without resistances every bus has the voltage of bus 0.
    #[error("voltage limits without any resistance")]
    NoResistance,
    /// A figure of the voltage model is out of bounds.
    #[error("voltage: {0}")]
    Voltage(ParamError),
    /// A voltage limit names no bus below the connection, or not in ascending order.
    #[error("voltage limit {number} names bus {bus}, must ascend from 1 to {last}")]
    LimitBus {
        /// Position of the limit.
        number: usize,
        /// The bus that was named.
        bus: u16,
        /// The last bus.
        last: usize,
    },
    /// A voltage limit is out of bounds.
    #[error("voltage limit of bus {bus}: {source}")]
    Limit {
        /// The bus.
        bus: u16,
        /// What it breaks.
        source: ParamError,
    },
}
