//! `busbar bench gas`: what each action costs on a real node, fixed part and slope.
mod certificates;
mod feeder;
mod found;
mod region;
mod run;
mod table;
mod token;

use std::path::PathBuf;

use crate::client::ClientOptions;
use crate::exit::{self, BadInput};
use table::Table;

/// Options of `busbar bench gas`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    #[command(flatten)]
    client: ClientOptions,
    /// Derivation paths of the mnemonic's keys of the utility, of a seller and of a buyer, comma-separated
    #[arg(
        long,
        value_name = "PATHS",
        value_delimiter = ',',
        num_args = 1,
        default_value = "m/44'/118'/0'/0/2,m/44'/118'/0'/0/8,m/44'/118'/0'/0/9"
    )]
    parties: Vec<String>,
    /// Measure less: no books of more than a hundred orders, no other curves, none of the options below; takes about as
    /// long as seven intervals
    #[arg(long)]
    short: bool,
    /// Network file, as `busbar network import` writes it: clearing on it is measured, in a region that is founded for
    /// it. May be given again
    #[arg(long, value_name = "NETWORK.json")]
    feeder: Vec<PathBuf>,
    /// Wasm of cw20-base, whose transfer is measured beside that of the energy token
    #[arg(long, value_name = "FILE.wasm")]
    cw20: Option<PathBuf>,
    /// The region's contract of certificates, which are then issued and retired
    #[arg(long, value_name = "ADDRESS")]
    certificates: Option<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Compare with the figures of an earlier run: more than 2 % above one of them fails
    #[arg(long, value_name = "FILE.json")]
    check: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Needs a region of its own, just deployed on a devnet, whose owner is its operator: intervals of 20 seconds or more,
20 price steps per device, 203 open intervals, a correction window of a few, no fees. ci/gas founds one and calls this. Gas is what the node says of included transactions;
it depends on the bytes alone, so it is the same on every machine.

Prints a table; takes about as long as twenty intervals, and four more for each network.

Exit codes: 0 measured, 1 the chain failed or gas has risen, 2 a file cannot be used";

/// Runs the job.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let before: Option<Table> = match &options.check {
        Some(file) => {
            Some(serde_json::from_str(&crate::text::read(file).map_err(BadInput::of)?).map_err(BadInput::of)?)
        }
        None => None,
    };
    let client = options.client.connect_with(&options.parties)?;
    let measured = run::run(client, options)?;
    exit::print(&if options.json {
        serde_json::to_string_pretty(&measured)? + "\n"
    } else {
        measured.text()
    })?;
    match before {
        Some(before) => measured.compare(&before, options.short),
        None => Ok(()),
    }
}
