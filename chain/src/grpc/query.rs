use super::Grpc;
use super::pool::CallError;
use crate::ChainError;
use cosmos_sdk_proto::cosmos::base::query::v1beta1::PageRequest;
use cosmos_sdk_proto::cosmwasm::wasm::v1::query_client::QueryClient;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    CodeInfoResponse, QueryCodeRequest, QueryCodesRequest, QueryContractInfoRequest, QueryPinnedCodesRequest,
};
use cosmwasm_std::{Addr, Checksum};

use tonic::{Code as StatusCode, Status};

/// Codes on a page of a list.
const PAGE: u64 = 100;

/// A code on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Its number.
    pub id: u64,
    /// Who uploaded it.
    pub creator: Addr,
    /// SHA-256 of the Wasm.
    pub checksum: Checksum,
}

/// A contract on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractInfo {
    /// Its code.
    pub code_id: u64,
    /// Who founded it.
    pub creator: Addr,
    /// Who may migrate it.
    pub admin: Option<Addr>,
    /// Its label.
    pub label: String,
}

impl Grpc {
    /// A code by its number; none where there is none.
    pub fn code(&self, code_id: u64) -> Result<Option<Code>, ChainError> {
        let answer = self.pool.call(|channel| async move {
            let request = QueryCodeRequest { code_id };
            QueryClient::new(channel).code(request).await
        });
        let found = absent(answer.map(|answer| answer.code_info))?;
        found.flatten().map(code).transpose()
    }

    /// Looks for a code by the checksum of its Wasm, newest first, among at most so many hundreds of codes.
    pub fn find_code(&self, checksum: &Checksum, hundreds: u64) -> Result<Option<Code>, ChainError> {
        for page in 0..hundreds {
            let request = QueryCodesRequest {
                pagination: Some(PageRequest {
                    offset: page.saturating_mul(PAGE),
                    limit: PAGE,
                    reverse: true,
                    ..PageRequest::default()
                }),
            };
            let answer = self.pool.call(|channel| {
                let request = request.clone();
                async move { QueryClient::new(channel).codes(request).await }
            });
            let codes = answer.map_err(|error| error.or(unexpected))?.code_infos;
            let last = u64::try_from(codes.len()).unwrap_or(0) < PAGE;
            for found in codes {
                let found = code(found)?;
                if found.checksum == *checksum {
                    return Ok(Some(found));
                }
            }
            if last {
                break;
            }
        }
        Ok(None)
    }

    /// A contract by its address; none where there is none.
    pub fn contract(&self, address: &Addr) -> Result<Option<ContractInfo>, ChainError> {
        let request = QueryContractInfoRequest {
            address: address.to_string(),
        };
        let answer = self.pool.call(|channel| {
            let request = request.clone();
            async move { QueryClient::new(channel).contract_info(request).await }
        });
        let found = absent(answer.map(|answer| answer.contract_info))?.flatten();
        Ok(found.map(|info| ContractInfo {
            code_id: info.code_id,
            creator: Addr::unchecked(info.creator),
            admin: (!info.admin.is_empty()).then(|| Addr::unchecked(info.admin)),
            label: info.label,
        }))
    }

    /// Codes that the chain keeps in memory: calls to them cost less.
    pub fn pinned_codes(&self) -> Result<Vec<u64>, ChainError> {
        let answer = self.pool.call(|channel| async move {
            let request = QueryPinnedCodesRequest { pagination: None };
            QueryClient::new(channel).pinned_codes(request).await
        });
        Ok(answer.map_err(|error| error.or(unexpected))?.code_ids)
    }
}

fn code(info: CodeInfoResponse) -> Result<Code, ChainError> {
    let malformed = |_| ChainError::Malformed {
        field: "checksum of a code",
    };
    Ok(Code {
        id: info.code_id,
        creator: Addr::unchecked(info.creator),
        checksum: Checksum::try_from(info.data_hash.as_slice()).map_err(malformed)?,
    })
}

/// A question that the node refuses though it is well formed.
pub(super) fn unexpected(status: Status) -> ChainError {
    ChainError::Refused {
        text: format!("{:?}: {}", status.code(), status.message()),
    }
}

/// What is not there is none.
fn absent<T>(answer: Result<T, CallError>) -> Result<Option<T>, ChainError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(CallError::Refused(status))
            if status.code() == StatusCode::NotFound || status.message().contains("no such") =>
        {
            Ok(None)
        }
        Err(error) => Err(error.or(unexpected)),
    }
}
