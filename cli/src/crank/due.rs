//! What time has made due in a region.
use std::collections::BTreeSet;

use busbar_api::grid::{Contracts, Region, Times, raw};
use busbar_api::market::{self, IntervalResponse, QueryMsg, Stage};
use busbar_api::oracle;
use busbar_chain::{Chain, ChainQuerier, ChainTime, Message};
use busbar_units::Interval;
use cosmwasm_std::{Addr, StdError, from_json, to_json_vec};

use super::turn::CrankError;

/// Intervals that are looked at in one turn.
const REACH: u64 = 1_024;

/// A call that anyone may make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it does.
    pub name: &'static str,
    /// To which interval.
    pub interval: Interval,
    /// The message.
    pub message: Message,
}

/// A region, and the intervals that wait for nothing but their end.
pub struct Watch {
    pub grid: Addr,
    pub region: Region,
    pub contracts: Contracts,
    pub settled: BTreeSet<Interval>,
}

impl Watch {
    /// Calls that are due, at most one for each interval: clearings first, which end with the start of delivery, then
    /// the oldest interval.
    pub fn due(&mut self, chain: &dyn Chain) -> Result<Vec<Call>, CrankError> {
        let now = chain.now()?;
        let cursor = market::raw::final_cursor(&ChainQuerier::new(chain).wrap(), &self.contracts.market)?;
        self.settled.retain(|interval| *interval >= cursor);
        let mut calls = Vec::new();
        for ahead in 0..REACH {
            let interval = cursor.plus(ahead)?;
            let params = raw::params_at(&ChainQuerier::new(chain).wrap(), &self.grid, interval)?;
            let times = Times::of(&self.region, &params, interval)?;
            if now.unix_s < times.closes_s {
                break;
            }
            if self.settled.contains(&interval) && interval != cursor {
                continue;
            }
            let opens_s = times.closes_s.saturating_add(params.reveal_s.into());
            calls.extend(self.call(chain, now, interval, &times, opens_s, interval == cursor)?);
        }
        calls.extend(self.prune(chain, cursor)?);
        calls.sort_by_key(|call| call.name != "clear");
        Ok(calls)
    }

    /// What is due for one interval; `opens_s` is the first second of its clearing.
    fn call(
        &mut self,
        chain: &dyn Chain,
        now: ChainTime,
        interval: Interval,
        times: &Times,
        opens_s: u64,
        oldest: bool,
    ) -> Result<Option<Call>, CrankError> {
        let question = to_json_vec(&QueryMsg::Interval { interval })?;
        let answer = chain.query_smart(&self.contracts.market, &question)?;
        let record: Option<IntervalResponse> = from_json(answer)?;
        let Some(record) = record else {
            return if now.unix_s >= times.start_s {
                self.to_market("skip", interval, &market::ExecuteMsg::Skip { interval })
            } else if now.unix_s >= opens_s {
                self.to_market("clear", interval, &market::ExecuteMsg::Clear { interval })
            } else {
                Ok(None)
            };
        };
        match record.stage {
            Stage::Cleared | Stage::Skipped => self.settle_or_confirm(chain, now, interval, times),
            Stage::Charging | Stage::Crediting => self.settle(interval),
            Stage::Settled if !(oldest && now.unix_s >= times.final_s) => {
                self.settled.insert(interval);
                Ok(None)
            }
            Stage::Settled | Stage::Finalising => {
                self.to_market("finalise", interval, &market::ExecuteMsg::Finalise { limit: None })
            }
            Stage::Final => Ok(None),
        }
    }

    fn settle_or_confirm(
        &self,
        chain: &dyn Chain,
        now: ChainTime,
        interval: Interval,
        times: &Times,
    ) -> Result<Option<Call>, CrankError> {
        let state = oracle::raw::interval(&ChainQuerier::new(chain).wrap(), &self.contracts.oracle, interval)?;
        if state.as_ref().is_some_and(|state| state.confirmed) {
            return self.settle(interval);
        }
        let disputed = state.and_then(|state| state.disputed);
        let disputed_s = disputed.map_or(Ok(0), |until| until.start_s(self.region.interval_s))?;
        if now.unix_s < times.confirmation_ends_s.max(disputed_s) {
            return Ok(None);
        }
        let message = Message::new(self.contracts.oracle.clone(), &oracle::ExecuteMsg::Confirm { interval })?;
        Ok(Some(Call {
            name: "confirm",
            interval,
            message,
        }))
    }

    fn settle(&self, interval: Interval) -> Result<Option<Call>, CrankError> {
        self.to_market(
            "settle",
            interval,
            &market::ExecuteMsg::Settle { interval, limit: None },
        )
    }

    /// The oracle keeps hashes of what two final intervals follow.
    fn prune(&self, chain: &dyn Chain, cursor: Interval) -> Result<Option<Call>, CrankError> {
        let pruned = oracle::raw::prune_cursor(&ChainQuerier::new(chain).wrap(), &self.contracts.oracle)?;
        let Some(interval) = pruned.map(|pruned| pruned.interval) else {
            return Ok(None);
        };
        if interval.plus(2)? >= cursor {
            return Ok(None);
        }
        let message = Message::new(self.contracts.oracle.clone(), &oracle::ExecuteMsg::Prune { interval })?;
        Ok(Some(Call {
            name: "prune",
            interval,
            message,
        }))
    }

    /// The call that closes a book which is too long for a clearing to close.
    pub fn close(&self, interval: Interval) -> Result<Call, CrankError> {
        let msg = market::ExecuteMsg::Close { interval, limit: None };
        let call = self.to_market("close", interval, &msg)?;
        call.ok_or_else(|| CrankError::State(StdError::not_found("call")))
    }

    fn to_market(
        &self,
        name: &'static str,
        interval: Interval,
        msg: &market::ExecuteMsg,
    ) -> Result<Option<Call>, CrankError> {
        let message = Message::new(self.contracts.market.clone(), msg)?;
        Ok(Some(Call {
            name,
            interval,
            message,
        }))
    }
}
