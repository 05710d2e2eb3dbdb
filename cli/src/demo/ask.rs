//! Reading and calling contracts.

use busbar_chain::{Chain, Embedded, Executed, Message};
use cosmwasm_std::{Addr, Coin, from_json, to_json_vec};
use serde::{Serialize, de::DeserializeOwned};

use super::error::RunError;

/// A contract's answer.
pub fn ask<T: DeserializeOwned>(chain: &dyn Chain, contract: &Addr, question: &impl Serialize) -> Result<T, RunError> {
    Ok(from_json(chain.query_smart(contract, &to_json_vec(question)?)?)?)
}

/// Calls a contract; `call` names the call where it fails.
pub fn call(
    chain: &mut Embedded,
    call: &'static str,
    sender: &Addr,
    contract: &Addr,
    msg: &impl Serialize,
) -> Result<Executed, RunError> {
    let message = Message::new(contract.clone(), msg)?;
    chain
        .execute(sender, message)
        .map_err(|source| RunError::Call { call, source })
}

/// Calls a contract with coins attached.
pub fn pay(
    chain: &mut Embedded,
    name: &'static str,
    sender: &Addr,
    contract: &Addr,
    msg: &impl Serialize,
    coins: Vec<Coin>,
) -> Result<Executed, RunError> {
    let message = Message::new(contract.clone(), msg)?.with_funds(coins);
    chain
        .execute(sender, message)
        .map_err(|source| RunError::Call { call: name, source })
}
