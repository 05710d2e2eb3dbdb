//! `busbar sim amm`: the same year of trades through several pools.

mod flows;
mod intents;
mod measure;
mod plot;
mod report;
mod run;
mod storms;
#[cfg(test)]
mod tests;
mod traders;
mod venue;
mod year;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueHint};
use serde::de::DeserializeOwned;

use crate::exit::{self, BadInput};
use flows::{Designs, Flows, Index};
use run::Outcome;
use year::Year;

/// What to run, and where to write what came out.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Folder with a year of homes: Building_<n>.csv, assets.json and pricing.csv
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    homes: PathBuf,

    /// What happens to every pool; bench/amm-flows.toml when absent
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    flows: Option<PathBuf>,

    /// The pools to compare; bench/amm-pools.toml when absent
    #[arg(long, value_name = "FILE.toml", value_hint = ValueHint::FilePath)]
    pools: Option<PathBuf>,

    /// Stop where tuning has to stop
    #[arg(long)]
    tuning: bool,

    /// Print the figures as JSON
    #[arg(long)]
    json: bool,

    /// Write the plots into this folder: the prices of a week, and the loss over the year
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    svg: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Prices of every hour are those of the auction: the homes' orders of the day before, as `busbar demo` places them,
cleared by the contracts' own code, with storms drawn onto the year. A trade is measured by the price of the next
interval that trades, which nobody but the informed trader knows. Pools know the hours before.

Exit codes: 0 done, 1 failed, 2 the command line or the input cannot be used.";

/// Hours in a day.
const DAY: usize = 24;

const FLOWS: &str = include_str!("../../../../bench/amm-flows.toml");
const POOLS: &str = include_str!("../../../../bench/amm-pools.toml");

/// Runs the comparison.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let flows: Flows = read(options.flows.as_deref(), FLOWS).map_err(BadInput::of)?;
    let designs: Designs = read(options.pools.as_deref(), POOLS).map_err(BadInput::of)?;
    let year = Year::read(&options.homes, &flows).map_err(BadInput::of)?;
    let until = if options.tuning { flows.tuned_hours } else { usize::MAX };
    let outcomes = compare(&flows, &designs, &year, until)?;
    if let Some(folder) = &options.svg {
        plot::write(folder, &year, &outcomes)?;
    }
    exit::print(&if options.json {
        serde_json::to_string_pretty(&outcomes)? + "\n"
    } else {
        report::text(&outcomes) + &report::targets(&outcomes)
    })
}

/// Sends the year through every pool.
fn compare(flows: &Flows, designs: &Designs, year: &Year, until: usize) -> anyhow::Result<Vec<Outcome>> {
    let known = run::knowledge(year, designs.index)?;
    let yesterday = run::knowledge(year, Index::YESTERDAY)?;
    let intents = intents::draw(year.hours.len(), flows);
    let mut outcomes = Vec::with_capacity(designs.pool.len());
    for design in &designs.pool {
        let outcome = run::run(design, flows, year, (&known, &yesterday), &intents, until);
        let outcome = outcome.with_context(|| format!("pool {}", design.name))?;
        outcomes.push(outcome.context("the homes' files end before the first pool")?);
    }
    Ok(outcomes)
}

fn read<T: DeserializeOwned>(file: Option<&Path>, shipped: &str) -> anyhow::Result<T> {
    let Some(file) = file else {
        return Ok(toml::from_str(shipped)?);
    };
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    toml::from_str(&text).with_context(|| file.display().to_string())
}
