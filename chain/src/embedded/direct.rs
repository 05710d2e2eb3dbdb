//! Calls past mempool and sequence: for callers in the same process that need no durability.
use super::Embedded;
use crate::{ChainError, Message, TxFailure};
use busbar_api::codec::Reader;
use cosmwasm_std::{Addr, Binary, Coin, CosmosMsg, Empty, Event, QueryRequest, WasmMsg, WasmQuery};
use cw_multi_test::{AppResponse, BankSudo, Contract, CosmosRouter, Executor, SudoMsg};
use serde::Serialize;

/// What a successful call returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// Events in order.
    pub events: Vec<Event>,
    /// Response data of the contract.
    pub data: Option<Binary>,
}

impl Embedded {
    /// An address of this chain for a name: equal names give equal addresses.
    pub fn account(&self, name: &str) -> Addr {
        self.app.api().addr_make(name)
    }

    /// Gives an account coins out of nothing.
    pub fn fund(&mut self, account: &Addr, coins: Vec<Coin>) -> Result<(), ChainError> {
        let mint = BankSudo::Mint {
            to_address: account.to_string(),
            amount: coins,
        };
        let failed = |text| ChainError::Setup {
            step: "funding an account",
            text,
        };
        self.app
            .sudo(SudoMsg::Bank(mint))
            .map(drop)
            .map_err(|error| failed(error.to_string()))
    }

    /// Stores a contract's code; the answer is its code id.
    pub fn store_code(&mut self, contract: Box<dyn Contract<Empty>>) -> u64 {
        self.app.store_code(contract)
    }

    /// Instantiates stored code; the answer is the contract's address.
    pub fn instantiate(
        &mut self,
        account: &Addr,
        code_id: u64,
        msg: &impl Serialize,
        label: &str,
    ) -> Result<Addr, ChainError> {
        self.app
            .instantiate_contract(code_id, account.clone(), msg, &[], label, None)
            .map_err(|error| ChainError::Setup {
                step: "instantiating a contract",
                text: contract_text(&error),
            })
    }

    /// Runs one call in the current block at once, without bytes, sequence or status. A failure changes nothing.
    pub fn execute(&mut self, account: &Addr, message: Message) -> Result<Executed, TxFailure> {
        let response = self.app.execute(account.clone(), WasmMsg::from(message).into());
        response.map(executed).map_err(|error| TxFailure::Contract {
            text: contract_text(&error),
        })
    }

    /// Runs the messages of one transaction: all or none.
    pub(super) fn run(&mut self, account: &Addr, messages: Vec<Message>) -> Result<Vec<Executed>, String> {
        let messages = messages
            .into_iter()
            .map(|message| CosmosMsg::from(WasmMsg::from(message)))
            .collect();
        match self.app.execute_multi(account.clone(), messages) {
            Ok(responses) => Ok(responses.into_iter().map(executed).collect()),
            Err(error) => Err(contract_text(&error)),
        }
    }

    pub(super) fn ask(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        let query = WasmQuery::Smart {
            contract_addr: contract.to_string(),
            msg: json.into(),
        };
        let block = self.app.block_info();
        self.app
            .read_module(|router, api, storage| router.query(api, storage, &block, QueryRequest::Wasm(query)))
            .map(|answer| answer.to_vec())
            .map_err(|error| ChainError::Query {
                contract: contract.clone(),
                text: contract_text(&error),
            })
    }
}

fn executed(response: AppResponse) -> Executed {
    Executed {
        events: response.events,
        data: response.data.as_deref().and_then(response_data),
    }
}

/// Field 1 of the protobuf `MsgExecuteContractResponse`.
fn response_data(protobuf: &[u8]) -> Option<Binary> {
    let mut reader = Reader::new(protobuf);
    let tag = reader.u8("tag").ok()?;
    let length = usize::try_from(reader.varint_u32("length").ok()?).ok()?;
    reader
        .bytes("data", length)
        .ok()
        .filter(|_| tag == 0x0a)
        .map(Binary::from)
}

/// The contract's own error, without the frames that cw-multi-test puts around it.
fn contract_text(error: &impl AsRef<dyn std::error::Error + Send + Sync>) -> String {
    let mut at: &dyn std::error::Error = error.as_ref();
    loop {
        let text = at.to_string();
        match at.source() {
            Some(inner) if text.starts_with("Error executing") => at = inner,
            _ => return text,
        }
    }
}
