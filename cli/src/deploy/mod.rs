//! `busbar deploy`: a region's contracts onto a chain.
mod artifacts;
mod check;
pub mod directory;
mod error;
mod file;
mod pinning;
mod plan;
mod record;
mod steps;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use busbar_chain::grpc::Grpc;

use crate::exit::{self, BadInput};
pub use artifacts::{Artifacts, Part};
pub use error::DeployError;
pub use file::{ChainFile, KeyFile};
use pinning::Pinning;
pub use plan::Plan;
pub use record::Record;
pub use steps::Deployer;

/// Options of `busbar deploy`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Chain, key and region (TOML)
    #[arg(long, value_name = "FILE.toml")]
    chain: PathBuf,
    /// Change nothing: compare the chain with the file
    #[arg(long)]
    check: bool,
    /// Folder of the contracts' Wasm, as scripts/build-contracts writes it
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    artifacts: PathBuf,
    /// Folder of the records of deployments
    #[arg(long, value_name = "DIR", default_value = "deployments")]
    out: PathBuf,
}

const AFTER_HELP: &str = "\
Uploads the six contracts, founds them at addresses that are known beforehand, each wired and owned as the file says
from its first block on, and compares the result with the file. It may be interrupted anywhere: run it again, and it
goes on. Before anything is sent, its signed bytes are in DIR/<chain-id>.json; what the chain has already is found there.

Writes DIR/<chain-id>.json (codes and addresses) and, in the form of the Cosmos chain registry,
DIR/<chain-id>/chain.json and DIR/<chain-id>/assetlist.json. Where the chain's governance may pin codes, so that calls
cost less, DIR/<chain-id>/pin-codes.json is the proposal that asks for it.

Exit codes: 0 deployed and as the file says, 1 the chain failed or differs, 2 the file cannot be used

Examples
  scripts/devnet up && scripts/build-contracts
  busbar deploy --chain target/devnet/busbar-1.toml
  busbar deploy --chain target/devnet/busbar-1.toml --check";

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let file = ChainFile::read(&options.chain).map_err(BadInput::of)?;
    let record_file = options.out.join(format!("{}.json", file.chain.chain_id));
    let mut record = Record::open(&record_file, &file).map_err(BadInput::of)?;
    let (grpc, plan) = if options.check && record.is_founded() {
        (
            Grpc::connect(file.chain.clone(), None).map_err(DeployError::Chain)?,
            Plan::recorded(&file, &record)?,
        )
    } else {
        let artifacts = Artifacts::read(&options.artifacts).map_err(BadInput::of)?;
        let key = crate::client::key(&beside(&options.chain, &file.key.file), &file.key.path)?;
        let deployer = key.address(&file.chain.bech32_prefix);
        let plan = Plan::new(&file, &artifacts, &deployer)?;
        let grpc = Grpc::connect(file.chain.clone(), Some(key)).map_err(DeployError::Chain)?;
        if options.check {
            (grpc, plan)
        } else {
            let mut deployer = Deployer {
                chain: grpc,
                record: &mut record,
                record_file: &record_file,
                artifacts: &artifacts,
                plan: &plan,
            };
            deployer.run()?;
            (deployer.chain, plan)
        }
    };
    let found = check::check(&grpc, &file, &plan)?;
    exit::print(&found.text())?;
    found.verdict()?;
    let pinning = Pinning::ask(&grpc, &record)?;
    let mut proposal = None;
    if !options.check {
        let folder = options.out.join(&file.chain.chain_id);
        directory::write(&folder, &file, &plan)?;
        proposal = pinning.write(&folder, &file)?;
    }
    exit::print(&pinning.text(proposal.as_deref()))?;
    Ok(())
}

/// A path of the file `from`, seen from here.
pub fn beside(from: &Path, path: &Path) -> PathBuf {
    from.parent().unwrap_or(Path::new(".")).join(path)
}
