//! Delivery: the battery acts, every meter is read.

use busbar_api::energy_token;
use busbar_api::market::{self, PositionResponse};
use busbar_api::oracle::{self, Registers};
use busbar_attestation::page_of;
use busbar_relayer::RelayerError;
use busbar_units::{Interval, NetWh};

use super::Run;
use crate::client::passes;
use crate::demo::ask::ask;
use crate::demo::battery::{self, Request, Storage};
use crate::demo::error::RunError;
use crate::demo::input::DAY;
use crate::demo::ledger::Ledger;
use crate::demo::region::ENERGY_S;

impl Run<'_> {
    /// Delivers an hour while the next one is traded, reads every meter and settles.
    pub(super) fn hour(&mut self, hour: usize, metered: Vec<NetWh>) -> Result<(), RunError> {
        let interval = self.region.interval_of(hour)?;
        if hour == 0 {
            self.trade(0)?;
            self.region.venue.until(interval.start_s(self.region.interval_s)?)?;
            let baseline = self.carry(interval.minus(1).unwrap_or(interval))?;
            self.ledger = Some(Ledger::new(self.homes, self.region.feeder.clone(), baseline));
        }
        let next = hour.saturating_add(1);
        if next < self.homes.hours {
            self.trade(next)?;
        }
        // Not before the orders, for which a chain's clock leaves least time.
        self.close_due()?;
        let positions = self.positions(interval)?;
        let flow = battery::control(self.storage()?, &requests(&positions, &metered))?;
        self.region.battery.count(flow.charge, flow.discharge);
        self.region.venue.until(interval.end_s(self.region.interval_s)?)?;
        let reading = self.region.battery.sign(interval)?;
        self.relay(&[reading])?;
        let registers = self.carry(interval)?;
        self.yesterday.insert(hour.saturating_add(DAY), metered);
        self.settle(hour, interval, registers)
    }

    /// Lets the relayer work until the oracle has every device's reading of an interval: registers at its end.
    fn carry(&mut self, interval: Interval) -> Result<Vec<Registers>, RunError> {
        loop {
            self.step()?;
            if let Some(registers) = self.registers(interval)? {
                return Ok(registers);
            }
            let refused = self
                .relayer
                .metrics()
                .rejected
                .iter()
                .map(|(reason, count)| format!("{count} {reason}"));
            let refused: Vec<_> = refused.collect();
            if !refused.is_empty() {
                return Err(RunError::Refused {
                    interval,
                    reasons: refused.join(", "),
                });
            }
            self.region.venue.rest()?;
        }
    }

    /// Lets the relayer work until nothing of its queue is open.
    pub(super) fn carry_all(&mut self) -> Result<(), RunError> {
        while self.relayer.open_readings() > 0 {
            self.region.venue.rest()?;
            self.step()?;
        }
        Ok(())
    }

    /// One pass of the relayer; what a chain did not take for now it takes in the next.
    fn step(&mut self) -> Result<(), RunError> {
        match self.relayer.step(self.region.venue.chain_mut()) {
            Err(RelayerError::Chain(error)) if self.region.real && passes(&error) => Ok(()),
            done => Ok(done?),
        }
    }

    fn storage(&self) -> Result<Storage, RunError> {
        let battery = &self.homes.battery;
        let querier = self.region.querier();
        Ok(Storage {
            per_hour: battery.power.over_seconds(ENERGY_S)?,
            usable: battery.capacity,
            supply: energy_token::raw::supply(&querier.wrap(), &self.region.at.energy_token)?,
            efficiency: battery.efficiency,
        })
    }

    /// The homes' parts in an interval.
    pub(super) fn positions(&self, interval: Interval) -> Result<Vec<PositionResponse>, RunError> {
        let position = |device| {
            ask(
                self.region.chain(),
                &self.region.at.market,
                &market::QueryMsg::Position { interval, device },
            )
        };
        (0..self.region.battery_device).map(position).collect()
    }

    /// Registers of every device at the end of an interval, as the oracle stores them; none while one is missing.
    fn registers(&self, interval: Interval) -> Result<Option<Vec<Registers>>, RunError> {
        let querier = self.region.querier();
        let mut registers = Vec::with_capacity(self.region.keys.len());
        for page in 0..=page_of(self.region.battery_device) {
            let readings = oracle::raw::page(&querier.wrap(), &self.region.at.oracle, interval, page)?;
            let Some(readings) = readings else { return Ok(None) };
            registers.extend(readings.iter().map(|(_, reading)| reading.registers));
        }
        Ok((registers.len() == self.region.keys.len()).then_some(registers))
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
