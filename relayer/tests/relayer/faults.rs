//! Everything that can happen to bytes on their way, one fault at a time and in random order.
use crate::fake::{FIRST, Sending};
use crate::site::{Site, reading, readings};
use busbar_chain::TxHash;
use busbar_relayer::State;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn after(fault: Sending) -> Site {
    let mut site = Site::new(5);
    site.chain.sendings.push_back(fault);
    let sent = readings(5);
    site.relayer().ingest(&sent).unwrap();
    site.drain();
    site.assert_exactly_once(&sent);
    site
}

fn different(site: &Site) -> usize {
    site.chain.sent_bytes.iter().collect::<BTreeSet<&TxHash>>().len()
}

#[test]
fn lost_bytes_are_sent_again_unchanged() {
    for fault in [Sending::Lost, Sending::ReplyLost, Sending::Full, Sending::Evicted] {
        let mut site = after(fault);
        assert_eq!(different(&site), 1, "{fault:?}");
        assert_eq!(site.relayer().metrics().expired, 0, "{fault:?}");
    }
}

#[test]
fn only_after_the_timeout_height_is_another_transaction_signed() {
    let mut site = Site::new(5);
    site.chain.sendings.push_back(Sending::Stolen);
    let sent = readings(5);
    site.relayer().ingest(&sent).unwrap();
    site.step();
    let timeout = site.chain.height + site.chain.timeout_blocks;
    while site.chain.height <= timeout {
        assert_eq!(different(&site), 1, "at height {}", site.chain.height);
        assert_eq!(site.count(State::Signed), 5);
        site.chain.block();
        site.step();
    }
    site.drain();
    assert_eq!((different(&site), site.relayer().metrics().expired), (2, 1));
    site.assert_exactly_once(&sent);
}

#[test]
fn what_the_index_forgot_the_oracles_state_shows() {
    let mut site = after(Sending::Unindexed);
    assert_eq!((different(&site), site.relayer().metrics().expired), (1, 1));
}

#[test]
fn a_result_without_data_is_read_from_the_oracles_state() {
    let mut site = after(Sending::NoData);
    assert_eq!((different(&site), site.relayer().metrics().confirmed), (1, 5));
}

#[test]
fn out_of_gas_sends_half() {
    let mut site = after(Sending::OutOfGas);
    assert_eq!(site.relayer().metrics().failed, 1);
    assert_eq!(site.chain.carried, [3, 2]);
}

#[test]
fn a_lone_reading_that_ran_out_of_gas_is_sent_again_soon() {
    let mut site = Site::new(1);
    site.chain.sendings.push_back(Sending::OutOfGas);
    let sent = readings(1);
    site.relayer().ingest(&sent).unwrap();
    let until = site.chain.unix_s + 30;
    while site.relayer().open_readings() > 0 {
        assert!(
            site.chain.unix_s < until,
            "the chain's client gives the next one more gas"
        );
        site.step();
        site.chain.unix_s += 5;
        site.chain.block();
    }
    site.assert_exactly_once(&sent);
}

#[test]
fn one_reading_that_breaks_the_contract_does_not_hold_up_the_others() {
    // The failure shows in a block, or already in the simulation.
    for simulates in [false, true] {
        let mut site = Site::new(8);
        (site.chain.poison, site.chain.simulates) = (Some(3), simulates);
        let sent = readings(8);
        site.relayer().ingest(&sent).unwrap();
        for _ in 0..200 {
            site.step();
            site.chain.unix_s += 5;
            site.chain.block();
        }
        assert_eq!((site.count(State::Confirmed), site.relayer().open_readings()), (7, 1));
        site.chain.poison = None;
        site.drain();
        site.assert_exactly_once(&sent);
    }
}

#[test]
fn a_chain_that_does_not_answer_changes_nothing() {
    let mut site = Site::new(2);
    site.relayer().ingest(&readings(2)).unwrap();
    for _ in 0..7 {
        site.chain.deaf.set(1);
        let before = site.relayer().census().unwrap();
        let (relayer, chain) = site.both();
        assert!(relayer.step(chain).is_err());
        assert_eq!(relayer.census().unwrap(), before);
    }
    site.drain();
    site.assert_exactly_once(&readings(2));
}

/// What happens between two passes.
#[derive(Debug, Clone)]
enum Event {
    Ingest(u32),
    Sending(Sending),
    Block,
    Restart,
    Deaf(u32),
    Pass,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let sending = prop::sample::select(vec![
        Sending::Arrives,
        Sending::Lost,
        Sending::ReplyLost,
        Sending::Crash,
        Sending::Full,
        Sending::Stolen,
        Sending::Evicted,
        Sending::OutOfGas,
        Sending::Unindexed,
        Sending::NoData,
    ]);
    let event = prop_oneof![
        3 => (1u32..6).prop_map(Event::Ingest),
        5 => sending.prop_map(Event::Sending),
        4 => Just(Event::Block),
        2 => Just(Event::Restart),
        1 => (1u32..4).prop_map(Event::Deaf),
        6 => Just(Event::Pass),
    ];
    prop::collection::vec(event, 1..60)
}

const DEVICES: u32 = 5;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_doubled_whatever_happens(events in events()) {
        let mut site = Site::new(DEVICES);
        site.chain.end_of(FIRST + 60);
        let mut sent = Vec::new();
        for event in events {
            match event {
                Event::Ingest(count) => {
                    let more: Vec<_> = (0..count)
                        .map(|more| {
                            let number = sent.len() as u32 + more;
                            reading(number % DEVICES, FIRST + u64::from(number / DEVICES), 10 * u64::from(number))
                        })
                        .collect();
                    site.relayer().ingest(&more).unwrap();
                    sent.extend(more);
                }
                Event::Sending(sending) => site.chain.sendings.push_back(sending),
                Event::Block => site.chain.block(),
                Event::Restart => site.reopen(),
                Event::Deaf(calls) => site.chain.deaf.set(calls),
                Event::Pass => {
                    let pass = catch_unwind(AssertUnwindSafe(|| {
                        let (relayer, chain) = site.both();
                        let _unanswered = relayer.step(chain);
                    }));
                    if pass.is_err() {
                        site.chain.deaf.set(0);
                        site.reopen();
                    }
                }
            }
        }
        site.chain.sendings.retain(|sending| *sending != Sending::Crash);
        site.chain.deaf.set(0);
        site.drain();
        site.assert_exactly_once(&sent);
    }
}
