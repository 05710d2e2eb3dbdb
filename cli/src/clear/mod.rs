//! `busbar clear`: orders in, clearing out, by the same code as the contract.
mod error;
mod input;
mod output;
mod table;

use std::path::PathBuf;

use anyhow::Context;
use busbar_clearing::{check, clear};

use crate::exit::{self, BadInput};
use crate::text;

/// Options of `busbar clear`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// JSON file with orders and, where there is more than one bus, the network; - reads stdin
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
    /// Print the clearing as JSON instead of tables
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = r#"Input: prices in millionths of the coin per kWh, quantities in Wh, whole numbers only.
  {"orders":  [{"id": "b1", "side": "buy", "bus": "1", "price": 210000, "quantity": 1000}],
   "network": {"root": "1", "buses": ["1", "2"],
               "lines": [{"id": "l1", "from": "1", "to": "2", "capacity_wh": 5000}]},
   "price_bounds": {"min": 0, "max": 1000000}}
May be absent: network (one bus), capacity_back_wh of a line (as capacity_wh), price_bounds
(lowest and highest price of the orders)."#;

/// Reads, clears, checks and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let market = input::parse(&text::read(&options.file).map_err(BadInput::of)?).map_err(BadInput::of)?;
    let cleared = clear(&market.network, &market.orders, market.bounds).map_err(BadInput::of)?;
    // The answer is printed only with its proof.
    let proof = check(
        &market.network,
        &market.orders,
        &cleared.fills,
        &cleared.flows,
        &cleared.prices,
    )
    .context("the clearing does not pass its own check; nothing is printed")?;
    exit::print(&if options.json {
        output::json(&market, &cleared, &proof)?
    } else {
        table::text(&market, &cleared, &proof)
    })
}
