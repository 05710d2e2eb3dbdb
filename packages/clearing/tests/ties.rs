//! The tie rule, case by case: who gets what when more orders meet at the price than can be filled.
#![allow(clippy::unwrap_used)]
mod support;

use busbar_units::NetWh;
use support::{buy, line, market, numbers, sell, wh};

#[test]
fn equal_buys_share_what_is_sold() {
    let cleared = market(1, vec![], vec![buy(0, 10, 100), buy(0, 10, 100), sell(0, 0, 100)]).clear();
    assert_eq!(wh(&cleared.fills), [50, 50, 100]);
    assert_eq!(numbers(&cleared.prices), [10]);
}

#[test]
fn shares_are_pro_rata_to_the_quantity() {
    let cleared = market(1, vec![], vec![buy(0, 10, 300), buy(0, 10, 100), sell(0, 0, 100)]).clear();
    assert_eq!(wh(&cleared.fills), [75, 25, 100]);
}

#[test]
fn the_last_watt_hour_goes_to_the_largest_remainder() {
    // Exactly 16.67, 33.33 and 50: the floors leave one, the first has the largest remainder.
    let cleared = market(
        1,
        vec![],
        vec![buy(0, 10, 1), buy(0, 10, 2), buy(0, 10, 3), sell(0, 0, 5)],
    )
    .clear();
    assert_eq!(wh(&cleared.fills), [1, 2, 2, 5]);
}

#[test]
fn equal_remainders_go_to_the_lowest_number() {
    let cleared = market(
        1,
        vec![],
        vec![sell(0, 5, 1), sell(0, 5, 1), sell(0, 5, 1), buy(0, 9, 2)],
    )
    .clear();
    assert_eq!(wh(&cleared.fills), [1, 1, 0, 2]);
}

#[test]
fn a_better_limit_comes_before_any_share() {
    let cleared = market(1, vec![], vec![buy(0, 10, 100), buy(0, 11, 80), sell(0, 0, 100)]).clear();
    assert_eq!(wh(&cleared.fills), [20, 80, 100]);
}

#[test]
fn buys_and_sells_at_one_price_trade_in_full() {
    let cleared = market(1, vec![], vec![buy(0, 10, 40), sell(0, 10, 100), sell(0, 10, 60)]).clear();
    assert_eq!(wh(&cleared.fills), [40, 25, 15]);
    assert_eq!(cleared.volume, 40);
}

#[test]
fn a_bus_matches_its_own_before_its_neighbour_is_asked() {
    // Bus 1 could sell to bus 0 as well, but its own buyer at the same price comes first.
    let orders = vec![buy(0, 10, 100), buy(1, 10, 100), sell(1, 10, 150)];
    let cleared = market(2, vec![line(0, 1, 1000, 1000)], orders).clear();
    // Free at bus 1 after its match: 50 to sell; at bus 0: 100 to buy. Both give the same fraction, a third.
    assert_eq!(wh(&cleared.fills), [33, 100, 133]);
    assert_eq!(cleared.flows, [NetWh::new(-33)]);
}

#[test]
fn buses_share_in_proportion_to_what_each_can_take() {
    let orders = vec![sell(0, 1, 90), buy(1, 10, 100), buy(2, 10, 200)];
    let cleared = market(3, vec![line(0, 1, 1000, 1000), line(0, 2, 1000, 1000)], orders).clear();
    assert_eq!(wh(&cleared.fills), [90, 30, 60]);
}

#[test]
fn a_narrow_line_counts_only_for_what_it_carries() {
    // Bus 2 wants 200, its line carries 50: the shares are as 100 to 50.
    let orders = vec![sell(0, 1, 90), buy(1, 10, 100), buy(2, 10, 200)];
    let cleared = market(3, vec![line(0, 1, 1000, 1000), line(0, 2, 50, 50)], orders).clear();
    assert_eq!(wh(&cleared.fills), [90, 60, 30]);
}

#[test]
fn behind_a_full_line_the_shares_are_the_lines_capacity() {
    let orders = vec![sell(0, 1, 500), buy(1, 10, 300), buy(1, 10, 100)];
    let cleared = market(2, vec![line(0, 1, 40, 0)], orders).clear();
    assert_eq!(wh(&cleared.fills), [40, 30, 10]);
    assert_eq!(numbers(&cleared.prices), [1, 10]);
    assert_eq!(cleared.flows, [NetWh::new(40)]);
}

#[test]
fn a_deeper_bus_shares_within_its_branch() {
    // Branch 1-2 can take 100 + 100, bus 3 can take 100: 60 are shared 40 to 20, the branch halves its part.
    let lines = vec![line(0, 1, 1000, 1000), line(1, 2, 1000, 1000), line(0, 3, 1000, 1000)];
    let orders = vec![sell(0, 1, 60), buy(1, 10, 100), buy(2, 10, 100), buy(3, 10, 100)];
    let cleared = market(4, lines, orders).clear();
    assert_eq!(wh(&cleared.fills), [60, 20, 20, 20]);
}

#[test]
fn a_required_export_beyond_the_preferred_unmatches_pairs_pro_rata() {
    // Buses 1 and 2 prefer to match their own (0 Wh net), but the dearer buyer at bus 0 draws 60 of
    // their 200 Wh of sells: 30 each, which leaves 70 for the buyers at the price there.
    let lines = vec![line(1, 0, 1000, 1000), line(2, 0, 1000, 1000)];
    let orders = vec![
        buy(0, 50, 60),
        buy(1, 10, 100),
        sell(1, 10, 100),
        buy(2, 10, 100),
        sell(2, 10, 100),
    ];
    let cleared = market(3, lines, orders).clear();
    assert_eq!(wh(&cleared.fills), [60, 70, 100, 70, 100]);
    assert_eq!(numbers(&cleared.prices), [10, 10, 10]);
}

#[test]
fn a_required_import_beyond_the_preferred_does_the_same_for_sells() {
    let lines = vec![line(1, 0, 1000, 1000), line(2, 0, 1000, 1000)];
    let orders = vec![
        sell(0, 1, 60),
        buy(1, 10, 100),
        sell(1, 10, 100),
        buy(2, 10, 50),
        sell(2, 10, 50),
    ];
    let cleared = market(3, lines, orders).clear();
    assert_eq!(wh(&cleared.fills), [60, 100, 60, 50, 30]);
}

#[test]
fn at_the_mean_of_two_limits_nothing_is_marginal() {
    let cleared = market(1, vec![], vec![buy(0, 10, 100), sell(0, 5, 100)]).clear();
    assert_eq!(
        (
            numbers(&cleared.price_min),
            numbers(&cleared.prices),
            numbers(&cleared.price_max)
        ),
        (vec![5], vec![7], vec![10])
    );
    assert_eq!(wh(&cleared.fills), [100, 100]);
    let below_zero = market(1, vec![], vec![buy(0, -4, 100), sell(0, -9, 100)]).clear();
    assert_eq!(
        numbers(&below_zero.prices),
        [-7],
        "the mean is floored, not cut towards zero"
    );
}
