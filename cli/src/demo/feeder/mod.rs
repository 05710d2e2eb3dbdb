//! The feeder that the homes hang on: its network, who stands where, and what it carried.

mod error;
mod options;
mod place;
mod record;
mod scale;
mod schedules;
mod tree;

use std::path::Path;

use busbar_api::grid::{self, REGION_BUS};
use busbar_network::NetworkFile;
use busbar_units::{UnitsError, Wh};

pub use error::FeederError;
pub use options::FeederOptions;
pub use record::{FeederRecord, Nodal, Overload, Worst};
pub use schedules::schedules;

use place::{Placing, place};
use scale::Scale;
use tree::Tree;

/// A network and the buses of the homes and the battery.
#[derive(Debug, Clone)]
pub struct Feeder {
    /// The network file's name.
    pub name: String,
    /// Its capacities are multiplied by this, as given.
    pub scale: String,
    /// The network as the grid contract takes it, scaled.
    pub network: grid::Network,
    /// Bus of each home.
    pub homes: Vec<u16>,
    /// Bus of the battery.
    pub battery: u16,
    /// How many buses the homes were placed among.
    pub places: usize,
    tree: Tree,
}

impl Feeder {
    /// Reads the network of the options and places this many homes on it; none where no network is given.
    pub fn read(options: &FeederOptions, homes: usize) -> Result<Option<Self>, FeederError> {
        let Some(path) = options.network.as_deref() else {
            return Ok(None);
        };
        let scale = Scale::parse(&options.rating_scale)?;
        let mut file = NetworkFile::parse(&text(path)?).map_err(|problem| FeederError::Network {
            file: path.to_owned(),
            problem: Box::new(problem),
        })?;
        scale.apply(&mut file);
        let refused = |problem| FeederError::Region {
            file: path.to_owned(),
            problem: Box::new(problem),
        };
        // The parameters limit the connection; the network itself does not.
        let most = Wh::new(*grid::bounds::CAPACITY.end());
        let network = file.region(most, most).map_err(refused)?;
        if network.voltage.is_some() || network.lines.len() >= network.buses.len() {
            return Err(FeederError::NotATree { file: path.to_owned() });
        }
        let placement = options.placement.as_deref();
        let among = match placement {
            Some(placement) => place::among(&network, placement, &text(placement)?)?,
            None => place::everywhere(&network),
        };
        let placing = match options.place_seed {
            Some(seed) => Placing::Drawn(seed),
            None => Placing::Spread,
        };
        let battery = match &options.battery_bus {
            Some(name) => place::bus(&network, name).ok_or_else(|| FeederError::BatteryBus { bus: name.clone() })?,
            None => REGION_BUS,
        };
        let tree = Tree::of(&network).map_err(|problem| FeederError::Graph {
            file: path.to_owned(),
            problem,
        })?;
        Ok(Some(Self {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            scale: options.rating_scale.clone(),
            homes: place(homes, &among, placing),
            places: among.len(),
            battery,
            network,
            tree,
        }))
    }

    /// How many buses the network file has; the utility's is not among them.
    pub fn buses(&self) -> usize {
        self.network.buses.len().saturating_sub(1)
    }

    /// How many lines the network file has; the connection is not among them.
    pub fn lines(&self) -> usize {
        self.network.lines.len().saturating_sub(1)
    }

    /// Name of a bus.
    pub fn bus(&self, number: u16) -> &str {
        self.network.buses.get(usize::from(number)).map_or("", |bus| &bus.name)
    }

    /// Name of a line.
    pub fn line(&self, number: usize) -> &str {
        self.network.lines.get(number).map_or("", |line| &line.name)
    }

    /// The way up from a bus: the next bus towards the utility and the line that leads there.
    pub fn up(&self, bus: usize) -> Option<(usize, usize)> {
        self.tree.up(bus)
    }

    /// All buses, the utility's first, every bus after its parent.
    pub fn top_down(&self) -> &[usize] {
        self.tree.top_down()
    }

    /// Flow on every line when the homes, and the battery, draw this much; positive along the line's own direction.
    pub fn flows(
        &self,
        homes: &[busbar_units::NetWh],
        battery: busbar_units::NetWh,
    ) -> Result<Vec<busbar_units::NetWh>, UnitsError> {
        self.tree.flows(
            self.homes
                .iter()
                .copied()
                .zip(homes.iter().copied())
                .chain([(self.battery, battery)]),
        )
    }
}

fn text(path: &Path) -> Result<String, FeederError> {
    std::fs::read_to_string(path).map_err(|problem| FeederError::Read {
        file: path.to_owned(),
        problem,
    })
}
