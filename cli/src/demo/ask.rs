//! Reading and calling contracts.

use busbar_chain::{Chain, Message};
use cosmwasm_std::{Addr, Binary, Coin, from_json, to_json_vec};
use serde::{Serialize, de::DeserializeOwned};

use super::error::RunError;
use super::venue::{Call, Venue};

/// A contract's answer.
pub fn ask<T: DeserializeOwned>(chain: &dyn Chain, contract: &Addr, question: &impl Serialize) -> Result<T, RunError> {
    Ok(from_json(chain.query_smart(contract, &to_json_vec(question)?)?)?)
}

/// Calls a contract; `name` names the call where it fails. The answer is the contract's data.
pub fn call(
    venue: &mut dyn Venue,
    name: &'static str,
    sender: &Addr,
    contract: &Addr,
    msg: &impl Serialize,
) -> Result<Option<Binary>, RunError> {
    pay(venue, name, sender, contract, msg, vec![])
}

/// Calls a contract with coins attached.
pub fn pay(
    venue: &mut dyn Venue,
    name: &'static str,
    sender: &Addr,
    contract: &Addr,
    msg: &impl Serialize,
    coins: Vec<Coin>,
) -> Result<Option<Binary>, RunError> {
    let message = Message::new(contract.clone(), msg)?.with_funds(coins);
    let call = Call {
        name,
        sender: sender.clone(),
        messages: vec![message],
    };
    Ok(all(venue, &[call])?.pop().flatten())
}

/// Makes calls that all have to succeed; the data of each one's first message.
pub fn all(venue: &mut dyn Venue, calls: &[Call]) -> Result<Vec<Option<Binary>>, RunError> {
    let results = venue.send(calls)?.into_iter().zip(calls);
    let data = results.map(|(result, call)| match result {
        Ok(data) => Ok(data.into_iter().next().flatten()),
        Err(source) => Err(RunError::Call {
            call: call.name,
            source,
        }),
    });
    data.collect()
}
