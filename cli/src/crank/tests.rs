use busbar_api::market::{Client, Stage};
use busbar_api::oracle::ExecuteMsg;
use busbar_attestation::SignedReading;
use busbar_chain::{Chain, ChainQuerier, Embedded, EmbeddedConfig, Message};
use busbar_testing::{Device, Meter, Region};
use busbar_units::Interval;
use cosmwasm_std::Addr;

use super::turn::Crank;

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
