//! How programs that work for a region reach its chain.
use std::path::{Path, PathBuf};

use busbar_chain::ChainError;
use busbar_chain::grpc::{Grpc, GrpcConfig, GrpcConfigError, Key};
use cosmwasm_std::Addr;
use serde::Deserialize;
use thiserror::Error;

use crate::deploy::{KeyFile, Record, beside};
use crate::exit::BadInput;
use crate::text;

/// Which chain, which key and which region.
#[derive(Debug, clap::Args)]
pub struct ClientOptions {
    /// Chain and key (TOML): the tables [chain] and [key] of a file for `busbar deploy`
    #[arg(long, value_name = "FILE.toml")]
    chain: PathBuf,
    /// File of the key that signs and pays; by default the file's
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Derivation path of a mnemonic's key; by default the file's. Each program needs an account of its own
    #[arg(long, value_name = "PATH")]
    key_path: Option<String>,
    /// The region's grid contract; by default the one that `busbar deploy` has recorded
    #[arg(long, value_name = "ADDRESS")]
    grid: Option<String>,
    /// Folder of the records of deployments
    #[arg(long, value_name = "DIR", default_value = "deployments")]
    deployments: PathBuf,
}

/// A connection, who acts on it, and for which region.
pub struct Client {
    /// The chain.
    pub chain: Grpc,
    /// Signs and pays.
    pub account: Addr,
    /// The region's grid contract.
    pub grid: Addr,
}

/// What is read of the file; its other tables are for `busbar deploy`.
#[derive(Deserialize)]
struct ClientFile {
    chain: GrpcConfig,
    key: KeyFile,
}

/// Why there is no connection.
#[derive(Debug, Error)]
enum ClientError {
    /// The file is no TOML, or a key is wrong or missing.
    #[error("{}: {error}", file.display())]
    Toml { file: PathBuf, error: toml::de::Error },
    /// A key of `[chain]` is out of its bounds.
    #[error("{}: chain.{error}", file.display())]
    Chain { file: PathBuf, error: GrpcConfigError },
    /// Nobody said which region.
    #[error("no region of {chain_id} is recorded in {}: name its grid contract with --grid", folder.display())]
    NoRegion { chain_id: String, folder: PathBuf },
}

impl ClientOptions {
    /// Reads file and key, finds the region, and connects.
    pub fn connect(&self) -> anyhow::Result<Client> {
        Ok(self.connect_with(&[])?.0)
    }

    /// As [`Self::connect`], with further keys of the same mnemonic; their accounts in the order of their paths.
    pub fn connect_with(&self, paths: &[String]) -> anyhow::Result<(Client, Vec<Addr>)> {
        let file = self.read()?;
        let place = self.key.clone();
        let place = place.unwrap_or_else(|| beside(&self.chain, &file.key.file));
        let own = self.key_path.as_deref().unwrap_or(&file.key.path);
        let paths = [own].into_iter().chain(paths.iter().map(String::as_str));
        let keys = paths
            .map(|path| key(&place, path))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut accounts = keys.iter().map(|key| key.address(&file.chain.bech32_prefix));
        let account = accounts.next().unwrap_or_else(|| Addr::unchecked(""));
        let others = accounts.collect();
        let grid = self.grid(&file.chain.chain_id)?;
        let chain = Grpc::connect(file.chain, keys)?;
        Ok((Client { chain, account, grid }, others))
    }

    fn read(&self) -> Result<ClientFile, BadInput> {
        let text = text::read(&self.chain).map_err(BadInput::of)?;
        let file: ClientFile = toml::from_str(&text).map_err(|error| {
            BadInput::of(ClientError::Toml {
                file: self.chain.clone(),
                error,
            })
        })?;
        file.chain.validate().map_err(|error| {
            BadInput::of(ClientError::Chain {
                file: self.chain.clone(),
                error,
            })
        })?;
        Ok(file)
    }

    fn grid(&self, chain_id: &str) -> anyhow::Result<Addr> {
        if let Some(grid) = &self.grid {
            return Ok(Addr::unchecked(grid));
        }
        let record = self.deployments.join(format!("{chain_id}.json"));
        let recorded = recorded_grid(&record).map_err(BadInput::of)?;
        let none = || {
            BadInput::of(ClientError::NoRegion {
                chain_id: chain_id.to_owned(),
                folder: self.deployments.clone(),
            })
        };
        Ok(recorded.ok_or_else(none)?)
    }
}

fn recorded_grid(place: &Path) -> anyhow::Result<Option<Addr>> {
    if !place.exists() {
        return Ok(None);
    }
    let record: Record = serde_json::from_str(&text::read(place)?)?;
    Ok(record.contracts.get("grid").map(Addr::unchecked))
}

/// Reads a key.
pub fn key(place: &Path, path: &str) -> anyhow::Result<Key> {
    let key = Key::parse(&text::read(place).map_err(BadInput::of)?, path);
    Ok(key.map_err(|error| BadInput::of(anyhow::Error::new(error).context(place.display().to_string())))?)
}

/// Whether the same can succeed later.
pub fn passes(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Unreachable { .. }
            | ChainError::TimedOut { .. }
            | ChainError::Overtaken { .. }
            | ChainError::Contended { .. }
            | ChainError::NoBlock { .. }
            | ChainError::NotTaken { .. }
            | ChainError::Refused { .. }
            | ChainError::Malformed { .. }
            | ChainError::Query { .. }
    )
}
