//! Actions that differ from plain CW20, one file each.
mod allowance;
mod burn;
mod instantiate;
mod mint;

use cosmwasm_std::MessageInfo;

use crate::ContractError;

pub use allowance::{decrease_allowance, increase_allowance};
pub use burn::burn;
pub use instantiate::instantiate;
pub use mint::mint;

/// No message of this contract takes coins. Reads nothing: a transfer costs what it costs in plain CW20.
pub fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::Funds { count }),
    }
}
