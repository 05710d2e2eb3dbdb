//! The region: who runs it, interval lengths, parameters, tariffs, and which contracts belong together.
//!
//! Parameters are versioned: a change takes effect in the first interval that opens after it. Everything is
//! bounded at instantiate and at every update. Other contracts read it raw ([`busbar_api::grid::raw`]).

pub mod contract;
mod error;
mod events;
mod execute;
mod query;
mod state;

pub use error::ContractError;
