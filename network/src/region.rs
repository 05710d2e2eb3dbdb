//! The network as a region on chain has it.
use busbar_api::grid::{self, Bus, CONNECTION, REGION_BUS, UTILITY_BUS};
use busbar_units::{Ppm, Wh};
use thiserror::Error;

use crate::{NetworkFile, NetworkFileError};

/// Name of the utility's bus.
const UTILITY: &str = "utility";

/// Why a file is no network of a region.
#[derive(Debug, Error)]
pub enum RegionError {
    /// It is no valid file.
    #[error(transparent)]
    File(#[from] NetworkFileError),
    /// More buses than a region can number.
    #[error("{count} buses with the utility's, at most {max} can be numbered")]
    Buses {
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// The grid contract refuses it; bus 0 is the utility's, bus 1 the root, line 0 the connection.
    #[error("network of the region: {0}")]
    Network(#[from] grid::NetworkError),
}

impl NetworkFile {
    /// The network of a region that is connected to its utility at the root: bus 0 the utility's, bus 1 the root, then
    /// the others in the order of the file; line 0 the connection, without impedance, then those of the file.
    ///
    /// `import` and `export` bound the connection, Wh per interval from and to the utility. Derated capacities are
    /// left out where they are needless: in a radial network without limits of voltage.
    ///
    /// # Errors
    /// [`RegionError`]: what the file's own check or the grid contract refuses.
    pub fn region(&self, import: Wh, export: Wh) -> Result<grid::Network, RegionError> {
        self.validate()?;
        let graph = self.graph()?;
        let count = self.buses.len().saturating_add(1);
        let too_many = |_| RegionError::Buses {
            count,
            max: u16::MAX.into(),
        };
        u16::try_from(count).map_err(too_many)?;
        // Checked: every number below is at most `count`.
        let number = |bus: usize| -> u16 {
            let shift = match bus.cmp(&graph.root()) {
                std::cmp::Ordering::Equal => return REGION_BUS,
                std::cmp::Ordering::Less => 2,
                std::cmp::Ordering::Greater => 1,
            };
            u16::try_from(bus.saturating_add(shift)).unwrap_or(u16::MAX)
        };
        let derated = self.voltage.is_some() || !graph.is_radial();
        let mut buses = vec![Bus::new(UTILITY), Bus::new(&self.root)];
        buses.extend(self.buses.iter().filter(|name| **name != self.root).map(Bus::new));
        let fallback = derated && self.lines.iter().any(|line| line.derated_wh.is_some());
        let mut lines = vec![grid::Line {
            capacity_back: export,
            derated: fallback.then_some(import.min(export)),
            ..grid::Line::new(CONNECTION, UTILITY_BUS, REGION_BUS, import)
        }];
        lines.extend(
            self.lines
                .iter()
                .zip(graph.ends())
                .map(|(line, &(from, to))| grid::Line {
                    name: line.id.clone(),
                    from: number(from),
                    to: number(to),
                    capacity: Wh::new(line.capacity_wh),
                    capacity_back: Wh::new(line.back_wh()),
                    reactance: line.reactance.unwrap_or(0),
                    resistance: line.resistance.unwrap_or(0),
                    derated: line.derated_wh.filter(|_| derated).map(Wh::new),
                }),
        );
        let network = grid::Network {
            buses,
            lines,
            voltage: self
                .voltage
                .as_ref()
                .map(|voltage| self.region_voltage(voltage, number)),
        };
        network.validate()?;
        Ok(network)
    }

    fn region_voltage(&self, voltage: &crate::Voltage, number: impl Fn(usize) -> u16) -> grid::Voltage {
        let position: std::collections::HashMap<&String, usize> = self.buses.iter().zip(0..).collect();
        let limits = voltage.limits.iter().filter_map(|(bus, limit)| {
            Some(grid::VoltageLimit {
                bus: number(*position.get(bus)?),
                min: Ppm::new(limit.min_ppm),
                max: Ppm::new(limit.max_ppm),
            })
        });
        let mut limits: Vec<grid::VoltageLimit> = limits.collect();
        limits.sort_unstable_by_key(|limit| limit.bus);
        grid::Voltage {
            base_wh: Wh::new(voltage.base_wh),
            tan_phi: Ppm::new(voltage.tan_phi_ppm),
            root: Ppm::new(voltage.root_ppm),
            limits,
        }
    }
}
