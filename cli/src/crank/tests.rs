use busbar_api::market::{Client, Stage};
use busbar_api::oracle::ExecuteMsg;
use busbar_attestation::SignedReading;
use busbar_chain::{
    BroadcastError, Chain, ChainError, ChainQuerier, ChainTime, Embedded, EmbeddedConfig, Included, Message, SignedTx,
    TxHash, TxStatus,
};
use busbar_testing::{Device, Meter, Region};
use busbar_units::Interval;
use cosmwasm_std::{Addr, Coin};

use super::turn::{Crank, CrankError};

/// A street with one trade, on a chain of its own.
struct Street {
    chain: Embedded,
    crank: Crank,
    grid: Addr,
    market: Client,
    oracle: Addr,
    interval: Interval,
    meters: Vec<Meter>,
    times: busbar_api::grid::Times,
}

fn street() -> Street {
    let mut region = Region::new();
    let devices: Vec<Device> = ["ann", "bob"]
        .iter()
        .map(|name| region.home(name, 5_000, 5_000))
        .collect();
    let interval = region.first_interval();
    region.sell(&devices[0], interval, 1_000, 140_000);
    region.buy(&devices[1], interval, 1_000, 140_000);
    let (grid, market) = (region.grid.address().clone(), region.market.clone());
    let oracle = region.oracle.address().clone();
    let meters = devices.iter().map(|device| region.meter(device).clone()).collect();
    let times = region.times(interval);
    let chain = Embedded::over(region.app, EmbeddedConfig::at(0));
    let mut street = Street {
        crank: Crank::new(&chain, grid.clone(), Addr::unchecked("crank")).unwrap(),
        chain,
        grid,
        market,
        oracle,
        interval,
        meters,
        times,
    };
    street.turns();
    street
}

impl Street {
    /// Goes to a time and turns until nothing is due; what was done, in order.
    fn at(&mut self, unix_s: u64) -> Vec<String> {
        self.chain.advance_to(unix_s).unwrap();
        self.turns()
    }

    fn turns(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let done = self.crank.turn(&mut self.chain).unwrap();
            if done.is_empty() {
                return all;
            }
            let ours = done.into_iter().filter(|done| done.interval == self.interval);
            all.extend(ours.map(|done| done.name.to_owned()));
        }
    }

    fn stage(&self) -> Option<Stage> {
        let record = self
            .market
            .interval(&ChainQuerier::new(&self.chain).wrap(), self.interval)
            .unwrap();
        record.map(|record| record.stage)
    }

    fn read(&mut self, interval: Interval, counted: [u64; 2]) {
        let readings: Vec<SignedReading> = self
            .meters
            .iter_mut()
            .zip(counted)
            .map(|(meter, counted)| {
                meter.count(counted, 0);
                meter.sign(interval)
            })
            .collect();
        let batches = Region::batches(&readings);
        let submit = Message::new(self.oracle.clone(), &ExecuteMsg::Submit { batches }).unwrap();
        self.chain.execute(&Addr::unchecked("relayer"), submit).unwrap();
    }
}

#[test]
fn an_interval_is_cleared_settled_closed_and_pruned_as_it_comes_due() {
    let mut street = street();
    assert_eq!(street.at(street.times.closes_s - 1), [""; 0]);
    assert_eq!(street.at(street.times.closes_s), ["clear"]);
    assert_eq!(street.turns(), [""; 0], "each once");
    assert_eq!(street.at(street.times.start_s), [""; 0]);
    let before = street.interval.minus(1).unwrap();
    street.read(before, [0, 0]);
    assert_eq!(street.at(street.times.end_s), [""; 0], "no reading yet");
    street.read(street.interval, [0, 900]);
    assert_eq!(street.turns().last().map(String::as_str), Some("settle"));
    assert_eq!(street.stage(), Some(Stage::Settled));
    assert_eq!(
        street.at(street.times.final_s).first().map(String::as_str),
        Some("finalise")
    );
    assert_eq!(street.stage(), Some(Stage::Final));
}

#[test]
fn what_nobody_cleared_is_given_up_and_what_nobody_read_is_confirmed() {
    let mut street = street();
    assert_eq!(street.at(street.times.start_s), ["skip"]);
    assert_eq!(street.stage(), Some(Stage::Skipped));
    assert_eq!(street.at(street.times.confirmation_ends_s - 1), [""; 0]);
    let done = street.at(street.times.confirmation_ends_s);
    assert_eq!(done.first().map(String::as_str), Some("confirm"));
    assert_eq!(street.stage(), Some(Stage::Settled));
}

#[test]
fn two_cranks_do_each_thing_once() {
    let mut street = street();
    let now = street.times.closes_s;
    street.chain.advance_to(now).unwrap();
    let mut other = Crank::new(&street.chain, street.grid.clone(), Addr::unchecked("other")).unwrap();
    let done = other.turn(&mut street.chain).unwrap();
    assert!(
        done.iter()
            .any(|done| done.interval == street.interval && done.name == "clear")
    );
    assert_eq!(street.turns(), [""; 0]);
    assert_eq!(street.chain.now().unwrap().unix_s, now);
}

/// A chain that takes a transaction and then makes no block while anybody waits.
struct Halted<'a>(&'a mut Embedded);

impl Chain for Halted<'_> {
    fn chain_id(&self) -> &str {
        self.0.chain_id()
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        self.0.now()
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        self.0.query_raw(contract, key)
    }

    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.0.query_smart(contract, json)
    }

    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError> {
        self.0.balance(account, denom)
    }

    fn sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        self.0.sequence(account)
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        self.0.sign(account, messages)
    }

    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        self.0.broadcast(tx)
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        self.0.status(hash)
    }

    fn wait(&mut self, tx: &SignedTx) -> Result<Included, ChainError> {
        let (height, waited_s) = (self.now()?.height, 30);
        let _ = self.broadcast(tx);
        Err(ChainError::NoBlock { height, waited_s })
    }
}

#[test]
fn a_call_that_no_block_held_in_time_is_waited_for_and_not_made_twice() {
    let mut street = street();
    street.chain.advance_to(street.times.closes_s).unwrap();
    let account = Addr::unchecked("crank");
    let before = street.chain.sequence(&account).unwrap();
    for _ in 0..3 {
        let waited = street.crank.turn(&mut Halted(&mut street.chain));
        assert!(
            matches!(waited, Err(CrankError::Chain(ChainError::NoBlock { .. }))),
            "{waited:?}"
        );
    }
    assert_eq!(street.chain.sequence(&account).unwrap(), before + 1, "one transaction");
    assert_eq!(street.turns(), ["clear"]);
}
