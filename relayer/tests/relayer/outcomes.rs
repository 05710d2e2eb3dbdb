//! What the oracle says of each reading decides how it ends.
use crate::fake::FIRST;
use crate::site::{Site, reading, readings};
use busbar_api::oracle::Outcome;
use busbar_relayer::{IngestOutcome, RejectReason, State};

#[test]
fn one_refused_reading_does_not_spoil_the_others() {
    let mut site = Site::new(5);
    site.chain.verdicts.insert(2, Outcome::Backwards);
    site.relayer().ingest(&readings(5)).unwrap();
    site.drain();
    assert_eq!((site.count(State::Confirmed), site.count(State::Rejected)), (4, 1));
    let census = site.relayer().census().unwrap();
    assert_eq!(
        census.reasons.into_iter().collect::<Vec<_>>(),
        [(RejectReason::Oracle(Outcome::Backwards), 1)]
    );
    assert_eq!(site.chain.register(2, FIRST), None);
}

#[test]
fn every_outcome_confirms_rejects_or_waits() {
    for outcome in Outcome::ALL {
        let mut site = Site::new(1);
        site.chain.verdicts.insert(0, outcome);
        site.relayer().ingest(&readings(1)).unwrap();
        for _ in 0..3 {
            site.step();
            site.chain.block();
        }
        let expected = match outcome {
            Outcome::Accepted | Outcome::Duplicate => State::Confirmed,
            Outcome::Future | Outcome::Unpruned => State::Verified,
            _ => State::Rejected,
        };
        assert_eq!(site.count(expected), 1, "{outcome:?}");
        site.reopen();
        if expected == State::Rejected {
            let reasons = site.relayer().census().unwrap().reasons;
            assert_eq!(reasons.into_keys().collect::<Vec<_>>(), [RejectReason::Oracle(outcome)]);
        }
    }
}

#[test]
fn what_passes_by_itself_is_tried_again_after_a_pause() {
    let mut site = Site::new(1);
    site.chain.verdicts.insert(0, Outcome::Unpruned);
    site.relayer().ingest(&readings(1)).unwrap();
    for _ in 0..5 {
        site.step();
        site.chain.block();
    }
    assert_eq!(site.chain.carried.len(), 1, "no pause was made");
    site.chain.unix_s += 10;
    site.chain.verdicts.clear();
    site.drain();
    assert_eq!(
        (site.chain.carried.len(), site.chain.register(0, FIRST)),
        (2, Some(100))
    );
}

#[test]
fn a_reading_refused_while_suspended_may_come_again() {
    let mut site = Site::new(1);
    site.chain.verdicts.insert(0, Outcome::Suspended);
    let sent = reading(0, FIRST, 100);
    site.relayer().ingest(&[sent]).unwrap();
    site.drain();
    assert_eq!(site.count(State::Rejected), 1);
    site.chain.verdicts.clear();
    assert_eq!(site.relayer().ingest(&[sent]).unwrap(), [IngestOutcome::Stored]);
    site.drain();
    assert_eq!(site.chain.register(0, FIRST), Some(100));
}
