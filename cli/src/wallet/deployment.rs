//! Where a region is: the record of `busbar deploy`, and beside it what the chain registry says of the chain.
use std::path::{Path, PathBuf};

use busbar_chain::grpc::{GasPrice, GasPriceError, GrpcConfig, GrpcConfigError};
use cosmwasm_std::Addr;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use thiserror::Error;

use super::options::ChainOptions;
use crate::deploy::Record;
use crate::text::{self, TextError};

/// Folder of the records where none is named.
const FOLDER: &str = "deployments";

/// Gas, fee or note are none that wasmd takes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeeError {
    /// No gas limit.
    #[error("gas {value:?} must be auto or a whole number from 1 on")]
    Gas { value: String },
    /// No fee.
    #[error("fee {value:?} must be a whole number and a denomination, as in 500ustake")]
    Fee { value: String },
    /// A note that the chain refuses.
    #[error("the note has {bytes} bytes, the chain takes {limit}")]
    Note { bytes: usize, limit: usize },
}

/// Why a region is not found.
#[derive(Debug, Error)]
pub enum DeploymentError {
    /// There is no record where one is looked for.
    #[error("there is no record of a region at {}: name the file that `busbar deploy` wrote with --deployment", place.display())]
    None { place: PathBuf },
    /// There are several records.
    #[error("{FOLDER} has records of several chains ({}): choose one with --chain-id", chains.join(", "))]
    Several { chains: Vec<String> },
    /// A file cannot be read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A file holds something else.
    #[error("{}: {error}", file.display())]
    Malformed { file: PathBuf, error: serde_json::Error },
    /// The record is of another chain.
    #[error("{} is the record of chain {found:?}, not {wanted:?}: correct --chain-id or --deployment", file.display())]
    OtherChain {
        file: PathBuf,
        found: String,
        wanted: String,
    },
    /// The region is not whole.
    #[error("{} names no contract {part:?}: the deployment is not finished; run `busbar deploy` again", file.display())]
    NoContract { file: PathBuf, part: &'static str },
    /// A contract's address is none.
    #[error("{} names {address:?} as {part}, which is no address", file.display())]
    Address {
        file: PathBuf,
        part: &'static str,
        address: String,
    },
    /// Nobody says where the chain is.
    #[error("{} names no gRPC endpoint: name one with --node", file.display())]
    NoNode { file: PathBuf },
    /// Nobody says what gas costs.
    #[error("{} names no gas price: name one with --gas-prices, as 0.001ustake", file.display())]
    NoGasPrice { file: PathBuf },
    /// The gas price is none.
    #[error("gas price: {0}")]
    GasPrice(#[from] GasPriceError),
    /// What was put together cannot be used.
    #[error("node: {0}")]
    Config(#[from] GrpcConfigError),
}

/// Contracts of a region that people deal with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contracts {
    /// Parameters, network, states.
    pub grid: Addr,
    /// Devices.
    pub registry: Addr,
    /// Readings.
    pub oracle: Addr,
    /// Accounts, orders, settlement.
    pub market: Addr,
    /// Energy token.
    pub energy_token: Addr,
    /// Certificates.
    pub certificates: Addr,
}

/// What is known of a region before its chain is asked.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// How to reach the chain.
    pub config: GrpcConfig,
    /// The contracts.
    pub contracts: Contracts,
    /// Symbols of coins by base denomination.
    pub symbols: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
struct ChainFile {
    #[serde(default)]
    apis: Apis,
    #[serde(default)]
    fees: Fees,
}

#[derive(Deserialize, Default)]
struct Apis {
    #[serde(default)]
    grpc: Vec<Api>,
}

#[derive(Deserialize)]
struct Api {
    address: String,
}

#[derive(Deserialize, Default)]
struct Fees {
    #[serde(default)]
    fee_tokens: Vec<FeeToken>,
}

#[derive(Deserialize)]
struct FeeToken {
    denom: String,
    /// As it is written: prices do not pass through binary fractions.
    average_gas_price: Option<Box<RawValue>>,
}

#[derive(Deserialize, Default)]
struct AssetFile {
    assets: Vec<Asset>,
}

#[derive(Deserialize)]
struct Asset {
    base: String,
    symbol: String,
}

impl Deployment {
    /// Reads the record that the options mean, and `chain.json` and `assetlist.json` beside it where they are.
    pub fn read(options: &ChainOptions, gas_prices: Option<&str>) -> Result<Self, DeploymentError> {
        let file = match (&options.deployment, &options.chain_id) {
            (Some(file), _) => file.clone(),
            (None, Some(chain_id)) => Path::new(FOLDER).join(format!("{chain_id}.json")),
            (None, None) => only_record(Path::new(FOLDER))?,
        };
        if !file.exists() {
            return Err(DeploymentError::None { place: file });
        }
        let record: Record = json(&file)?;
        if let Some(wanted) = options.chain_id.as_ref().filter(|wanted| **wanted != record.chain_id) {
            return Err(DeploymentError::OtherChain {
                file,
                found: record.chain_id,
                wanted: wanted.clone(),
            });
        }
        let contracts = contracts(&record, &file)?;
        let folder = file.with_file_name(&record.chain_id);
        let (chain_file, asset_file) = (folder.join("chain.json"), folder.join("assetlist.json"));
        let chain: ChainFile = json_or_default(&chain_file)?;
        let assets: AssetFile = json_or_default(&asset_file)?;
        let grpc = match &options.node {
            Some(node) => vec![node.clone()],
            None => chain.apis.grpc.into_iter().map(|api| api.address).collect(),
        };
        if grpc.is_empty() {
            return Err(DeploymentError::NoNode { file: chain_file });
        }
        let gas_price: GasPrice = match gas_prices {
            Some(text) => text.parse()?,
            None => price(&chain.fees, chain_file)?,
        };
        let prefix = bech32::decode(contracts.grid.as_str()).map(|(prefix, _)| prefix.to_string());
        let config = GrpcConfig::new(record.chain_id, grpc, prefix.unwrap_or_default(), gas_price);
        config.validate()?;
        Ok(Self {
            config,
            contracts,
            symbols: assets
                .assets
                .into_iter()
                .map(|asset| (asset.base, asset.symbol))
                .collect(),
        })
    }
}

fn price(fees: &Fees, file: PathBuf) -> Result<GasPrice, DeploymentError> {
    let found = fees.fee_tokens.iter().find_map(|token| {
        let price = token.average_gas_price.as_ref()?.get();
        // Without an exponent, which the denomination could not be told from.
        price
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
            .then(|| format!("{price}{}", token.denom))
    });
    Ok(found.ok_or(DeploymentError::NoGasPrice { file })?.parse()?)
}

fn contracts(record: &Record, file: &Path) -> Result<Contracts, DeploymentError> {
    let address = |part: &'static str| {
        let address = record.contracts.get(part).ok_or_else(|| DeploymentError::NoContract {
            file: file.to_owned(),
            part,
        })?;
        if bech32::decode(address).is_err() {
            return Err(DeploymentError::Address {
                file: file.to_owned(),
                part,
                address: address.clone(),
            });
        }
        Ok(Addr::unchecked(address))
    };
    Ok(Contracts {
        grid: address("grid")?,
        registry: address("registry")?,
        oracle: address("oracle")?,
        market: address("market")?,
        energy_token: address("energy_token")?,
        certificates: address("certificates")?,
    })
}

fn only_record(folder: &Path) -> Result<PathBuf, DeploymentError> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_record = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "json");
    let mut records: Vec<_> = entries.map(|entry| entry.path()).filter(is_record).collect();
    records.sort();
    match records.as_slice() {
        [] => Err(DeploymentError::None {
            place: folder.to_owned(),
        }),
        [record] => Ok(record.clone()),
        records => {
            let chains = records
                .iter()
                .filter_map(|record| Some(record.file_stem()?.to_str()?.to_owned()));
            Err(DeploymentError::Several {
                chains: chains.collect(),
            })
        }
    }
}

fn json<T: DeserializeOwned>(file: &Path) -> Result<T, DeploymentError> {
    serde_json::from_str(&text::read(file)?).map_err(|error| DeploymentError::Malformed {
        file: file.to_owned(),
        error,
    })
}

fn json_or_default<T: DeserializeOwned + Default>(file: &Path) -> Result<T, DeploymentError> {
    if file.exists() { json(file) } else { Ok(T::default()) }
}
