//! The life of an interval: what may be done when, by anyone, in bounded steps.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::market::{ExecuteMsg, Stage};
use busbar_testing::units::{Interval, Money, Price};
use busbar_testing::{Device, Region, Setup};

fn street() -> (Region, [Device; 2], Interval) {
    let mut region = Region::new();
    let homes = ["alice", "bob"].map(|name| region.home(name, 4_000, 4_000));
    let interval = region.first_interval();
    region.sell(&homes[0], interval, 400, 100_000);
    region.buy(&homes[1], interval, 400, 180_000);
    (region, homes, interval)
}

fn refused(region: &mut Region, msg: ExecuteMsg) -> ContractError {
    let anyone = region.account("anyone");
    let message = region.to_market(&msg);
    region.refused(&anyone, message)
}

#[test]
fn clearing_falls_between_gate_closure_and_delivery_and_comes_once() {
    let (mut region, _, interval) = street();
    let times = region.times(interval);
    region.go(times.closes_s - 1);
    let now_s = times.closes_s - 1;
    assert_eq!(
        refused(&mut region, ExecuteMsg::Clear { interval }),
        ContractError::GateOpen {
            interval,
            closes_s: times.closes_s,
            now_s
        }
    );
    region.go(times.start_s - 1);
    let cleared = region.clear(interval);
    assert_eq!((cleared.orders, cleared.bought.get()), (2, 400));
    assert_eq!(
        refused(&mut region, ExecuteMsg::Clear { interval }),
        ContractError::AlreadyAt {
            interval,
            stage: Stage::Cleared
        }
    );
    let next = interval.plus(1).unwrap();
    let start_s = region.times(next).start_s;
    region.go(start_s);
    assert_eq!(
        refused(&mut region, ExecuteMsg::Clear { interval: next }),
        ContractError::DeliveryStarted {
            interval: next,
            start_s,
            now_s: start_s
        }
    );
}

#[test]
fn what_nobody_clears_is_skipped_and_settled_at_tariff() {
    let (mut region, [alice, bob], interval) = street();
    let start_s = region.times(interval).start_s;
    region.go(start_s - 1);
    assert_eq!(
        refused(&mut region, ExecuteMsg::Skip { interval }),
        ContractError::StillClearable {
            interval,
            start_s,
            now_s: start_s - 1
        }
    );
    region.skip(interval);
    assert_eq!(
        refused(&mut region, ExecuteMsg::Skip { interval }),
        ContractError::AlreadyAt {
            interval,
            stage: Stage::Skipped
        }
    );
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 500, 0)]);
    let settled = region.settle(interval);
    assert!(settled.skipped && settled.no_trade);
    assert_eq!((settled.bought.get(), settled.net.get()), (0, 100));
    assert_eq!(
        [&alice, &bob].map(|home| region.paid(home, interval)),
        [-84_000, 105_000]
    );
    assert_eq!(
        [&alice, &bob].map(|home| region.books(&home.owner).locked),
        [Money::ZERO; 2]
    );
}

#[test]
fn intervals_before_the_market_opened_cannot_be_skipped() {
    let (mut region, _, interval) = street();
    let past = region.current_interval().minus(1).unwrap();
    assert_eq!(
        refused(&mut region, ExecuteMsg::Skip { interval: past }),
        ContractError::AlreadyAt {
            interval: past,
            stage: Stage::Final
        }
    );
    assert_eq!(
        refused(
            &mut region,
            ExecuteMsg::Settle {
                interval: past,
                limit: None
            }
        ),
        ContractError::NotCleared { interval: past }
    );
    assert!(interval > past);
}

#[test]
fn settlement_waits_for_the_oracle_and_comes_once() {
    let (mut region, [alice, bob], interval) = street();
    let settle = ExecuteMsg::Settle { interval, limit: None };
    assert_eq!(
        refused(&mut region, settle.clone()),
        ContractError::NotCleared { interval }
    );
    region.clear(interval);
    assert_eq!(
        refused(&mut region, settle.clone()),
        ContractError::NotConfirmed {
            interval,
            measured: 0,
            awaited: 0
        }
    );
    region.deliver(interval, &[(&alice, 0, 400)]);
    assert_eq!(
        refused(&mut region, settle.clone()),
        ContractError::NotConfirmed {
            interval,
            measured: 1,
            awaited: 2
        }
    );
    region.deliver(interval, &[(&bob, 400, 0)]);
    region.settle(interval);
    assert_eq!(
        refused(&mut region, settle),
        ContractError::AlreadyAt {
            interval,
            stage: Stage::Settled
        }
    );
}

#[test]
fn settlement_and_closing_go_on_where_they_stopped() {
    let mut region = Region::new();
    let homes: Vec<Device> = (0..7)
        .map(|home| region.home(&format!("home {home}"), 4_000, 4_000))
        .collect();
    let interval = region.first_interval();
    for (index, home) in homes.iter().enumerate() {
        match index % 2 {
            0 => region.sell(home, interval, 300, 100_000),
            _ => region.buy(home, interval, 400, 180_000),
        }
    }
    region.clear(interval);
    let energies: Vec<_> = homes
        .iter()
        .enumerate()
        .map(|(index, home)| (home, 350 * (index as u64 % 2), 310 * (1 - index as u64 % 2)))
        .collect();
    region.deliver(interval, &energies);
    let anyone = region.account("anyone");
    let mut steps = 0;
    while region.interval(interval).stage != Stage::Settled {
        let step = region.to_market(&ExecuteMsg::Settle {
            interval,
            limit: Some(1),
        });
        region.must(&anyone, step);
        steps += 1;
        assert!(steps <= 40, "settlement does not end");
    }
    assert!(
        steps > 7,
        "{steps} steps for seven devices are not bounded by one device each"
    );
    let paid: i128 = homes.iter().map(|home| region.paid(home, interval)).sum();
    let record = region.interval(interval);
    // The utility got its tariff for the net, the escrow has the rest.
    let net = i128::from(record.net.get());
    let utility = if net > 0 { 210 * net } else { 70 * net };
    assert_eq!(paid, utility + i128::try_from(record.escrow.get()).unwrap());
}

#[test]
fn without_a_limit_one_call_settles_a_street() {
    let (mut region, [alice, bob], interval) = street();
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 400, 0)]);
    region.confirm(interval);
    let (anyone, settle) = (region.account("anyone"), region.market.settle(interval).unwrap());
    region.must(&anyone, settle);
    assert_eq!(region.interval(interval).stage, Stage::Settled);
}

#[test]
fn receipts_are_collateral_at_once_and_leave_when_final() {
    let (mut region, [alice, bob], interval) = street();
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 400, 0)]);
    let before = region.books(&alice.owner);
    region.settle(interval);
    let after = region.books(&alice.owner);
    let receipt = Money::new(56_000);
    assert_eq!(after.balance, before.balance.add(receipt).unwrap());
    assert_eq!(after.pending, receipt);
    assert_eq!(
        after.withdrawable.get(),
        after.balance.get() - after.margin.get() - receipt.get()
    );
    region.finalise(interval);
    assert_eq!(region.books(&alice.owner).pending, Money::ZERO);
}

#[test]
fn intervals_become_final_in_order_after_the_correction_window() {
    let (mut region, [alice, bob], interval) = street();
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 400, 0)]);
    region.settle(interval);
    let first = busbar_testing::market::raw::final_cursor(&region.q(), region.market.address()).unwrap();
    let final_s = region.times(first).final_s;
    let now_s = region.now_s();
    assert_eq!(
        refused(&mut region, ExecuteMsg::Finalise { limit: None }),
        ContractError::NotFinal {
            interval: first,
            final_s,
            now_s
        }
    );
    region.reach(final_s);
    assert_eq!(
        refused(&mut region, ExecuteMsg::Finalise { limit: None }),
        ContractError::NotSettled { interval: first }
    );
    let closed = region.finalise(interval);
    assert_eq!(closed.stage, Stage::Final);
    assert_eq!((closed.price, closed.bought.get()), (Price::new(140_000), 400));
    assert_eq!(
        region.market.totals(&region.q()).unwrap().final_cursor,
        interval.plus(1).unwrap()
    );
}

#[test]
fn what_is_cleared_and_not_settled_does_not_become_final() {
    let (mut region, [alice, bob], interval) = street();
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 400, 0)]);
    region.finalise(interval.minus(1).unwrap());
    region.reach(region.times(interval).final_s);
    assert_eq!(
        refused(&mut region, ExecuteMsg::Finalise { limit: None }),
        ContractError::NotSettled { interval }
    );
    region.settle(interval);
    assert_eq!(region.finalise(interval).stage, Stage::Final);
}

#[test]
fn what_the_utility_buys_is_locked_on_its_account_until_settlement() {
    let mut region = Region::new();
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 4_000, 4_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 400, 50_000);
    region.buy(&bob, interval, 100, 180_000);
    assert_eq!(region.clear(interval).traded_net.get(), -300);
    let utility = region.utility.clone();
    assert_eq!(region.books(&utility).locked, Money::new(21_000), "300 Wh at 0.07");
    region.deliver(interval, &[(&alice, 0, 400), (&bob, 100, 0)]);
    region.settle(interval);
    assert_eq!(region.books(&utility).locked, Money::ZERO);
}

#[test]
fn a_full_connection_splits_the_prices_and_its_rent_goes_to_the_fund() {
    let mut setup = Setup::hourly();
    setup.params.connection_import = busbar_testing::units::Watt::new(300);
    let mut region = Region::with(setup);
    let [alice, bob] = ["alice", "bob"].map(|name| region.home(name, 4_000, 4_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 200, 400_000);
    region.buy(&bob, interval, 1_000, 500_000);
    let cleared = region.clear(interval);
    // 300 Wh come over the full line at the tariff, 200 Wh from Alice, the rest is not served.
    assert_eq!(
        (cleared.price_utility, cleared.price),
        (Price::new(210_000), Price::new(500_000))
    );
    assert_eq!((cleared.bought.get(), cleared.traded_net.get()), (500, 300));
    region.deliver(interval, &[(&alice, 0, 200), (&bob, 500, 0)]);
    let settled = region.settle(interval);
    assert_eq!(
        [&alice, &bob].map(|home| region.paid(home, interval)),
        [-100_000, 250_000]
    );
    // Rent: 300 Wh * (0.50 - 0.21)
    assert_eq!(settled.escrow.get(), 87_000);
    assert_eq!(region.finalise(interval).to_fund.get(), 87_000);
    assert_eq!(region.market.totals(&region.q()).unwrap().fund.get(), 87_000);
}

#[test]
fn deviating_does_not_dodge_a_full_connection() {
    let mut setup = Setup::hourly();
    setup.params.connection_import = busbar_testing::units::Watt::new(300);
    let mut region = Region::with(setup);
    let [alice, bob, dodger] = ["alice", "bob", "dodger"].map(|name| region.home(name, 4_000, 4_000));
    let interval = region.first_interval();
    region.sell(&alice, interval, 200, 400_000);
    region.buy(&bob, interval, 1_000, 500_000);
    region.clear(interval);
    region.deliver(interval, &[(&alice, 0, 200), (&bob, 500, 0), (&dodger, 100, 0)]);
    region.settle(interval);
    // Imbalance 0.21 at the utility's bus, 0.29 more behind the full line.
    assert_eq!(region.paid(&dodger, interval), 50_000);
}

#[test]
fn a_zone_without_orders_has_the_utilitys_prices_around_it() {
    let mut region = Region::new();
    let alice = region.home("alice", 4_000, 4_000);
    let interval = region.first_interval();
    let cleared = region.clear(interval);
    assert_eq!(
        (cleared.orders, cleared.bought.get(), cleared.price),
        (0, 0, Price::new(140_000))
    );
    assert!(cleared.no_trade, "no device traded");
    let prices = region.prices(interval);
    assert_eq!(
        prices
            .iter()
            .map(|at| (at.price.get(), at.no_trade))
            .collect::<Vec<_>>(),
        [(140_000, false); 2],
        "the utility's orders bound the prices of both buses"
    );
    region.deliver(interval, &[(&alice, 0, 0)]);
    assert_eq!(region.settle(interval).net.get(), 0);
}
