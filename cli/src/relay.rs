//! `busbar relay`: readings of files to the oracle of a region on a real chain.
use std::path::PathBuf;
use std::time::Duration;

use busbar_chain::Edge;
use busbar_relayer::{CsvReadings, Relayer, RelayerConfig, RelayerError};

use crate::client::{self, Client, ClientOptions};
use crate::exit::{self, BadInput};

/// Pause between two passes of the pipeline.
const PAUSE: Duration = Duration::from_millis(200);
/// Readings taken from a file at once.
const INGEST: usize = 512;

/// Options of `busbar relay`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    #[command(flatten)]
    client: ClientOptions,
    /// File of the queue (SQLite); created where there is none
    #[arg(long, value_name = "FILE")]
    queue: PathBuf,
    /// Seconds of chain time that a reading waits for others to fill its page
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    batch_age_s: u64,
    /// Intervals after which what is confirmed or rejected is deleted from the queue; by default it stays
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    retain_intervals: Option<u64>,
    /// Signed readings: columns device, interval, revision, import, export, signature
    #[arg(value_name = "FILE.csv")]
    readings: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Stores the readings in the queue, then carries them to the chain until each is confirmed or rejected. It may be killed
anywhere: run it again with the same queue, with the files or without. A row that cannot be read is named on stderr and
spoils no other.

Exit codes: 0 every reading is confirmed or rejected, 1 the chain or the queue failed, 2 a file cannot be used

Example
  busbar relay --chain target/devnet/busbar-1.toml --key-path \"m/44'/118'/0'/0/4\" --queue relay.sqlite readings.csv";

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let Client {
        mut chain,
        account,
        grid,
    } = options.client.connect()?;
    let config = RelayerConfig {
        batch_age_s: options.batch_age_s,
        retain_intervals: options.retain_intervals,
        ..RelayerConfig::default()
    };
    let mut relayer = Relayer::open(&options.queue, config, &chain, &grid, account)?;
    for file in &options.readings {
        let mut rows = CsvReadings::open(file).map_err(BadInput::of)?;
        loop {
            let mut readings = Vec::with_capacity(INGEST);
            let mut ended = true;
            for row in rows.by_ref().take(INGEST) {
                ended = false;
                match row {
                    Ok(reading) => readings.push(reading),
                    Err(error) => eprintln!("{error}"),
                }
            }
            if ended {
                break;
            }
            relayer.ingest(&readings)?;
            Edge::RelayAcknowledged.reached();
            pass(&mut relayer, &mut chain)?;
        }
    }
    while relayer.open_readings() > 0 {
        pass(&mut relayer, &mut chain)?;
        std::thread::sleep(PAUSE);
    }
    let census = relayer.census()?;
    let mut text = String::new();
    for (state, count) in &census.states {
        text += &format!("{state:?}: {count}\n").to_lowercase();
    }
    for (reason, count) in &census.reasons {
        text += &format!("  {reason:?}: {count}\n").to_lowercase();
    }
    exit::print(&text)
}

/// One pass of the pipeline. A chain that does not answer is asked again in the next; that also reads as state which
/// cannot be read.
fn pass(relayer: &mut Relayer, chain: &mut busbar_chain::grpc::Grpc) -> anyhow::Result<()> {
    match relayer.step(chain) {
        Err(RelayerError::Chain(error)) if client::passes(&error) => {
            tracing::warn!(%error, "trying again");
            Ok(())
        }
        Err(error @ RelayerError::State(_)) => {
            tracing::warn!(%error, "trying again");
            Ok(())
        }
        done => Ok(done?),
    }
}
