//! One file per action.
mod agree;
mod cancel;
mod clear;
mod close;
mod deposit;
mod energy;
mod finalise;
mod genesis;
mod hand_over;
mod owner;
mod place;
mod propose;
mod refresh;
mod reveal;
mod seal;
mod settle;
mod skip;
mod stand;
mod withdraw;

use busbar_api::market::{DEFAULT_STEP, MAX_ORDERS_PER_MESSAGE, MAX_STEP};
use cosmwasm_std::MessageInfo;

use crate::ContractError;

pub use agree::{agree, retract};
pub use cancel::cancel;
pub use clear::clear;
pub use close::{check_closed, close};
pub use deposit::deposit;
pub use energy::{receive_energy, withdraw_energy};
pub use finalise::{finalise, Correction};
pub use genesis::genesis;
pub use hand_over::hand_over;
pub use place::place;
pub use propose::{propose, solver_window_ends};
pub use refresh::refresh;
pub use reveal::{check_revealed, reveal};
pub use seal::{seal, unseal};
pub use settle::settle;
pub use skip::skip;
pub use stand::stand;
pub use withdraw::withdraw;

/// Refuses coins on a message that takes none.
pub fn no_funds(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::UnexpectedFunds { count }),
    }
}

/// Refuses a list of orders that is empty or too long.
fn check_count<T>(orders: &[T]) -> Result<(), ContractError> {
    match orders.len() {
        1..=MAX_ORDERS_PER_MESSAGE => Ok(()),
        count => Err(ContractError::Count {
            field: "orders",
            count,
            min: 1,
            max: MAX_ORDERS_PER_MESSAGE,
        }),
    }
}

/// Devices to work on in this call.
fn step(limit: Option<u32>) -> u32 {
    limit.unwrap_or(DEFAULT_STEP).clamp(1, MAX_STEP)
}
