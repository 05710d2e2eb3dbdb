//! The network as the auction takes it.
use busbar_clearing::mesh::{self, Mesh, MeshLine};
use busbar_clearing::{Line, NetworkError};
use busbar_units::{Ppm, Wh};
use thiserror::Error;

use crate::{NetworkFile, NetworkFileError};

/// Why a file is no network of the auction.
#[derive(Debug, Error)]
pub enum MeshError {
    /// It is no valid file.
    #[error(transparent)]
    File(#[from] NetworkFileError),
    /// The auction refuses it.
    #[error("network: {0}")]
    Network(#[from] NetworkError),
}

impl NetworkFile {
    /// The network that the auction clears on; buses and lines stand for their positions in the file.
    ///
    /// # Errors
    /// [`MeshError`] when the file is not valid.
    pub fn mesh(&self) -> Result<Mesh, MeshError> {
        self.validate()?;
        let graph = self.graph()?;
        let lines = self.lines.iter().zip(graph.ends()).map(|(line, &(from, to))| MeshLine {
            line: Line {
                from,
                to,
                capacity: Wh::new(line.capacity_wh),
                capacity_back: Wh::new(line.back_wh()),
            },
            reactance: line.reactance.unwrap_or(0),
            resistance: line.resistance.unwrap_or(0),
        });
        let voltage = self.voltage.as_ref().map(|voltage| mesh::Voltage {
            base: Wh::new(voltage.base_wh),
            tan_phi: Ppm::new(voltage.tan_phi_ppm),
            root: Ppm::new(voltage.root_ppm),
            limits: self.limits().collect(),
        });
        Ok(Mesh::new(
            graph.buses(),
            graph.root(),
            lines.collect(),
            voltage.as_ref(),
        )?)
    }

    /// Limits of voltage by position of the bus, in the order of the buses.
    fn limits(&self) -> impl Iterator<Item = mesh::VoltageLimit> + '_ {
        let limits = self.voltage.iter().flat_map(|voltage| &voltage.limits);
        let by_name: std::collections::HashMap<&String, _> = limits.map(|(bus, limit)| (bus, *limit)).collect();
        self.buses.iter().enumerate().filter_map(move |(bus, name)| {
            let limit = by_name.get(name)?;
            Some(mesh::VoltageLimit {
                bus,
                min: Ppm::new(limit.min_ppm),
                max: Ppm::new(limit.max_ppm),
            })
        })
    }
}
