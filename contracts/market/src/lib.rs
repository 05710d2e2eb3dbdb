//! The market: accounts, orders, clearing, settlement, imbalance and banking.
//!
//! Table of contents: [`contract`]. Messages and responses: `busbar_api::market`.
#![warn(missing_docs)]

mod agreement;
mod auction;
mod banking;
mod collateral;
mod context;
pub mod contract;
mod error;
mod events;
mod execute;
mod imbalance;
mod metered;
mod power;
mod query;
mod state;
mod turnover;

pub use error::ContractError;
