//! Delivery: the battery acts, every meter is read.

use busbar_api::energy_token;
use busbar_api::market::{self, PositionResponse};
use busbar_api::oracle::{self, Registers};
use busbar_attestation::page_of;
use busbar_chain::ChainQuerier;
use busbar_units::{Interval, NetWh};

use super::{DAY, Run, interval_of};
use crate::demo::ask::ask;
use crate::demo::battery::{self, Request, Storage};
use crate::demo::error::RunError;
use crate::demo::ledger::Ledger;
use crate::demo::region::INTERVAL_S;

impl Run<'_> {
    /// Delivers an hour while the next one is traded, reads every meter and settles.
    pub(super) fn hour(&mut self, hour: usize, metered: Vec<NetWh>) -> Result<(), RunError> {
        let interval = interval_of(hour)?;
        if hour == 0 {
            self.trade(0)?;
            self.region.chain.advance_to(interval.start_s(INTERVAL_S)?)?;
            self.relayer.step(&mut self.region.chain)?;
            self.ledger = Some(Ledger::new(
                self.homes,
                self.region.feeder.clone(),
                self.registers(interval.minus(1).unwrap_or(interval))?,
            ));
        }
        let next = hour.saturating_add(1);
        if next < self.homes.hours {
            self.trade(next)?;
        }
        let positions = self.positions(interval)?;
        let flow = battery::control(self.storage()?, &requests(&positions, &metered))?;
        self.region.battery.count(flow.charge, flow.discharge);
        self.region.chain.advance_to(interval.end_s(INTERVAL_S)?)?;
        let reading = self.region.battery.sign(interval)?;
        self.relay(&[reading])?;
        self.relayer.step(&mut self.region.chain)?;
        self.settle(hour, interval)?;
        self.history.push_back(metered);
        if self.history.len() >= DAY {
            self.history.pop_front();
        }
        self.close_due()
    }

    fn storage(&self) -> Result<Storage, RunError> {
        let battery = &self.homes.battery;
        let querier = ChainQuerier::new(&self.region.chain);
        Ok(Storage {
            per_hour: battery.power.over_seconds(INTERVAL_S)?,
            usable: battery.capacity,
            supply: energy_token::raw::supply(&querier.wrap(), &self.region.at.energy_token)?,
            efficiency: battery.efficiency,
        })
    }

    /// The homes' parts in an interval.
    pub(super) fn positions(&self, interval: Interval) -> Result<Vec<PositionResponse>, RunError> {
        let position = |device| {
            ask(
                &self.region.chain,
                &self.region.at.market,
                &market::QueryMsg::Position { interval, device },
            )
        };
        (0..self.region.battery_device).map(position).collect()
    }

    /// Registers of every device at the end of an interval, as the oracle stores them.
    pub(super) fn registers(&self, interval: Interval) -> Result<Vec<Registers>, RunError> {
        let querier = ChainQuerier::new(&self.region.chain);
        let mut registers = Vec::with_capacity(self.region.keys.len());
        for page in 0..=page_of(self.region.battery_device) {
            let readings = oracle::raw::page(&querier.wrap(), &self.region.at.oracle, interval, page)?;
            let readings = readings.ok_or(RunError::Missing {
                what: "a page of readings",
            })?;
            registers.extend(readings.iter().map(|(_, reading)| reading.registers));
        }
        if registers.len() != self.region.keys.len() {
            return Err(RunError::Missing { what: "a reading" });
        }
        Ok(registers)
    }
}

/// What each home asked of the bank, and what is left to serve.
fn requests(positions: &[PositionResponse], metered: &[NetWh]) -> Vec<Request> {
    let request = |(position, metered): (&PositionResponse, &NetWh)| Request {
        bank: position.banked,
        redeem: position.redeemed,
        metered: *metered,
        traded: position.traded,
    };
    positions.iter().zip(metered).map(request).collect()
}
