//! The same lives of intervals with a transfer and without one, under readings in time, late and lost: whoever is no party to it
//! cannot tell them apart, and the two owners together have what the one would have had.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use std::cell::Cell;

use busbar_testing::attestation::{Curve, SignedReading};
use busbar_testing::cosmwasm_std::Addr;
use busbar_testing::market::{raw::final_cursor, ExecuteMsg};
use busbar_testing::units::{Interval, Money};
use busbar_testing::{Device, Region, Setup};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Hours of a life; in the last that are read every meter speaks.
const HOURS: usize = 14;
const NEIGHBOURS: usize = 2;
const DEPOSIT: u128 = 60_000_000;

#[derive(Clone, Debug)]
struct Hour {
    /// What the house sells to a neighbour, or buys from him.
    trade: (usize, bool, u64),
    /// Drawn, fed, and after how many hours it is read, if ever: the house and its neighbours.
    meters: Vec<(u64, u64, Option<usize>)>,
}

fn hour() -> impl Strategy<Value = Hour> {
    let report = prop_oneof![6 => Just(Some(0)), 3 => (1usize..4).prop_map(Some), 1 => Just(None)];
    let meter = (0u64..2_000, any::<bool>(), report);
    let meter = meter.prop_map(|(wh, feeds, report)| if feeds { (0, wh, report) } else { (wh, 0, report) });
    let trade = (0..NEIGHBOURS, any::<bool>(), 1u64..2_000);
    let meters = prop::collection::vec(meter, 1 + NEIGHBOURS);
    (trade, meters).prop_map(|(trade, meters)| Hour { trade, meters })
}

fn setup() -> Setup {
    let mut setup = Setup {
        curve: Curve::Ed25519,
        ..Setup::hourly()
    };
    let params = &mut setup.params;
    params.horizon = 2;
    (
        params.confirmation_window,
        params.dispute_window,
        params.correction_window,
    ) = (1, 0, 4);
    (params.order_fee, params.settlement_fee) = (Money::new(50), Money::new(70));
    params.missing_limit = 40;
    setup
}

#[derive(Debug, PartialEq, Eq)]
struct Books {
    /// Balances of the house's owners together, of each neighbour and of the utility, and the fund.
    balances: Vec<u128>,
    /// Whether something of Ann's intervals came to light when all of them were final: a gap reached over the transfer.
    shared: bool,
}

/// Plays the hours; the house passes on before an hour, if ever.
fn play(hours: &[Hour], passes: Option<usize>) -> Books {
    let mut region = Region::with(setup());
    let house = region.home("ann", 4_000, 4_000);
    let neighbours = ["bob", "dan"].map(|name| region.home(name, 4_000, 4_000));
    let cleo = region.account("cleo");
    region.deposit(&cleo, DEPOSIT);
    let relayer = region.account("relayer");
    let start = region.first_interval();
    let at = |hour: usize| start.plus(u64::try_from(hour).unwrap()).unwrap();
    let mut kept: Vec<(usize, SignedReading)> = vec![];
    let mut from = Interval::MAX;
    let mut ann_at_last = None;
    for (number, hour) in hours.iter().enumerate() {
        if passes == Some(number) {
            (_, from) = region.pass(&house, &cleo);
        }
        let interval = at(number);
        let owner = if interval < from { &house.owner } else { &cleo };
        let ours = Device {
            owner: owner.clone(),
            ..house.clone()
        };
        let (other, sells, wh) = (&neighbours[hour.trade.0], hour.trade.1, hour.trade.2);
        let (seller, buyer) = if sells { (&ours, other) } else { (other, &ours) };
        region.sell(seller, interval, wh, 120_000);
        region.buy(buyer, interval, wh, 160_000);
        region.clear(interval);
        let start_s = region.times(interval).start_s;
        region.reach(start_s);
        // What was read up to the start of this hour, and what comes late.
        if number > 0 {
            let before = &hours[number - 1];
            for (device, (drawn, fed, report)) in
                [&house, &neighbours[0], &neighbours[1]].into_iter().zip(&before.meters)
            {
                let meter = region.meter(device);
                meter.count(*drawn, *fed);
                let signed = meter.sign(at(number - 1));
                kept.extend(report.map(|hours| (number + hours, signed)));
            }
        }
        let (due, later): (Vec<_>, Vec<_>) = kept.into_iter().partition(|(due, _)| *due <= number);
        kept = later;
        let due: Vec<SignedReading> = due.into_iter().map(|(_, signed)| signed).collect();
        if !due.is_empty() {
            region.submit(&relayer, &due);
        }
        if number > 2 {
            let settles = at(number - 3);
            if settles <= from {
                assert_eq!(
                    region.books(&cleo).balance.get(),
                    DEPOSIT,
                    "nothing before {from} is Cleo's"
                );
            }
            region.settle(settles);
        }
        finalise(&mut region, &relayer);
        if final_cursor(&region.q(), region.market.address()).unwrap() >= from && ann_at_last.is_none() {
            ann_at_last = Some(region.books(&house.owner).balance);
        }
    }
    // The last reading, again: after a long gap it waits for pruning.
    region.finalise(at(HOURS - 4));
    finalise(&mut region, &relayer);
    let last = region.meter(&house).sign(at(HOURS - 2));
    region.submit(&relayer, &[last]);
    region.finalise(at(HOURS - 1));
    let ann = region.books(&house.owner);
    let lost = |hour: &Hour| hour.meters[0].2.is_none();
    if let (Some(balance), false) = (ann_at_last, hours.iter().any(lost)) {
        assert_eq!(ann.balance, balance, "nothing from {from} on is Ann's");
    }
    let refresh = region.to_market(&ExecuteMsg::Refresh { device: house.number });
    region.must(&relayer, refresh);
    let books = region.books(&house.owner);
    assert_eq!(
        (books.locked, books.pending, books.debt),
        (Money::ZERO, Money::ZERO, Money::ZERO)
    );
    assert_eq!(
        books.margin.get() > 0,
        passes.is_none(),
        "a margin is of whoever has the house"
    );
    let balance = |region: &Region, owner: &Addr| region.books(owner).balance.get();
    let mut balances = vec![balance(&region, &house.owner) + balance(&region, &cleo)];
    let utility = region.utility.clone();
    for owner in [&neighbours[0].owner, &neighbours[1].owner, &utility] {
        balances.push(balance(&region, owner));
    }
    let totals = region.market.totals(&region.q()).unwrap();
    balances.extend([totals.fund.get(), totals.escrows.get()]);
    Books {
        balances,
        shared: ann_at_last.is_some_and(|balance| balance != ann.balance),
    }
}

/// Makes final what can be.
fn finalise(region: &mut Region, sender: &Addr) {
    loop {
        let next = final_cursor(&region.q(), region.market.address()).unwrap();
        if region.now_s() < region.times(next).final_s {
            break;
        }
        region.finalise(next);
    }
    // A reading after a long gap waits for what is final to be pruned.
    let cursor = final_cursor(&region.q(), region.market.address()).unwrap();
    loop {
        let pruned = region.oracle.prune_cursor(&region.q()).unwrap().interval;
        if cursor < pruned.plus(2).unwrap() {
            break;
        }
        let prune = region.oracle.prune(pruned).unwrap();
        region.must(sender, prune);
    }
}

#[test]
fn a_transfer_moves_nothing_but_the_account() {
    let mut runner = TestRunner::deterministic();
    let (cases, shared) = (4, Cell::new(0));
    let lives = (prop::collection::vec(hour(), HOURS), 1usize..4, 0usize..2);
    for case in 0..cases {
        let (mut hours, passes, after) = lives.new_tree(&mut runner).unwrap().current();
        // In every other life the house falls silent in one of Ann's last two hours.
        if case % 2 == 0 {
            let silent = passes + after;
            hours[silent..].iter_mut().for_each(|hour| hour.meters[0].2 = None);
        }
        // At last everything that is not lost comes to light.
        for hour in &mut hours[HOURS - 2..] {
            hour.meters.iter_mut().for_each(|meter| meter.2 = Some(0));
        }
        let (with, without) = (play(&hours, Some(passes)), play(&hours, None));
        assert_eq!(
            with.balances, without.balances,
            "{hours:?} with a transfer before hour {passes}"
        );
        shared.set(shared.get() + usize::from(with.shared));
    }
    assert!(shared.get() > 0, "no gap reached over a transfer in {cases} lives");
}
