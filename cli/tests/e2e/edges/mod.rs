//! Deployment, relay and crank die at every edge between two of their effects, and the node dies among them: no reading is
//! lost, none counts twice, and the region ends in the same state as the same street on the embedded chain.
mod embedded;
mod killing;
mod programs;
mod script;
mod snapshot;
mod street;
mod victim;

use std::collections::BTreeMap;
use std::time::Instant;

use busbar_api::market::Stage;
use busbar_api::oracle;
use busbar_attestation::{Domain, running_hash};
use busbar_chain::Edge;
use busbar_units::Interval;
use cosmwasm_std::from_json;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::write;
use embedded::Twin;
use killing::Killing;
use programs::{GATE_CLOSURE_S, INTERVAL_S, crank, deploy, region_file, relay, state};
use script::Part;
use street::Street;
use victim::{Tally, Victim};

/// Long enough that an order is not late on a slow machine.
const ORDERS_S: u64 = 32;

#[test]
#[ignore = "takes five minutes: part of ci/e2e --full"]
fn killed_at_every_edge_a_region_ends_as_on_the_embedded_chain() {
    let seed = std::env::var("BUSBAR_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("BUSBAR_SEED={seed}");
    let began = Instant::now();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    // A region of its own, however often the test runs on one chain.
    let domain = format!("test-edges-{:016x}", rand::random::<u64>());
    let (file, config, params) = region_file(&domain);
    let mut tally = Tally::default();

    let record = deploy(&file, &config, folder.path(), &mut random, &mut tally);
    println!("deployed, {} kills, {:?}", tally.total(), began.elapsed());
    let found = |first| Twin::found(&domain, INTERVAL_S, params.clone(), first);
    let mut street = Street::enrol(
        config,
        state()["mnemonic"].as_str().unwrap(),
        &record,
        INTERVAL_S,
        &mut found(Interval::new(1_000)),
    );
    let first = street.open_for(ORDERS_S, GATE_CLOSURE_S);
    let acts: Vec<Part> = (0..3)
        .map(|ahead| script::part(&mut random, first.plus(ahead).unwrap(), false))
        .collect();
    street.place(&acts);
    street.read(&acts);
    println!("enrolled and ordered, {:?}", began.elapsed());

    let csv = folder.path().join("readings.csv");
    write(&street.readings, &csv);
    let mut killing = Killing {
        relay: Victim::new("relay", relay(&file, folder.path(), &csv), Edge::RelayChosen),
        crank: Victim::new("crank", crank(&file, folder.path()), Edge::CrankDue),
        csv,
        random: random.clone(),
        tally,
        restarts: 0,
        began,
    };
    killing.until(false, || street.are_settled(&acts));
    println!("settled, {} kills, {:?}", killing.tally.total(), began.elapsed());

    let last = script::part(&mut random, street.open_for(ORDERS_S, GATE_CLOSURE_S), true);
    street.place(std::slice::from_ref(&last));
    let handed_in = street.readings.len();
    street.read(std::slice::from_ref(&last));
    write(&street.readings[handed_in..], &killing.csv);
    killing.relay.must(Edge::RelayAcknowledged);
    killing.restart_node();
    killing.until(false, || street.are_settled(std::slice::from_ref(&last)));
    println!("redeemed, {} kills, {:?}", killing.tally.total(), began.elapsed());
    killing.until(true, || street.stage(last.interval) == Some(Stage::Final));
    killing.report();

    every_reading_is_there_once(&street, &domain);
    no_reading_was_sent_twice(&street);
    let mut twin = found(street.first);
    twin.play(&acts, &last, &street.readings);
    let parts: Vec<&Part> = acts.iter().chain([&last]).collect();
    let names = twin.names();
    let contracts = busbar_api::grid::Contracts {
        registry: twin.region.registry.address().clone(),
        oracle: twin.region.oracle.address().clone(),
        market: twin.region.market.address().clone(),
        energy_token: twin.region.energy_token.address().clone(),
    };
    let embedded = snapshot::of(&twin.region.q(), &contracts, &names, &parts).unwrap();
    let names = street.names();
    let on_node = street.ask(|q| snapshot::of(q, &street.contracts, &names, &parts));
    let mut found = Vec::new();
    snapshot::differences("", &on_node, &embedded, &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
    means_something(&embedded, &parts);
    println!(
        "{} readings, {} values as on the embedded chain, {:?}",
        street.readings.len(),
        snapshot::count(&embedded),
        began.elapsed()
    );
}

/// The page of each interval has accepted exactly what the meters signed, each record once: its running hash says so,
/// pruned or not.
fn every_reading_is_there_once(street: &Street, domain: &str) {
    let domain = Domain::new(domain).unwrap().id();
    let mut hashes: BTreeMap<Interval, [u8; 32]> = BTreeMap::new();
    for signed in &street.readings {
        let hash = hashes.entry(signed.reading.interval()).or_insert([0; 32]);
        *hash = running_hash(hash, &signed.reading.record(&domain));
    }
    for (interval, hash) in hashes {
        let stored = street.ask(|q| oracle::raw::page_hash(q, &street.contracts.oracle, interval, 0));
        assert_eq!(
            stored,
            Some(hash),
            "readings of {interval} are missing, doubled or others"
        );
    }
}

/// Two transactions with the same reading would do no harm, and cost a second fee.
fn no_reading_was_sent_twice(street: &Street) {
    let oracle = &street.contracts.oracle;
    let query = format!("wasm-oracle_readings._contract_address='{oracle}'");
    let (mut accepted, mut others) = (0, Vec::new());
    let sent = street.chain.find_txs(&query).unwrap();
    for included in &sent {
        let answer: oracle::SubmitResult = from_json(included.data[0].as_ref().unwrap()).unwrap();
        accepted += answer.count(oracle::Outcome::Accepted);
        others.extend(
            answer
                .batches
                .into_iter()
                .flatten()
                .filter(|outcome| *outcome != oracle::Outcome::Accepted),
        );
    }
    println!("{accepted} readings accepted in {} transactions", sent.len());
    assert!(others.is_empty(), "{others:?}");
}

/// Equal zeros would prove nothing.
fn means_something(snapshot: &Value, parts: &[&Part]) {
    let sum = |field: &str| -> i128 {
        let of = |part: &&Part| snapshot["intervals"][part.interval.get().to_string()]["record"][field].clone();
        let number = |value: Value| value.as_str().unwrap().parse::<i128>().unwrap();
        parts.iter().map(|part| number(of(part))).sum()
    };
    for field in ["bought", "sold", "minted", "burned", "net", "losses", "to_fund"] {
        println!("{field:20} {}", sum(field));
        assert_ne!(sum(field), 0, "{field}");
    }
}
