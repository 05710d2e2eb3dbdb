use std::path::PathBuf;

use busbar_chain::ChainError;
use busbar_chain::grpc::KeyError;
use thiserror::Error;

/// Why a run on a real chain cannot begin or go on.
#[derive(Debug, Error)]
pub enum NodeError {
    /// There is no devnet.
    #[error("no devnet is up: {} is not there. Start one with `scripts/devnet up`, or name a chain's file: --chain FILE.toml", file.display())]
    NoDevnet {
        /// The file that a devnet writes.
        file: PathBuf,
    },
    /// No node answers.
    #[error("{error}. Is the chain up? `scripts/devnet status` tells of a devnet, and `scripts/devnet up` starts it")]
    Down {
        /// What was tried.
        error: ChainError,
    },
    /// The key is no mnemonic.
    #[error("{} holds a single key: the demo needs a mnemonic, from which it derives an account for every home", file.display())]
    SingleKey {
        /// The key's file.
        file: PathBuf,
    },
    /// An account's key cannot be derived.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// An interval that the clock cannot have.
    #[error("--interval-s {given}: an interval divides a day and has 3 to 3,600 s, such as 12, 15, 20, 30 or 60")]
    Interval {
        /// The value given.
        given: u64,
    },
    /// A name that no compressed clock may have.
    #[error("--region {given}: only a region whose name begins with test- may have a compressed clock")]
    NoTest {
        /// The name given.
        given: String,
    },
    /// A region of this name is there.
    #[error("chain {chain_id} has a region {region} already: give another name with --region, or leave the option out")]
    Exists {
        /// The chain.
        chain_id: String,
        /// The region.
        region: String,
    },
    /// The chain stands still.
    #[error(
        "the chain has made no block after {height} for {seconds} s: `scripts/devnet status` and `scripts/devnet logs` tell of a devnet"
    )]
    Still {
        /// Last height.
        height: u64,
        /// How long.
        seconds: u64,
    },
    /// A transaction did not get into a block.
    #[error("{call}: {tries} transactions in a row ran out of gas or were in no block in time")]
    Tries {
        /// The call.
        call: &'static str,
        /// How often.
        tries: usize,
    },
}
