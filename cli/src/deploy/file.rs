//! The file that says where a region is deployed, by whom, and what it is.
use std::path::{Path, PathBuf};

use busbar_api::grid::{Network, Params};
use busbar_chain::grpc::{GrpcConfig, GrpcConfigError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use crate::text::{self, TextError};

/// Chain, key and region. An unknown key is refused.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainFile {
    /// How to reach the chain and what gas costs.
    pub chain: GrpcConfig,
    /// Who signs.
    pub key: KeyFile,
    /// What others may know of the chain.
    #[serde(default)]
    pub directory: Directory,
    /// The region.
    pub region: Region,
    /// Its network, where `region.network` names a file.
    #[serde(skip)]
    pub network: Option<Network>,
}

/// The deployer's key.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// File of a mnemonic or of 64 hex digits; relative to the chain's file.
    pub file: PathBuf,
    /// Derivation path of a mnemonic's key.
    #[serde(default = "usual_path")]
    pub path: String,
}

fn usual_path() -> String {
    "m/44'/118'/0'/0/0".to_owned()
}

/// What `chain.json` and `assetlist.json` say beside what follows from the rest.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directory {
    /// Name of letters and digits; by default those of the chain id.
    pub chain_name: Option<String>,
    /// Name for people; by default the chain id.
    pub pretty_name: Option<String>,
    /// mainnet, testnet or devnet.
    pub network_type: NetworkType,
    /// CometBFT endpoints.
    pub rpc: Vec<String>,
    /// REST endpoints.
    pub rest: Vec<String>,
    /// Coins of the chain.
    pub coins: Vec<CoinName>,
}

/// Who a chain is for.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkType {
    /// Money of value.
    Mainnet,
    /// For everybody's tests.
    Testnet,
    /// For one's own.
    #[default]
    Devnet,
}

/// How wallets show a coin.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoinName {
    /// Base denomination.
    pub denom: String,
    /// Name for people.
    pub name: String,
    /// Denomination that is shown.
    pub display: String,
    /// Ticker.
    pub symbol: String,
    /// Places of the shown denomination.
    pub exponent: u32,
}

/// What is founded.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// Region id that devices sign for.
    pub domain: String,
    /// Settlement coin.
    pub denom: String,
    /// Seconds of chain time per interval.
    pub interval_s: u64,
    /// Seconds of physical time whose energy an interval carries; by default `interval_s`.
    pub energy_interval_s: Option<u64>,
    /// Governs the contracts and may migrate them; by default the deployer.
    pub owner: Option<String>,
    /// Grid operator.
    pub operator: String,
    /// Account of the utility.
    pub utility: String,
    /// Issuing body of certificates.
    pub issuer: String,
    /// File of the network (JSON); relative to the chain's file. One bus and the connection where absent.
    pub network: Option<PathBuf>,
    /// The energy token.
    pub token: Token,
    /// Parameters from the first interval on.
    #[serde(deserialize_with = "params")]
    pub params: Params,
}

/// Name and ticker of the energy token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// 3 to 50 bytes.
    pub name: String,
    /// 3 to 12 letters or `-`.
    pub symbol: String,
}

/// Reads the parameters. Messages of contracts pass over keys that they do not know; in a file such a key is a mistake.
fn params<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Params, D::Error> {
    let given = toml::Value::deserialize(deserializer)?;
    let params: Params = given.clone().try_into().map_err(D::Error::custom)?;
    let known = serde_json::to_value(&params).map_err(D::Error::custom)?;
    match unknown(&given, &known) {
        Some(key) => Err(D::Error::custom(format!("unknown key {key}"))),
        None => Ok(params),
    }
}

/// A key of tables that the other side does not have.
fn unknown<'a>(given: &'a toml::Value, known: &serde_json::Value) -> Option<&'a str> {
    match given {
        toml::Value::Table(table) => table.iter().find_map(|(key, value)| match known.get(key) {
            Some(known) => unknown(value, known),
            None => Some(key.as_str()),
        }),
        toml::Value::Array(list) => {
            let pairs = list.iter().zip(known.as_array().into_iter().flatten());
            pairs.into_iter().find_map(|(value, known)| unknown(value, known))
        }
        _ => None,
    }
}

/// The file cannot be used.
#[derive(Debug, Error)]
pub enum FileError {
    /// It, or the network's, cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// It is no TOML, or a key is wrong or missing.
    #[error("{}: {error}", file.display())]
    Toml {
        /// The file.
        file: PathBuf,
        /// Where and what.
        error: Box<toml::de::Error>,
    },
    /// A key of `[chain]` is out of its bounds.
    #[error("{}: chain.{error}", file.display())]
    Chain {
        /// The file.
        file: PathBuf,
        /// Which and why.
        error: GrpcConfigError,
    },
    /// The network is none.
    #[error("{}: {error}", file.display())]
    Network {
        /// Its file.
        file: PathBuf,
        /// Where and what.
        error: serde_json::Error,
    },
}

impl ChainFile {
    /// Reads the file, and the network that it names.
    pub fn read(place: &Path) -> Result<Self, FileError> {
        let mut file = Self::parse(&text::read(place)?).map_err(|error| FileError::Toml {
            file: place.to_owned(),
            error: Box::new(error),
        })?;
        file.chain.validate().map_err(|error| FileError::Chain {
            file: place.to_owned(),
            error,
        })?;
        if let Some(network) = &file.region.network {
            let network = super::beside(place, network);
            let parsed = serde_json::from_str(&text::read(&network)?);
            file.network = Some(parsed.map_err(|error| FileError::Network { file: network, error })?);
        }
        Ok(file)
    }

    /// Reads the text of a file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

impl Region {
    /// Seconds whose energy an interval carries.
    pub fn energy_interval_s(&self) -> u64 {
        self.energy_interval_s.unwrap_or(self.interval_s)
    }
}
