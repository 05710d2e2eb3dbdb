//! The way of a reading when all goes well, and how readings are put together.
use crate::fake::FIRST;
use crate::site::{Site, quick, reading, readings};
use busbar_relayer::{IngestOutcome, RelayerConfig, State};

#[test]
fn a_reading_passes_every_state_once() {
    let mut site = Site::new(3);
    let sent = readings(3);
    assert_eq!(site.relayer().ingest(&sent).unwrap(), vec![IngestOutcome::Stored; 3]);
    assert_eq!(site.count(State::Received), 3);
    let (relayer, chain) = site.both();
    relayer.verify(chain).unwrap();
    assert_eq!(relayer.census().unwrap().count(State::Verified), 3);
    relayer.batch(chain).unwrap();
    assert_eq!(relayer.census().unwrap().count(State::Batched), 3);
    relayer.sign(chain).unwrap();
    assert_eq!(
        (relayer.census().unwrap().count(State::Signed), chain.sent_bytes.len()),
        (3, 0)
    );
    relayer.broadcast(chain).unwrap();
    assert_eq!(
        (
            relayer.census().unwrap().count(State::Broadcast),
            chain.sent_bytes.len()
        ),
        (3, 1)
    );
    relayer.confirm(chain).unwrap();
    assert_eq!(relayer.census().unwrap().count(State::Broadcast), 3);
    chain.block();
    relayer.confirm(chain).unwrap();
    assert_eq!(
        (
            relayer.census().unwrap().count(State::Confirmed),
            relayer.open_readings()
        ),
        (3, 0)
    );
    site.assert_exactly_once(&sent);

    let metrics = site.relayer().metrics().clone();
    assert_eq!((metrics.stored, metrics.verified, metrics.confirmed), (3, 3, 3));
    assert_eq!(
        (metrics.signature_checks, metrics.signed, metrics.broadcasts),
        (3, 1, 1)
    );
    assert!(metrics.rejected.is_empty());
}

#[test]
fn a_pass_without_work_touches_nothing() {
    let mut site = Site::new(1);
    site.step();
    assert_eq!((site.chain.sent_bytes.len(), site.relayer().open_readings()), (0, 0));
}

#[test]
fn readings_wait_for_company_until_a_page_is_full_or_they_are_old() {
    let config = RelayerConfig {
        batch_age_s: 60,
        ..quick()
    };
    let mut site = Site::with(64, config);
    let sent = readings(64);
    site.relayer().ingest(&sent[..63]).unwrap();
    site.step();
    site.chain.unix_s += 59;
    site.step();
    assert_eq!(site.count(State::Verified), 63);

    site.relayer().ingest(&sent[63..]).unwrap();
    site.step();
    assert_eq!(site.count(State::Broadcast), 64);
    site.drain();
    site.assert_exactly_once(&sent);

    site.chain.end_of(FIRST + 1);
    site.relayer().ingest(&[reading(5, FIRST + 1, 900)]).unwrap();
    site.step();
    assert_eq!(site.count(State::Verified), 1);
    site.chain.unix_s += 60;
    site.step();
    assert_eq!(site.count(State::Broadcast), 1);
}

#[test]
fn transactions_are_bounded_by_count_and_by_bytes_and_go_one_after_the_other() {
    for config in [
        RelayerConfig {
            batch_readings: 30,
            ..quick()
        },
        RelayerConfig {
            batch_bytes: 78 * 31 - 1,
            ..quick()
        },
    ] {
        let mut site = Site::with(100, config);
        let sent = readings(100);
        site.relayer().ingest(&sent).unwrap();
        site.drain();
        assert_eq!(site.chain.carried, [30, 30, 30, 10]);
        site.assert_exactly_once(&sent);
    }
}

#[test]
fn a_transaction_too_large_for_the_chain_is_split() {
    let mut site = Site::new(40);
    site.chain.tx_bytes = 1_500;
    let sent = readings(40);
    site.relayer().ingest(&sent).unwrap();
    site.drain();
    assert_eq!(site.chain.carried.iter().sum::<usize>(), 40);
    assert!(
        site.chain.carried.iter().all(|count| *count <= 10),
        "{:?}",
        site.chain.carried
    );
    site.assert_exactly_once(&sent);
}

#[test]
fn a_transaction_of_more_gas_than_a_block_takes_is_split() {
    let mut site = Site::new(40);
    site.chain.gas_readings = 12;
    let sent = readings(40);
    site.relayer().ingest(&sent).unwrap();
    site.drain();
    assert!(
        site.chain.carried.iter().all(|count| *count <= 12),
        "{:?}",
        site.chain.carried
    );
    site.assert_exactly_once(&sent);
}

#[test]
fn intervals_and_pages_share_a_transaction() {
    let mut site = Site::new(130);
    site.chain.end_of(FIRST + 1);
    let mut sent = readings(130);
    sent.push(reading(7, FIRST + 1, 1_000));
    site.relayer().ingest(&sent).unwrap();
    site.drain();
    assert_eq!(site.chain.carried, [131]);
    site.assert_exactly_once(&sent);
}

#[test]
fn a_reading_ahead_of_the_chains_clock_waits_for_its_time() {
    let mut site = Site::new(1);
    site.relayer().ingest(&[reading(0, FIRST + 1, 100)]).unwrap();
    site.step();
    site.chain.unix_s += 899;
    site.step();
    assert_eq!(site.count(State::Verified), 1);
    site.chain.unix_s += 1;
    site.step();
    assert_eq!(site.count(State::Broadcast), 1);
}
