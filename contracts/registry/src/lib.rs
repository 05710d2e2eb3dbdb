//! Owners, devices, their keys, endorsements and physical limits.
//!
//! Enrolment takes three hands: the manufacturer endorses key and ratings, the device itself signs for
//! number, owner and bus, the grid operator confirms. Other contracts read devices raw
//! ([`busbar_api::registry::raw`]).

pub mod contract;
mod error;
mod events;
mod execute;
mod query;
mod state;

pub use error::ContractError;
