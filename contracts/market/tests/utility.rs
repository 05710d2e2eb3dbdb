//! Another utility is appointed while intervals wait: each keeps the one it began with.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::grid::{Bus, Line, Network};
use busbar_testing::market::{ExecuteMsg, Proposal};
use busbar_testing::units::{Interval, Wh};
use busbar_testing::{Device, Region, Setup};

/// The owner appoints another utility, which pays nothing in.
fn appoint(region: &mut Region) -> Addr {
    let (owner, other) = (region.owner.clone(), region.account("other utility"));
    let appoint = region.grid.set_utility(other.clone()).unwrap();
    region.must(&owner, appoint);
    region.utility = other.clone();
    other
}

fn balance(region: &Region, account: &Addr) -> i128 {
    i128::try_from(region.books(account).balance.get()).unwrap()
}

/// A roof that sells 1,500 Wh to the utility at 0.07, in an interval that is cleared.
fn sold_to_the_utility(region: &mut Region) -> (Interval, Device) {
    let roof = region.home("roof", 5_000, 5_000);
    let interval = region.first_interval();
    region.sell(&roof, interval, 1_500, 50_000);
    region.clear(interval);
    (interval, roof)
}

#[test]
fn who_bought_at_the_clearing_pays_at_the_settlement() {
    let mut region = Region::with(Setup::hourly());
    let first = region.utility.clone();
    let (interval, roof) = sold_to_the_utility(&mut region);
    assert_eq!(region.books(&first).locked.get(), 70 * 1_500);
    let before = balance(&region, &first);
    let other = appoint(&mut region);

    region.deliver(interval, &[(&roof, 0, 1_500)]);
    region.settle(interval);
    assert_eq!(region.paid(&roof, interval), -70 * 1_500);
    assert_eq!(region.books(&first).locked.get(), 0);
    assert_eq!(balance(&region, &first) - before, -70 * 1_500);
    assert_eq!(balance(&region, &other), 0);

    region.finalise(interval);
    let drawn = |account: &Addr| {
        let pieces = region.market.source_of(&region.q(), interval, account.clone(), None);
        pieces.unwrap().iter().map(|piece| piece.wh.get()).sum::<u64>()
    };
    assert_eq!((drawn(&first), drawn(&other)), (1_500, 0));
}

#[test]
fn what_is_sold_after_the_appointment_is_the_other_ones() {
    let mut region = Region::with(Setup::hourly());
    let first = region.utility.clone();
    let other = appoint(&mut region);
    region.deposit(&other, 1_000_000);
    let before = balance(&region, &first);
    let (interval, roof) = sold_to_the_utility(&mut region);
    assert_eq!(region.books(&other).locked.get(), 70 * 1_500);
    region.deliver(interval, &[(&roof, 0, 1_500)]);
    region.settle(interval);
    assert_eq!(balance(&region, &other), 1_000_000 - 70 * 1_500);
    assert_eq!(balance(&region, &first), before);
}

#[test]
fn an_interval_that_is_skipped_has_the_utility_of_that_moment() {
    let mut region = Region::with(Setup::hourly());
    let first = region.utility.clone();
    let home = region.home("home", 5_000, 5_000);
    let interval = region.first_interval();
    region.skip(interval);
    let before = balance(&region, &first);
    let other = appoint(&mut region);
    region.deliver(interval, &[(&home, 1_000, 0)]);
    region.settle(interval);
    assert_eq!(balance(&region, &first) - before, 210 * 1_000);
    assert_eq!(balance(&region, &other), 0);
}

/// A ring of connection, town, hill and mill that is cleared by proposals.
fn ring() -> Region {
    let line = |name: &str, from, to| Line {
        reactance: 1_000,
        resistance: 1_000,
        derated: Some(Wh::new(5_000)),
        ..Line::new(name, from, to, Wh::new(5_000))
    };
    Region::with(Setup {
        network: Some(Network {
            buses: ["utility", "town", "hill", "mill"].map(Bus::new).into(),
            lines: vec![
                line("connection", 0, 1),
                line("ridge", 1, 2),
                line("slope", 2, 3),
                Line {
                    derated: None,
                    ..line("lane", 1, 3)
                },
            ],
            voltage: None,
        }),
        ..Setup::hourly()
    })
}

fn propose(region: &Region, interval: Interval) -> Proposal {
    let network = region.grid.network(&region.q(), interval).unwrap();
    let auction = region.market.auction(&region.q(), interval, None).unwrap();
    busbar_solver::region::proposal(&network, &auction).unwrap()
}

#[test]
fn what_was_proven_with_the_first_ones_bids_is_cleared_with_them() {
    let mut region = ring();
    let first = region.utility.clone();
    let roof = region.home_at(2, "roof", 5_000, 5_000);
    let interval = region.first_interval();
    region.sell(&roof, interval, 1_500, 50_000);
    region.go(region.times(interval).closes_s);
    let solver = region.account("solver");
    let proposal = propose(&region, interval);
    let post = region.to_market(&ExecuteMsg::Propose {
        interval,
        proposal: proposal.clone(),
    });
    region.must(&solver, post);
    let other = appoint(&mut region);
    // The auction is still the one that was proven: the other one has no coin for any bid.
    assert_eq!(propose(&region, interval), proposal);
    let until_s = region.times(interval).closes_s + 120;
    region.go(until_s);
    let cleared = region.clear(interval);
    assert_eq!(cleared.sold.get(), 1_500);
    assert_eq!(region.books(&first).locked.get(), 70 * 1_500);
    region.deliver(interval, &[(&roof, 0, 1_500)]);
    region.settle(interval);
    assert_eq!(region.books(&first).locked.get(), 0);
    assert_eq!(balance(&region, &other), 0);
}

#[test]
fn what_was_proposed_and_not_cleared_comes_free_where_it_was_locked() {
    let mut region = ring();
    let first = region.utility.clone();
    let roof = region.home_at(2, "roof", 5_000, 5_000);
    let interval = region.first_interval();
    region.sell(&roof, interval, 1_500, 50_000);
    region.go(region.times(interval).closes_s);
    let (solver, proposal) = (region.account("solver"), propose(&region, interval));
    let post = region.to_market(&ExecuteMsg::Propose { interval, proposal });
    region.must(&solver, post);
    assert_eq!(region.books(&first).locked.get(), 70 * 1_500);
    appoint(&mut region);
    region.skip(interval);
    assert_eq!(region.books(&first).locked.get(), 0);
}
