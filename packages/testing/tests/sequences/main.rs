//! Random sequences of 60 calls, generated from the schemas of the six contracts: every kind of message, by anybody,
//! with arguments that mean something and arguments that do not, mixed with lives of intervals under late, missing,
//! false and revised readings, negative prices, full lines and banking. After every call the whole state is
//! recomputed from scratch (`busbar_testing::sanity`), and a call that is refused changes nothing.
//!
//! `BUSBAR_SEQUENCES` tells how many (20,000 is the long form, in which every kind must have succeeded at least 100
//! times), `BUSBAR_SEED` plays one sequence again, `BUSBAR_THREADS` bounds the threads.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
mod coverage;
mod hints;
mod hooks;
mod life;
mod regions;
mod rng;
mod schema;
mod sequence;
mod world;

use std::env;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use coverage::Coverage;
use schema::Schema;

/// Calls of a sequence.
const CALLS: u64 = 60;
/// Sequences unless the environment tells otherwise.
const SHORT: u64 = 32;
/// From this many sequences on every kind must have succeeded often enough.
const LONG: u64 = 20_000;
const OFTEN: u64 = 100;
/// Seed of the first sequence; the next has the next one.
const FIRST: u64 = 1;

/// Kinds that are refused whoever sends them: the energy token's minter is fixed and tokens are burned by the market
/// alone, from its own balance.
const REFUSED: &[&str] = &["energy-token.burn_from", "energy-token.update_minter"];

/// Kinds that succeed in the short form already.
const CORE: &[&str] = &[
    "market.place",
    "market.cancel",
    "market.clear",
    "market.settle",
    "market.finalise",
    "market.deposit",
    "market.withdraw",
    "oracle.submit",
    "oracle.confirm",
    "registry.enrol",
    "certificates.issue",
    "certificates.transfer",
    "market.receive",
    "grid.post_tariffs",
];

fn setting(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is {text}, no number")))
}

#[test]
fn random_calls_keep_every_law() {
    let schema = Schema::load();
    if let Some(seed) = setting("BUSBAR_SEED") {
        let worlds = regions::all();
        print!("{}", sequence::play(seed, &worlds, &schema));
        return;
    }
    let sequences = setting("BUSBAR_SEQUENCES").unwrap_or(SHORT);
    let threads =
        setting("BUSBAR_THREADS").unwrap_or_else(|| thread::available_parallelism().map_or(1, |n| n.get() as u64));
    let coverage = all(&schema, sequences, threads);
    println!("{coverage}");
    check(&schema, &coverage);
}

fn all(schema: &Schema, sequences: u64, threads: u64) -> Coverage {
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let work = || {
        let worlds = regions::all();
        let mut coverage = Coverage::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= sequences {
                return coverage;
            }
            let seed = FIRST + number;
            let played = catch_unwind(AssertUnwindSafe(|| sequence::play(seed, &worlds, schema)));
            let Ok(played) = played else {
                next.store(sequences, Ordering::Relaxed);
                panic!("sequence {seed} breaks a law; BUSBAR_SEED={seed} plays it again");
            };
            coverage.add(played);
            if number % 500 == 499 {
                eprintln!("{} of {sequences} sequences in {:?}", number + 1, begun.elapsed());
            }
        }
    };
    let mut coverage = Coverage::default();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            coverage.add(worker.join().expect("a sequence broke a law"));
        }
    });
    coverage
}

fn check(schema: &Schema, coverage: &Coverage) {
    let succeeded = |kind: &str| coverage.kinds.get(kind).map_or(0, |count| count.succeeded);
    for kind in REFUSED {
        assert_eq!(succeeded(kind), 0, "{kind} is refused, whoever sends it");
    }
    let long = coverage.sequences >= LONG;
    let rare: Vec<(&str, u64)> = schema
        .kinds
        .iter()
        .map(|kind| (kind.name.as_str(), succeeded(&kind.name)))
        .filter(|(kind, _)| !REFUSED.contains(kind) && (long || CORE.contains(kind)))
        .filter(|(_, times)| *times < if long { OFTEN } else { 1 })
        .collect();
    assert!(rare.is_empty(), "kinds that did not succeed often enough: {rare:?}");
}

#[test]
fn every_hook_is_a_kind_of_the_schemas() {
    let schema = Schema::load();
    for name in hooks::names()
        .chain(REFUSED.iter().copied())
        .chain(CORE.iter().copied())
    {
        schema.kind(name);
    }
}
