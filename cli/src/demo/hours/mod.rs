//! The run: order, clear, deliver, read, settle, close, hour after hour.

mod deliver;
mod nodal;
mod settle;
mod supply;
mod trade;

use std::collections::{BTreeMap, VecDeque};

use busbar_api::market;
use busbar_attestation::SignedReading;
use busbar_relayer::{Durability, Relayer, RelayerConfig};
use busbar_units::{Interval, NetWh};

use super::ask::call;
use super::error::RunError;
use super::input::{DAY, Homes, HourTariff};
use super::ledger::Ledger;
use super::meters::{Meter, STRETCH, read_ahead};
use super::plan::Preference;
use super::region::Region;
use super::result::Late;
use super::signatures::Records;

/// A run under way.
pub struct Run<'a> {
    region: Region,
    relayer: Relayer,
    homes: &'a Homes,
    tariffs: &'a [HourTariff],
    preferences: Vec<Preference>,
    /// What the homes' meters counted a day before an hour of the run that is still to be ordered for.
    yesterday: BTreeMap<usize, Vec<NetWh>>,
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
    /// Hours in which the chain's clock was faster than the run.
    late: Vec<Late>,
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
    /// Hours in which the chain's clock was faster than the run.
    pub late: Vec<Late>,
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
        durability: if region.real {
            Durability::Full
        } else {
            Durability::Process
        },
        batch_age_s: 0,
        // The meters are read ahead of the chain's clock; their readings wait in the queue for their time.
        future_s: count(STRETCH.saturating_add(4)).saturating_mul(region.interval_s),
        retain_intervals: Some(count(DAY)),
        ..RelayerConfig::default()
    };
    let account = region.accounts.relayer.clone();
    let relayer = Relayer::open(queue, config, region.chain(), &region.at.grid, account)?;
    let records = Records::new(region.domain, region.keys.clone())?;
    let accounts = supply::accounts(&region)?;
    let founded = market::raw::final_cursor(&region.querier().wrap(), &region.at.market)?;
    let opening = (founded.get()..region.first.get()).map(Interval::new).collect();
    let yesterday = homes.day_before.iter().cloned().enumerate().collect();
    let first = region.first;
    let mut run = Run {
        region,
        relayer,
        homes,
        tariffs,
        preferences,
        yesterday,
        orders: VecDeque::new(),
        posted: 0,
        opening,
        accounts,
        ledger: None,
        records,
        submitted: 0,
        late: Vec::new(),
    };
    std::thread::scope(|scope| {
        run.open(&meters)?;
        let ahead = read_ahead(scope, meters, &homes.homes, homes.hours, first);
        for start in (0..homes.hours).step_by(STRETCH) {
            let stretch = ahead.recv().map_err(|_| RunError::Meters)??;
            run.relay(&stretch.readings)?;
            run.relayer.verify(run.region.venue.chain())?;
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
        late,
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
        late,
    })
}

impl Run<'_> {
    /// The baseline: every meter's registers before the first hour.
    fn open(&mut self, meters: &[Meter]) -> Result<(), RunError> {
        let before = self.region.first.minus(1).ok_or(RunError::Missing {
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
        self.submitted = self.submitted.saturating_add(count(readings.len()));
        self.relayer.ingest(readings)?;
        Ok(())
    }

    /// Time of the last block.
    fn now_s(&self) -> Result<u64, RunError> {
        Ok(self.region.chain().now()?.unix_s)
    }

    /// A call that anyone may make.
    fn poke(&mut self, name: &'static str, msg: &market::ExecuteMsg) -> Result<(), RunError> {
        call(
            &mut *self.region.venue,
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

fn count(hours: usize) -> u64 {
    u64::try_from(hours).unwrap_or(u64::MAX)
}
