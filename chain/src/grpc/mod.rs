//! The client of a real chain: a Cosmos SDK chain with wasmd, over gRPC.
//!
//! Reads and writes go to the first of several endpoints that answers and is neither of another chain nor behind. A transaction is simulated, gets gas by what
//! its kind of message has needed before, a place in its account's lane of sequences, and a timeout height; nothing of
//! it is sent before the caller has had the signed bytes in hand to store them.

mod action;
mod adjustment;
mod chain;
mod config;
mod endpoint;
mod estimate;
mod gas;
mod governance;
mod history;
mod key;
mod lane;
mod pool;
mod query;
mod refusal;
mod result;
mod sign;

pub use action::Action;
pub use adjustment::{GasAdjustment, GasAdjustmentError};
pub use config::{GasPrice, GasPriceError, GrpcConfig, GrpcConfigError};
pub use estimate::Estimate;
pub use gas::{GasModel, GasTooHigh};
pub use key::{Key, KeyError};
pub use lane::Lane;
pub use query::{Code, ContractInfo};

use crate::{ChainError, TxHash};
use cosmwasm_std::Addr;
use pool::Pool;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Signed transactions whose need for gas is still to be learned; older ones are forgotten.
const WATCHED: usize = 256;

/// The header of a question that asks for the state as of an earlier block.
const HEIGHT_HEADER: &str = "x-cosmos-block-height";

/// A real chain, and the keys that sign on it.
pub struct Grpc {
    config: GrpcConfig,
    pool: Pool,
    keys: BTreeMap<Addr, Key>,
    lanes: BTreeMap<Addr, Lane>,
    gas: RefCell<GasModel>,
    /// Block as of whose end contracts are asked; the last one where none is set.
    height: Cell<Option<u64>>,
    /// The last transaction of which it was told that the mempool is full.
    crowded: Cell<Option<TxHash>>,
    /// Kind and simulated gas of transactions that are on their way.
    watched: RefCell<Vec<(TxHash, String, u64)>>,
}

impl Grpc {
    /// Connects to the first endpoint that answers, is a node of this chain and up to date.
    pub fn connect(config: GrpcConfig, keys: impl IntoIterator<Item = Key>) -> Result<Self, ChainError> {
        config.validate().map_err(|error| ChainError::Setup {
            step: "reading the chain's configuration",
            text: error.to_string(),
        })?;
        let pool = Pool::new(&config)?;
        let keys = keys
            .into_iter()
            .map(|key| (key.address(&config.bech32_prefix), key))
            .collect();
        let chain = Self {
            pool,
            keys,
            lanes: BTreeMap::new(),
            gas: RefCell::new(GasModel::new(config.max_gas, config.gas_adjustment)),
            height: Cell::default(),
            crowded: Cell::default(),
            watched: RefCell::default(),
            config,
        };
        crate::Chain::now(&chain)?;
        Ok(chain)
    }

    /// How the chain was configured.
    pub fn config(&self) -> &GrpcConfig {
        &self.config
    }

    /// The accounts that this client can sign for.
    pub fn accounts(&self) -> impl Iterator<Item = &Addr> {
        self.keys.keys()
    }

    /// Gas that each kind of message gets, as a multiple of what its simulation used.
    pub fn gas_model(&self) -> GasModel {
        self.gas.borrow().clone()
    }
}
