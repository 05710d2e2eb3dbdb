use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Where the homes are connected.
#[derive(Debug, Args)]
#[command(next_help_heading = "Feeder")]
pub struct FeederOptions {
    /// Network file as `busbar network import --no-voltage` writes it: homes stand at its buses and trade within the
    /// capacities of its lines. Without it: one bus
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub network: Option<PathBuf>,

    /// Loads of the network, JSON: {"loads": [{"bus": "34"}, ...]}. Homes are spread evenly over their buses; without
    /// it over all buses of the network but its root
    #[arg(long, value_name = "FILE", requires = "network", value_hint = ValueHint::FilePath)]
    pub placement: Option<PathBuf>,

    /// Draw the homes' buses instead of spreading them evenly
    #[arg(long, value_name = "S", requires = "network")]
    pub place_seed: Option<u64>,

    /// Bus of the community battery; the network's root when absent
    #[arg(long, value_name = "BUS", requires = "network")]
    pub battery_bus: Option<String>,

    /// Multiple of every capacity of the network, 0.001 to 1000; rounded down to whole Wh
    #[arg(long, value_name = "X", default_value = "1", requires = "network")]
    pub rating_scale: String,

    /// Write the cleared schedules as JSON: for each hour the net Wh that each bus traded
    #[arg(long, value_name = "FILE", requires = "network", value_hint = ValueHint::FilePath)]
    pub schedules: Option<PathBuf>,
}
