use busbar_units::{Interval, Millihertz};
use cosmwasm_std::{to_json_binary, Addr, QuerierWrapper, StdResult, WasmMsg};

use super::{
    Contracts, ExecuteMsg, LineLimit, MarketState, Network, Params, QueryMsg, Region, Roles, Tariff, Times, Version,
    Wiring,
};

/// Builds messages to the grid contract and asks it questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the grid contract at this address.
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

    /// [`ExecuteMsg::Wire`].
    pub fn wire(&self, wiring: Wiring) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Wire(wiring))
    }

    /// [`ExecuteMsg::Update`].
    pub fn update(&self, params: Params) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Update { params })
    }

    /// [`ExecuteMsg::PostTariffs`].
    pub fn post_tariffs(&self, from: Interval, tariffs: Vec<Tariff>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::PostTariffs { from, tariffs })
    }

    /// [`ExecuteMsg::SetNetwork`].
    pub fn set_network(&self, network: Network) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetNetwork { network })
    }

    /// [`ExecuteMsg::PostHeadroom`].
    pub fn post_headroom(&self, from: Interval, headroom: Vec<Vec<LineLimit>>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::PostHeadroom { from, headroom })
    }

    /// [`ExecuteMsg::Tighten`].
    pub fn tighten(&self, from: Interval, to: Interval, limits: Vec<LineLimit>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Tighten { from, to, limits })
    }

    /// [`ExecuteMsg::SetState`].
    pub fn set_state(&self, state: MarketState, only: Option<Interval>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetState { state, only })
    }

    /// [`ExecuteMsg::PostFrequency`].
    pub fn post_frequency(&self, interval: Interval, frequency: Millihertz) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::PostFrequency { interval, frequency })
    }

    /// [`ExecuteMsg::SetWeek`].
    pub fn set_week(&self, tariffs: Option<Vec<Tariff>>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetWeek { tariffs })
    }

    /// [`ExecuteMsg::SetGuardian`].
    pub fn set_guardian(&self, guardian: Option<String>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetGuardian { guardian })
    }

    /// [`ExecuteMsg::SetReporter`].
    pub fn set_reporter(&self, reporter: Option<String>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetReporter { reporter })
    }

    /// [`ExecuteMsg::SetOperator`].
    pub fn set_operator(&self, operator: impl Into<String>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetOperator {
            operator: operator.into(),
        })
    }

    /// [`ExecuteMsg::SetUtility`].
    pub fn set_utility(&self, utility: impl Into<String>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::SetUtility {
            utility: utility.into(),
        })
    }

    /// [`QueryMsg::Region`].
    pub fn region(&self, q: &QuerierWrapper<'_>) -> StdResult<Region> {
        q.query_wasm_smart(&self.0, &QueryMsg::Region {})
    }

    /// [`QueryMsg::Contracts`].
    pub fn contracts(&self, q: &QuerierWrapper<'_>) -> StdResult<Contracts> {
        q.query_wasm_smart(&self.0, &QueryMsg::Contracts {})
    }

    /// [`QueryMsg::Roles`].
    pub fn roles(&self, q: &QuerierWrapper<'_>) -> StdResult<Roles> {
        q.query_wasm_smart(&self.0, &QueryMsg::Roles {})
    }

    /// [`QueryMsg::Params`].
    pub fn params(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Params> {
        q.query_wasm_smart(&self.0, &QueryMsg::Params { interval })
    }

    /// [`QueryMsg::Versions`].
    pub fn versions(
        &self,
        q: &QuerierWrapper<'_>,
        start_after: Option<Interval>,
        limit: Option<u32>,
    ) -> StdResult<Vec<Version>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Versions { start_after, limit })
    }

    /// [`QueryMsg::Tariff`].
    pub fn tariff(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Tariff> {
        q.query_wasm_smart(&self.0, &QueryMsg::Tariff { interval })
    }

    /// [`QueryMsg::Week`].
    pub fn week(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Option<Vec<Tariff>>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Week { interval })
    }

    /// [`QueryMsg::State`].
    pub fn state(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<MarketState> {
        q.query_wasm_smart(&self.0, &QueryMsg::State { interval })
    }

    /// [`QueryMsg::Frequency`].
    pub fn frequency(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Option<Millihertz>> {
        q.query_wasm_smart(&self.0, &QueryMsg::Frequency { interval })
    }

    /// [`QueryMsg::Times`].
    pub fn times(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Times> {
        q.query_wasm_smart(&self.0, &QueryMsg::Times { interval })
    }

    /// [`QueryMsg::CurrentInterval`].
    pub fn current_interval(&self, q: &QuerierWrapper<'_>) -> StdResult<Interval> {
        q.query_wasm_smart(&self.0, &QueryMsg::CurrentInterval {})
    }

    /// [`QueryMsg::Network`].
    pub fn network(&self, q: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Network> {
        q.query_wasm_smart(&self.0, &QueryMsg::Network { interval })
    }
}
