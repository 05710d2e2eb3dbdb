//! `busbar bench`: how long this machine takes for one job, in the code that the contracts run.
mod certificates;
mod clearing;
mod gas;
mod instance;

use std::time::Instant;

use anyhow::{Context, ensure};
use busbar_clearing::{Line, Network, Order, PriceBounds, Side, check, clear};
use busbar_units::{Price, Wh};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::exit;

/// Options of `busbar bench`.
#[derive(Debug, clap::Args)]
pub struct Options {
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, clap::Subcommand)]
enum Job {
    /// Clear random orders and check the result; orders are made outside the measured time
    Clear(ClearOptions),
    /// Clear congested markets on trees and meshes, for comparison with other solvers
    Clearing(clearing::Options),
    /// Change certificates of meshes in every way and see what is still accepted
    Certificates(certificates::Options),
    /// Measure what each action costs on a real node
    Gas(gas::Options),
}

/// Options of `busbar bench clear`.
#[derive(Debug, clap::Args)]
struct ClearOptions {
    /// Orders on each side of the market
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1 << 19))]
    orders: u32,
    /// Buses, joined by random lines that bind now and then
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    buses: u32,
    /// Markets to clear, each a different one
    #[arg(long, default_value_t = 101, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    runs: u32,
    /// Seed of the random markets
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

/// What was measured, times in nanoseconds of one thread.
#[derive(Serialize)]
struct Figures {
    orders: u64,
    buses: u32,
    runs: u32,
    seed: u64,
    /// Of clearing and check together.
    median_ns: u128,
    min_ns: u128,
    max_ns: u128,
    /// Part of the check in all measured time.
    verification_permille: u128,
    optimized: bool,
}

/// Runs the job.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let options = match &options.job {
        Job::Clear(options) => options,
        Job::Clearing(options) => return clearing::run(options),
        Job::Certificates(options) => return certificates::run(options),
        Job::Gas(options) => return gas::run(options),
    };
    let figures = measure(options)?;
    if !figures.optimized {
        tracing::warn!("this is a debug build: times say nothing, build with --release");
    }
    exit::print(&if options.json {
        serde_json::to_string_pretty(&figures)? + "\n"
    } else {
        text(&figures)
    })
}

fn measure(options: &ClearOptions) -> anyhow::Result<Figures> {
    let mut times = Vec::new();
    let mut verification = 0u128;
    // One market more than counted: the first pays for cold caches.
    for run in 0..=u64::from(options.runs) {
        let market = market(options, options.seed.wrapping_add(run))?;
        let start = Instant::now();
        let cleared = clear(&market.network, &market.orders, market.bounds)?;
        let solved = start.elapsed().as_nanos();
        let proof = check(
            &market.network,
            &market.orders,
            &cleared.fills,
            &cleared.flows,
            &cleared.prices,
        )?;
        let checked = start.elapsed().as_nanos();
        ensure!(proof.gap == 0, "seed {}: gap {}", options.seed, proof.gap);
        if run > 0 {
            times.push(checked);
            verification = verification.saturating_add(checked.saturating_sub(solved));
        }
    }
    times.sort_unstable();
    let total = times.iter().fold(0u128, |sum, time| sum.saturating_add(*time));
    let median = times.get(times.len() / 2).copied().context("no run")?;
    Ok(Figures {
        orders: u64::from(options.orders).saturating_mul(2),
        buses: options.buses,
        runs: options.runs,
        seed: options.seed,
        median_ns: median,
        min_ns: times.first().copied().unwrap_or(median),
        max_ns: times.last().copied().unwrap_or(median),
        verification_permille: verification.saturating_mul(1000).checked_div(total).unwrap_or(0),
        optimized: !cfg!(debug_assertions),
    })
}

struct Market {
    network: Network,
    orders: Vec<Order>,
    bounds: PriceBounds,
}

/// As many buys as sells between two tariffs, 1 to 5,000 Wh each, on a random tree.
fn market(options: &ClearOptions, seed: u64) -> anyhow::Result<Market> {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let (floor, cap) = (70_000, 210_000);
    let buses = usize::try_from(options.buses)?;
    let lines = (1..buses).map(|to| {
        let [capacity, capacity_back] = [(); 2].map(|()| Wh::new(random.gen_range(0..200_000)));
        Line {
            from: random.gen_range(0..to),
            to,
            capacity,
            capacity_back,
        }
    });
    let network = Network::new(buses, 0, lines.collect())?;
    let sides = [Side::Buy, Side::Sell]
        .into_iter()
        .cycle()
        .take(usize::try_from(options.orders)?.saturating_mul(2));
    let orders = sides.map(|side| Order {
        bus: random.gen_range(0..buses),
        side,
        price: Price::new(random.gen_range(floor..=cap)),
        quantity: Wh::new(random.gen_range(1..=5_000)),
    });
    let orders = orders.collect();
    Ok(Market {
        network,
        orders,
        bounds: PriceBounds {
            floor: Price::new(floor),
            cap: Price::new(cap),
        },
    })
}

fn text(figures: &Figures) -> String {
    let &Figures {
        orders,
        buses,
        runs,
        verification_permille,
        ..
    } = figures;
    let [median, min, max] = [figures.median_ns, figures.min_ns, figures.max_ns].map(milliseconds);
    format!(
        "{orders} orders on {buses} {}: median {median} ms of {runs} runs (min {min}, max {max}), \
         of which {}.{} % verification\n",
        if buses == 1 { "bus" } else { "buses" },
        verification_permille / 10,
        verification_permille % 10,
    )
}

/// Nanoseconds as milliseconds with three decimals.
fn milliseconds(ns: u128) -> String {
    let us = ns / 1000;
    format!("{}.{:03}", us / 1000, us % 1000)
}
