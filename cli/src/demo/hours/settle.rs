//! After delivery: settled, made final, pruned.

use std::fmt;

use busbar_api::market::{self, IntervalResponse, Stage};
use busbar_api::oracle::{self, Registers};
use busbar_chain::Message;
use busbar_units::Interval;

use super::Run;
use crate::demo::ask::{all, ask, call};
use crate::demo::error::RunError;
use crate::demo::format::{self, kwh};
use crate::demo::ledger::Settled;
use crate::demo::result::HourResult;
use crate::demo::venue::Call;

impl Run<'_> {
    /// Settles an hour and adds it up.
    pub(super) fn settle(
        &mut self,
        hour: usize,
        interval: Interval,
        registers: Vec<Registers>,
    ) -> Result<(), RunError> {
        let record = self.settle_interval(interval)?;
        let settled = Settled {
            nodal: self.nodal(interval, &record)?,
            hour,
            tariff: self.tariff(hour)?,
            record,
            positions: self.positions(interval)?,
            orders: self.orders.pop_front().unwrap_or_default(),
            registers,
        };
        let Some(ledger) = &mut self.ledger else {
            return Err(RunError::Missing {
                what: "the first readings",
            });
        };
        let orders = settled.orders.iter().sum::<usize>();
        ledger.add(self.homes, settled)?;
        if let Some(result) = ledger.hours.last() {
            let told = Told {
                hour,
                hours: self.homes.hours,
                interval,
                orders,
                result,
            };
            self.region.venue.tell(&told);
        }
        Ok(())
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
        let record: Option<IntervalResponse> = ask(self.region.chain(), &self.region.at.market, &question)?;
        record.ok_or(RunError::Missing {
            what: "the market's record of an interval",
        })
    }

    /// Settles, makes final and prunes whatever has come to its time.
    pub(super) fn close_due(&mut self) -> Result<(), RunError> {
        let now_s = self.now_s()?;
        while let Some(interval) = self.opening.front().copied() {
            let wait = u64::from(self.region.params.confirmation_window);
            if interval.plus(wait)?.end_s(self.region.interval_s)? > now_s {
                break;
            }
            self.settle_opening(interval)?;
            self.opening.pop_front();
        }
        loop {
            let interval = market::raw::final_cursor(&self.region.querier().wrap(), &self.region.at.market)?;
            let wait = u64::from(self.region.params.correction_window);
            let last = self.region.interval_of(self.homes.hours)?;
            if interval >= last || interval.plus(wait)?.end_s(self.region.interval_s)? > now_s {
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
        let (market, oracle) = (&self.region.at.market, &self.region.at.oracle);
        let mut messages = vec![Message::new(market.clone(), &market::ExecuteMsg::Skip { interval })?];
        let state = oracle::raw::interval(&self.region.querier().wrap(), oracle, interval)?;
        if !state.is_some_and(|state| state.confirmed) {
            messages.push(Message::new(oracle.clone(), &oracle::ExecuteMsg::Confirm { interval })?);
        }
        let settle = market::ExecuteMsg::Settle { interval, limit: None };
        messages.push(Message::new(market.clone(), &settle)?);
        let close = Call {
            name: "skip, confirm and settle",
            sender: self.region.accounts.relayer.clone(),
            messages,
        };
        all(&mut *self.region.venue, &[close])?;
        if self.record(interval)?.stage == Stage::Settled {
            return Ok(());
        }
        self.settle_interval(interval).map(drop)
    }

    /// Reduces the readings of every interval that two final ones follow to their hashes.
    fn prune(&mut self, final_cursor: Interval) -> Result<(), RunError> {
        loop {
            let cursor = oracle::raw::prune_cursor(&self.region.querier().wrap(), &self.region.at.oracle)?;
            match cursor {
                Some(cursor) if cursor.interval.plus(2)? < final_cursor => {
                    let msg = oracle::ExecuteMsg::Prune {
                        interval: cursor.interval,
                    };
                    let (relayer, oracle) = (&self.region.accounts.relayer, &self.region.at.oracle);
                    call(&mut *self.region.venue, "prune", relayer, oracle, &msg)?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Goes on after the last hour until every hour is final.
    pub(super) fn close(&mut self) -> Result<(), RunError> {
        let last = self.region.interval_of(self.homes.hours)?;
        let wait = u64::from(self.region.params.correction_window);
        let final_s = last.plus(wait)?.end_s(self.region.interval_s)?;
        let left = final_s.saturating_sub(self.now_s()?);
        self.region
            .venue
            .tell(&format_args!("waiting {left} s until the last hour is final"));
        self.region.venue.until(final_s)?;
        self.close_due()?;
        self.carry_all()
    }
}

/// An hour that is settled, for a reader who waits.
struct Told<'a> {
    hour: usize,
    hours: usize,
    interval: Interval,
    orders: usize,
    result: &'a HourResult,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, hours, interval, orders) = (self.hour.saturating_add(1), self.hours, self.interval, self.orders);
        write!(f, "hour {hour} of {hours}: {interval}, {orders} orders, ")?;
        match self.result.price {
            Some(price) => {
                let (traded, price) = (kwh(self.result.traded), format::price(price));
                write!(f, "{traded} kWh traded at {price} coin per kWh")
            }
            None => write!(f, "nothing traded"),
        }
    }
}
