//! The relayer against the real contracts on the embedded chain: what it confirms is what they store.
use crate::site::quick;
use busbar_attestation::{Reading, SignedReading, page_of, slot_of};
use busbar_chain::{Blocks, Chain, ChainQuerier, Embedded, EmbeddedConfig};
use busbar_relayer::{RejectReason, Relayer, State};
use busbar_testing::oracle::{self, Outcome, raw};
use busbar_testing::registry::{self, SlotStatus};
use busbar_testing::{Device, Meter, Region, Setup};
use busbar_units::{Interval, Wh};
use cosmwasm_std::Addr;
use tempfile::TempDir;

struct Street {
    chain: Embedded,
    grid: Addr,
    oracle: Addr,
    registry: Addr,
    meters: Vec<Meter>,
    first: Interval,
    folder: TempDir,
    relayer: Relayer,
}

fn street(homes: u32, blocks: Blocks) -> Street {
    street_on(
        homes,
        EmbeddedConfig {
            blocks,
            ..EmbeddedConfig::at(0)
        },
    )
}

fn street_on(homes: u32, config: EmbeddedConfig) -> Street {
    let curve = busbar_attestation::Curve::Ed25519;
    let mut region = Region::with(Setup {
        curve,
        ..Setup::default()
    });
    let devices: Vec<Device> = (0..homes)
        .map(|home| region.home(&format!("home {home}"), 5_000, 5_000))
        .collect();
    let first = region.active_from(&devices[0]);
    let meters = devices.iter().map(|device| region.meter(device).clone()).collect();
    let (grid, oracle, registry) = (
        region.grid.address().clone(),
        region.oracle.address().clone(),
        region.registry.address().clone(),
    );
    let chain = Embedded::over(region.app, config);
    let folder = TempDir::new().unwrap();
    let account = chain.account("relayer");
    let relayer = Relayer::open(&folder.path().join("queue"), quick(), &chain, &grid, account).unwrap();
    Street {
        chain,
        grid,
        oracle,
        registry,
        meters,
        first,
        folder,
        relayer,
    }
}

impl Street {
    fn end_of(&mut self, interval: Interval) {
        self.chain.advance_to(interval.end_s(900).unwrap()).unwrap();
    }

    fn read(&self, interval: Interval) -> Vec<SignedReading> {
        self.meters.iter().map(|meter| meter.sign(interval)).collect()
    }

    fn relay(&mut self, readings: &[SignedReading]) {
        self.relayer.ingest(readings).unwrap();
        self.relayer.step(&mut self.chain).unwrap();
    }

    fn import(&self, device: u32, interval: Interval) -> Option<Wh> {
        let querier = ChainQuerier::new(&self.chain);
        let page = raw::page(&querier.wrap(), &self.oracle, interval, page_of(device)).unwrap()?;
        Some(page.get(slot_of(device))?.registers.import)
    }

    fn rejected(&self) -> Vec<(RejectReason, u64)> {
        self.relayer.census().unwrap().reasons.into_iter().collect()
    }
}

#[test]
fn a_day_of_a_street_is_confirmed_reading_by_reading() {
    let mut street = street(10, Blocks::PerBroadcast);
    let mut interval = street.first;
    for hour in 0..24 {
        street.end_of(interval);
        let readings = street.read(interval);
        street.relay(&readings);
        let state = raw::interval(&ChainQuerier::new(&street.chain).wrap(), &street.oracle, interval)
            .unwrap()
            .unwrap();
        assert!(state.confirmed || hour == 0, "hour {hour}: {state:?}");
        assert_eq!(state.net.get(), if hour == 0 { 0 } else { 10 * 40 }, "hour {hour}");
        interval = interval.plus(1).unwrap();
        street.meters.iter_mut().for_each(|meter| meter.count(50, 10));
    }
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 240);
    assert_eq!(street.relayer.metrics().signed, 24);
    assert!(street.rejected().is_empty());
}

#[test]
fn every_refusal_of_the_oracle_comes_back_by_name() {
    let mut street = street(4, Blocks::PerBroadcast);
    let (first, second) = (street.first, street.first.plus(1).unwrap());
    street.meters.iter_mut().for_each(|meter| meter.count(1_000, 0));
    let early = street.meters[3].sign(first.minus(1).unwrap());
    street.end_of(first);
    let mut readings = street.read(first);
    readings.push(early);
    street.relay(&readings);

    street.end_of(second);
    street.meters[0].import -= 1;
    street.meters[1].count(1_251, 0);
    street.meters[2].count(1_250, 0);
    let readings: Vec<_> = street.meters[..3].iter().map(|meter| meter.sign(second)).collect();
    street.relay(&readings);
    assert_eq!(street.import(2, second), Some(Wh::new(2_250)));
    assert_eq!(
        street.rejected(),
        [
            (RejectReason::UnknownDevice, 1),
            (RejectReason::Oracle(Outcome::Backwards), 1),
            (RejectReason::Oracle(Outcome::AboveRating), 1)
        ]
    );
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 5);
}

#[test]
fn two_unequal_records_of_one_interval_suspend_the_device() {
    let mut street = street(2, Blocks::PerBroadcast);
    let first = street.first;
    street.end_of(first);
    let honest = street.meters[0].sign(first);
    street.meters[0].count(7, 0);
    let other = street.meters[0].sign(first);
    street.relay(&[honest, other, street.meters[1].sign(first)]);
    assert_eq!(street.rejected(), [(RejectReason::Oracle(Outcome::Conflict), 1)]);
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 2);
    let page = registry::raw::page(&ChainQuerier::new(&street.chain).wrap(), &street.registry, 0)
        .unwrap()
        .unwrap();
    let status = |slot| page.get(slot).unwrap().status;
    assert_eq!((status(0), status(1)), (SlotStatus::Suspended, SlotStatus::Active));
}

#[test]
fn a_stranger_who_relayed_first_leaves_a_duplicate_that_counts_as_confirmed() {
    let mut street = street(3, Blocks::PerBroadcast);
    let first = street.first;
    street.end_of(first);
    let readings = street.read(first);
    let submit = oracle::ExecuteMsg::Submit {
        batches: Region::batches(&readings),
    };
    let stranger = street.chain.account("stranger");
    let message = busbar_chain::Message::new(street.oracle.clone(), &submit).unwrap();
    street.chain.execute(&stranger, message).unwrap();
    street.relay(&readings);
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 3);
    assert!(street.rejected().is_empty());
}

#[test]
fn an_eviction_and_a_restart_between_blocks_lose_and_double_nothing() {
    let mut street = street(3, Blocks::Explicit);
    let first = street.first;
    street.end_of(first);
    let readings = street.read(first);
    street.relay(&readings);
    assert_eq!(street.relayer.census().unwrap().count(State::Broadcast), 3);
    street.chain.evict();
    let Street {
        mut chain,
        grid,
        folder,
        relayer,
        oracle,
        registry,
        meters,
        first,
        ..
    } = street;
    drop(relayer);
    let account = chain.account("relayer");
    let mut relayer = Relayer::open(&folder.path().join("queue"), quick(), &chain, &grid, account).unwrap();
    chain.produce_block().unwrap();
    relayer.step(&mut chain).unwrap();
    chain.produce_block().unwrap();
    relayer.step(&mut chain).unwrap();
    assert_eq!(relayer.census().unwrap().count(State::Confirmed), 3);
    let street = Street {
        chain,
        grid,
        oracle,
        registry,
        meters,
        first,
        folder,
        relayer,
    };
    assert_eq!(street.import(2, first), Some(Wh::ZERO));
    assert_eq!(
        (street.relayer.metrics().signed, street.relayer.metrics().broadcasts),
        (0, 1)
    );
}

#[test]
fn results_that_the_chain_forgot_are_read_from_the_oracle() {
    let mut street = street_on(
        3,
        EmbeddedConfig {
            recent: 0,
            timeout_blocks: 2,
            ..EmbeddedConfig::at(0)
        },
    );
    let first = street.first;
    street.end_of(first);
    let readings = street.read(first);
    street.relay(&readings);
    assert_eq!(street.relayer.census().unwrap().count(State::Broadcast), 3);
    for _ in 0..4 {
        let now_s = street.chain.now().unwrap().unix_s;
        street.chain.advance_to(now_s + 1).unwrap();
        street.relayer.step(&mut street.chain).unwrap();
    }
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 3);
    assert_eq!(
        (street.relayer.metrics().signed, street.relayer.metrics().expired),
        (1, 1)
    );
}

#[test]
fn more_devices_than_a_page_holds_share_one_transaction() {
    let mut street = street(70, Blocks::PerBroadcast);
    let first = street.first;
    street.end_of(first);
    let readings = street.read(first);
    street.relay(&readings);
    assert_eq!(street.relayer.census().unwrap().count(State::Confirmed), 70);
    assert_eq!(street.relayer.metrics().signed, 1);
    assert!((0..70).all(|device| street.import(device, first).is_some()));
}

#[test]
fn a_reading_signed_for_another_region_is_forged_here() {
    let mut street = street(1, Blocks::PerBroadcast);
    let first = street.first;
    street.end_of(first);
    let elsewhere = busbar_attestation::Domain::new("test-elsewhere").unwrap().id();
    let reading = Reading::new(0, first, 0, Wh::ZERO, Wh::ZERO).unwrap();
    let signature = street.meters[0].key.sign(&reading.record(&elsewhere));
    street.relay(&[SignedReading { reading, signature }]);
    assert_eq!(street.rejected(), [(RejectReason::Forged, 1)]);
    assert_eq!(street.import(0, first), None);
}
