use std::path::PathBuf;

use busbar_chain::{ChainError, TxFailure};
use cosmwasm_std::StdError;
use thiserror::Error;

/// Why a deployment stopped. What was done stays done; the same command goes on from there.
#[derive(Debug, Error)]
pub enum DeployError {
    /// The chain did not answer, or refused.
    #[error(transparent)]
    Chain(ChainError),
    /// The chain refused a step.
    #[error("{step}: {error}")]
    Step {
        /// The step.
        step: String,
        /// Why.
        error: ChainError,
    },
    /// A block holds a step's transaction, and it failed.
    #[error("{step} failed: {failure}")]
    Failed {
        /// The step.
        step: String,
        /// Why.
        failure: TxFailure,
    },
    /// An account is none of this chain.
    #[error("{field} is {account:?}, no address of a chain with the prefix {prefix:?}")]
    Account {
        /// Who it should be.
        field: &'static str,
        /// The text given.
        account: String,
        /// The chain's prefix.
        prefix: String,
    },
    /// The plan cannot be written.
    #[error(transparent)]
    Plan(StdError),
    /// A record of a finished deployment lacks a contract.
    #[error("the record has no {part}: run the command without --check")]
    Unrecorded {
        /// The contract.
        part: &'static str,
    },
    /// The record speaks of another region.
    #[error(
        "{} is of the region {recorded:?}, the file of {wanted:?}: keep regions in different folders with --out",
        record.display()
    )]
    OtherRegion {
        /// Its file.
        record: PathBuf,
        /// Region of the record.
        recorded: String,
        /// Region of the file.
        wanted: String,
    },
    /// The record was made by another account.
    #[error(
        "{} was begun by {recorded}, the key is that of {wanted}: use the key it was begun with, or another --out",
        record.display()
    )]
    OtherDeployer {
        /// Its file.
        record: PathBuf,
        /// Account of the record.
        recorded: String,
        /// Account of the key.
        wanted: String,
    },
    /// The Wasm is not what the deployment began with.
    #[error(
        "{part}: the deployment in {} uploaded checksum {recorded}, artifacts has {built}: check out and build the \
         version it was begun with, or begin another one with --out",
        record.display()
    )]
    OtherWasm {
        /// The contract.
        part: &'static str,
        /// Its file.
        record: PathBuf,
        /// Checksum of the record.
        recorded: String,
        /// Checksum of the artifact.
        built: String,
    },
    /// The chain does not have what the record says.
    #[error(
        "{part}: {} says code {code_id}, the chain has no such code: if the chain was begun afresh, remove that file",
        record.display()
    )]
    Forgotten {
        /// The contract.
        part: &'static str,
        /// Its file.
        record: PathBuf,
        /// Code of the record.
        code_id: u64,
    },
    /// Another contract stands at the address.
    #[error(
        "{part}: {address} is taken by a contract of code {code_id}, admin {admin:?}: it was founded from another file; \
         change region.domain, or give the file that founded it"
    )]
    Taken {
        /// The contract.
        part: &'static str,
        /// The address.
        address: String,
        /// Code of the other one.
        code_id: u64,
        /// Who may migrate it.
        admin: Option<String>,
    },
    /// A record cannot be read.
    #[error("{} is no record of a deployment ({error}): remove it to begin afresh; what is on the chain is found again", file.display())]
    Record {
        /// Its file.
        file: PathBuf,
        /// Where and what.
        error: serde_json::Error,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The chain is not as the file says.
    #[error("{count} of {of} answers differ from the file")]
    Differs {
        /// Answers that differ.
        count: usize,
        /// Answers in all.
        of: usize,
    },
}

impl From<ChainError> for DeployError {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}
