//! `busbar`: the energy market on the command line. Results go to stdout, logs and errors to stderr.
mod bench;
mod certificate;
mod clear;
mod client;
mod crank;
mod demo;
mod deploy;
mod exit;
mod network;
mod relay;
mod schema;
mod sim;
mod solve;
mod text;
mod wallet;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// A decentralised energy market: demo, deployment, clearing, networks, benchmarks, schemas
#[derive(Debug, Parser)]
#[command(name = "busbar", version, about, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 failed, 2 the command line or the input cannot be used (stderr says why).
Results are printed on stdout, logs on stderr; RUST_LOG=debug shows more of them.";

#[derive(Debug, Subcommand)]
enum Command {
    #[command(flatten)]
    Wallet(wallet::Command),
    /// Trade real homes hour by hour, from signed meter readings to money, on the embedded chain or a real one
    Demo(demo::Options),
    /// Put a region's contracts onto a chain, or compare the chain with its file
    Deploy(deploy::Options),
    /// Carry signed readings to a region's oracle
    Relay(relay::Options),
    /// Clear, settle and close a region's intervals as they come due
    Crank(crank::Options),
    /// Clear the orders of a file on any network, with no chain
    Clear(clear::Options),
    /// Import a grid from MATPOWER or pandapower, or compute its power flow
    #[command(subcommand)]
    Network(network::Command),
    /// List and retire certificates, or check one from its evidence
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Solve the auctions of networks with loops or limits of voltage, and propose what was found
    Solve(solve::Options),
    /// Run designs of the protocol against a year of real homes
    #[command(subcommand)]
    Sim(sim::Command),
    /// Measure how fast this machine is at one job
    Bench(bench::Options),
    /// Write the JSON schema of every contract
    Schema(schema::Options),
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete in
        shell: Shell,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let done = match &cli.command {
        Command::Wallet(command) => wallet::run(command),
        Command::Demo(options) => demo::run(options),
        Command::Deploy(options) => deploy::run(options),
        Command::Relay(options) => relay::run(options),
        Command::Crank(options) => crank::run(options),
        Command::Clear(options) => clear::run(options),
        Command::Network(command) => network::run(command),
        Command::Certificate(command) => certificate::run(command),
        Command::Solve(options) => solve::run(options),
        Command::Sim(command) => sim::run(command),
        Command::Bench(options) => bench::run(options),
        Command::Schema(options) => schema::run(options),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "busbar", &mut script);
            exit::print(&String::from_utf8_lossy(&script))
        }
    };
    exit::code(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_stands_once() {
        Cli::command().debug_assert();
    }
}
