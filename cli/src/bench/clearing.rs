//! `busbar bench clearing`: congested markets on trees and meshes, for comparison with other solvers.
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use busbar_clearing::{check, clear};
use serde::Serialize;

use super::instance::{BOUNDS, Market, Topology};
use super::milliseconds;
use crate::exit;

/// Options of `busbar bench clearing`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Trees are cleared by the exact solver, meshes by proposal and proof; the check is part of \
the time. With --dump every market is written as a file for `busbar clear` or any other solver."
)]
pub struct Options {
    /// Network file whose buses and lines are taken, its capacities not; a random tree without it
    #[arg(long, value_name = "FILE.json")]
    network: Option<PathBuf>,
    /// Buses of the random tree
    #[arg(long, default_value_t = 33, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    buses: u32,
    /// Orders of each market, beside the utility's two
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=1 << 19))]
    orders: u32,
    /// Markets, each a different one
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,
    /// Times each market is cleared; the shortest counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeat: u32,
    /// Seed of the random markets
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder into which the markets are written
    #[arg(long, value_name = "DIR")]
    dump: Option<PathBuf>,
    /// Print one JSON object per market
    #[arg(long)]
    json: bool,
}

/// One market's figures; welfare, dual and gap in price times Wh.
#[derive(Serialize)]
struct Figures {
    market: String,
    buses: usize,
    lines: usize,
    loops: usize,
    orders: usize,
    /// Shortest time of clearing and check, nanoseconds of one thread.
    ns: u128,
    welfare: String,
    dual: String,
    gap: String,
    rent: String,
}

/// Runs the job.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let topology = match &options.network {
        Some(file) => Topology::read(file)?,
        None => Topology::random(usize::try_from(options.buses)?, options.seed),
    };
    let mut all = Vec::new();
    for run in 0..u64::from(options.runs) {
        let market = topology.market(options.orders, options.seed.wrapping_add(run), false)?;
        let name = format!("{:05}.json", run);
        if let Some(folder) = &options.dump {
            market.dump(folder, &name)?;
        }
        let figures = (0..options.repeat)
            .map(|_| measure(&market, &name))
            .collect::<anyhow::Result<Vec<Figures>>>()?;
        all.push(figures.into_iter().min_by_key(|figures| figures.ns).context("no run")?);
    }
    if cfg!(debug_assertions) {
        tracing::warn!("this is a debug build: times say nothing, build with --release");
    }
    exit::print(&if options.json { lines(&all)? } else { text(&all)? })
}

fn measure(market: &Market, name: &str) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let (welfare, dual, gap, rent) = match &market.tree {
        Some(tree) => {
            let cleared = clear(tree, &market.orders, BOUNDS)?;
            let proof = check(tree, &market.orders, &cleared.fills, &cleared.flows, &cleared.prices)?;
            (proof.welfare, proof.dual, proof.gap, proof.rent)
        }
        None => {
            let proof = busbar_solver::solve(&market.mesh, &market.orders, BOUNDS)?.proof;
            (proof.welfare, proof.dual, proof.gap, proof.rent)
        }
    };
    Ok(Figures {
        ns: start.elapsed().as_nanos(),
        market: name.to_owned(),
        buses: market.mesh.buses(),
        lines: market.mesh.lines().len(),
        loops: market.mesh.cycles().len(),
        orders: market.orders.len(),
        welfare: welfare.to_string(),
        dual: dual.to_string(),
        gap: gap.to_string(),
        rent: rent.to_string(),
    })
}

fn lines(all: &[Figures]) -> anyhow::Result<String> {
    let lines: Result<Vec<String>, _> = all.iter().map(serde_json::to_string).collect();
    Ok(lines?.join("\n") + "\n")
}

fn text(all: &[Figures]) -> anyhow::Result<String> {
    let mut times: Vec<u128> = all.iter().map(|figures| figures.ns).collect();
    times.sort_unstable();
    let Figures {
        buses,
        lines,
        loops,
        orders,
        ..
    } = all.first().context("no market")?;
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let (min, max) = (
        times.first().copied().unwrap_or_default(),
        times.last().copied().unwrap_or_default(),
    );
    let congested = all.iter().filter(|figures| figures.rent != "0").count();
    Ok(format!(
        "{orders} orders on {buses} buses, {lines} lines, {loops} loops: median {} ms of {} markets \
         (min {}, max {}), {congested} congested, largest gap {}\n",
        milliseconds(median),
        all.len(),
        milliseconds(min),
        milliseconds(max),
        all.iter().map(gap_ppb).max().unwrap_or(0).to_string() + " billionths of the welfare",
    ))
}

fn gap_ppb(figures: &Figures) -> i128 {
    let (gap, welfare) = (
        figures.gap.parse().unwrap_or(0i128),
        figures.welfare.parse().unwrap_or(0i128),
    );
    gap.saturating_mul(1_000_000_000).checked_div(welfare).unwrap_or(0)
}
