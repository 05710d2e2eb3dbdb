//! Signed readings of every meter, verified and confirmed interval by interval.
//!
//! Anyone may hand readings in: each carries its meter's own signature. They are stored by interval and
//! page of 64 devices, with a running hash; other contracts read them raw ([`busbar_api::oracle::raw`]).

mod book;
pub mod contract;
mod error;
mod events;
mod execute;
mod hash;
mod query;
mod state;

pub use error::ContractError;
