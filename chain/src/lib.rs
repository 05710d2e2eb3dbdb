//! The chain as the relayer, the cranks, the solver and the agents see it, and its embedded form.
//!
//! [`Chain`] is blocking and object-safe; an implementation for a real node keeps its async runtime inside. Writing
//! takes two steps, [`Chain::sign`] and [`Chain::broadcast`], so that a caller can store the signed bytes before they
//! leave the process and send the very same bytes again after a crash: nothing can then be submitted twice.
//!
//! [`Embedded`] is a whole chain in process (cw-multi-test): no node, no wallet, no network, and a clock that the
//! caller sets. With the feature `grpc` there is [`Grpc`](grpc::Grpc), the client of a real chain.

mod chain;
mod edge;
mod embedded;
mod error;
#[cfg(feature = "grpc")]
pub mod grpc;
mod querier;
mod tx;

pub use chain::{Chain, ChainTime};
pub use edge::Edge;
pub use embedded::{Blocks, Deployed, Embedded, EmbeddedConfig, Executed, Token};
pub use error::{BroadcastError, ChainError};
pub use querier::ChainQuerier;
pub use tx::{Included, Message, SignedTx, TxFailure, TxHash, TxStatus};
