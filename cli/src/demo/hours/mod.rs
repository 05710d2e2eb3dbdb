//! The run: order, clear, deliver, read, settle, close, hour after hour.

mod deliver;
mod nodal;
mod settle;
mod supply;
mod trade;

use std::collections::VecDeque;

use busbar_api::market;
use busbar_attestation::SignedReading;
use busbar_relayer::{Durability, Relayer, RelayerConfig};
use busbar_units::{Interval, NetWh, UnitsError};

use super::ask::call;
use super::error::RunError;
use super::input::{Homes, HourTariff};
use super::ledger::Ledger;
use super::meters::{Meter, STRETCH, read_ahead};
use super::plan::Preference;
use super::region::{FIRST, INTERVAL_S, Region};
use super::signatures::Records;

/// Hours between an hour and the one whose meter readings its orders are made from.
const DAY: usize = 24;

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
    /// Numbers of the homes' accounts in the market.
    accounts: Vec<u32>,
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
    let accounts = supply::accounts(&region)?;
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
        accounts,
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
}

/// The interval of an hour of the run.
fn interval_of(hour: usize) -> Result<Interval, UnitsError> {
    FIRST.plus(u64::try_from(hour).unwrap_or(u64::MAX))
}

fn hours_s(hours: usize) -> u64 {
    u64::try_from(hours).unwrap_or(u64::MAX).saturating_mul(INTERVAL_S)
}
