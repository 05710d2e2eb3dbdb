//! A chain in process: the contracts run natively on cw-multi-test, with accounts, sequences, a mempool, blocks and
//! timeout heights as on a node. Time moves only when the caller moves it, so every run is the same.

mod config;
mod deploy;
mod direct;
mod mempool;
mod recent;
mod wire;

pub use config::{Blocks, EmbeddedConfig};
pub use deploy::{Deployed, Token};
pub use direct::Executed;

use crate::tx::code;
use crate::{BroadcastError, Chain, ChainError, ChainTime, Included, Message, SignedTx, TxHash, TxStatus};
use cosmwasm_std::{Addr, BlockInfo, Coin, Timestamp};
use cw_multi_test::App;
use mempool::Mempool;
use recent::Recent;
use std::collections::BTreeMap;
use wire::Tx;

/// The embedded chain.
pub struct Embedded {
    config: EmbeddedConfig,
    app: App,
    sequences: BTreeMap<Addr, u64>,
    mempool: Mempool,
    recent: Recent,
}

impl Embedded {
    /// An empty chain at its first block.
    pub fn new(config: EmbeddedConfig) -> Self {
        let mut app = App::default();
        app.set_block(BlockInfo {
            height: 1,
            time: Timestamp::from_seconds(config.start_s),
            chain_id: config.chain_id.clone(),
        });
        Self::over(app, config)
    }

    /// A chain over an app that somebody else has set up, such as a test suite: its contracts, its height and its
    /// clock stay, its chain id becomes that of the configuration.
    pub fn over(mut app: App, config: EmbeddedConfig) -> Self {
        app.update_block(|block| block.chain_id.clone_from(&config.chain_id));
        let (mempool, recent) = (Mempool::new(config.mempool), Recent::new(config.recent));
        Self {
            config,
            app,
            sequences: BTreeMap::new(),
            mempool,
            recent,
        }
    }

    /// Starts a block at `unix_s`; a time before the last block's is refused.
    pub fn advance_to(&mut self, unix_s: u64) -> Result<(), ChainError> {
        let now = self.app.block_info().time.seconds();
        if unix_s < now {
            return Err(ChainError::ClockBackwards { now, to: unix_s });
        }
        let height = self.next_height()?;
        self.app.update_block(|block| {
            block.height = height;
            block.time = Timestamp::from_seconds(unix_s);
        });
        Ok(())
    }

    /// Makes a block of everything in the mempool, at the time of the last block. What has timed out is dropped.
    pub fn produce_block(&mut self) -> Result<(), ChainError> {
        let height = self.next_height()?;
        self.app.update_block(|block| block.height = height);
        for (hash, tx) in self.mempool.take() {
            if tx.timeout_height >= height {
                let included = self.include(height, tx)?;
                self.recent.insert(hash, included);
            }
        }
        Ok(())
    }

    /// Drops everything in the mempool, as a node does that restarts or evicts.
    pub fn evict(&mut self) {
        drop(self.mempool.take());
    }

    /// The sequence that the account's next transaction must carry.
    fn next_sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        let committed = self.sequence(account)?;
        let overflow = ChainError::Overflow { field: "sequence" };
        committed.checked_add(self.mempool.count_of(account)).ok_or(overflow)
    }

    fn next_height(&self) -> Result<u64, ChainError> {
        self.app
            .block_info()
            .height
            .checked_add(1)
            .ok_or(ChainError::Overflow { field: "height" })
    }

    /// Runs a transaction in the current block. A failure keeps the sequence that it used, as on a node.
    fn include(&mut self, height: u64, tx: Tx) -> Result<Included, ChainError> {
        let sequence = tx
            .sequence
            .checked_add(1)
            .ok_or(ChainError::Overflow { field: "sequence" })?;
        self.sequences.insert(tx.account.clone(), sequence);
        Ok(match self.run(&tx.account, tx.messages) {
            Ok(executed) => {
                let (mut events, mut data) = (Vec::new(), Vec::with_capacity(executed.len()));
                for one in executed {
                    events.extend(one.events);
                    data.push(one.data);
                }
                Included {
                    height,
                    codespace: String::new(),
                    code: 0,
                    events,
                    data,
                    log: String::new(),
                }
            }
            Err(text) => Included {
                height,
                codespace: "wasm".to_owned(),
                code: code::WASM_EXECUTE,
                events: Vec::new(),
                data: Vec::new(),
                log: text,
            },
        })
    }

    /// What a node checks before a transaction enters its mempool.
    fn check(&self, tx: &Tx) -> Result<(), BroadcastError> {
        if tx.chain_id != self.config.chain_id {
            return Err(BroadcastError::Malformed {
                reason: format!("it is for chain {:?}", tx.chain_id),
            });
        }
        let malformed = |error: ChainError| BroadcastError::Malformed {
            reason: error.to_string(),
        };
        let height = self.next_height().map_err(malformed)?;
        if tx.timeout_height < height {
            return Err(BroadcastError::Expired {
                timeout_height: tx.timeout_height,
                height,
            });
        }
        let expected = self.next_sequence(&tx.account).map_err(malformed)?;
        if tx.sequence != expected {
            return Err(BroadcastError::Sequence {
                account: tx.account.clone(),
                expected,
                given: tx.sequence,
            });
        }
        if self.mempool.is_full() {
            return Err(BroadcastError::MempoolFull {
                limit: Some(self.config.mempool),
            });
        }
        Ok(())
    }
}

impl Chain for Embedded {
    fn chain_id(&self) -> &str {
        &self.config.chain_id
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        let block = self.app.block_info();
        Ok(ChainTime {
            height: block.height,
            unix_s: block.time.seconds(),
        })
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        Ok(self.app.contract_storage(contract).get(key))
    }

    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.ask(contract, json)
    }

    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError> {
        let address = || ChainError::Address {
            address: account.to_string(),
        };
        self.app.wrap().query_balance(account, denom).map_err(|_| address())
    }

    fn sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        Ok(self.sequences.get(account).copied().unwrap_or(0))
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        if messages.is_empty() {
            return Err(ChainError::NoMessage);
        }
        let sequence = self.next_sequence(account)?;
        let overflow = ChainError::Overflow {
            field: "timeout height",
        };
        let timeout_height = self
            .app
            .block_info()
            .height
            .checked_add(self.config.timeout_blocks)
            .ok_or(overflow)?;
        let bytes = wire::encode(&self.config.chain_id, account, sequence, timeout_height, messages);
        let limit = self.config.tx_bytes;
        if bytes.len() > limit {
            return Err(ChainError::TooLarge {
                bytes: bytes.len(),
                limit,
            });
        }
        Ok(SignedTx {
            hash: TxHash::of(&bytes),
            bytes,
            account: account.clone(),
            sequence,
            timeout_height,
        })
    }

    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        let hash = TxHash::of(&tx.bytes);
        if self.recent.get(&hash).is_some() || self.mempool.contains(&hash) {
            return Ok(());
        }
        let malformed = |reason: String| BroadcastError::Malformed { reason };
        let (bytes, limit) = (tx.bytes.len(), self.config.tx_bytes);
        if bytes > limit {
            return Err(BroadcastError::TooLarge { bytes, limit });
        }
        let decoded = wire::decode(&tx.bytes).map_err(|error| malformed(error.to_string()))?;
        self.check(&decoded)?;
        self.mempool.push(hash, decoded);
        match self.config.blocks {
            Blocks::PerBroadcast => self.produce_block().map_err(|error| malformed(error.to_string())),
            Blocks::Explicit => Ok(()),
        }
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        Ok(match self.recent.get(hash) {
            Some(included) => TxStatus::Included(included.clone()),
            None if self.mempool.contains(hash) => TxStatus::Pending,
            None => TxStatus::Unknown,
        })
    }
}
