//! `busbar demo`: real homes traded hour by hour, from signed meter readings to money, on the embedded chain or a real one.

mod ask;
mod battery;
mod check;
mod error;
mod evidence;
mod feeder;
mod format;
mod hours;
pub mod html;
pub mod input;
mod json;
mod ledger;
mod memory;
mod meters;
mod options;
pub mod plan;
mod readback;
mod region;
mod result;
mod signatures;
mod table;
#[cfg(test)]
mod tests;
mod venue;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::exit::{self, BadInput};
use feeder::Feeder;
use input::{ExportShare, FLAT_IMPORT, Homes, HourTariff, Window};
use json::Cost;
pub use options::Options;
use plan::Preference;
use region::Region;
use result::{RunResult, Setting};

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
