//! Before delivery: tariffs posted, orders placed, the hour cleared.

use busbar_api::grid::{self, Tariff};
use busbar_api::market::{self, AccountResponse};
use busbar_chain::Message;
use busbar_units::{Interval, Wh};
use cosmwasm_std::Addr;

use super::Run;
use crate::demo::ask::{ask, call};
use crate::demo::error::RunError;
use crate::demo::plan::{Reach, plan};
use crate::demo::result::{Late, Lateness};
use crate::demo::venue::Call;

/// Hours of tariffs in one message, and how far ahead they are posted at least.
const TARIFFS: usize = 96;

/// Seconds before gate closure at which homes place their orders.
const ORDERING_S: u64 = 300;

impl Run<'_> {
    /// Places the orders of an hour and clears it.
    pub(super) fn trade(&mut self, hour: usize) -> Result<(), RunError> {
        let interval = self.region.interval_of(hour)?;
        let start_s = interval.start_s(self.region.interval_s)?;
        let closure_s = start_s.saturating_sub(self.region.params.gate_closure_s.into());
        self.region.venue.until(closure_s.saturating_sub(ORDERING_S))?;
        if self.posted < hour.saturating_add(TARIFFS) {
            self.post_tariffs(hour)?;
        }
        let orders = self.place(hour, interval, closure_s)?;
        self.orders.push_back(orders);
        self.region.venue.until(closure_s)?;
        match self.poke("clear", &market::ExecuteMsg::Clear { interval }) {
            // A chain whose clock runs by itself went on without waiting for the clearing.
            Err(RunError::Call { .. }) if self.now_s()? >= start_s => {
                self.late(hour, Lateness::Clearing);
                self.poke("skip", &market::ExecuteMsg::Skip { interval })
            }
            done => done,
        }
    }

    fn late(&mut self, hour: usize, what: Lateness) {
        let words = match what {
            Lateness::Orders => "orders came after gate closure and are not in the book",
            Lateness::Clearing => "it was not cleared before its delivery and is skipped",
        };
        self.region.venue.tell(&format_args!(
            "hour {} of {}: LATE: {words}",
            hour.saturating_add(1),
            self.homes.hours
        ));
        self.late.push(Late { hour, what });
    }

    /// Each home's orders from what its meter counted a day before; none where that is not known.
    fn place(&mut self, hour: usize, interval: Interval, closure_s: u64) -> Result<Vec<usize>, RunError> {
        let mut counts = vec![0; self.homes.homes.len()];
        let Some(yesterday) = self.yesterday.remove(&hour) else {
            return Ok(counts);
        };
        let tariff = self.tariff(hour)?;
        let reach = match self.region.feeder {
            Some(_) => Reach::Utility,
            None => Reach::Neighbours,
        };
        let (mut calls, mut placed) = (Vec::new(), Vec::new());
        let homes = self.region.accounts.homes.iter().zip(&self.preferences);
        for (((number, home), net), (owner, preference)) in (0u32..).zip(0..).zip(yesterday).zip(homes) {
            let tokens = if net.get() > 0 {
                self.free_tokens(owner)?
            } else {
                Wh::ZERO
            };
            let orders = plan(interval, net, tariff, *preference, reach, tokens)?;
            if orders.is_empty() {
                continue;
            }
            placed.push((home, orders.len()));
            let msg = market::ExecuteMsg::Place { device: number, orders };
            calls.push(Call {
                name: "place",
                sender: owner.clone(),
                messages: vec![Message::new(self.region.at.market.clone(), &msg)?],
            });
        }
        let mut late = false;
        for (result, (home, orders)) in self.region.venue.send(&calls)?.into_iter().zip(placed) {
            match result {
                Ok(_) => {
                    if let Some(count) = counts.get_mut(home) {
                        *count = orders;
                    }
                }
                Err(_) if self.now_s()? >= closure_s => late = true,
                Err(source) => return Err(RunError::Call { call: "place", source }),
            }
        }
        if late {
            self.late(hour, Lateness::Orders);
        }
        Ok(counts)
    }

    fn free_tokens(&self, owner: &Addr) -> Result<Wh, RunError> {
        let question = market::QueryMsg::Account {
            address: owner.to_string(),
        };
        let account: AccountResponse = ask(self.region.chain(), &self.region.at.market, &question)?;
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
            from: self.region.interval_of(self.posted)?,
            tariffs,
        };
        call(
            &mut *self.region.venue,
            "post tariffs",
            &self.region.accounts.utility,
            &self.region.at.grid,
            &msg,
        )?;
        self.posted = wanted;
        Ok(())
    }
}
