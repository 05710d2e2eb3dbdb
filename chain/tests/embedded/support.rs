//! A contract of three words: add a number to a sum, fail, tell the sum.
use busbar_chain::{Blocks, Embedded, EmbeddedConfig, Message};
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Response, StdError, StdResult, to_json_binary,
};
use cw_multi_test::{Contract, ContractWrapper};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub const SUM: &[u8] = b"sum";
pub const START_S: u64 = 1_700_000_000;

#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(rename_all = "snake_case")]
pub enum Execute {
    Add { value: u64 },
    Fail {},
    Forward { value: u64 },
}

#[derive(Serialize, Deserialize, Debug, Clone)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    Sum {},
    Fail {},
}

#[derive(Debug, Error)]
pub enum SumError {
    #[error("the sum refuses {value}: {source}")]
    Refused { value: u64, source: StdError },
}

fn sum(storage: &dyn cosmwasm_std::Storage) -> u64 {
    storage
        .get(SUM)
        .map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}

fn instantiate(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn execute(deps: DepsMut, env: Env, _: MessageInfo, msg: Execute) -> Result<Response, SumError> {
    match msg {
        Execute::Add { value } => {
            let total = sum(deps.storage) + value;
            deps.storage.set(SUM, &total.to_be_bytes());
            Ok(Response::new()
                .add_attribute("total", total.to_string())
                .set_data(total.to_be_bytes()))
        }
        Execute::Fail {} => Err(SumError::Refused {
            value: 7,
            source: StdError::generic_err("too odd"),
        }),
        Execute::Forward { value } => {
            let msg = if value == 0 {
                Execute::Fail {}
            } else {
                Execute::Add { value }
            };
            let call = Message::new(env.contract.address, &msg).unwrap();
            Ok(Response::new().add_message(cosmwasm_std::WasmMsg::from(call)))
        }
    }
}

fn query(deps: Deps, _: Env, msg: Query) -> StdResult<Binary> {
    match msg {
        Query::Sum {} => to_json_binary(&sum(deps.storage)),
        Query::Fail {} => Err(StdError::generic_err("no answer today")),
    }
}

pub fn contract() -> Box<dyn Contract<Empty>> {
    Box::new(ContractWrapper::new(execute, instantiate, query))
}

/// A chain with the contract on it, and an account.
pub fn chain(blocks: Blocks) -> (Embedded, Addr, Addr) {
    chain_with(EmbeddedConfig {
        blocks,
        ..EmbeddedConfig::at(START_S)
    })
}

pub fn chain_with(config: EmbeddedConfig) -> (Embedded, Addr, Addr) {
    let mut chain = Embedded::new(config);
    let account = chain.account("ann");
    let code = chain.store_code(contract());
    let contract = chain.instantiate(&account, code, &Empty {}, "sum").unwrap();
    (chain, contract, account)
}

pub fn add(contract: &Addr, value: u64) -> Message {
    Message::new(contract.clone(), &Execute::Add { value }).unwrap()
}

pub fn fail(contract: &Addr) -> Message {
    Message::new(contract.clone(), &Execute::Fail {}).unwrap()
}

pub fn total(chain: &dyn busbar_chain::Chain, contract: &Addr) -> u64 {
    chain
        .query_raw(contract, SUM)
        .unwrap()
        .map_or(0, |bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
}
