//! After delivery: settled, made final, pruned.

use busbar_api::market::{self, IntervalResponse, Stage};
use busbar_api::oracle;
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::Interval;

use super::{Run, interval_of};
use crate::demo::ask::{ask, call};
use crate::demo::error::RunError;
use crate::demo::ledger::Settled;
use crate::demo::region::INTERVAL_S;

impl Run<'_> {
    /// Settles an hour and adds it up.
    pub(super) fn settle(&mut self, hour: usize, interval: Interval) -> Result<(), RunError> {
        let record = self.settle_interval(interval)?;
        let settled = Settled {
            nodal: self.nodal(interval, &record)?,
            hour,
            tariff: self.tariff(hour)?,
            record,
            positions: self.positions(interval)?,
            orders: self.orders.pop_front().unwrap_or_default(),
            registers: self.registers(interval)?,
        };
        match &mut self.ledger {
            Some(ledger) => ledger.add(self.homes, settled),
            None => Err(RunError::Missing {
                what: "the first readings",
            }),
        }
    }

    /// Settles an interval to its end, in as many steps as it takes.
    fn settle_interval(&mut self, interval: Interval) -> Result<IntervalResponse, RunError> {
        loop {
            self.poke("settle", &market::ExecuteMsg::Settle { interval, limit: None })?;
            let record = self.record(interval)?;
            if record.stage == Stage::Settled {
                return Ok(record);
            }
        }
    }

    fn record(&self, interval: Interval) -> Result<IntervalResponse, RunError> {
        let question = market::QueryMsg::Interval { interval };
        let record: Option<IntervalResponse> = ask(&self.region.chain, &self.region.at.market, &question)?;
        record.ok_or(RunError::Missing {
            what: "the market's record of an interval",
        })
    }

    /// Settles, makes final and prunes whatever has come to its time.
    pub(super) fn close_due(&mut self) -> Result<(), RunError> {
        let now_s = self.region.chain.now()?.unix_s;
        while let Some(interval) = self.opening.front().copied() {
            let wait = u64::from(self.region.params.confirmation_window);
            if interval.plus(wait)?.end_s(INTERVAL_S)? > now_s {
                break;
            }
            self.settle_opening(interval)?;
            self.opening.pop_front();
        }
        loop {
            let interval =
                market::raw::final_cursor(&ChainQuerier::new(&self.region.chain).wrap(), &self.region.at.market)?;
            let wait = u64::from(self.region.params.correction_window);
            let last = interval_of(self.homes.hours)?;
            if interval >= last || interval.plus(wait)?.end_s(INTERVAL_S)? > now_s {
                return self.prune(interval);
            }
            self.poke("finalise", &market::ExecuteMsg::Finalise { limit: None })?;
            if self.record(interval)?.stage == Stage::Final {
                self.supply(interval)?;
            }
        }
    }

    /// An interval before the first hour: nobody could trade in it, and it has no energy.
    fn settle_opening(&mut self, interval: Interval) -> Result<(), RunError> {
        self.poke("skip", &market::ExecuteMsg::Skip { interval })?;
        let state = oracle::raw::interval(
            &ChainQuerier::new(&self.region.chain).wrap(),
            &self.region.at.oracle,
            interval,
        )?;
        if !state.is_some_and(|state| state.confirmed) {
            let (relayer, oracle) = (&self.region.accounts.relayer, &self.region.at.oracle);
            call(
                &mut self.region.chain,
                "confirm",
                relayer,
                oracle,
                &oracle::ExecuteMsg::Confirm { interval },
            )?;
        }
        self.settle_interval(interval).map(drop)
    }

    /// Reduces the readings of every interval that two final ones follow to their hashes.
    fn prune(&mut self, final_cursor: Interval) -> Result<(), RunError> {
        loop {
            let cursor =
                oracle::raw::prune_cursor(&ChainQuerier::new(&self.region.chain).wrap(), &self.region.at.oracle)?;
            match cursor {
                Some(cursor) if cursor.interval.plus(2)? < final_cursor => {
                    let msg = oracle::ExecuteMsg::Prune {
                        interval: cursor.interval,
                    };
                    let (relayer, oracle) = (&self.region.accounts.relayer, &self.region.at.oracle);
                    call(&mut self.region.chain, "prune", relayer, oracle, &msg)?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Goes on after the last hour until every hour is final.
    pub(super) fn close(&mut self) -> Result<(), RunError> {
        let last = interval_of(self.homes.hours)?;
        let wait = u64::from(self.region.params.correction_window);
        self.region.chain.advance_to(last.plus(wait)?.end_s(INTERVAL_S)?)?;
        self.close_due()
    }
}
