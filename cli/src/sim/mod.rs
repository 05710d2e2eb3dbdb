//! `busbar sim`: designs of the protocol against a year of real homes, without a chain.
mod amm;

/// Commands of `busbar sim`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Send the same year of trades through several pools of energy and coin, and compare what came of it
    Amm(amm::Options),
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Amm(options) => amm::run(options),
    }
}
