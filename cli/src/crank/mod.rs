//! `busbar crank`: whatever time has made due in a region, done by anyone.
mod due;
#[cfg(test)]
mod tests;
mod turn;

use std::time::Duration;

use crate::client::{self, Client, ClientOptions};
use crate::exit;
pub use turn::Crank;
use turn::CrankError;

/// Options of `busbar crank`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    #[command(flatten)]
    client: ClientOptions,
    /// Do what is due, and end
    #[arg(long)]
    once: bool,
    /// Seconds between two looks at the chain
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    every_s: u64,
}

const AFTER_HELP: &str = "\
Clears each interval between its gate closure and its delivery, gives up those that nobody cleared, confirms those whose
readings stay away, settles, closes and prunes. Each call may be made by anyone, and pays a bounty where the region has
set one; several cranks do no harm. It keeps nothing: what is due is read from the chain.

Prints a line for each call. Exit codes: 0 ended after --once, 1 the chain failed, 2 a file cannot be used

Example
  busbar crank --chain target/devnet/busbar-1.toml --key-path \"m/44'/118'/0'/0/5\"";

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let Client {
        mut chain,
        account,
        grid,
    } = options.client.connect()?;
    let mut crank = Crank::new(&chain, grid, account)?;
    loop {
        match crank.turn(&mut chain) {
            Ok(done) => {
                for line in &done {
                    exit::print(&format!("{line}\n"))?;
                }
                if options.once && done.is_empty() {
                    return Ok(());
                }
                if !done.is_empty() {
                    continue;
                }
            }
            Err(error) if !options.once && passes(&error) => tracing::warn!(%error, "trying again"),
            Err(error) => return Err(error.into()),
        }
        std::thread::sleep(Duration::from_secs(options.every_s));
    }
}

/// Whether the same can succeed later. A node that does not answer reads as state that cannot be read.
fn passes(error: &CrankError) -> bool {
    match error {
        CrankError::Chain(error) => client::passes(error),
        CrankError::State(_) => true,
        CrankError::Units(_) => false,
    }
}
