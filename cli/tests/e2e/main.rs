//! A trade on a real node, from enrolment to money, with relay and crank as processes that are killed again and again.
//! `BUSBAR_DEVNET_STATE` names the state file of scripts/devnet, `BUSBAR_DEVNET_FILE` the file of a region of short
//! intervals, `BUSBAR_DEVNET_DEPLOYMENTS` the folder that records it, `BUSBAR_DEVNET_NODE` the node's binary.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod demo;
mod edges;
mod failures;
mod homes;
mod people;
mod solver;

use busbar_api::grid::{REGION_BUS, raw as grid};
use busbar_api::market::{IntervalResponse, QueryMsg, Stage};
use busbar_api::oracle::raw as oracle;
use busbar_attestation::{SignedReading, page_of, slot_of};
use busbar_chain::{Chain, ChainQuerier};
use busbar_units::{Interval, NetWh, Wh};
use cosmwasm_std::{HexBinary, from_json, to_json_vec};
use homes::{Homes, setting};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Wh that one home sells the other.
const TRADED: u64 = 1_000;
/// Seconds in which everything has to be over.
const LIMIT_S: u64 = 180;

fn busbar(command: &str, account: u32) -> Command {
    of_region(command, account, &setting("BUSBAR_DEVNET_DEPLOYMENTS"))
}

/// A command for the region that a folder of deployments records.
fn of_region(command: &str, account: u32, deployments: &str) -> Command {
    let mut busbar = Command::new(env!("CARGO_BIN_EXE_busbar"));
    busbar.args([command, "--chain", &setting("BUSBAR_DEVNET_FILE")]);
    busbar.args(["--deployments", deployments]);
    busbar.args(["--key-path", &format!("m/44'/118'/0'/0/{account}")]);
    busbar.stdout(Stdio::piped());
    busbar
}

/// A process that is ended when the test is.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// Its exit code where it ends in time; else it is killed.
    fn within(&mut self, time: Duration) -> Option<i32> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            if let Some(status) = self.0.try_wait().unwrap() {
                return Some(status.code().unwrap());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        None
    }
}

fn write(readings: &[SignedReading], place: &Path) {
    let mut rows = String::from("device,interval,revision,import_wh,export_wh,signature\n");
    for signed in readings {
        let reading = &signed.reading;
        let signature = HexBinary::from(signed.signature.as_slice());
        rows += &format!(
            "{},{},{},{},{},{signature}\n",
            reading.device(),
            reading.interval().get(),
            reading.revision(),
            reading.import().get(),
            reading.export().get()
        );
    }
    std::fs::write(place, rows).unwrap();
}

#[test]
fn a_trade_on_a_node_is_delivered_and_settled_through_kills() {
    let seed = std::env::var("BUSBAR_SEED").map_or_else(|_| rand::random(), |seed| seed.parse().unwrap());
    println!("BUSBAR_SEED={seed}");
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut homes = Homes::enrol(&setting("BUSBAR_DEVNET_DEPLOYMENTS"), [REGION_BUS; 2]);
    let interval = homes.first.plus(2).unwrap();
    homes.trade(interval, Wh::new(TRADED), [140_000; 2]);
    let readings = homes.read(interval, TRADED);
    let (csv, queue) = (folder.path().join("readings.csv"), folder.path().join("queue"));
    write(&readings, &csv);

    let until = Instant::now() + Duration::from_secs(LIMIT_S);
    let (mut kills, mut carried) = (0, false);
    let record = loop {
        assert!(
            Instant::now() < until,
            "not settled after {LIMIT_S} s and {kills} kills"
        );
        let mut pause = || Duration::from_millis(random.gen_range(500..2_500));
        let mut crank = busbar("crank", 5);
        crank.args(["--every-s", "1"]);
        let mut crank = Running::start(crank);
        if !carried {
            let mut relay = busbar("relay", 4);
            relay.args(["--batch-age-s", "0", "--queue"]).arg(&queue).arg(&csv);
            match Running::start(relay).within(pause()) {
                Some(code) => {
                    assert_eq!(code, 0, "the relay failed");
                    carried = true;
                }
                None => kills += 1,
            }
        }
        assert_eq!(crank.within(pause()), None, "the crank ends by a signal alone");
        kills += 1;
        let is_settled = |stage| matches!(stage, Stage::Settled | Stage::Finalising | Stage::Final);
        let stored = record(&homes, interval).filter(|record| is_settled(record.stage));
        if let (true, Some(record)) = (carried, stored) {
            break record;
        }
    };
    println!("settled after {kills} kills");
    assert!(!record.skipped);
    assert_eq!((record.bought, record.sold), (Wh::new(TRADED), Wh::new(TRADED)));
    assert_eq!(record.net, NetWh::ZERO, "delivered as traded");
    let chain = &homes.chain;
    let contracts = grid::contracts(&ChainQuerier::new(chain).wrap(), &homes.grid).unwrap();
    for signed in &readings {
        let (reading, querier) = (&signed.reading, ChainQuerier::new(chain));
        let page = oracle::page(
            &querier.wrap(),
            &contracts.oracle,
            reading.interval(),
            page_of(reading.device()),
        );
        // What was pruned in the meantime is in the sums above.
        let Some(page) = page.unwrap() else { continue };
        let stored = page.get(slot_of(reading.device())).unwrap();
        assert_eq!(stored.registers.import, reading.import());
        assert_eq!(stored.registers.export, reading.export());
    }
    let [seller, buyer] = homes.balances();
    let price = u128::from(record.price.get().unsigned_abs()) * u128::from(TRADED) / 1_000;
    assert_eq!((seller - homes.deposit, homes.deposit - buyer), (price, price));
    people::a_person_trades_with_the_command_line(&homes, interval);
}

fn record(homes: &Homes, interval: Interval) -> Option<IntervalResponse> {
    let contracts = grid::contracts(&ChainQuerier::new(&homes.chain).wrap(), &homes.grid).unwrap();
    let question = to_json_vec(&QueryMsg::Interval { interval }).unwrap();
    from_json(homes.chain.query_smart(&contracts.market, &question).unwrap()).unwrap()
}
