use busbar_api::market::provenance::ProvenanceError;
use busbar_attestation::{DomainError, EndorsementError, EnrolmentError, ReadingError, SigningKeyError};
use busbar_chain::{ChainError, TxFailure};
use busbar_relayer::RelayerError;
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::StdError;
use thiserror::Error;

use super::check::CheckError;
use super::venue::NodeError;
use crate::deploy::DeployError;

/// Why a run broke off although its input was good.
#[derive(Debug, Error)]
pub enum RunError {
    /// The chain did not do as told.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A real chain cannot be used.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The contracts could not be founded.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// A contract refused a call.
    #[error("{call}: {source}")]
    Call {
        /// The call.
        call: &'static str,
        /// The contract's reason.
        source: TxFailure,
    },
    /// A contract's answer cannot be read.
    #[error("contract state: {0}")]
    State(#[from] StdError),
    /// A contract has not what it should have.
    #[error("{what} is missing")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The oracle refused readings: without them an hour has no sums.
    #[error(
        "readings of interval {interval} were refused ({reasons}); too_old means that the chain's clock went on without \
         them: run the command again, with a longer --interval-s"
    )]
    Refused {
        /// Interval that is waited for.
        interval: Interval,
        /// How many, and why.
        reasons: String,
    },
    /// The relayer could not go on.
    #[error(transparent)]
    Relayer(#[from] RelayerError),
    /// A quantity leaves its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// The market's line of an hour cannot be drawn.
    #[error(transparent)]
    Line(#[from] ProvenanceError),
    /// The region's id is none.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// A key cannot be made from the seed.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
    /// A device cannot be endorsed.
    #[error(transparent)]
    Endorsement(#[from] EndorsementError),
    /// A device cannot be enrolled.
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    /// A meter's registers fit no record.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The thread that reads the meters ended early.
    #[error("the meters stopped before the run was over")]
    Meters,
    /// The run does not add up.
    #[error("the run does not add up: {0}")]
    Check(#[from] CheckError),
    /// A temporary file failed.
    #[error("temporary files: {0}")]
    Temporary(#[from] std::io::Error),
}
