//! `busbar network`: grids from other programs, and their power flow.
mod flow;
mod import;
mod report;

/// Commands of `busbar network`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Import a grid into the network file that markets clear on, and report what was kept
    Import(import::Options),
    /// Compute the power flow of a grid at its own loads and dispatch
    Flow(flow::Options),
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Import(options) => import::run(options),
        Command::Flow(options) => flow::run(options),
    }
}
