//! What the clients send to a chain and ask it, and what contracts read from each other's storage.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::indexing_slicing)]
mod certificates;
mod energy_token;
mod grid;
mod host;
mod market;
mod oracle;
mod registry;

use std::collections::BTreeMap;
use std::fmt::Debug;

use busbar_units::Interval;
use cosmwasm_std::testing::MockQuerier;
use cosmwasm_std::{
    to_json_binary, Addr, Binary, Coin, ContractResult, QuerierWrapper, StdResult, SystemError, SystemResult, WasmMsg,
    WasmQuery,
};
use serde::Serialize;

/// Address of the one contract on the chain.
fn contract() -> Addr {
    Addr::unchecked("contract")
}

fn at(interval: u64) -> Interval {
    Interval::new(interval)
}

fn chain(answer: impl Fn(&WasmQuery) -> Option<Binary> + 'static) -> MockQuerier {
    let mut querier: MockQuerier = MockQuerier::new(&[]);
    querier.update_wasm(move |query| match answer(query) {
        Some(bytes) => SystemResult::Ok(ContractResult::Ok(bytes)),
        None => SystemResult::Err(SystemError::Unknown {}),
    });
    querier
}

/// A chain on which the contract stores these values, and nothing else is.
fn storing<const N: usize>(stored: [(&[u8], &[u8]); N]) -> MockQuerier {
    let stored: BTreeMap<_, _> = stored.map(|(key, value)| (key.to_vec(), value.to_vec())).into();
    chain(move |query| match query {
        WasmQuery::Raw { contract_addr, key } if *contract_addr == contract().as_str() => {
            Some(stored.get(key.as_slice()).cloned().unwrap_or_default().into())
        }
        _ => None,
    })
}

/// A chain on which the contract answers this one question.
fn answering(question: &impl Serialize, answer: &impl Serialize) -> MockQuerier {
    let (question, answer) = (to_json_binary(question).unwrap(), to_json_binary(answer).unwrap());
    chain(move |query| match query {
        WasmQuery::Smart { contract_addr, msg } if *contract_addr == contract().as_str() && *msg == question => {
            Some(answer.clone())
        }
        _ => None,
    })
}

/// The client puts this question to the contract and gives its answer back.
#[track_caller]
fn asks<A: Serialize + PartialEq + Debug>(
    question: impl Serialize,
    answer: A,
    ask: impl Fn(&QuerierWrapper<'_>) -> StdResult<A>,
) {
    let chain = answering(&question, &answer);
    assert_eq!(ask(&QuerierWrapper::new(&chain)).unwrap(), answer);
}

/// The client's message calls the contract with this message and these coins.
#[track_caller]
fn calls(built: StdResult<WasmMsg>, msg: impl Serialize, funds: &[Coin]) {
    let call = WasmMsg::Execute {
        contract_addr: contract().into(),
        msg: to_json_binary(&msg).unwrap(),
        funds: funds.to_vec(),
    };
    assert_eq!(built.unwrap(), call);
}

/// No key begins another one, so none can be taken for another, alone or in a range.
#[track_caller]
fn apart(keys: &[Vec<u8>]) {
    for (place, key) in keys.iter().enumerate() {
        let begins = |(other, longer): (usize, &Vec<u8>)| place != other && longer.starts_with(key);
        assert!(!keys.iter().enumerate().any(begins), "{key:?} begins another key");
    }
}
