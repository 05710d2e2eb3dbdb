use busbar_units::{Interval, Money};
use cosmwasm_std::{to_json_binary, Addr, Coin, QuerierWrapper, StdResult, WasmMsg};
use serde::de::DeserializeOwned;

use super::{
    ExecuteMsg, Feed, FeedResponse, IndicesResponse, Params, QueryMsg, ReporterResponse, RoundResponse, SignedReport,
    TotalsResponse,
};
use crate::registry::Key;

/// Builds messages to a contract of feeds and asks it.
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
    pub fn execute(&self, msg: &ExecuteMsg, funds: Vec<Coin>) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.0.to_string(),
            msg: to_json_binary(msg)?,
            funds,
        })
    }

    /// Any question.
    pub fn ask<T: DeserializeOwned>(&self, q: &QuerierWrapper<'_>, question: &QueryMsg) -> StdResult<T> {
        q.query_wasm_smart(&self.0, question)
    }

    fn call(&self, msg: &ExecuteMsg) -> StdResult<WasmMsg> {
        self.execute(msg, vec![])
    }

    /// [`ExecuteMsg::Admit`].
    pub fn admit(
        &self,
        account: impl Into<String>,
        name: impl Into<String>,
        key: impl Into<Key>,
    ) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Admit {
            account: account.into(),
            name: name.into(),
            key: key.into(),
        })
    }

    /// [`ExecuteMsg::Remove`].
    pub fn remove(&self, reporter: u32) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Remove { reporter })
    }

    /// [`ExecuteMsg::SetKey`].
    pub fn set_key(&self, key: impl Into<Key>) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::SetKey { key: key.into() })
    }

    /// [`ExecuteMsg::Define`].
    pub fn define(&self, name: impl Into<String>, feed: Feed) -> StdResult<WasmMsg> {
        let name = name.into();
        self.call(&ExecuteMsg::Define { name, feed })
    }

    /// [`ExecuteMsg::SetParams`].
    pub fn set_params(&self, params: Params) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::SetParams { params })
    }

    /// [`ExecuteMsg::Bond`].
    pub fn bond(&self, stake: Coin) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Bond {}, vec![stake])
    }

    /// [`ExecuteMsg::Unbond`].
    pub fn unbond(&self, amount: Money) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Unbond { amount })
    }

    /// [`ExecuteMsg::Withdraw`].
    pub fn withdraw(&self) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Withdraw {})
    }

    /// [`ExecuteMsg::Report`].
    pub fn report(&self, reports: Vec<SignedReport>) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Report { reports })
    }

    /// [`ExecuteMsg::Settle`].
    pub fn settle(&self, feed: impl Into<String>) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Settle { feed: feed.into() })
    }

    /// [`ExecuteMsg::Sweep`].
    pub fn sweep(&self) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Sweep {})
    }

    /// [`ExecuteMsg::Advance`].
    pub fn advance(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.call(&ExecuteMsg::Advance { interval })
    }

    /// [`QueryMsg::Indices`].
    pub fn indices(&self, q: &QuerierWrapper<'_>) -> StdResult<IndicesResponse> {
        self.ask(q, &QueryMsg::Indices {})
    }

    /// [`QueryMsg::Feed`].
    pub fn feed(&self, q: &QuerierWrapper<'_>, name: impl Into<String>) -> StdResult<FeedResponse> {
        self.ask(q, &QueryMsg::Feed { name: name.into() })
    }

    /// The latest page of [`QueryMsg::Rounds`].
    pub fn rounds(&self, q: &QuerierWrapper<'_>, feed: impl Into<String>) -> StdResult<Vec<RoundResponse>> {
        let (feed, before, limit) = (feed.into(), None, None);
        self.ask(q, &QueryMsg::Rounds { feed, before, limit })
    }

    /// [`QueryMsg::Reporter`].
    pub fn reporter(&self, q: &QuerierWrapper<'_>, reporter: u32) -> StdResult<ReporterResponse> {
        self.ask(q, &QueryMsg::Reporter { reporter })
    }

    /// A page of [`QueryMsg::Reporters`].
    pub fn reporters(&self, q: &QuerierWrapper<'_>, start_after: Option<u32>) -> StdResult<Vec<ReporterResponse>> {
        let limit = None;
        self.ask(q, &QueryMsg::Reporters { start_after, limit })
    }

    /// [`QueryMsg::Totals`].
    pub fn totals(&self, q: &QuerierWrapper<'_>) -> StdResult<TotalsResponse> {
        self.ask(q, &QueryMsg::Totals {})
    }
}
