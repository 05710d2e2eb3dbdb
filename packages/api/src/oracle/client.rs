use busbar_attestation::{encode_batch, SignedReading, WireError};
use busbar_units::{Interval, NetWh};
use cosmwasm_std::{to_json_binary, Addr, Binary, QuerierWrapper, StdResult, WasmMsg};

use super::{
    Anchor, Batch, ConfigResponse, ExecuteMsg, Feeder, IntervalState, PruneCursor, QueryMsg, ReadingsResponse,
    VerifyRecordResponse,
};

impl Batch {
    /// Packs signed readings of one interval and one page.
    pub fn new(interval: Interval, page: u32, readings: &[SignedReading]) -> Result<Self, WireError> {
        Ok(Self {
            interval,
            page,
            readings: encode_batch(interval, page, readings)?.into(),
        })
    }
}

/// Builds messages to an oracle and asks it questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the oracle at this address.
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

    /// [`ExecuteMsg::Submit`].
    pub fn submit(&self, batches: Vec<Batch>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Submit { batches })
    }

    /// [`ExecuteMsg::Confirm`].
    pub fn confirm(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Confirm { interval })
    }

    /// [`ExecuteMsg::Prune`].
    pub fn prune(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Prune { interval })
    }

    /// [`ExecuteMsg::ReportMissing`].
    pub fn report_missing(&self, device: u32) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::ReportMissing { device })
    }

    /// [`ExecuteMsg::DeclareUnmetered`].
    pub fn declare_unmetered(&self, bus: u16, net: NetWh) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::DeclareUnmetered { bus, net })
    }

    /// [`QueryMsg::Config`].
    pub fn config(&self, q: &QuerierWrapper<'_>) -> StdResult<ConfigResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Config {})
    }

    /// [`QueryMsg::Interval`].
    pub fn interval(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Option<IntervalState>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Interval { interval })
    }

    /// [`QueryMsg::Readings`].
    pub fn readings(&self, q: &QuerierWrapper<'_>, interval: Interval, page: u32) -> StdResult<ReadingsResponse> {
        q.query_wasm_smart(&self.0, &QueryMsg::Readings { interval, page })
    }

    /// [`QueryMsg::Anchor`].
    pub fn anchor(&self, q: &QuerierWrapper<'_>, device: u32) -> StdResult<Option<Anchor>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Anchor { device })
    }

    /// [`QueryMsg::Feeder`].
    pub fn feeder(&self, q: &QuerierWrapper<'_>, bus: u16) -> StdResult<Option<Feeder>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Feeder { bus })
    }

    /// [`QueryMsg::Unmetered`].
    pub fn unmetered(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<NetWh> {
        q.query_wasm_smart(&self.0, &QueryMsg::Unmetered { interval })
    }

    /// [`QueryMsg::VerifyRecord`].
    pub fn verify_record(
        &self,
        q: &QuerierWrapper<'_>,
        interval: Interval,
        page: u32,
        records: Vec<Binary>,
    ) -> StdResult<VerifyRecordResponse> {
        q.query_wasm_smart(
            &self.0,
            &QueryMsg::VerifyRecord {
                interval,
                page,
                records,
            },
        )
    }

    /// [`QueryMsg::PruneCursor`].
    pub fn prune_cursor(&self, q: &QuerierWrapper<'_>) -> StdResult<PruneCursor> {
        q.query_wasm_smart(&self.0, &QueryMsg::PruneCursor {})
    }
}
