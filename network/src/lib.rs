//! Networks off chain, where values are measured and in floating point: reading cases, power flow, and the import into
//! the whole numbers that the market clears on.
//!
//! | | |
//! |---|---|
//! | [`Case`] | a network at its own loads and dispatch, from [MATPOWER or pandapower](Case::parse) |
//! | [`flow`] | DC flows and LinDistFlow voltages of a case |
//! | [`NetworkFile`] | the network that the market clears on, read and written as JSON |
//! | [`import`] | a case into a network file, and a report on what it took |
//! | [`derate()`] | capacities under which the spanning tree is safe alone |
//! | [`NetworkFile::mesh`], [`NetworkFile::region`] | the network as the auction and as the grid contract take it |
#![allow(
    clippy::indexing_slicing,
    reason = "indices are positions in lists of known length: `Graph::span` and the readers bound every one from outside"
)]
mod case;
mod derate;
mod file;
pub mod flow;
mod graph;
pub mod import;
pub mod json;
mod matpower;
mod mesh;
mod names;
mod numbers;
mod pandapower;
mod read;
pub mod reference;
mod region;

pub use case::{Branch, Bus, Case, CaseError, Dropped, Form, Generator, Load};
pub use derate::{DerateError, Derated, derate};
pub use file::{Line, NetworkFile, NetworkFileError, Voltage, VoltageLimit, bounds};
pub use graph::{Graph, GraphError, Loop, Up};
pub use mesh::MeshError;
pub use names::{Names, Taken};
pub use read::Kind;
pub use region::RegionError;
