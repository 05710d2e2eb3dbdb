//! `busbar clear`: orders in, clearing out, by the same code as the contract.
mod answer;
mod decimal;
mod error;
mod input;
mod output;
mod plot;
mod table;

use std::path::PathBuf;

use anyhow::Context;

use crate::exit::{self, BadInput};
use crate::text;
pub use decimal::decimal;
use error::AnswerError;

/// Options of `busbar clear`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// JSON file with orders and, where there is more than one bus, the network; - reads stdin
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
    /// Print the clearing as tables for people (the default)
    #[arg(long, conflicts_with = "json")]
    table: bool,
    /// Print the clearing as JSON for programs
    #[arg(long)]
    json: bool,
    /// Also draw the network into this file: prices as colour, loading of lines as width
    #[arg(long, value_name = "FILE.svg", value_parser = svg)]
    plot: Option<PathBuf>,
}

const AFTER_HELP: &str = r#"Examples:
  busbar clear market.json                            tables
  busbar clear market.json --json | jq .prices        for a program
  busbar clear market.json --plot market.svg          and a picture for any browser

Input: prices in millionths of the coin per kWh, quantities in Wh, whole numbers only.
  {"orders":  [{"id": "b1", "side": "buy", "bus": "1", "price": 210000, "quantity": 1000}],
   "network": {"root": "1", "buses": ["1", "2"],
               "lines": [{"id": "l1", "from": "1", "to": "2", "capacity_wh": 5000}]},
   "price_bounds": {"min": 0, "max": 1000000}}
May be absent: network (one bus), capacity_back_wh of a line (as capacity_wh), price_bounds
(lowest and highest price of the orders). The network may be one of `busbar network import`.

Which networks are solved how:
  tree of lines                 exactly: the gap to the optimum is 0
  loops (lines with reactance)  by linear program, rounded to whole Wh, with multipliers that
                                prove in exact integers how near the optimum it is (gap)
  limits of voltage             likewise, on trees and meshes"#;

/// A path of a picture: nothing else is ever overwritten by a slip of the hand.
fn svg(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("svg") => Ok(path),
        _ => Err("the name must end in .svg".to_owned()),
    }
}

/// Reads, clears, proves, draws and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let market = input::parse(&text::read(&options.file).map_err(BadInput::of)?).map_err(BadInput::of)?;
    let answer = answer::answer(&market).map_err(exit_code)?;
    if let Some(file) = &options.plot {
        std::fs::write(file, plot::svg(&market, &answer))
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    exit::print(&if options.json && !options.table {
        output::json(&market, &answer)?
    } else {
        table::text(&market, &answer)
    })
}

fn exit_code(error: AnswerError) -> anyhow::Error {
    if error.is_bad_input() {
        BadInput::of(error).into()
    } else {
        error.into()
    }
}
