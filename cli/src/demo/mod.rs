//! `busbar demo`: real homes traded hour by hour on the embedded chain, from signed meter readings to money.

mod ask;
mod battery;
mod check;
mod error;
mod evidence;
mod feeder;
mod format;
mod hours;
mod html;
mod input;
mod json;
mod ledger;
mod memory;
mod meters;
mod plan;
mod readback;
mod region;
mod result;
mod signatures;
mod table;
#[cfg(test)]
mod tests;
mod venue;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{Args, ValueHint};
use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::exit::{self, BadInput};
use feeder::{Feeder, FeederOptions};
use input::{ExportShare, FLAT_IMPORT, Homes, HourTariff, Window};
use json::Cost;
use plan::Preference;
use region::Region;
use result::{RunResult, Setting};
use venue::NodeOptions;

/// What to run, and where to write what came out.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Folder with Building_<n>.csv (load in kWh, solar in W per kW installed) and assets.json
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    homes: PathBuf,

    /// Import tariff per hour: a CSV with the column electricity_pricing in coin per kWh, one row per hour of
    /// the homes' files. Without it: 0.30 coin per kWh in every hour
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pricing: Option<PathBuf>,

    /// Export tariff as a share of the import tariff: at least 0, below 1
    #[arg(long, value_name = "X", default_value = "0.3")]
    export_share: String,

    /// First hour: row of the homes' files, counted from 0; by default 0, on a real chain 38
    #[arg(long, value_name = "HOUR")]
    from: Option<usize>,

    /// Number of hours; by default all that follow, on a real chain 6
    #[arg(long, value_name = "N")]
    hours: Option<usize>,

    /// Homes know what their meters measured in the 24 hours before the first, and order from the first hour on; always
    /// on a real chain, where the files have those hours
    #[arg(long)]
    day_before: bool,

    /// Makes the keys and the homes' price preferences
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Write the numbers as JSON; - is stdout, and the table then goes to stderr
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    json: Option<PathBuf>,

    /// Write a page with charts, one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html", value_hint = ValueHint::FilePath)]
    report: Option<PathBuf>,

    /// Issue certificates and write what proves one of them, for `busbar certificate verify`: the largest of the last
    /// hour in which a home fed the grid
    #[arg(long, value_name = "FILE.json", value_hint = ValueHint::FilePath)]
    evidence: Option<PathBuf>,

    #[command(flatten)]
    feeder: FeederOptions,

    #[command(flatten)]
    node: NodeOptions,
}

const AFTER_HELP: &str = "\
Each home has a meter with a secp256r1 key; together they own a battery, one home's battery of assets.json times
the number of homes. For each hour a home orders what its own meter measured in the same hour of the day before;
the first 24 hours have no orders, except with --day-before. Every reading is signed, relayed, verified, and every hour
cleared, settled and made final by the contracts on a chain inside this process. At the end all sums are read back from
the contracts and checked to the watt-hour and to the millionth of a coin; a difference ends the run with exit code 1.

With --chain the same happens on a real chain, in a region of its own that --region names. Each home has an account,
derived from the key's mnemonic and given coin by it, and signs its own transactions. The clock is compressed: an hour of
energy takes --interval-s of the chain's time, and whatever has to happen in it happens before its gate closure, its
delivery, its end. What comes too late is not done: the hour is told and listed as LATE, goes on without it, and the sums
still have to add up. Without late hours every sum is that of the embedded chain with --day-before, --from and --hours;
only the numbers of intervals are others, and with them the line of who supplied whom, which begins elsewhere.

JSON: energy (*_wh), counts and milliseconds are numbers; money (coin_*, bill, fees) is a decimal string in
millionths of a coin, and so is a price, per kWh. generation_wh and consumption_wh are what the homes' meters fed and
drew, gross_* what roofs made and homes used; traded_wh is between homes; utility_*_wh are the region's net per hour,
summed. network is null without --network; congested_hours are those in which a full line parted prices,
delivered_overloads what lines carried beyond their capacity when homes did other than they had traded and the battery
took its part. chain is null on the embedded chain; late_hours are positions in per_hour. signature_check_ms is the time
that one thread needs to verify the same signatures with the chain's own function.

Exit codes: 0 done, 1 failed, 2 the command line or the input cannot be used.";

impl Options {
    fn from(&self) -> usize {
        self.from.unwrap_or_else(|| self.node.from())
    }
}

/// Runs the homes of a folder and writes what came out.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let started = Instant::now();
    let (mut homes, tariffs) = read(options).map_err(BadInput::of)?;
    region::community_battery(&mut homes).map_err(BadInput::of)?;
    let feeder = Feeder::read(&options.feeder, homes.homes.len()).map_err(BadInput::of)?;
    let setting = setting(options, &homes);
    let node = options.node.prepare()?;
    let bar = if node.is_some() {
        ProgressBar::hidden()
    } else {
        progress(homes.hours)
    };

    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let preferences = homes.homes.iter().map(|_| Preference::draw(&mut random)).collect();
    let (region, meters) = Region::found(
        &homes,
        &tariffs,
        feeder,
        options.seed,
        &mut random,
        |founding| match node {
            Some(node) => node.found(founding),
            None => venue::in_process(founding),
        },
    )?;
    let folder = tempfile::tempdir().context("a temporary folder for the relayer's queue")?;
    let queue = folder.path().join("queue.sqlite");
    let ran = hours::run(region, meters, &homes, &tariffs, preferences, &queue, || bar.inc(1));
    bar.finish_and_clear();
    let mut ran = ran?;
    let evidence = match &options.evidence {
        Some(_) => evidence::evidence(&mut ran)?,
        None => None,
    };
    let (run, records) = readback::conclude(ran, setting)?;

    if let Some(file) = &options.report {
        write(file, &html::page(&run)?)?;
    }
    if let Some(file) = &options.evidence {
        let evidence = evidence.context("no home fed the grid in any hour: there is no certificate to prove")?;
        write(file, &serde_json::to_string_pretty(&evidence)?)?;
    }
    if let (Some(file), Some(record)) = (&options.feeder.schedules, &run.feeder) {
        write(file, &feeder::schedules(record)?)?;
    }
    let wall = started.elapsed();
    let checked = records.verify().context("the records of the run")?;
    anyhow::ensure!(
        checked.genuine == run.readings.submitted,
        "{} of {} records are genuine",
        checked.genuine,
        run.readings.submitted
    );
    let cost = Cost {
        wall_ms: milliseconds(wall),
        signature_check_ms: milliseconds(checked.took),
        peak_rss_bytes: memory::peak_rss_bytes(),
    };
    print(options, &run, cost)
}

fn read(options: &Options) -> Result<(Homes, Vec<HourTariff>), input::InputError> {
    let share = ExportShare::parse(&options.export_share)?;
    let window = Window {
        from: options.from(),
        hours: options.hours.or_else(|| options.node.hours()),
    };
    let mut homes = Homes::read(&options.homes, window)?;
    if options.day_before && homes.day_before.is_empty() {
        return Err(input::InputError::DayBefore {
            from: window.from,
            hours: input::DAY,
        });
    }
    if !options.day_before && options.node.chain.is_none() {
        homes.day_before.clear();
    }
    let first = options
        .homes
        .join(homes.homes.first().map_or("", |home| &home.name))
        .with_extension("csv");
    let tariffs = input::read_tariffs(options.pricing.as_deref(), share, window, homes.rows, &first)?;
    Ok((homes, tariffs))
}

fn setting(options: &Options, homes: &Homes) -> Setting {
    let file = options.pricing.as_deref().and_then(Path::file_name);
    let flat = || format!("flat {} coin per kWh", format::price(FLAT_IMPORT));
    Setting {
        from: options.from(),
        starts_at: homes.starts_at,
        seed: options.seed,
        tariff: file.map_or_else(flat, |name| name.to_string_lossy().into_owned()),
        export_share: options.export_share.clone(),
        battery_usable: homes.battery.capacity,
        battery_power: homes.battery.power,
        battery_efficiency: homes.battery.efficiency,
    }
}

/// A bar on stderr; nothing where that is no terminal.
fn progress(hours: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(hours).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} hours, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn print(options: &Options, run: &RunResult, cost: Cost) -> anyhow::Result<()> {
    let text = format!("{}{}", table::text(run)?, timing(run, cost, options));
    match options.json.as_deref() {
        Some(file) if file == Path::new("-") => {
            eprint!("{text}");
            exit::print(&json::json(run, cost)?)
        }
        Some(file) => {
            write(file, &json::json(run, cost)?)?;
            exit::print(&text)
        }
        None => exit::print(&text),
    }
}

fn timing(run: &RunResult, cost: Cost, options: &Options) -> String {
    let seconds = |ms: u64| format!("{}.{:01} s", ms.div_euclid(1000), ms.rem_euclid(1000).div_euclid(100));
    let memory = cost
        .peak_rss_bytes
        .map_or_else(String::new, |bytes| format!(", peak memory {} MiB", bytes >> 20));
    let place = match &run.live {
        Some(live) => table::live(live),
        None => "queue       the relayer's queue ran without fsync: this is a simulation\n".to_owned(),
    };
    let mut text = format!(
        "time        {} for {} hours of {} homes; bare verification of the signatures {}{memory}\n{place}",
        seconds(cost.wall_ms),
        run.hours.len(),
        run.homes.len(),
        seconds(cost.signature_check_ms),
    );
    if let Some(file) = &options.report {
        text.push_str(&format!("report      {}\n", file.display()));
    }
    if let Some(file) = &options.evidence {
        text.push_str(&format!(
            "evidence    {0}; check it with: busbar certificate verify {0}\n",
            file.display()
        ));
    }
    text
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| file.display().to_string())
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
