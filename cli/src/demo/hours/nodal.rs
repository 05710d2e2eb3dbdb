//! What the market says of an hour on a network.

use busbar_api::market::{self, BusPriceResponse, FlowResponse, IntervalResponse};
use busbar_api::pages;
use busbar_units::Interval;

use super::Run;
use crate::demo::ask::ask;
use crate::demo::error::RunError;
use crate::demo::feeder::Nodal;

impl Run<'_> {
    /// Flows of an hour, and prices where a line is full; none without a network.
    pub(super) fn nodal(&self, interval: Interval, record: &IntervalResponse) -> Result<Option<Nodal>, RunError> {
        if self.region.feeder.is_none() {
            return Ok(None);
        }
        let mut nodal = Nodal {
            rent: record.rent,
            ..Nodal::default()
        };
        if record.no_trade {
            return Ok(Some(nodal));
        }
        nodal.flows = self.flows(interval)?;
        if nodal.flows.iter().any(|flow| flow.binding) {
            nodal.prices = self.prices(interval)?;
        }
        Ok(Some(nodal))
    }

    fn flows(&self, interval: Interval) -> Result<Vec<FlowResponse>, RunError> {
        let page = |start_after| {
            let question = market::QueryMsg::Flows {
                interval,
                start_after,
                limit: Some(market::MAX_PAGE),
            };
            ask(self.region.chain(), &self.region.at.market, &question)
        };
        pages::all(|flow: &FlowResponse| flow.line, page)
    }

    fn prices(&self, interval: Interval) -> Result<Vec<BusPriceResponse>, RunError> {
        let page = |start_after| {
            let question = market::QueryMsg::Prices {
                interval,
                start_after,
                limit: Some(market::MAX_PAGE),
            };
            ask(self.region.chain(), &self.region.at.market, &question)
        };
        pages::all(|price: &BusPriceResponse| price.bus, page)
    }
}
