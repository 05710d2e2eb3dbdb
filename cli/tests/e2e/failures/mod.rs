//! What fails on purpose: how the programs come through, what they say, and what is on the chain in the end.
//! The tests of `validators` take a devnet of four with a mempool of two transactions, on which `ci/failures` runs them.
mod gas;
mod rival;
mod signer;
mod validators;

use crate::homes::{Homes, setting};
use crate::people::Person;
use crate::{LIMIT_S, Running};
use busbar_api::market;
use busbar_api::oracle::raw;
use busbar_attestation::{SignedReading, page_of, slot_of};
use busbar_chain::grpc::{Grpc, GrpcConfig, Key};
use busbar_chain::{ChainError, ChainQuerier};
use busbar_units::Interval;
use cosmwasm_std::Addr;
use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(LIMIT_S);
/// Accounts that the programs sign with.
const RELAYER: u32 = 4;
const CRANK: u32 = 5;

/// A program that runs; what it prints goes to files.
struct Program {
    process: Running,
    printed: PathBuf,
    told: PathBuf,
}

impl Program {
    /// `name` is that of its files in the folder.
    fn start(mut command: Command, folder: &Path, name: &str) -> Self {
        let [printed, told] = ["printed", "told"].map(|kind| folder.join(format!("{name}.{kind}")));
        command.env("RUST_LOG", "warn").stdin(std::process::Stdio::null());
        command
            .stdout(File::create(&printed).unwrap())
            .stderr(File::create(&told).unwrap());
        let process = Running::start(command);
        Self { process, printed, told }
    }

    /// What it has written on stderr.
    fn told(&self) -> String {
        std::fs::read_to_string(&self.told).unwrap()
    }

    /// Waits until it says these words on stderr.
    fn tells(&self, words: &str) {
        until(&format!("{words:?} from {}", self.told.display()), || {
            self.told().contains(words)
        });
    }

    /// Waits until it prints a line that begins like this, after `from` bytes.
    fn prints(&self, start: &str, from: usize) {
        until(&format!("{start:?} from {}", self.printed.display()), || {
            let printed = std::fs::read_to_string(&self.printed).unwrap();
            printed[from..].lines().any(|line| line.starts_with(start))
        });
    }

    fn printed_bytes(&self) -> usize {
        std::fs::read(&self.printed).unwrap().len()
    }

    /// Waits for its end.
    fn ends(&mut self, code: i32) {
        assert_eq!(self.process.within(LIMIT), Some(code), "{}", self.told());
    }

    fn runs(&mut self) {
        assert_eq!(self.process.0.try_wait().unwrap(), None, "{}", self.told());
    }
}

/// Waits for something, for a while.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + LIMIT;
    while !is_so() {
        assert!(Instant::now() < end, "no {what} after {LIMIT_S} s");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The region's file with other values in `[chain]`.
fn file_with(name: &str, keys: &[(&str, &str)]) -> PathBuf {
    let file = PathBuf::from(setting("BUSBAR_DEVNET_FILE"));
    let is_other = |line: &&str| !keys.iter().any(|(key, _)| line.starts_with(&format!("{key} = ")));
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().filter(is_other).collect();
    let others: String = keys.iter().map(|(key, value)| format!("\n{key} = {value}")).collect();
    let text = lines.join("\n").replacen("[chain]", &format!("[chain]{others}"), 1);
    let place = file.with_file_name(format!("busbar-1-{name}.toml"));
    std::fs::write(&place, text).unwrap();
    place
}

/// A program for the region, with this file and account.
fn program(name: &str, account: u32, file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command.arg(name).arg("--chain").arg(file);
    command.args(["--deployments", &setting("BUSBAR_DEVNET_DEPLOYMENTS")]);
    command.args(["--key-path", &path_of(account)]);
    command
}

fn relay(file: &Path, folder: &Path, readings: Option<&Path>) -> Command {
    let mut command = program("relay", RELAYER, file);
    command
        .args(["--batch-age-s", "0", "--queue"])
        .arg(folder.join("queue"));
    command.args(readings);
    command
}

fn crank(file: &Path) -> Command {
    let mut command = program("crank", CRANK, file);
    command.args(["--every-s", "1"]);
    command
}

fn path_of(account: u32) -> String {
    format!("m/44'/118'/0'/0/{account}")
}

fn state() -> Value {
    serde_json::from_slice(&std::fs::read(setting("BUSBAR_DEVNET_STATE")).unwrap()).unwrap()
}

fn name_of_home(home: u32) -> u32 {
    home + 7
}

/// A client at these nodes that signs for one account of the devnet's mnemonic.
fn connect(nodes: &[usize], account: u32) -> (Grpc, Addr) {
    try_connect(nodes, account).unwrap()
}

fn try_connect(nodes: &[usize], account: u32) -> Result<(Grpc, Addr), ChainError> {
    let state = state();
    let text = |key: &str| state[key].as_str().unwrap().to_owned();
    let endpoint = |at: &usize| state["nodes"][*at]["grpc"].as_str().unwrap().to_owned();
    let endpoints = nodes.iter().map(endpoint).collect();
    let gas_price = text("min_gas_price").parse().unwrap();
    let config = GrpcConfig {
        answer_s: 3,
        ..GrpcConfig::new(text("chain_id"), endpoints, text("bech32_prefix"), gas_price)
    };
    let key = Key::parse(&text("mnemonic"), &path_of(account)).unwrap();
    let address = key.address(&config.bech32_prefix);
    Ok((Grpc::connect(config, Some(key))?, address))
}

/// A person with the key of a home of the devnet.
fn person(folder: &Path, home: u32) -> Person<'_> {
    let state = state();
    let chain_id = state["chain_id"].as_str().unwrap();
    let person = Person {
        home: folder,
        record: format!("{}/{chain_id}.json", setting("BUSBAR_DEVNET_DEPLOYMENTS")),
    };
    let path = path_of(name_of_home(home));
    let add = ["keys", "add", "person", "--recover", "--hd-path", &path];
    assert_eq!(person.run(&add, state["mnemonic"].as_str().unwrap()).code, 0);
    person
}

/// What somebody has in the market.
fn balance(homes: &Homes, account: &Addr) -> u128 {
    let client = market::Client::new(homes.contracts.market.clone());
    let account = client.account(&ChainQuerier::new(&homes.chain).wrap(), account.as_str());
    account.unwrap().balance.get()
}

/// Every reading is on the chain, was accepted once, and was never handed in again.
fn are_there_once(homes: &Homes, readings: &[SignedReading]) {
    let intervals = readings.iter().map(|signed| signed.reading.interval());
    let (first, last) = (intervals.clone().min().unwrap(), intervals.max().unwrap());
    for SignedReading { reading, .. } in readings {
        let (interval, page) = (reading.interval(), page_of(reading.device()));
        let querier = ChainQuerier::new(&homes.chain);
        let page = raw::page(&querier.wrap(), &homes.contracts.oracle, interval, page).unwrap();
        let stored = *page.unwrap().get(slot_of(reading.device())).unwrap();
        assert_eq!(stored.registers.import, reading.import());
        assert_eq!(stored.registers.export, reading.export());
    }
    assert_eq!(handed_in(homes, first, last), (readings.len(), 0));
}

/// How many readings of these intervals were accepted, and how many of them came again.
fn handed_in(homes: &Homes, first: Interval, last: Interval) -> (usize, usize) {
    let query = format!("wasm-oracle_readings._contract_address='{}'", homes.contracts.oracle);
    let (mut accepted, mut duplicates) = (0, 0);
    let found = homes.chain.find_txs(&query).unwrap();
    for event in found.iter().flat_map(|included| &included.events) {
        let value = |key: &str| -> Option<usize> {
            let found = event.attributes.iter().find(|attribute| attribute.key == key)?;
            found.value.parse().ok()
        };
        let range = usize::try_from(first.get()).unwrap()..=usize::try_from(last.get()).unwrap();
        if event.ty == "wasm-oracle_readings" && value("interval").is_some_and(|interval| range.contains(&interval)) {
            accepted += value("accepted").unwrap();
            duplicates += value("duplicate").unwrap();
        }
    }
    (accepted, duplicates)
}
