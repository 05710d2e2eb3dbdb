//! One file per action.
mod admit;
mod advance;
mod bond;
mod close;
mod define;
mod genesis;
mod judge;
mod remove;
mod report;
mod set_key;
mod set_params;
mod settle;
mod sweep;
mod unbond;
mod withdraw;

use busbar_api::grid;
use cosmwasm_std::{Deps, MessageInfo};

use crate::state::GRID;
use crate::ContractError;

pub use admit::admit;
pub use advance::advance;
pub use bond::bond;
pub use define::define;
pub use genesis::genesis;
pub use remove::remove;
pub use report::report;
pub use set_key::set_key;
pub use set_params::set_params;
pub use settle::settle;
pub use sweep::sweep;
pub use unbond::unbond;
pub use withdraw::withdraw;

/// Refuses coins.
pub fn no_funds(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::UnexpectedFunds { count }),
    }
}

/// Refuses everybody but the owner of the region.
fn owner_only(deps: Deps<'_>, info: &MessageInfo) -> Result<(), ContractError> {
    let roles = grid::raw::roles(&deps.querier, &GRID.load(deps.storage)?)?;
    if roles.is_owner(&info.sender) {
        return Ok(());
    }
    Err(ContractError::NotTheOwner {
        sender: info.sender.clone(),
    })
}
