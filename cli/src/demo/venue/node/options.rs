use std::path::{Path, PathBuf};

use busbar_chain::grpc::Key;
use clap::{Args, ValueHint};

use super::{NodeError, clock};
use crate::deploy::{Artifacts, ChainFile, beside};
use crate::exit::BadInput;
use crate::text;

/// First hour and number of hours that are played where nothing else is said: an afternoon and an evening.
const FROM: usize = 38;
const HOURS: usize = 6;

/// Where else than in this process.
#[derive(Debug, Args)]
#[command(next_help_heading = "On a real chain")]
pub struct NodeOptions {
    /// Play on a real chain, in a region that is founded for it: devnet for the chain busbar-1 of `scripts/devnet up`,
    /// else a file for `busbar deploy`, of which chain, key and settlement coin count. The key has to be a mnemonic
    #[arg(long, value_name = "devnet|FILE.toml", value_hint = ValueHint::FilePath)]
    pub chain: Option<PathBuf>,

    /// Seconds of the chain's clock for an hour of energy; by default by the time that its blocks take, at least 12
    #[arg(long, value_name = "SECONDS", requires = "chain")]
    interval_s: Option<u64>,

    /// Name of the region, which begins with test-; by default test-demo- and the time
    #[arg(long, value_name = "ID", requires = "chain")]
    region: Option<String>,

    /// Folder of the contracts' Wasm, as scripts/build-contracts writes it
    #[arg(long, value_name = "DIR", default_value = "artifacts", value_hint = ValueHint::DirPath)]
    artifacts: PathBuf,

    /// Folder of the records of deployments: the region's is DIR/<region>/<chain-id>.json
    #[arg(long, value_name = "DIR", default_value = "deployments", value_hint = ValueHint::DirPath)]
    deployments: PathBuf,
}

/// Options whose files are read and whose values are checked; nothing was sent.
pub struct Prepared {
    pub(super) file: ChainFile,
    pub(super) mnemonic: String,
    pub(super) deployer: Key,
    pub(super) artifacts: Artifacts,
    pub(super) interval_s: Option<u64>,
    pub(super) region: Option<String>,
    pub(super) deployments: PathBuf,
}

impl NodeOptions {
    /// The first hour, where nothing else is said.
    pub fn from(&self) -> usize {
        if self.chain.is_some() { FROM } else { 0 }
    }

    /// The number of hours, where nothing else is said; none for all.
    pub fn hours(&self) -> Option<usize> {
        self.chain.as_ref().map(|_| HOURS)
    }

    /// Reads the files; none for the chain in this process.
    pub fn prepare(&self) -> anyhow::Result<Option<Prepared>> {
        let Some(chain) = &self.chain else { return Ok(None) };
        if let Some(given) = self.interval_s.filter(|length| !clock::is_possible(*length)) {
            return Err(BadInput::of(NodeError::Interval { given }).into());
        }
        if let Some(given) = self.region.clone().filter(|name| !name.starts_with("test-")) {
            return Err(BadInput::of(NodeError::NoTest { given }).into());
        }
        let place = if chain == Path::new("devnet") {
            devnet().map_err(BadInput::of)?
        } else {
            chain.clone()
        };
        let file = ChainFile::read(&place).map_err(BadInput::of)?;
        let key = beside(&place, &file.key.file);
        let deployer = crate::client::key(&key, &file.key.path)?;
        let mnemonic = text::read(&key).map_err(BadInput::of)?;
        if mnemonic.split_whitespace().count() < 2 {
            return Err(BadInput::of(NodeError::SingleKey { file: key }).into());
        }
        Ok(Some(Prepared {
            file,
            mnemonic,
            deployer,
            artifacts: Artifacts::read(&self.artifacts).map_err(BadInput::of)?,
            interval_s: self.interval_s,
            region: self.region.clone(),
            deployments: self.deployments.clone(),
        }))
    }
}

/// The file that scripts/devnet writes for its first chain, in the folder that it chooses.
fn devnet() -> Result<PathBuf, NodeError> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let target = || folder("CARGO_TARGET_DIR").unwrap_or_else(|| PathBuf::from("target"));
    let file = folder("BUSBAR_DEVNET")
        .unwrap_or_else(|| target().join("devnet"))
        .join("busbar-1.toml");
    if file.exists() {
        Ok(file)
    } else {
        Err(NodeError::NoDevnet { file })
    }
}
