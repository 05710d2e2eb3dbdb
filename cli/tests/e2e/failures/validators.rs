//! Four validators: one may fail, two may not. Each node has room for two transactions.
use super::{
    Program, are_there_once, balance, connect, crank, file_with, name_of_home, person, relay, rival::Rival,
    try_connect, until,
};
use crate::homes::{Homes, setting};
use crate::{TRADED, record, write};
use busbar_api::grid::REGION_BUS;
use busbar_api::market::Stage;
use busbar_attestation::SignedReading;
use busbar_chain::Chain;
use busbar_units::{Interval, NetWh, Wh};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Price of the trades, in millionths per kWh.
const PRICE: i64 = 140_000;
/// Blocks that a frozen node misses.
const MISSED: u64 = 20;

/// Two homes that trade with each other.
struct Street {
    folder: tempfile::TempDir,
    homes: Homes,
    interval: Interval,
    readings: Vec<SignedReading>,
    before: [u128; 2],
    file: PathBuf,
}

impl Street {
    fn new(homes: [u32; 2]) -> Self {
        // Whatever a test before it has left: all four are there.
        (0..4).for_each(|node| devnet("start", node));
        let mut homes = Homes::enrol_of(&setting("BUSBAR_DEVNET_DEPLOYMENTS"), [REGION_BUS; 2], homes);
        let interval = homes.first.plus(2).unwrap();
        homes.trade(interval, Wh::new(TRADED), [PRICE; 2]);
        let readings = homes.read(interval, TRADED);
        let before = homes.balances();
        Self {
            folder: tempfile::tempdir().unwrap(),
            homes,
            interval,
            readings,
            before,
            file: file_with("validators", &[("answer_s", "3")]),
        }
    }

    fn relay(&self) -> Program {
        let csv = self.folder.path().join("readings.csv");
        write(&self.readings, &csv);
        let command = relay(&self.file, self.folder.path(), Some(&csv));
        Program::start(command, self.folder.path(), "relay")
    }

    fn crank(&self) -> Program {
        Program::start(crank(&self.file), self.folder.path(), "crank")
    }

    fn is_cleared(&self) -> bool {
        record(&self.homes, self.interval).is_some()
    }

    /// What was traded is delivered and paid for, and every reading is there once.
    fn settles(&mut self, relay: &mut Program, crank: &mut Program) {
        relay.ends(0);
        let settled = |stage| matches!(stage, Stage::Settled | Stage::Finalising | Stage::Final);
        until("settlement", || {
            record(&self.homes, self.interval).is_some_and(|record| settled(record.stage))
        });
        crank.runs();
        are_there_once(&self.homes, &self.readings);
        let record = record(&self.homes, self.interval).unwrap();
        assert!(!record.skipped);
        assert_eq!((record.bought, record.sold), (Wh::new(TRADED), Wh::new(TRADED)));
        assert_eq!(record.net, NetWh::ZERO);
        let [seller, buyer] = self.homes.balances();
        let price = u128::from(PRICE.unsigned_abs()) * u128::from(TRADED) / 1_000;
        assert_eq!((seller - self.before[0], self.before[1] - buyer), (price, price));
        println!("{}{}", relay.told(), crank.told());
        self.homes.retire();
    }
}

/// `scripts/devnet`.
fn devnet(command: &str, node: usize) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/devnet");
    let status = Command::new(script).arg(command).arg(format!("node{node}")).status();
    assert!(status.unwrap().success(), "scripts/devnet {command} node{node}");
}

/// Height of a node, asked alone; 0 while it does not answer.
fn height(node: usize) -> u64 {
    let now = try_connect(&[node], 0).and_then(|(chain, _)| chain.now());
    now.map_or(0, |now| now.height)
}

/// Whoever looks at the height all the time.
struct Watcher {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<u64>>,
}

impl Watcher {
    fn of(nodes: &'static [usize]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let chain = connect(nodes, 0).0;
            let (mut last, mut looks) = (chain.now().unwrap(), 0);
            while !stopped.load(Ordering::Relaxed) {
                // For a while nobody may answer; whoever does answers no earlier than before.
                if let Ok(now) = chain.now() {
                    assert!(now >= last, "{now:?} after {last:?}");
                    last = now;
                    looks += 1;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            looks
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }

    /// How often it had an answer.
    fn ends(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

#[test]
#[ignore = "takes four validators: ci/failures"]
fn a_trade_settles_while_one_of_four_is_stopped() {
    let mut street = Street::new([1, 2]);
    let [mut relay, mut crank] = [street.relay(), street.crank()];
    // The first in everybody's list.
    devnet("stop", 0);
    street.settles(&mut relay, &mut crank);
    assert!(crank.told().contains("not asked"), "{}", crank.told());
    let reached = height(1);
    assert!(reached > 0);
    devnet("start", 0);
    until("block of node0", || height(0) >= reached);
}

#[test]
#[ignore = "takes four validators: ci/failures"]
fn a_node_that_freezes_and_lags_is_passed_over_and_nothing_goes_back_in_time() {
    let mut street = Street::new([3, 4]);
    let watcher = Watcher::of(&[0, 1]);
    let [mut relay, mut crank] = [street.relay(), street.crank()];
    devnet("pause", 0);
    let frozen_at = height(1);
    assert!(frozen_at > 0);
    let person = person(street.folder.path(), 3);
    person.json(&["deposit", "1.5", "-y"]);
    street.before[0] += 1_500_000;
    until("blocks without node0", || height(1) >= frozen_at + MISSED);
    // The one that lags by all these blocks is all that the watcher has left.
    devnet("start", 0);
    devnet("pause", 1);
    until("blocks after node0 caught up", || height(2) >= frozen_at + 2 * MISSED);
    until("node0 among the others", || height(0) >= frozen_at + 2 * MISSED);
    devnet("start", 1);
    street.settles(&mut relay, &mut crank);
    println!("{} looks", watcher.ends());
}

#[test]
#[ignore = "takes four validators: ci/failures"]
fn a_chain_without_two_of_four_stands_still_and_goes_on_with_nothing_lost() {
    let mut street = Street::new([5, 6]);
    let mut crank = street.crank();
    until("clearing", || street.is_cleared());
    let folder = tempfile::tempdir().unwrap();
    let person = person(folder.path(), 5);
    for node in [2, 3] {
        devnet("stop", node);
    }
    let mut relay = street.relay();
    let deposit = person.run(&["deposit", "1.5", "-y"], "");
    assert_eq!(deposit.code, 1, "{}", deposit.stderr);
    for words in [
        "no block has followed height",
        "the chain stands still, or its nodes have lost each other; wait until it goes on",
        "was sent and may still get into a block, up to height",
        "before you send it again",
    ] {
        assert!(deposit.stderr.contains(words), "{}", deposit.stderr);
    }
    let old = "the last block that any endpoint knows is";
    let shown = person.run(&["account", "show", "person"], "");
    assert!(shown.code == 0 && shown.stderr.contains(old), "{}", shown.stderr);
    relay.tells(old);
    crank.tells(old);
    relay.runs();
    crank.runs();

    // With three of four, every vote has to reach every other; one that was lost in the stop may hold them up.
    devnet("start", 3);
    devnet("start", 2);
    street.before[0] += 1_500_000;
    street.settles(&mut relay, &mut crank);
    crank.tells("blocks come again");
    println!("{}{}", deposit.stderr, shown.stderr);
}

#[test]
#[ignore = "takes four validators: ci/failures"]
fn a_full_mempool_is_waited_for_and_nothing_is_lost_or_doubled() {
    let mut street = Street::new([7, 8]);
    let mut crank = street.crank();
    until("clearing", || street.is_cleared());
    let (market, rich) = (street.homes.contracts.market.clone(), name_of_home(10));
    let (chain, flooder) = connect(&[0], rich);
    let flooded = balance(&street.homes, &flooder);
    let flood = Rival::floods(rich, &market);
    let folder = tempfile::tempdir().unwrap();
    let person = person(folder.path(), 7);
    let depositor = connect(&[0], name_of_home(7)).1;
    let sequence = chain.sequence(&depositor).unwrap();

    let deposit = person.command(&["deposit", "1.5", "-y"]);
    let mut deposit = Program::start(deposit, folder.path(), "deposit");
    let mut relay = street.relay();
    let full = "the node's mempool is full: send the same bytes in a later block";
    for program in [&relay, &crank, &deposit] {
        program.tells(full);
    }
    let landed = u128::from(flood.ends());
    deposit.ends(0);
    street.before[0] += 1_500_000;
    street.settles(&mut relay, &mut crank);
    // One more for the retirement of the device.
    assert_eq!(chain.sequence(&depositor).unwrap(), sequence + 2);
    assert_eq!(balance(&street.homes, &flooder) - flooded, landed);
    println!("{landed} transactions of the flood\n{}", deposit.told());
}
