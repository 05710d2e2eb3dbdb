use crate::ConfigError;
use busbar_attestation::DomainError;
use busbar_chain::ChainError;
use busbar_units::UnitsError;
use cosmwasm_std::StdError;
use thiserror::Error;

/// Why the relayer could not go on. Nothing is lost: the queue stands as before the call.
#[derive(Debug, Error)]
pub enum RelayerError {
    /// A key of the configuration is out of its bounds.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The queue's file could not be read or written.
    #[error("the queue: {0}")]
    Queue(#[from] rusqlite::Error),
    /// The queue's file belongs to another chain or region.
    #[error("the queue belongs to {field} {stored:?}, not {given:?}")]
    Foreign {
        /// `chain` or `region`.
        field: &'static str,
        /// What the file says.
        stored: String,
        /// What the chain says.
        given: String,
    },
    /// A row of the queue is none that the relayer wrote.
    #[error("the queue holds an impossible {field} in row {id}")]
    Corrupt {
        /// The column.
        field: &'static str,
        /// The row's id.
        id: i64,
    },
    /// The chain did not answer or did not sign.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contracts' state could not be read.
    #[error("contract state: {0}")]
    State(#[from] StdError),
    /// The region's id is none.
    #[error(transparent)]
    Domain(#[from] DomainError),
    /// A time or a count left its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
}
