//! Before delivery: tariffs posted, orders placed, the hour cleared.

use busbar_api::grid::{self, Tariff};
use busbar_api::market::{self, AccountResponse};
use busbar_units::{Interval, Wh};
use cosmwasm_std::Addr;

use super::{DAY, Run, interval_of};
use crate::demo::ask::{ask, call};
use crate::demo::error::RunError;
use crate::demo::plan::{Reach, plan};
use crate::demo::region::INTERVAL_S;

/// Hours of tariffs in one message, and how far ahead they are posted at least.
const TARIFFS: usize = 96;

/// Seconds before gate closure at which homes place their orders.
const ORDERING_S: u64 = 300;

impl Run<'_> {
    /// Places the orders of an hour and clears it.
    pub(super) fn trade(&mut self, hour: usize) -> Result<(), RunError> {
        let interval = interval_of(hour)?;
        let start_s = interval.start_s(INTERVAL_S)?;
        let closure_s = start_s.saturating_sub(self.region.params.gate_closure_s.into());
        self.region.chain.advance_to(closure_s.saturating_sub(ORDERING_S))?;
        if self.posted < hour.saturating_add(TARIFFS) {
            self.post_tariffs(hour)?;
        }
        let orders = self.place(hour, interval)?;
        self.orders.push_back(orders);
        self.region.chain.advance_to(closure_s)?;
        self.poke("clear", &market::ExecuteMsg::Clear { interval })?;
        Ok(())
    }

    /// Each home's orders from what its meter counted a day before; the first day has none.
    fn place(&mut self, hour: usize, interval: Interval) -> Result<Vec<usize>, RunError> {
        let mut counts = vec![0; self.homes.homes.len()];
        if hour < DAY {
            return Ok(counts);
        }
        let tariff = self.tariff(hour)?;
        let reach = match self.region.feeder {
            Some(_) => Reach::Utility,
            None => Reach::Neighbours,
        };
        let yesterday = self.history.front().cloned().ok_or(RunError::Missing {
            what: "yesterday's readings",
        })?;
        let parties = yesterday.into_iter().zip(self.preferences.clone()).zip(&mut counts);
        for ((number, ((net, preference), count)), owner) in
            (0u32..).zip(parties).zip(self.region.accounts.homes.clone())
        {
            let tokens = if net.get() > 0 {
                self.free_tokens(&owner)?
            } else {
                Wh::ZERO
            };
            let orders = plan(interval, net, tariff, preference, reach, tokens)?;
            if orders.is_empty() {
                continue;
            }
            *count = orders.len();
            let msg = market::ExecuteMsg::Place { device: number, orders };
            call(&mut self.region.chain, "place", &owner, &self.region.at.market, &msg)?;
        }
        Ok(counts)
    }

    fn free_tokens(&self, owner: &Addr) -> Result<Wh, RunError> {
        let question = market::QueryMsg::Account {
            address: owner.to_string(),
        };
        let account: AccountResponse = ask(&self.region.chain, &self.region.at.market, &question)?;
        Ok(account.energy.sub(account.energy_locked)?)
    }

    /// Posts tariffs so that at least [`TARIFFS`] hours from `hour` on have theirs, as far as the run goes.
    pub(super) fn post_tariffs(&mut self, hour: usize) -> Result<(), RunError> {
        let wanted = hour.saturating_add(TARIFFS.saturating_mul(2)).min(self.homes.hours);
        let tariffs = self.tariffs.get(self.posted..wanted).unwrap_or_default();
        if tariffs.is_empty() {
            return Ok(());
        }
        let tariffs = tariffs
            .iter()
            .map(|tariff| Tariff {
                import: tariff.import,
                export: tariff.export,
            })
            .collect();
        let msg = grid::ExecuteMsg::PostTariffs {
            from: interval_of(self.posted)?,
            tariffs,
        };
        call(
            &mut self.region.chain,
            "post tariffs",
            &self.region.accounts.utility,
            &self.region.at.grid,
            &msg,
        )?;
        self.posted = wanted;
        Ok(())
    }
}
