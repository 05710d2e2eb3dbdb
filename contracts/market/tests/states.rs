//! What the market does when it is restricted or halted, and what the grid's frequency costs.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::grid::{ExecuteMsg as GridMsg, FrequencyStep, MarketState};
use busbar_testing::market::{ExecuteMsg, NewOrder, OrderRef, Stage, Terms};
use busbar_testing::units::{Interval, Millihertz, Price, Wh};
use busbar_testing::{Device, Region, Setup};

fn hourly() -> Setup {
    Setup::hourly()
}

fn govern(region: &mut Region, message: &GridMsg) {
    let owner = region.owner.clone();
    let message = region.grid.execute(message).unwrap();
    region.must(&owner, message);
}

fn set(region: &mut Region, state: MarketState, only: Option<Interval>) {
    govern(region, &GridMsg::SetState { state, only });
}

fn order(interval: Interval, terms: Terms) -> NewOrder {
    NewOrder {
        interval,
        terms,
        quantity: Wh::new(100),
        at_reference: false,
    }
}

fn buy(interval: Interval) -> NewOrder {
    let limit = Price::new(140_000);
    order(interval, Terms::Buy { limit })
}

fn refused(region: &mut Region, device: &Device, orders: Vec<NewOrder>) -> ContractError {
    let place = region.market.place(device.number, orders).unwrap();
    region.refused(&device.owner, place)
}

fn cancel(region: &Region, device: &Device, interval: Interval) -> busbar_testing::cosmwasm_std::WasmMsg {
    region.to_market(&ExecuteMsg::Cancel {
        device: device.number,
        orders: vec![OrderRef { interval, slot: 0 }],
    })
}

/// A bank's storage, Alice with 1,000 Wh in the bank, and Bob.
fn street() -> (Region, [Device; 3], Interval) {
    let mut region = Region::with(hourly().with_bank(6_400));
    let storage = region.storage("bank", 5_000, 6_400);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let first = region.first_interval();
    region.bank(&alice, first, 1_000);
    region.clear(first);
    region.deliver(first, &[(&storage, 1_000, 0), (&alice, 0, 1_000), (&bob, 0, 0)]);
    region.settle(first);
    let interval = region.current_interval().plus(2).unwrap();
    (region, [storage, alice, bob], interval)
}

#[test]
fn a_restricted_market_cancels_redeems_settles_and_pays_out() {
    let (mut region, [storage, alice, bob], interval) = street();
    region.buy(&bob, interval, 100, 140_000);
    let state = MarketState::Restricted;
    set(&mut region, state, Some(interval));
    let error = ContractError::State { interval, state };
    assert_eq!(refused(&mut region, &bob, vec![buy(interval)]), error);
    assert_eq!(refused(&mut region, &bob, vec![order(interval, Terms::Bank {})]), error);
    let next = interval.plus(1).unwrap();
    region.buy(&bob, next, 100, 140_000);
    region.redeem(&alice, interval, 400);
    let cancelled = cancel(&region, &bob, interval);
    region.must(&bob.owner, cancelled);

    let closes_s = region.times(interval).closes_s;
    region.reach(closes_s);
    let clear = region.market.clear(interval).unwrap();
    assert_eq!(region.refused::<ContractError>(&bob.owner, clear), error);
    region.withdraw(&bob.owner, 1_000_000);
    region.skip(interval);
    for before in region.current_interval().get() - 1..interval.get() {
        region.deliver(Interval::new(before), &[(&storage, 0, 0), (&alice, 0, 0), (&bob, 0, 0)]);
    }
    region.deliver(interval, &[(&storage, 0, 400), (&alice, 400, 0), (&bob, 0, 0)]);
    let settled = region.settle(interval);
    assert_eq!(
        (settled.skipped, settled.redeemed, settled.burned),
        (true, Wh::new(400), Wh::new(400))
    );
    assert_eq!(region.books(&alice.owner).energy, Wh::new(600));
}

#[test]
fn what_was_cleared_settles_and_closes_in_a_halted_market() {
    let (mut region, [storage, alice, bob], interval) = street();
    region.sell(&alice, interval, 500, 140_000);
    region.buy(&bob, interval, 500, 140_000);
    let next = interval.plus(1).unwrap();
    region.buy(&bob, next, 100, 140_000);
    region.clear(interval);
    let (guardian, state) = (region.account("guardian"), MarketState::Halted);
    let guardian_name = Some(guardian.to_string());
    govern(
        &mut region,
        &GridMsg::SetGuardian {
            guardian: guardian_name,
        },
    );
    let halt = region.grid.execute(&GridMsg::SetState { state, only: None }).unwrap();
    region.must(&guardian, halt);

    let error = ContractError::State { interval: next, state };
    assert_eq!(refused(&mut region, &bob, vec![buy(next)]), error);
    assert_eq!(refused(&mut region, &alice, vec![order(next, Terms::Redeem {})]), error);
    let cancelled = cancel(&region, &bob, next);
    assert_eq!(region.refused::<ContractError>(&bob.owner, cancelled), error);
    region.deliver(interval, &[(&storage, 0, 0), (&alice, 0, 500), (&bob, 500, 0)]);
    region.settle(interval);
    assert_eq!(
        [&alice, &bob].map(|home| region.paid(home, interval)),
        [-70_000, 70_000]
    );
    // Nobody is kept in: uncleared intervals are skipped, and all that is free leaves.
    assert_eq!(region.finalise(next).stage, Stage::Final);
    let books = region.books(&bob.owner);
    assert!(books.locked.is_zero());
    region.withdraw(&bob.owner, books.withdrawable.get());
    region.withdraw_energy(&alice.owner, 1_000);
}

#[test]
fn in_the_last_seconds_before_closure_orders_stand() {
    let (mut region, [_, alice, bob], interval) = street();
    region.buy(&bob, interval, 100, 140_000);
    region.redeem(&alice, interval, 100);
    let closes_s = region.times(interval).closes_s;
    let standing_s = closes_s - 30;
    region.reach(standing_s - 1);
    let cancelled = cancel(&region, &bob, interval);
    region.must(&bob.owner, cancelled.clone());
    region.buy(&bob, interval, 100, 140_000);
    region.reach(standing_s);
    let error = ContractError::OrdersStand {
        interval,
        standing_s,
        now_s: standing_s,
    };
    assert_eq!(region.refused::<ContractError>(&bob.owner, cancelled.clone()), error);
    region.buy(&bob, interval, 50, 130_000);
    // Where nothing will be cleared nothing has to stand.
    set(&mut region, MarketState::Restricted, Some(interval));
    region.must(&bob.owner, cancelled);
}

/// One hour in which Alice sells Bob 500 Wh and somebody does something else, at this frequency.
fn at(frequency: Option<u32>, bob_draws: u64) -> (i64, i128, u128) {
    let mut setup = hourly();
    setup.params.frequency.steps = vec![FrequencyStep {
        deviation: Millihertz::new(50),
        add_on: Price::new(40_000),
    }];
    let mut region = Region::with(setup);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 5_000, 5_000));
    let reporter = region.account("reporter");
    let name = Some(reporter.to_string());
    govern(&mut region, &GridMsg::SetReporter { reporter: name });
    let interval = region.first_interval();
    region.sell(&alice, interval, 500, 140_000);
    region.buy(&bob, interval, 500, 140_000);
    region.clear(interval);
    let end_s = region.times(interval).end_s;
    region.reach(end_s);
    if let Some(millihertz) = frequency {
        let post = GridMsg::PostFrequency {
            interval,
            frequency: Millihertz::new(millihertz),
        };
        let post = region.grid.execute(&post).unwrap();
        region.must(&reporter, post);
    }
    region.deliver(interval, &[(&alice, 0, 500), (&bob, bob_draws, 0)]);
    let settled = region.settle(interval);
    let (add_on, escrow) = (settled.add_on.get(), settled.escrow.get());
    (add_on, region.paid(&bob, interval), escrow)
}

#[test]
fn deviating_the_wrong_way_costs_more_while_the_frequency_is_off() {
    // 100 Wh too much at 0.21, and 0.04 more while the grid is short: that is the fund's.
    assert_eq!(at(None, 600), (0, 70_000 + 21_000, 0));
    assert_eq!(at(Some(49_950), 600), (40_000, 70_000 + 25_000, 4_000));
    assert_eq!(at(Some(50_050), 600), (0, 70_000 + 21_000, 0));
    // 100 Wh left over at 0.07, and 0.04 less while the grid is long.
    assert_eq!(at(Some(50_050), 400), (-40_000, 70_000 - 3_000, 4_000));
    assert_eq!(at(Some(49_950), 400), (0, 70_000 - 7_000, 0));
}
