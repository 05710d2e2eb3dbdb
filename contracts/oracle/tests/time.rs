//! Final intervals shrink to their hashes; silent devices are suspended.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;
use busbar_api::oracle::{raw, Anchor, ExecuteMsg, Outcome, PruneCursor, Registers, PAGES_PER_PRUNE};
use busbar_api::registry::{Status, Suspension};
use busbar_attestation::Curve;
use busbar_oracle::ContractError;
use busbar_units::{Interval, Wh};
use common::{at, refused, Meter, Region};
use Outcome::{AboveRating, Accepted, Backwards};

fn prune(interval: Interval) -> ExecuteMsg {
    ExecuteMsg::Prune { interval }
}

fn registers(import: u64) -> Registers {
    Registers {
        import: Wh::new(import),
        export: Wh::ZERO,
    }
}

/// Prunes all intervals before `end` as the market makes them final.
fn prune_before(region: &mut Region, from: u64, end: u64) {
    let bob = region.bob.clone();
    region.finalise(at(end + 1));
    for offset in from..end {
        region.observe(&bob, &prune(at(offset))).unwrap();
    }
}

#[test]
fn pages_of_final_intervals_shrink_to_their_hashes_in_order() {
    let mut region = Region::new();
    let bob = region.bob.clone();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(4), 0);
    region.submit(&[
        a.reads(at(1), 10, 0),
        a.reads(at(2), 20, 0),
        b.reads(at(1), 5, 0),
        a.reads(at(3), 30, 0),
    ]);
    let q = region.querier();
    let hash = raw::page_hash(&q, region.oracle.address(), at(1), 0).unwrap().unwrap();
    let error = refused(&mut region, |region| region.observe(&bob, &prune(at(1))));
    let expected = ContractError::NotNext {
        interval: at(1),
        next: at(0),
    };
    assert_eq!(error, expected);
    // The market has made 0 final, not yet 1: the readings of 0 are needed for the energy of 1.
    region.finalise(at(1));
    let error = refused(&mut region, |region| region.observe(&bob, &prune(at(0))));
    let expected = ContractError::NotFinal {
        interval: at(0),
        cursor: at(1),
        needed: at(2),
    };
    assert_eq!(error, expected);
    prune_before(&mut region, 0, 2);
    let (q, oracle) = (region.querier(), region.oracle.address());
    let cursor = PruneCursor {
        interval: at(2),
        page: 0,
    };
    assert_eq!(raw::prune_cursor(&q, oracle).unwrap(), Some(cursor));
    assert_eq!(region.oracle.prune_cursor(&q).unwrap(), cursor);
    // The page is its hash alone; records are still checked against it.
    assert_eq!(
        q.query_wasm_raw(oracle, raw::page_key(at(1), 0)).unwrap().unwrap(),
        hash
    );
    assert_eq!(raw::page(&q, oracle, at(1), 0).unwrap(), None);
    assert!(raw::page(&q, oracle, at(2), 0).unwrap().is_some());
    let readings = region.oracle.readings(&q, at(1), 0).unwrap();
    assert!(readings.pruned && readings.readings.is_empty());
    let records = vec![a.record(at(1), 10, 0), b.record(at(1), 5, 0)];
    assert!(region.oracle.verify_record(&q, at(1), 0, records).unwrap().verified);
    // Only the device whose next reading did not follow leaves an anchor.
    assert_eq!(raw::anchor(&q, oracle, a.number).unwrap(), None);
    let anchor = Anchor {
        interval: at(1),
        registers: registers(5),
    };
    assert_eq!(raw::anchor(&q, oracle, b.number).unwrap(), Some(anchor));
    assert_eq!(region.oracle.anchor(&q, b.number).unwrap(), Some(anchor));
    // The state of the interval stays.
    assert_eq!(region.interval(at(2)).net.get(), 10);
}

#[test]
fn a_reading_after_pruning_is_compared_with_the_anchor() {
    let mut region = Region::new();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(3), 0);
    region.submit(&[a.reads(at(1), 1_000, 0), b.reads(at(1), 0, 0), b.reads(at(2), 0, 0)]);
    region.clock(at(12), 0);
    prune_before(&mut region, 0, 3);
    // Ten intervals after 1 at 10 kW: 25,000 Wh.
    let result = region.submit(&[
        a.reads(at(11), 999, 0),
        a.reads(at(11), 26_001, 0),
        a.reads(at(11), 26_000, 0),
        b.reads(at(11), 7, 0),
    ]);
    assert_eq!(result.batches, [[Backwards, AboveRating, Accepted, Accepted]]);
    // A device that joined later has no reading in what is pruned.
    let c = region.home("C-1");
    region.clock(at(14), 0);
    assert_eq!(region.submit(&[c.reads(at(13), 4_000_000, 0)]).batches, [[Accepted]]);
}

#[test]
fn readings_of_pruned_intervals_are_too_old() {
    let mut region = Region::new();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(4), 0);
    region.submit(&[a.reads(at(1), 1_000, 0)]);
    // The stand-in market is final early; the oracle keeps to what is pruned.
    prune_before(&mut region, 0, 2);
    let before = region.dump();
    let result = region.submit(&[b.reads(at(1), 0, 0), a.reads(at(1), 1_001, 0), a.reads(at(1), 1_000, 0)]);
    assert_eq!(result.batches, [[Outcome::TooOld; 3]]);
    assert!(before == region.dump());
}

#[test]
fn a_long_gap_waits_for_pruning_rather_than_for_an_endless_search() {
    let mut region = Region::new();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    region.clock(at(2), 0);
    region.submit(&[a.reads(at(1), 1_000, 0), b.reads(at(1), 0, 0)]);
    // Both are silent for twice the correction window of 8, and nobody prunes.
    region.clock(at(20), 0);
    assert_eq!(region.submit(&[a.reads(at(19), 1_500, 0)]).batches, [[Accepted]]);
    assert_eq!(region.submit(&[b.reads(at(19), 1, 0)]).batches, [[Outcome::Unpruned]]);
    prune_before(&mut region, 0, 5);
    assert_eq!(region.submit(&[b.reads(at(19), 1, 0)]).batches, [[Accepted]]);
}

#[test]
fn a_prune_reduces_a_bounded_number_of_pages() {
    let mut region = Region::new();
    let bob = region.bob.clone();
    // One meter on each of more pages than one call takes; the numbers between stay reserved.
    let pages = u32::try_from(PAGES_PER_PRUNE).unwrap() + 2;
    let mut meters = vec![];
    for page in 0..pages {
        let owner = region.app.api().addr_make(&format!("owner {page}"));
        for slot in 0..64 {
            let number = region.reserve(&owner).number;
            assert_eq!(number, page * 64 + slot);
        }
        let meter = Meter {
            number: page * 64,
            ..Meter::new(Curve::Ed25519, &format!("P-{page}"))
        };
        region.enrol(&owner, &meter).unwrap();
        region.confirm(&meter).unwrap();
        meters.push(meter);
    }
    region.clock(at(2), 0);
    let readings = meters.iter().map(|meter| meter.reads(at(1), 7, 0)).collect::<Vec<_>>();
    assert_eq!(region.submit(&readings).count(Accepted), meters.len());
    region.finalise(at(9));
    region.observe(&bob, &prune(at(0))).unwrap();
    region.observe(&bob, &prune(at(1))).unwrap();
    let cursor = |region: &Region| region.oracle.prune_cursor(&region.querier()).unwrap();
    let half = PruneCursor {
        interval: at(1),
        page: u32::try_from(PAGES_PER_PRUNE).unwrap(),
    };
    assert_eq!(cursor(&region), half);
    let pruned = |region: &Region, page| region.oracle.readings(&region.querier(), at(1), page).unwrap().pruned;
    assert!((0..pages).all(|page| pruned(&region, page) == (page < half.page)));
    region.observe(&bob, &prune(at(1))).unwrap();
    assert!((0..pages).all(|page| pruned(&region, page)));
    assert_eq!(cursor(&region).interval, at(2));
}

#[test]
fn a_device_that_is_silent_for_too_long_is_suspended_by_anyone() {
    let mut region = Region::new();
    let bob = region.bob.clone();
    let (a, b) = (region.home("A-1"), region.home("B-1"));
    let report = |device| ExecuteMsg::ReportMissing { device };
    region.clock(at(4), 0);
    region.submit(&[
        a.reads(at(1), 0, 0),
        b.reads(at(1), 0, 0),
        b.reads(at(2), 0, 0),
        a.reads(at(2), 0, 0),
    ]);
    let error = refused(&mut region, |region| region.observe(&bob, &report(9)));
    assert_eq!(error, ContractError::UnknownDevice { device: 9 });
    // The limit is 6: seven intervals without a reading, 3 to 9, the last of them over.
    let not_missing = |device, from, to| ContractError::NotMissing {
        device,
        from: at(from),
        to: at(to),
    };
    region.clock(at(9), 899);
    let error = refused(&mut region, |region| region.observe(&bob, &report(a.number)));
    assert_eq!(error, not_missing(a.number, 2, 8));
    region.clock(at(10), 0);
    region.submit(&[b.reads(at(9), 5, 0)]);
    region.observe(&bob, &report(a.number)).unwrap();
    let device = region.device(a.number);
    assert_eq!(device.status, Status::Suspended);
    assert_eq!(device.suspension, Some(Suspension::Missing { interval: at(9) }));
    let error = refused(&mut region, |region| region.observe(&bob, &report(a.number)));
    assert_eq!(error, ContractError::NotActive { device: a.number });
    let error = refused(&mut region, |region| region.observe(&bob, &report(b.number)));
    assert_eq!(error, not_missing(b.number, 3, 9));
    // A device that nobody awaited for that long is not silent.
    let c = region.home("C-1");
    region.clock(at(18), 0);
    let error = refused(&mut region, |region| region.observe(&bob, &report(c.number)));
    assert_eq!(error, not_missing(c.number, 11, 17));
    region.clock(at(19), 0);
    region.observe(&bob, &report(c.number)).unwrap();
}

#[test]
fn a_reading_in_pruned_intervals_is_no_silence() {
    let mut region = Region::new();
    let bob = region.bob.clone();
    let a = region.home("A-1");
    region.clock(at(5), 0);
    region.submit(&[a.reads(at(3), 0, 0), a.reads(at(4), 0, 0)]);
    prune_before(&mut region, 0, 5);
    let report = ExecuteMsg::ReportMissing { device: a.number };
    region.clock(at(11), 0);
    let error = refused(&mut region, |region| region.observe(&bob, &report));
    let expected = ContractError::NotMissing {
        device: a.number,
        from: at(4),
        to: at(10),
    };
    assert_eq!(error, expected);
    region.clock(at(12), 0);
    region.observe(&bob, &report).unwrap();
}
