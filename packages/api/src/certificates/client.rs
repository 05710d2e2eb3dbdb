use busbar_units::{Interval, Wh};
use cosmwasm_std::{to_json_binary, Addr, QuerierWrapper, StdResult, WasmMsg};
use serde::de::DeserializeOwned;

use super::{CertificateId, CertificateResponse, ExecuteMsg, Progress, QueryMsg, TotalsResponse, MAX_PAGE};

/// Builds messages to a certificates contract and asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the contract at this address.
    pub fn new(address: Addr) -> Self {
        Self(address)
    }

    /// The contract's address.
    pub fn address(&self) -> &Addr {
        &self.0
    }

    /// Any message.
    pub fn execute(&self, msg: &ExecuteMsg) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.0.to_string(),
            msg: to_json_binary(msg)?,
            funds: vec![],
        })
    }

    /// Any question.
    pub fn ask<T: DeserializeOwned>(&self, q: &QuerierWrapper<'_>, question: &QueryMsg) -> StdResult<T> {
        q.query_wasm_smart(&self.0, question)
    }

    /// [`ExecuteMsg::Issue`].
    pub fn issue(&self, limit: Option<u32>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Issue { limit })
    }

    /// [`ExecuteMsg::Transfer`].
    pub fn transfer(&self, certificates: Vec<CertificateId>, recipient: impl Into<String>) -> StdResult<WasmMsg> {
        let recipient = recipient.into();
        self.execute(&ExecuteMsg::Transfer {
            certificates,
            recipient,
        })
    }

    /// [`ExecuteMsg::Split`].
    pub fn split(&self, certificate: CertificateId, wh: Wh) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Split { certificate, wh })
    }

    /// [`ExecuteMsg::Bundle`].
    pub fn bundle(&self, certificates: Vec<CertificateId>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Bundle { certificates })
    }

    /// [`ExecuteMsg::Retire`].
    pub fn retire(
        &self,
        certificates: Vec<CertificateId>,
        beneficiary: impl Into<String>,
        purpose: impl Into<String>,
    ) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Retire {
            certificates,
            beneficiary: beneficiary.into(),
            purpose: purpose.into(),
        })
    }

    /// [`ExecuteMsg::Withdraw`].
    pub fn withdraw(&self, device: u32, evidence: impl Into<String>) -> StdResult<WasmMsg> {
        let evidence = evidence.into();
        self.execute(&ExecuteMsg::Withdraw { device, evidence })
    }

    /// [`QueryMsg::Certificate`].
    pub fn certificate(&self, q: &QuerierWrapper<'_>, id: CertificateId) -> StdResult<CertificateResponse> {
        self.ask(q, &QueryMsg::Certificate { id })
    }

    /// A page of [`QueryMsg::ByOwner`].
    pub fn by_owner(
        &self,
        q: &QuerierWrapper<'_>,
        owner: impl Into<String>,
        start_after: Option<CertificateId>,
    ) -> StdResult<Vec<CertificateResponse>> {
        let query = QueryMsg::ByOwner {
            owner: owner.into(),
            start_after,
            limit: Some(MAX_PAGE),
        };
        self.ask(q, &query)
    }

    /// A page of [`QueryMsg::ByDevice`].
    pub fn by_device(
        &self,
        q: &QuerierWrapper<'_>,
        device: u32,
        interval: Option<Interval>,
        start_after: Option<CertificateId>,
    ) -> StdResult<Vec<CertificateResponse>> {
        let query = QueryMsg::ByDevice {
            device,
            interval,
            start_after,
            limit: Some(MAX_PAGE),
        };
        self.ask(q, &query)
    }

    /// [`QueryMsg::Totals`].
    pub fn totals(&self, q: &QuerierWrapper<'_>, device: Option<u32>) -> StdResult<TotalsResponse> {
        self.ask(q, &QueryMsg::Totals { device })
    }

    /// [`QueryMsg::Progress`].
    pub fn progress(&self, q: &QuerierWrapper<'_>) -> StdResult<Progress> {
        self.ask(q, &QueryMsg::Progress {})
    }
}
