//! Missing readings, late energy and debts.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]
use busbar_market::ContractError;
use busbar_testing::grid::Tariff;
use busbar_testing::market::{ExecuteMsg, NewOrder, Terms};
use busbar_testing::units::{Interval, Money, Price, Wh};
use busbar_testing::{Device, Plate, Region, Setup};

fn hourly() -> Setup {
    let mut setup = Setup::hourly();
    (setup.params.dispute_window, setup.params.correction_window) = (2, 6);
    setup
}

/// A sells B 1,000 Wh at 0.14, and C watches.
fn street() -> (Region, [Device; 3], Interval) {
    let mut region = Region::with(hourly());
    let homes = ["A", "B", "C"].map(|name| region.home(name, 5_000, 5_000));
    let start = region.first_interval();
    // Two quiet intervals, so that every meter has its baseline.
    let quiet: Vec<_> = homes.iter().map(|home| (home, 0, 0)).collect();
    let second = start.plus(1).unwrap();
    let interval = start.plus(2).unwrap();
    region.sell(&homes[0], interval, 1_000, 140_000);
    region.buy(&homes[1], interval, 1_000, 140_000);
    region.clear(start);
    region.clear(second);
    region.deliver(start, &quiet);
    region.clear(interval);
    region.deliver(second, &quiet);
    (region, homes, interval)
}

#[test]
fn a_silent_buyer_counts_as_having_drawn_what_it_bought() {
    let (mut region, [a, b, c], interval) = street();
    region.deliver(interval, &[(&a, 0, 1_000), (&c, 200, 0)]);
    let settled = region.settle(interval);
    assert_eq!(settled.net.get(), 200);
    assert_eq!(
        [&a, &b, &c].map(|home| region.paid(home, interval)),
        [-140_000, 140_000, 42_000]
    );
    assert_eq!(region.books(&b.owner).locked, Money::ZERO);
}

#[test]
fn a_silent_seller_is_paid_nothing_and_charged_when_the_interval_is_final() {
    let (mut region, [a, b, c], interval) = street();
    let before = region.books(&a.owner);
    region.deliver(interval, &[(&b, 1_000, 0), (&c, 200, 0)]);
    let settled = region.settle(interval);
    // The silent seller counts as having fed its 1,000 Wh.
    assert_eq!(settled.net.get(), 200);
    assert_eq!(
        [&a, &b, &c].map(|home| region.paid(home, interval)),
        [0, 140_000, 42_000]
    );
    assert_eq!(region.books(&a.owner).locked, before.locked);
    assert_eq!(settled.escrow.get(), 140_000);
    let utility = region.books(&region.utility.clone()).balance.get();
    let closed = region.finalise(interval);
    // It fed nothing: 0.14 for the trade, 0.21 for the shortage, which the utility delivered.
    let after = region.books(&a.owner);
    assert_eq!(after.balance.get(), before.balance.get() - 70_000);
    assert_eq!(after.locked, Money::ZERO);
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 210_000);
    assert_eq!(closed.to_fund, Money::ZERO);
}

/// All three fall silent from `interval` on, until it and the two after it are final; then one of them has
/// drawn and fed this much since, which its meter reads at the end of the ninth interval.
fn after_nine_silent_intervals(region: &mut Region, home: &Device, interval: Interval, drawn: u64, fed: u64) {
    let third = interval.plus(2).unwrap();
    region.finalise(third);
    let ninth = interval.plus(8).unwrap();
    assert_eq!(region.now_s(), region.times(ninth).end_s);
    region.meter(home).count(drawn, fed);
    let reading = region.meter(home).sign(ninth);
    let relayer = region.account("relayer");
    let result = region.submit(&relayer, &[reading]);
    assert_eq!(result.count(busbar_testing::oracle::Outcome::Accepted), 1);
}

#[test]
fn late_energy_is_charged_at_the_dearest_tariff_less_what_was_paid_for() {
    let (mut region, [_, b, _], interval) = street();
    after_nine_silent_intervals(&mut region, &b, interval, 4_500, 0);
    let fourth = interval.plus(3).unwrap();
    let (balance, utility) = (
        region.books(&b.owner).balance.get(),
        region.books(&region.utility.clone()).balance.get(),
    );
    region.skip(fourth);
    region.settle(fourth);
    assert_eq!(region.paid(&b, fourth), 105_000, "500 Wh, an even share, at 0.21");
    region.finalise(fourth);
    // Three shares of 500 Wh less the 1,000 bought, at 0.21 as well.
    assert_eq!(region.books(&b.owner).balance.get(), balance - 105_000 - 105_000);
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 210_000);
}

#[test]
fn late_export_earns_the_lowest_tariff() {
    let (mut region, [_, _, c], interval) = street();
    after_nine_silent_intervals(&mut region, &c, interval, 0, 1_800);
    let fourth = interval.plus(3).unwrap();
    region.skip(fourth);
    region.settle(fourth);
    let balance = region.books(&c.owner).balance.get();
    region.finalise(fourth);
    assert_eq!(region.books(&c.owner).balance.get(), balance + 42_000);
}

#[test]
fn what_was_paid_for_and_not_drawn_comes_back_at_the_lowest_export_tariff() {
    let (mut region, [_, b, _], interval) = street();
    after_nine_silent_intervals(&mut region, &b, interval, 900, 0);
    let fourth = interval.plus(3).unwrap();
    region.skip(fourth);
    region.settle(fourth);
    let (balance, utility) = (
        region.books(&b.owner).balance.get(),
        region.books(&region.utility.clone()).balance.get(),
    );
    region.finalise(fourth);
    // Three shares of 100 Wh for the 1,000 bought: 700 Wh at 0.07.
    assert_eq!(region.books(&b.owner).balance.get(), balance + 49_000);
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility - 49_000);
}

/// What C pays late for so much drawn and fed in nine silent intervals, where the second has this tariff.
fn late_at(tariff: Tariff, drawn: u64, fed: u64) -> i128 {
    let (mut region, [_, _, c], interval) = street();
    region.tariffs(interval.plus(1).unwrap(), vec![tariff]);
    after_nine_silent_intervals(&mut region, &c, interval, drawn, fed);
    let fourth = interval.plus(3).unwrap();
    region.skip(fourth);
    region.settle(fourth);
    let balance = |region: &Region| i128::try_from(region.books(&c.owner).balance.get()).unwrap();
    let before = balance(&region);
    region.finalise(fourth);
    before - balance(&region)
}

#[test]
fn one_interval_of_a_gap_sets_the_tariffs_of_all_where_that_is_worse_for_who_was_silent() {
    let tariff = |import, export| Tariff {
        import: Price::new(import),
        export: Price::new(export),
    };
    let (worse, better) = (tariff(400_000, 20_000), tariff(150_000, 100_000));
    // Three of nine shares.
    assert_eq!(
        (late_at(worse, 1_800, 0), late_at(better, 1_800, 0)),
        (600 * 400, 600 * 210)
    );
    assert_eq!(
        (late_at(worse, 0, 1_800), late_at(better, 0, 1_800)),
        (-600 * 20, -600 * 70)
    );
}

#[test]
fn a_reading_after_the_confirmation_is_late_even_without_a_gap() {
    let (mut region, [a, b, c], interval) = street();
    region.meter(&c).count(300, 0);
    let late = region.meter(&c).sign(interval);
    region.deliver(interval, &[(&a, 0, 1_000), (&b, 1_000, 0)]);
    assert_eq!(region.settle(interval).net.get(), 0);
    let relayer = region.account("relayer");
    let result = region.submit(&relayer, &[late]);
    assert_eq!(result.count(busbar_testing::oracle::Outcome::Accepted), 1);
    let balance = region.books(&c.owner).balance.get();
    region.finalise(interval);
    assert_eq!(region.books(&c.owner).balance.get(), balance - 63_000);
}

/// D draws 1,000 Wh it has no coin for while A sells B 1,000 Wh and delivers.
fn with_a_pauper(fed: u64) -> (Region, [Device; 3], Device, Interval) {
    let mut region = Region::with(hourly());
    let homes = ["A", "B", "C"].map(|name| region.home(name, 5_000, 5_000));
    let pauper = region.enrol("D", Plate::connection(5_000, 5_000));
    region.deposit(&pauper.owner, 10_000);
    let interval = region.first_interval();
    region.sell(&homes[0], interval, 1_000, 140_000);
    region.buy(&homes[1], interval, 1_000, 140_000);
    region.clear(interval);
    region.deliver(
        interval,
        &[
            (&homes[0], 0, 1_000),
            (&homes[1], 1_000, 0),
            (&homes[2], 0, fed),
            (&pauper, 1_000, 0),
        ],
    );
    (region, homes, pauper, interval)
}

#[test]
fn what_cannot_be_collected_reduces_what_the_utility_gets() {
    let (mut region, [a, b, c], pauper, interval) = with_a_pauper(0);
    let utility = region.books(&region.utility.clone()).balance.get();
    let settled = region.settle(interval);
    assert_eq!(settled.uncollected.get(), 200_000);
    assert_eq!(
        [&a, &b, &c].map(|home| region.paid(home, interval)),
        [-140_000, 140_000, 0]
    );
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 10_000);
    let books = region.books(&pauper.owner);
    assert_eq!((books.balance, books.debt), (Money::ZERO, Money::new(200_000)));
}

#[test]
fn then_surplus_credits_never_traded_energy() {
    // C's 1,000 Wh of surplus supply the pauper: the utility has nothing to lose.
    let (mut region, [a, b, c], _, interval) = with_a_pauper(1_000);
    let settled = region.settle(interval);
    assert_eq!((settled.net.get(), settled.imbalance_price), (0, Price::new(140_000)));
    assert_eq!(settled.uncollected.get(), 130_000);
    assert_eq!(
        [&a, &b, &c].map(|home| region.paid(home, interval)),
        [-140_000, 140_000, -10_000]
    );
}

#[test]
fn an_account_in_debt_places_and_withdraws_nothing_until_it_has_paid() {
    let (mut region, _, pauper, interval) = with_a_pauper(0);
    region.settle(interval);
    let utility = region.books(&region.utility.clone()).balance.get();
    let next = region.current_interval().plus(1).unwrap();
    let order = NewOrder {
        interval: next,
        terms: Terms::Sell {
            limit: Price::new(1_000_000),
        },
        quantity: Wh::new(1),
        at_reference: false,
    };
    let place = region.market.place(pauper.number, vec![order]).unwrap();
    let debt = Money::new(200_000);
    assert_eq!(
        region.refused::<ContractError>(&pauper.owner, place),
        ContractError::InDebt { debt }
    );
    let withdraw = region.to_market(&ExecuteMsg::Withdraw { amount: Money::new(1) });
    assert_eq!(
        region.refused::<ContractError>(&pauper.owner, withdraw.clone()),
        ContractError::InDebt { debt }
    );
    region.deposit(&pauper.owner, 150_000);
    assert_eq!(region.books(&pauper.owner).debt, Money::new(50_000));
    region.deposit(&pauper.owner, 26_000_000);
    let books = region.books(&pauper.owner);
    assert_eq!((books.debt, books.balance), (Money::ZERO, Money::new(25_950_000)));
    assert_eq!(region.books(&region.utility.clone()).balance.get(), utility + 200_000);
}

#[test]
fn a_surplus_that_nobody_paid_for_pays_for_no_trade() {
    let mut setup = hourly();
    // A utility that can pay for next to nothing.
    setup.utility_deposit = busbar_testing::units::Money::new(1);
    let mut region = Region::with(setup);
    let [a, b] = ["A", "B"].map(|name| region.home(name, 5_000, 5_000));
    let interval = region.first_interval();
    region.sell(&a, interval, 100, 140_000);
    region.buy(&b, interval, 100, 140_000);
    let price = i128::from(region.clear(interval).price.get());
    region.deliver(interval, &[(&a, 0, 100), (&b, 0, 900)]);
    let settled = region.settle(interval);
    // B's surplus of 1,000 Wh would have earned more than his purchase costs, but the utility cannot pay for it.
    assert!(!settled.uncollected.is_zero());
    assert_eq!(region.paid(&a, interval), -price / 10);
    assert!(region.paid(&b, interval) > 0 && region.paid(&b, interval) <= price / 10);
    region.finalise(interval);
}
