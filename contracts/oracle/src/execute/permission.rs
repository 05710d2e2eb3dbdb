//! Who may send what.
use busbar_api::grid;
use busbar_api::oracle::ExecuteMsg;
use cosmwasm_std::{Addr, Deps, MessageInfo};

use crate::state::GRID;
use crate::ContractError;

/// No message of this contract takes coins.
pub fn nonpayable(info: &MessageInfo) -> Result<(), ContractError> {
    match info.funds.len() {
        0 => Ok(()),
        count => Err(ContractError::Funds { count }),
    }
}

/// A message that its sender may send; [`permit`] alone makes one.
pub struct Permitted(ExecuteMsg);

impl Permitted {
    pub fn into_inner(self) -> ExecuteMsg {
        self.0
    }
}

/// Turns a message into a permitted one, or refuses it.
pub fn permit(deps: Deps<'_>, sender: &Addr, msg: ExecuteMsg) -> Result<Permitted, ContractError> {
    match &msg {
        ExecuteMsg::Reset { .. } => {
            let contracts = grid::raw::contracts(&deps.querier, &GRID.load(deps.storage)?)?;
            if contracts.registry != *sender {
                return Err(ContractError::NotRegistry { sender: sender.clone() });
            }
        }
        ExecuteMsg::DeclareUnmetered { .. } => {
            let region = grid::raw::region(&deps.querier, &GRID.load(deps.storage)?)?;
            if region.operator != *sender {
                return Err(ContractError::NotOperator { sender: sender.clone() });
            }
        }
        // Signatures, the clock and the market's cursor decide, whoever sends; `cw-ownable` knows its owner.
        ExecuteMsg::Submit { .. }
        | ExecuteMsg::Confirm { .. }
        | ExecuteMsg::Prune { .. }
        | ExecuteMsg::ReportMissing { .. }
        | ExecuteMsg::UpdateOwnership(..) => {}
    }
    Ok(Permitted(msg))
}
