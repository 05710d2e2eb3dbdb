//! `busbar bench certificates`: proposals for congested meshes, changed in every way, and what is still accepted.
use std::collections::BTreeMap;
use std::path::PathBuf;

use busbar_clearing::mesh::{DUAL_SCALE, Proposal, Terms};
use busbar_clearing::{Order, Violation};
use busbar_units::{NetWh, Ppm, Wh};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::instance::{BOUNDS, Market, Topology};
use crate::exit;

/// Options of `busbar bench certificates`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Prints one JSON object per market: the clearing's own welfare and gap, how many changed \
proposals kept balance and limits, why the others were refused, and the lowest welfare that was accepted. \
Compare it with the optimum of another solver on the dumped file: none may be below it by more than epsilon."
)]
pub struct Options {
    /// Network file whose buses and lines are taken, its capacities not
    #[arg(long, value_name = "FILE.json")]
    network: PathBuf,
    /// Orders of each market, beside the utility's two
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=1 << 19))]
    orders: u32,
    /// Markets, each a different one
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,
    /// Changed proposals per market
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    changes: u32,
    /// Limit voltages in place of flows
    #[arg(long)]
    voltage: bool,
    /// Largest gap that is accepted, millionths of the welfare
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    epsilon_ppm: i64,
    /// Seed of the random markets
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder into which the markets are written
    #[arg(long, value_name = "DIR")]
    dump: Option<PathBuf>,
}

#[derive(Serialize)]
struct Figures {
    market: String,
    welfare: String,
    dual: String,
    gap: String,
    rent: String,
    epsilon_ppm: i64,
    accepted: bool,
    changed: u32,
    /// Changed proposals that keep fills, limits, balance, lines, loops: only the gap can refuse them.
    feasible: u32,
    changed_accepted: u32,
    /// Lowest welfare of an accepted proposal, changed or not.
    lowest_accepted: Option<String>,
    refused: BTreeMap<&'static str, u32>,
}

/// Runs the job.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let topology = Topology::read(&options.network)?;
    let mut text = String::new();
    for run in 0..u64::from(options.runs) {
        let seed = options.seed.wrapping_add(run);
        let market = topology.market(options.orders, seed, options.voltage)?;
        let name = format!("{run:05}.json");
        if let Some(folder) = &options.dump {
            market.dump(folder, &name)?;
        }
        let figures = judge(options, &market, name, seed)?;
        text.push_str(&serde_json::to_string(&figures)?);
        text.push('\n');
    }
    exit::print(&text)
}

fn judge(options: &Options, market: &Market, name: String, seed: u64) -> anyhow::Result<Figures> {
    let solution = busbar_solver::solve(&market.mesh, &market.orders, BOUNDS)?;
    let terms = Terms {
        bounds: BOUNDS,
        epsilon: Ppm::new(options.epsilon_ppm),
    };
    let mut lowest = None;
    let mut judged = |proposal: &Proposal| {
        let verdict = market.mesh.verify(&market.orders, proposal, terms);
        if let Ok(proof) = &verdict {
            lowest = Some(lowest.map_or(proof.welfare, |lowest: i128| lowest.min(proof.welfare)));
        }
        verdict.map(|_| ())
    };
    let accepted = judged(&solution.proposal).is_ok();
    let mut refused = BTreeMap::new();
    let (mut feasible, mut changed_accepted) = (0u32, 0u32);
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..options.changes {
        let verdict = judged(&changed(&solution.proposal, &market.orders, random));
        feasible = feasible.saturating_add(u32::from(matches!(&verdict, Ok(()) | Err(Violation::Gap { .. }))));
        match verdict {
            Ok(()) => changed_accepted = changed_accepted.saturating_add(1),
            Err(violation) => {
                let count: &mut u32 = refused.entry(reason(&violation)).or_default();
                *count = count.saturating_add(1);
            }
        }
    }
    let proof = solution.proof;
    Ok(Figures {
        market: name,
        welfare: proof.welfare.to_string(),
        dual: proof.dual.to_string(),
        gap: proof.gap.to_string(),
        rent: proof.rent.to_string(),
        epsilon_ppm: options.epsilon_ppm,
        accepted,
        changed: options.changes,
        feasible,
        changed_accepted,
        lowest_accepted: lowest.map(|welfare| welfare.to_string()),
        refused,
    })
}

fn reason(violation: &Violation) -> &'static str {
    match violation {
        Violation::Fill { .. } => "fill above its order",
        Violation::Limit { .. } => "limit price",
        Violation::Balance { .. } => "balance",
        Violation::Flow { .. } => "line",
        Violation::Kirchhoff { .. } => "loop",
        Violation::Voltage { .. } => "voltage",
        Violation::Deficit { .. } => "payments below receipts",
        Violation::Gap { .. } => "gap",
        _ => "other",
    }
}

/// A proposal with one thing changed: by one, by some, or at random.
fn changed(proposal: &Proposal, orders: &[Order], random: &mut ChaCha8Rng) -> Proposal {
    let mut changed = proposal.clone();
    let by: i64 = *[1, 1, 10, 1000].choose(random).unwrap_or(&1);
    let signed = if random.gen_bool(0.5) { by } else { by.saturating_neg() };
    match random.gen_range(0..8) {
        // These keep balance and limits: less is traded at one bus, or between two orders.
        0..=2 => trade_less(&mut changed, orders, by, random),
        3 => change(
            &mut changed.kirchhoff,
            signed.saturating_mul(DUAL_SCALE / 1_000_000),
            random,
        ),
        4 => change(&mut changed.prices, signed.saturating_mul(DUAL_SCALE / 10), random),
        5 => {
            if let Some(flow) = changed.chords.choose_mut(random) {
                *flow = NetWh::new(flow.get().saturating_add(signed.signum()));
            }
        }
        6 => {
            if let Some(fill) = changed.fills.choose_mut(random) {
                *fill = Wh::new(fill.get().saturating_add_signed(signed));
            }
        }
        _ => {
            for fill in &mut changed.fills {
                *fill = Wh::new(random.gen_range(0..=5000));
            }
        }
    }
    changed
}

fn change(values: &mut [i64], by: i64, random: &mut ChaCha8Rng) {
    if let Some(value) = values.choose_mut(random) {
        *value = value.saturating_add(by);
    }
}

/// Takes the same energy off two orders that balance each other: a buy and a sell of one bus, or gives it from one
/// order to another of its bus and side.
fn trade_less(proposal: &mut Proposal, orders: &[Order], by: i64, random: &mut ChaCha8Rng) {
    let filled: Vec<usize> = (0..orders.len())
        .filter(|&number| !at(&proposal.fills, number).is_zero())
        .collect();
    let Some(&first) = filled.choose(random) else { return };
    let same_bus = |other: &usize| {
        *other != first && orders.get(*other).map(|order| order.bus) == orders.get(first).map(|order| order.bus)
    };
    let others: Vec<usize> = (0..orders.len()).filter(same_bus).collect();
    let Some(&second) = others.choose(random) else { return };
    let (Some(a), Some(b)) = (orders.get(first), orders.get(second)) else {
        return;
    };
    let (from, to) = (at(&proposal.fills, first), at(&proposal.fills, second));
    let by = u64::try_from(by).unwrap_or(1);
    // What leaves the first order leaves the second if it stands on the other side, and goes to it if not.
    let room = if a.side == b.side {
        b.quantity.get().saturating_sub(to.get())
    } else {
        to.get()
    };
    let by = by.min(from.get()).min(room);
    let second_fill = if a.side == b.side {
        to.get().saturating_add(by)
    } else {
        to.get().saturating_sub(by)
    };
    for (number, fill) in [(first, from.get().saturating_sub(by)), (second, second_fill)] {
        if let Some(slot) = proposal.fills.get_mut(number) {
            *slot = Wh::new(fill);
        }
    }
}

fn at(fills: &[Wh], number: usize) -> Wh {
    fills.get(number).copied().unwrap_or(Wh::ZERO)
}
