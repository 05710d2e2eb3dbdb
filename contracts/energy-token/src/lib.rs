//! The energy token: `cw20-base`, wrapped. One unit is one watt-hour held in the bank's storage.
//!
//! Transfers, allowances, send hooks, marketing and every query are those of `cw20-base`. Different are
//! minting and burning (the market alone, within the storage's usable energy) and allowances that expired.

pub mod contract;
mod error;
mod execute;
mod query;
mod state;

pub use error::ContractError;
