use cosmwasm_std::{Addr, Binary, Coin, Event, StdResult, WasmMsg, to_json_binary};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// One call of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The contract.
    pub contract: Addr,
    /// The JSON of its execute message.
    pub msg: Binary,
    /// Coins sent along.
    pub funds: Vec<Coin>,
}

impl Message {
    /// A call without coins.
    pub fn new(contract: Addr, msg: &impl Serialize) -> StdResult<Self> {
        Ok(Self {
            contract,
            msg: to_json_binary(msg)?,
            funds: Vec::new(),
        })
    }

    /// The same call with coins.
    pub fn with_funds(mut self, funds: Vec<Coin>) -> Self {
        self.funds = funds;
        self
    }
}

impl From<Message> for WasmMsg {
    fn from(message: Message) -> Self {
        Self::Execute {
            contract_addr: message.contract.into_string(),
            msg: message.msg,
            funds: message.funds,
        }
    }
}

/// Identity of a transaction: SHA-256 of its signed bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TxHash(pub [u8; 32]);

impl TxHash {
    /// The hash of signed bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for TxHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for TxHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TxHash({self})")
    }
}

/// A transaction ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedTx {
    /// What is sent, and sent again.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes.
    pub hash: TxHash,
    /// The signer.
    pub account: Addr,
    /// The signer's sequence.
    pub sequence: u64,
    /// Last height at which it may be included.
    pub timeout_height: u64,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TxStatus {
    /// The chain does not know it.
    Unknown,
    /// In the mempool.
    Pending,
    /// In a block.
    Included(Included),
}

/// The result of a transaction that is in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    /// Height of the block.
    pub height: u64,
    /// Module that a failure comes from; empty on success.
    pub codespace: String,
    /// 0 on success, else the module's code.
    pub code: u32,
    /// Events in order.
    pub events: Vec<Event>,
    /// Response data, one per message; empty on failure.
    pub data: Vec<Option<Binary>>,
    /// Error text on failure.
    pub log: String,
}

impl Included {
    /// Why it failed; none on success.
    pub fn failure(&self) -> Option<TxFailure> {
        let log = || self.log.clone();
        match (self.codespace.as_str(), self.code) {
            (_, 0) => None,
            ("wasm", code::WASM_EXECUTE) => Some(TxFailure::Contract { text: log() }),
            ("sdk", code::SDK_INSUFFICIENT_FUNDS) => Some(TxFailure::InsufficientFunds { text: log() }),
            ("sdk", code::SDK_OUT_OF_GAS) => Some(TxFailure::OutOfGas { text: log() }),
            (codespace, code) => Some(TxFailure::Other {
                codespace: codespace.to_owned(),
                code,
                text: log(),
            }),
        }
    }
}

/// Codes of the modules, as Cosmos SDK and wasmd number them.
pub(crate) mod code {
    /// wasmd: the contract returned an error.
    pub(crate) const WASM_EXECUTE: u32 = 5;
    /// SDK: the sender holds too few coins.
    pub(crate) const SDK_INSUFFICIENT_FUNDS: u32 = 5;
    /// SDK: the gas limit was reached.
    pub(crate) const SDK_OUT_OF_GAS: u32 = 11;
    /// SDK: the bytes are no transaction.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_TX_DECODE: u32 = 2;
    /// SDK: the fee is below the node's price of gas.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_INSUFFICIENT_FEE: u32 = 13;
    /// SDK: the node has the transaction already.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_TX_IN_MEMPOOL: u32 = 19;
    /// SDK: the mempool is full.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_MEMPOOL_FULL: u32 = 20;
    /// SDK: the transaction is larger than the mempool takes.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_TX_TOO_LARGE: u32 = 21;
    /// SDK: the timeout height has passed.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_TIMEOUT_HEIGHT: u32 = 30;
    /// SDK: the sequence is not the account's next.
    #[cfg(feature = "grpc")]
    pub(crate) const SDK_WRONG_SEQUENCE: u32 = 32;
}

/// Why a transaction in a block changed nothing but its sequence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TxFailure {
    /// A contract returned an error.
    #[error("{text}")]
    Contract {
        /// The contract's error.
        text: String,
    },
    /// The gas limit was reached.
    #[error("out of gas: {text}")]
    OutOfGas {
        /// The chain's words.
        text: String,
    },
    /// The sender holds too few coins.
    #[error("insufficient funds: {text}")]
    InsufficientFunds {
        /// The chain's words.
        text: String,
    },
    /// Any other failure.
    #[error("code {code} of {codespace}: {text}")]
    Other {
        /// Module that failed.
        codespace: String,
        /// Its code.
        code: u32,
        /// The chain's words.
        text: String,
    },
}
