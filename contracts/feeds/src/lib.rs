//! Feeds: facts that no meter of the region measures, agreed on by reporters who lose stake when they are off; and
//! indices of what the region's own meters and trades say.
//!
//! Table of contents: [`contract`]. Messages and responses: `busbar_api::feeds`.
#![warn(missing_docs)]

pub mod contract;
mod error;
mod events;
mod execute;
mod query;
mod state;

pub use error::ContractError;
