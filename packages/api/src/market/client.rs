use busbar_units::{Interval, Money};
use cosmwasm_std::{coins, to_json_binary, Addr, Coin, QuerierWrapper, StdResult, WasmMsg};

use super::{
    bilateral, power, AccountResponse, AuctionResponse, BusPriceResponse, ExecuteMsg, FlowResponse, IntervalResponse,
    NewOrder, OrderKey, PositionResponse, Proposal, QueryMsg, SealResponse, SealedOrder, SourceResponse, Standing,
    StandingResponse, TotalsResponse, MAX_AUCTION_PAGE, MAX_PAGE,
};

/// Builds messages to a market and asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client(Addr);

impl Client {
    /// A client of the market at this address.
    pub fn new(address: Addr) -> Self {
        Self(address)
    }

    /// The market's address.
    pub fn address(&self) -> &Addr {
        &self.0
    }

    /// A message with coins attached.
    pub fn execute(&self, msg: &ExecuteMsg, funds: Vec<Coin>) -> StdResult<WasmMsg> {
        Ok(WasmMsg::Execute {
            contract_addr: self.0.to_string(),
            msg: to_json_binary(msg)?,
            funds,
        })
    }

    /// Deposits settlement coin.
    pub fn deposit(&self, amount: Money, denom: &str) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Deposit {}, coins(amount.get(), denom))
    }

    /// Places orders of a device.
    pub fn place(&self, device: u32, orders: Vec<NewOrder>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Place { device, orders }, vec![])
    }

    /// Hands a device over to its owner.
    pub fn hand_over(&self, device: u32, former: impl Into<String>) -> StdResult<WasmMsg> {
        let former = former.into();
        self.execute(&ExecuteMsg::HandOver { device, former }, vec![])
    }

    /// Replaces the standing orders of a device.
    pub fn stand(&self, device: u32, orders: Vec<Standing>) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Stand { device, orders }, vec![])
    }

    /// Standing orders of a device.
    pub fn standing(&self, querier: &QuerierWrapper<'_>, device: u32) -> StdResult<Vec<StandingResponse>> {
        querier.query_wasm_smart(&self.0, &QueryMsg::Standing { device })
    }

    /// Seals an order for the device of an owner: the market's address is part of what is hashed.
    pub fn seal(
        &self,
        domain: &str,
        owner: &Addr,
        device: u32,
        interval: Interval,
        order: &SealedOrder,
    ) -> StdResult<WasmMsg> {
        let hash = order.hash(domain, &self.0, owner, device, interval).to_vec().into();
        let seal = ExecuteMsg::Seal { device, interval, hash };
        self.execute(&seal, vec![])
    }

    /// Reveals a sealed order.
    pub fn reveal(&self, device: u32, interval: Interval, slot: u8, order: SealedOrder) -> StdResult<WasmMsg> {
        let reveal = ExecuteMsg::Reveal {
            device,
            interval,
            slot,
            order,
        };
        self.execute(&reveal, vec![])
    }

    /// A page of the sealed orders of an interval that nobody has revealed.
    pub fn seals(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<OrderKey>,
    ) -> StdResult<Vec<SealResponse>> {
        let query = QueryMsg::Seals {
            interval,
            start_after,
            limit: Some(MAX_PAGE),
        };
        querier.query_wasm_smart(&self.0, &query)
    }

    /// Closes the book of an interval, a step at a time.
    pub fn close(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Close { interval, limit: None }, vec![])
    }

    /// Offers or makes an agreement.
    pub fn agree(&self, device: u32, agreement: bilateral::Agreement) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Agree { device, agreement }, vec![])
    }

    /// Proposes a clearing.
    pub fn propose(&self, interval: Interval, proposal: Proposal) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Propose { interval, proposal }, vec![])
    }

    /// A page of what a clearing is computed from.
    pub fn auction(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<u32>,
    ) -> StdResult<AuctionResponse> {
        let limit = Some(MAX_AUCTION_PAGE);
        querier.query_wasm_smart(
            &self.0,
            &QueryMsg::Auction {
                interval,
                start_after,
                limit,
            },
        )
    }

    /// Clears an interval.
    pub fn clear(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Clear { interval }, vec![])
    }

    /// Settles a step of an interval.
    pub fn settle(&self, interval: Interval) -> StdResult<WasmMsg> {
        self.execute(&ExecuteMsg::Settle { interval, limit: None }, vec![])
    }

    /// The account of an address.
    pub fn account(&self, querier: &QuerierWrapper<'_>, address: impl Into<String>) -> StdResult<AccountResponse> {
        querier.query_wasm_smart(
            &self.0,
            &QueryMsg::Account {
                address: address.into(),
            },
        )
    }

    /// Life and results of an interval.
    pub fn interval(&self, querier: &QuerierWrapper<'_>, interval: Interval) -> StdResult<Option<IntervalResponse>> {
        querier.query_wasm_smart(&self.0, &QueryMsg::Interval { interval })
    }

    /// A page of the prices of an interval's buses.
    pub fn prices(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<u16>,
    ) -> StdResult<Vec<BusPriceResponse>> {
        let limit = Some(MAX_PAGE);
        querier.query_wasm_smart(
            &self.0,
            &QueryMsg::Prices {
                interval,
                start_after,
                limit,
            },
        )
    }

    /// A page of the flows on an interval's lines.
    pub fn flows(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<u32>,
    ) -> StdResult<Vec<FlowResponse>> {
        let limit = Some(MAX_PAGE);
        querier.query_wasm_smart(
            &self.0,
            &QueryMsg::Flows {
                interval,
                start_after,
                limit,
            },
        )
    }

    /// A page of the offers of an interval.
    pub fn offers(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<bilateral::OfferKey>,
    ) -> StdResult<Vec<bilateral::OfferResponse>> {
        let query = QueryMsg::Offers {
            interval,
            start_after,
            limit: Some(MAX_PAGE),
        };
        querier.query_wasm_smart(&self.0, &query)
    }

    /// A page of the orders that took part at a reference price or not at all.
    pub fn capped(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<OrderKey>,
    ) -> StdResult<Vec<power::CappedResponse>> {
        let query = QueryMsg::Capped {
            interval,
            start_after,
            limit: Some(MAX_PAGE),
        };
        querier.query_wasm_smart(&self.0, &query)
    }

    /// Reference prices of the zones of an interval.
    pub fn references(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
    ) -> StdResult<Vec<power::ReferenceResponse>> {
        querier.query_wasm_smart(&self.0, &QueryMsg::References { interval })
    }

    /// A device's part in an interval.
    pub fn position(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        device: u32,
    ) -> StdResult<PositionResponse> {
        querier.query_wasm_smart(&self.0, &QueryMsg::Position { interval, device })
    }

    /// A page of the sources of what an account used in a final interval.
    pub fn source_of(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        account: impl Into<String>,
        start_after: Option<u32>,
    ) -> StdResult<Vec<SourceResponse>> {
        let query = QueryMsg::SourceOf {
            interval,
            account: account.into(),
            start_after,
            limit: Some(MAX_PAGE),
        };
        querier.query_wasm_smart(&self.0, &query)
    }

    /// A page of all sources and sinks of a final interval.
    pub fn provenance(
        &self,
        querier: &QuerierWrapper<'_>,
        interval: Interval,
        start_after: Option<u32>,
    ) -> StdResult<Vec<SourceResponse>> {
        let query = QueryMsg::Provenance {
            interval,
            start_after,
            limit: Some(MAX_PAGE),
        };
        querier.query_wasm_smart(&self.0, &query)
    }

    /// Totals for an audit.
    pub fn totals(&self, querier: &QuerierWrapper<'_>) -> StdResult<TotalsResponse> {
        querier.query_wasm_smart(&self.0, &QueryMsg::Totals {})
    }
}
