use std::path::PathBuf;

use busbar_network::{GraphError, NetworkFileError, RegionError};
use thiserror::Error;

/// Why homes cannot be placed on a network.
#[derive(Debug, Error)]
pub enum FeederError {
    /// A file cannot be read.
    #[error("{}: {problem}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The network is none.
    #[error("{}: {problem}", file.display())]
    Network {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: Box<NetworkFileError>,
    },
    /// The network is none of a region.
    #[error("{}: {problem}", file.display())]
    Region {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: Box<RegionError>,
    },
    /// The network's lines make no tree.
    #[error("{}: {problem}", file.display())]
    Graph {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: GraphError,
    },
    /// The contract alone cannot clear the network.
    #[error(
        "{}: loops or limits of voltage, which need somebody to solve the market; the demo's contract clears alone: \
         import a radial network with --no-voltage",
        file.display()
    )]
    NotATree {
        /// The file.
        file: PathBuf,
    },
    /// The list of loads is none.
    #[error("{}: {problem}", file.display())]
    Placement {
        /// The file.
        file: PathBuf,
        /// What the JSON reader says, with the line.
        problem: serde_json::Error,
    },
    /// The list of loads is empty.
    #[error("{}: there is no load", file.display())]
    NoLoads {
        /// The file.
        file: PathBuf,
    },
    /// A load stands at a bus that the network has not.
    #[error("{}: load {load} is at bus {bus:?}, which the network has not", file.display())]
    LoadBus {
        /// The file.
        file: PathBuf,
        /// Position of the load, from 0.
        load: usize,
        /// The bus.
        bus: String,
    },
    /// The battery's bus does not exist.
    #[error("--battery-bus {bus}: the network has no such bus")]
    BatteryBus {
        /// The bus.
        bus: String,
    },
    /// The scale of the ratings is out of bounds.
    #[error("--rating-scale {value}: must be at least 0.001 and at most 1000, with at most six decimals")]
    Scale {
        /// The text given.
        value: String,
    },
}
