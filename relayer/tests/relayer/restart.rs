//! The process ends at every edge of the pipeline; another one goes on from the file.
use crate::fake::{Fake, Sending};
use crate::site::{Site, readings};
use busbar_relayer::{Relayer, RelayerError, State};
use std::panic::{AssertUnwindSafe, catch_unwind};

type Stage = fn(&mut Relayer, &mut Fake) -> Result<(), RelayerError>;

const STAGES: [(State, Stage); 6] = [
    (State::Verified, |relayer, chain| relayer.verify(chain)),
    (State::Batched, |relayer, chain| relayer.batch(chain)),
    (State::Signed, |relayer, chain| relayer.sign(chain)),
    (State::Broadcast, |relayer, chain| relayer.broadcast(chain)),
    (State::Broadcast, |relayer, chain| {
        chain.block();
        relayer.prune(chain)
    }),
    (State::Confirmed, |relayer, chain| relayer.confirm(chain)),
];

#[test]
fn the_end_at_any_edge_loses_nothing_and_doubles_nothing() {
    for edge in 0..=STAGES.len() {
        let mut site = Site::new(5);
        let sent = readings(5);
        site.relayer().ingest(&sent).unwrap();
        let mut expected = State::Received;
        for (state, stage) in &STAGES[..edge] {
            let (relayer, chain) = site.both();
            stage(relayer, chain).unwrap();
            expected = *state;
        }
        let before = site.relayer().census().unwrap();
        assert_eq!(before.count(expected), 5, "edge {edge}: {before:?}");
        site.reopen();
        assert_eq!(site.relayer().census().unwrap(), before, "edge {edge}");
        let open = if expected == State::Confirmed { 0 } else { 5 };
        assert_eq!(site.relayer().open_readings(), open, "edge {edge}");
        site.drain();
        site.assert_exactly_once(&sent);
        assert_eq!(site.chain.carried, [5], "edge {edge}");
    }
}

#[test]
fn the_end_at_every_edge_in_turn_still_delivers_once() {
    let mut site = Site::new(5);
    let sent = readings(5);
    site.relayer().ingest(&sent).unwrap();
    for (_, stage) in STAGES {
        site.reopen();
        let (relayer, chain) = site.both();
        stage(relayer, chain).unwrap();
    }
    site.assert_exactly_once(&sent);
}

#[test]
fn dying_between_sending_and_learning_so_sends_the_same_bytes_again() {
    for blocks in [0, 1, 10] {
        let mut site = Site::new(5);
        site.chain.sendings.push_back(Sending::Crash);
        let sent = readings(5);
        site.relayer().ingest(&sent).unwrap();
        let died = catch_unwind(AssertUnwindSafe(|| site.step()));
        assert!(died.is_err());
        for _ in 0..blocks {
            site.chain.block();
        }
        site.reopen();
        assert_eq!(site.count(State::Signed), 5);
        site.drain();
        site.assert_exactly_once(&sent);
        let first = site.chain.sent_bytes[0];
        assert!(
            site.chain.sent_bytes.iter().all(|hash| *hash == first),
            "after {blocks} blocks"
        );
    }
}

#[test]
fn a_second_relayer_cannot_hold_the_same_file() {
    let mut site = Site::new(1);
    let (file, config) = (site.file(), site.config.clone());
    let open = |site: &Site| {
        Relayer::open(
            &file,
            config.clone(),
            &site.chain,
            &crate::fake::grid(),
            crate::fake::account(),
        )
    };
    assert!(matches!(open(&site), Err(RelayerError::Queue(_))));
    site.close();
    assert!(open(&site).is_ok());
}

#[test]
fn a_file_of_another_region_is_refused() {
    let mut site = Site::new(1);
    site.close();
    site.chain.found("test-elsewhere");
    let error = Relayer::open(
        &site.file(),
        site.config.clone(),
        &site.chain,
        &crate::fake::grid(),
        crate::fake::account(),
    );
    match error.err() {
        Some(RelayerError::Foreign {
            field: "region",
            stored,
            given,
        }) => {
            assert_eq!((stored.as_str(), given.as_str()), ("test-lane", "test-elsewhere"));
        }
        other => panic!("{other:?}"),
    }
}
