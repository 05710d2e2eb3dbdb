//! The run: order, clear, deliver, read, settle, close, hour after hour.

use std::collections::VecDeque;

use busbar_api::energy_token;
use busbar_api::grid::{self, Tariff};
use busbar_api::market::{self, AccountResponse, IntervalResponse, PositionResponse, Stage};
use busbar_api::oracle::{self, Registers};
use busbar_attestation::{SignedReading, page_of};
use busbar_chain::ChainQuerier;
use busbar_relayer::{Durability, Relayer, RelayerConfig};
use busbar_units::{Interval, NetWh, UnitsError, Wh};

use super::ask::{ask, call};
use super::battery::{self, Request, Storage};
use super::error::RunError;
use super::input::{Homes, HourTariff};
use super::ledger::{Ledger, Settled};
use super::meters::{Meter, STRETCH, read_ahead};
use super::plan::{Preference, plan};
use super::region::{FIRST, INTERVAL_S, Region};
use super::signatures::Records;

/// Hours between an hour and the one whose meter readings its orders are made from.
const DAY: usize = 24;

/// Hours of tariffs in one message, and how far ahead they are posted at least.
const TARIFFS: usize = 96;

/// Seconds before gate closure at which homes place their orders.
const ORDERING_S: u64 = 300;

/// A run under way.
pub struct Run<'a> {
    region: Region,
    relayer: Relayer,
    homes: &'a Homes,
    tariffs: &'a [HourTariff],
    preferences: Vec<Preference>,
    /// Metered net of the homes in the last hours, the latest last. With the hour in delivery and the one that
    /// is ordered for they make a day, so the first is yesterday's same hour.
    history: VecDeque<Vec<NetWh>>,
    /// Number of orders of each home in the hours not yet settled, the latest last.
    orders: VecDeque<Vec<usize>>,
    /// Hours whose tariffs are posted.
    posted: usize,
    /// Intervals before the first hour, which nobody trades and which are settled when their time has come.
    opening: VecDeque<Interval>,
    ledger: Option<Ledger>,
    records: Records,
    /// Readings handed to the relayer.
    submitted: u64,
}

/// A run that is over.
pub struct Ran {
    /// The region in its last state.
    pub region: Region,
    /// What the relayer did.
    pub relayer: Relayer,
    /// Sums.
    pub ledger: Ledger,
    /// Every signed reading.
    pub records: Records,
    /// Readings handed to the relayer.
    pub submitted: u64,
}

/// Runs every hour and goes on until all is final. `queue` is the relayer's file; `done` is told after each hour.
pub fn run(
    region: Region,
    meters: Vec<Meter>,
    homes: &Homes,
    tariffs: &[HourTariff],
    preferences: Vec<Preference>,
    queue: &std::path::Path,
    mut done: impl FnMut(),
) -> Result<Ran, RunError> {
    let config = RelayerConfig {
        durability: Durability::Process,
        batch_age_s: 0,
        // The meters are read ahead of the chain's clock; their readings wait in the queue for their time.
        future_s: hours_s(STRETCH.saturating_add(4)),
        retain_intervals: Some(u64::try_from(DAY).unwrap_or(u64::MAX)),
        ..RelayerConfig::default()
    };
    let account = region.accounts.relayer.clone();
    let relayer = Relayer::open(queue, config, &region.chain, &region.at.grid, account)?;
    let records = Records::new(region.domain, region.keys.clone())?;
    let opening = [FIRST.minus(2), FIRST.minus(1)].into_iter().flatten().collect();
    let mut run = Run {
        region,
        relayer,
        homes,
        tariffs,
        preferences,
        history: VecDeque::new(),
        orders: VecDeque::new(),
        posted: 0,
        opening,
        ledger: None,
        records,
        submitted: 0,
    };
    std::thread::scope(|scope| {
        run.open(&meters)?;
        let ahead = read_ahead(scope, meters, &homes.homes, homes.hours, FIRST);
        for start in (0..homes.hours).step_by(STRETCH) {
            let stretch = ahead.recv().map_err(|_| RunError::Meters)??;
            run.relay(&stretch.readings)?;
            run.relayer.verify(&run.region.chain)?;
            for (hour, metered) in (start..).zip(stretch.metered) {
                run.hour(hour, metered)?;
                done();
            }
        }
        run.close()
    })?;
    let Run {
        region,
        relayer,
        ledger,
        records,
        submitted,
        ..
    } = run;
    let ledger = ledger.ok_or(RunError::Missing {
        what: "the first readings",
    })?;
    Ok(Ran {
        region,
        relayer,
        ledger,
        records,
        submitted,
    })
}

impl Run<'_> {
    /// The baseline: every meter's registers before the first hour.
    fn open(&mut self, meters: &[Meter]) -> Result<(), RunError> {
        let before = FIRST.minus(1).ok_or(RunError::Missing {
            what: "an interval before the first",
        })?;
        self.post_tariffs(0)?;
        let mut readings = Vec::with_capacity(meters.len().saturating_add(1));
        for meter in meters.iter().chain([&self.region.battery]) {
            readings.push(meter.sign(before)?);
        }
        self.relay(&readings)
    }

    /// Hands readings to the relayer and keeps a copy for the measurement at the end.
    fn relay(&mut self, readings: &[SignedReading]) -> Result<(), RunError> {
        for reading in readings {
            self.records.push(reading)?;
        }
        self.submitted = self
            .submitted
            .saturating_add(u64::try_from(readings.len()).unwrap_or(u64::MAX));
        self.relayer.ingest(readings)?;
        Ok(())
    }

    /// Places the orders of an hour and clears it.
    fn trade(&mut self, hour: usize) -> Result<(), RunError> {
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
            let orders = plan(interval, net, tariff, preference, tokens)?;
            if orders.is_empty() {
                continue;
            }
            *count = orders.len();
            let msg = market::ExecuteMsg::Place { device: number, orders };
            call(&mut self.region.chain, "place", &owner, &self.region.at.market, &msg)?;
        }
        Ok(counts)
    }

    fn free_tokens(&self, owner: &cosmwasm_std::Addr) -> Result<Wh, RunError> {
        let question = market::QueryMsg::Account {
            address: owner.to_string(),
        };
        let account: AccountResponse = ask(&self.region.chain, &self.region.at.market, &question)?;
        Ok(account.energy.sub(account.energy_locked)?)
    }

    /// Delivers an hour while the next one is traded, reads every meter and settles.
    fn hour(&mut self, hour: usize, metered: Vec<NetWh>) -> Result<(), RunError> {
        let interval = interval_of(hour)?;
        if hour == 0 {
            self.trade(0)?;
            self.region.chain.advance_to(interval.start_s(INTERVAL_S)?)?;
            self.relayer.step(&mut self.region.chain)?;
            self.ledger = Some(Ledger::new(
                self.homes,
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
    fn positions(&self, interval: Interval) -> Result<Vec<PositionResponse>, RunError> {
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
    fn registers(&self, interval: Interval) -> Result<Vec<Registers>, RunError> {
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

    /// Settles an hour and adds it up.
    fn settle(&mut self, hour: usize, interval: Interval) -> Result<(), RunError> {
        let record = self.settle_interval(interval)?;
        let settled = Settled {
            interval,
            hour,
            tariff: self.tariff(hour)?,
            record,
            positions: self.positions(interval)?,
            orders: self.orders.pop_front().unwrap_or_default(),
            registers: self.registers(interval)?,
        };
        match &mut self.ledger {
            Some(ledger) => ledger.add(self.homes, &settled),
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
    fn close_due(&mut self) -> Result<(), RunError> {
        let now_s = busbar_chain::Chain::now(&self.region.chain)?.unix_s;
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
    fn close(&mut self) -> Result<(), RunError> {
        let last = interval_of(self.homes.hours)?;
        let wait = u64::from(self.region.params.correction_window);
        self.region.chain.advance_to(last.plus(wait)?.end_s(INTERVAL_S)?)?;
        self.close_due()
    }

    /// A call that anyone may make.
    fn poke(&mut self, name: &'static str, msg: &market::ExecuteMsg) -> Result<(), RunError> {
        call(
            &mut self.region.chain,
            name,
            &self.region.accounts.relayer,
            &self.region.at.market,
            msg,
        )
        .map(drop)
    }

    fn tariff(&self, hour: usize) -> Result<HourTariff, RunError> {
        self.tariffs.get(hour).copied().ok_or(RunError::Missing {
            what: "an hour's tariff",
        })
    }

    /// Posts tariffs so that at least [`TARIFFS`] hours from `hour` on have theirs, as far as the run goes.
    fn post_tariffs(&mut self, hour: usize) -> Result<(), RunError> {
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

/// The interval of an hour of the run.
fn interval_of(hour: usize) -> Result<Interval, UnitsError> {
    FIRST.plus(u64::try_from(hour).unwrap_or(u64::MAX))
}

fn hours_s(hours: usize) -> u64 {
    u64::try_from(hours).unwrap_or(u64::MAX).saturating_mul(INTERVAL_S)
}
