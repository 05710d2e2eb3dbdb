//! `busbar solve`: proposals for intervals that a region's market cannot clear exactly by itself.
mod round;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use busbar_units::Interval;

use crate::client::{Client, ClientOptions};
use crate::exit;
use round::{Round, RoundError, Step};

/// Options of `busbar solve`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    #[command(flatten)]
    client: ClientOptions,
    /// Look once and end
    #[arg(long)]
    once: bool,
    /// Seconds from one look to the next
    #[arg(long, value_name = "S", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=3600))]
    every_s: u64,
}

const AFTER_HELP: &str = "\
Looks for intervals whose gate is closed and whose network has loops or limits of voltage, closes their books where
standing orders wait, solves them, and posts what is better than what is there. The market proves every proposal: a
solver is trusted with nothing, and the account needs coins for fees alone. Whose proposal is the best when the solver
window ends earns the bounty. Several solvers may run; each needs an account of its own.

Ends with --once or a signal; nothing is lost by either.

Exit codes: 0 looked once, 1 the chain failed, 2 the file cannot be used

Examples
  busbar solve --chain solver.toml
  busbar solve --chain solver.toml --grid wasm1... --once";

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let Client {
        mut chain,
        account,
        grid,
    } = options.client.connect()?;
    let mut round = Round {
        chain: &mut chain,
        account: &account,
        grid: &grid,
    };
    let mut told = BTreeMap::new();
    loop {
        match look(&mut round, &mut told) {
            Err(error) if options.once => return Err(error.into()),
            Err(error) => tracing::warn!(%error, "the next look starts afresh"),
            Ok(()) if options.once => return Ok(()),
            Ok(()) => {}
        }
        std::thread::sleep(Duration::from_secs(options.every_s));
    }
}

/// Does what can be done, and tells what is other than at the last look.
fn look(round: &mut Round<'_>, told: &mut BTreeMap<Interval, Step>) -> Result<(), RoundError> {
    let waiting = round.waiting()?;
    told.retain(|interval, _| waiting.contains(interval));
    for interval in waiting {
        let mut step = round.step(interval)?;
        if step == Step::Closed {
            tell(interval, &step);
            step = round.step(interval)?;
        }
        if told.get(&interval) != Some(&step) {
            tell(interval, &step);
            told.insert(interval, step);
        }
    }
    Ok(())
}

fn tell(interval: Interval, step: &Step) {
    let text = match step {
        Step::ClearsByItself => "cleared by the contract itself".to_owned(),
        Step::Closed => "book closed".to_owned(),
        Step::Waits { reason } => format!("waits: {reason}"),
        Step::Outranked { best, welfare } => format!("has a proposal worth {best}, found {welfare}"),
        Step::Proposed { welfare, orders } => format!("proposed: {orders} orders, worth {welfare}"),
    };
    // Whoever does not read any more does not stop the solver.
    drop(exit::print(&format!("{interval}  {text}\n")));
}
