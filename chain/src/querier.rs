use crate::{Chain, ChainError};
use cosmwasm_std::{
    Addr, BalanceResponse, BankQuery, Binary, ContractResult, Empty, Querier, QuerierResult, QuerierWrapper,
    QueryRequest, SystemError, SystemResult, WasmQuery, from_json, to_json_binary,
};

/// Lets the typed raw readers and clients of `busbar-api`, which take a [`QuerierWrapper`], read any [`Chain`].
pub struct ChainQuerier<'a>(&'a dyn Chain);

impl<'a> ChainQuerier<'a> {
    /// Reads from `chain`.
    pub fn new(chain: &'a dyn Chain) -> Self {
        Self(chain)
    }

    /// The form that the readers take.
    pub fn wrap(&self) -> QuerierWrapper<'_, Empty> {
        QuerierWrapper::new(self)
    }

    fn answer(&self, request: QueryRequest<Empty>) -> QuerierResult {
        let answer = match request {
            QueryRequest::Wasm(WasmQuery::Raw { contract_addr, key }) => self
                .0
                .query_raw(&Addr::unchecked(contract_addr), &key)
                // An absent key reads as no bytes, as on a node.
                .map(|value| Binary::from(value.unwrap_or_default())),
            QueryRequest::Wasm(WasmQuery::Smart { contract_addr, msg }) => self
                .0
                .query_smart(&Addr::unchecked(contract_addr), &msg)
                .map(Binary::from),
            QueryRequest::Bank(BankQuery::Balance { address, denom }) => {
                match self.0.balance(&Addr::unchecked(address), &denom) {
                    Ok(amount) => match to_json_binary(&BalanceResponse::new(amount)) {
                        Ok(json) => Ok(json),
                        Err(error) => return SystemResult::Ok(ContractResult::Err(error.to_string())),
                    },
                    Err(error) => Err(error),
                }
            }
            other => {
                return SystemResult::Err(SystemError::UnsupportedRequest {
                    kind: format!("{other:?}"),
                });
            }
        };
        match answer {
            Ok(value) => SystemResult::Ok(ContractResult::Ok(value)),
            Err(ChainError::Query { text, .. }) => SystemResult::Ok(ContractResult::Err(text)),
            Err(error) => SystemResult::Ok(ContractResult::Err(error.to_string())),
        }
    }
}

impl Querier for ChainQuerier<'_> {
    fn raw_query(&self, request: &[u8]) -> QuerierResult {
        match from_json(request) {
            Ok(request) => self.answer(request),
            Err(error) => SystemResult::Err(SystemError::InvalidRequest {
                error: error.to_string(),
                request: Binary::from(request),
            }),
        }
    }
}
