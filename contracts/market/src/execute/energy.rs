use busbar_api::market::ReceiveMsg;
use busbar_units::{UnitsError, Wh};
use cosmwasm_std::{from_json, to_json_binary, DepsMut, MessageInfo, Response, Uint128, WasmMsg};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

use crate::context::Context;
use crate::state::{Account, AccountId};
use crate::{events, ContractError};

/// Adds tokens that the energy token contract reports as sent here to the sender's account.
pub fn receive_energy(
    deps: DepsMut<'_>,
    info: MessageInfo,
    received: Cw20ReceiveMsg,
) -> Result<Response, ContractError> {
    let context = Context::load(deps.storage, deps.querier)?;
    let expected = context.contracts.energy_token;
    if info.sender != expected {
        return Err(ContractError::NotTheEnergyToken {
            expected,
            sender: info.sender,
        });
    }
    let ReceiveMsg::Deposit {} = from_json(&received.msg)?;
    let wh = u64::try_from(received.amount.u128())
        .map(Wh::new)
        .map_err(|_| UnitsError::Overflow {
            unit: "Wh",
            operation: "conversion from tokens",
        })?;
    if wh.is_zero() {
        return Err(ContractError::Zero { field: "amount" });
    }
    let owner = deps.api.addr_validate(&received.sender)?;
    let account = AccountId::open(deps.storage, &owner)?;
    Account::update(deps.storage, account, |account| {
        account.energy = account.energy.add(wh)?;
        Ok(())
    })?;
    Ok(Response::new().add_event(events::energy_deposited(&owner, wh)))
}

/// Pays free energy tokens out to the sender.
pub fn withdraw_energy(deps: DepsMut<'_>, info: MessageInfo, wh: Wh) -> Result<Response, ContractError> {
    if wh.is_zero() {
        return Err(ContractError::Zero { field: "wh" });
    }
    let context = Context::load(deps.storage, deps.querier)?;
    let Some(id) = AccountId::of(deps.storage, &info.sender)? else {
        return Err(ContractError::InsufficientEnergy {
            asked: wh,
            free: Wh::ZERO,
        });
    };
    Account::update(deps.storage, id, |account| {
        let free = account.free_energy()?;
        if wh > free {
            return Err(ContractError::InsufficientEnergy { asked: wh, free });
        }
        account.energy = account.energy.sub(wh)?;
        Ok(())
    })?;
    let transfer = WasmMsg::Execute {
        contract_addr: context.contracts.energy_token.to_string(),
        msg: to_json_binary(&Cw20ExecuteMsg::Transfer {
            recipient: info.sender.to_string(),
            amount: Uint128::from(wh.get()),
        })?,
        funds: vec![],
    };
    Ok(Response::new()
        .add_message(transfer)
        .add_event(events::energy_withdrawn(&info.sender, wh)))
}
