//! Granular certificates: who may claim which watt-hour.
//!
//! Table of contents: [`contract`]. Messages and responses: `busbar_api::certificates`.
#![warn(missing_docs)]

pub mod contract;
mod error;
mod events;
mod execute;
mod plan;
mod query;
mod region;
mod state;

pub use error::ContractError;
