//! The checker: what it proves, and each way to be refused.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]
mod support;

use busbar_clearing::{check, Certificate, Clearing, Violation};
use busbar_units::{NetWh, Price, Wh};
use support::random::{self, Random};
use support::{buy, line, market, sell, Market};

fn judged(market: &Market, cleared: &Clearing) -> Result<Certificate, Violation> {
    check(
        &market.network,
        &market.orders,
        &cleared.fills,
        &cleared.flows,
        &cleared.prices,
    )
}

/// Two buses and a full line: 40 Wh flow from the seller at 1 to the buyer at 10, who wanted 50.
fn congested() -> (Market, Clearing) {
    let market = market(
        2,
        vec![line(0, 1, 40, 7)],
        vec![sell(0, 1, 100), buy(1, 10, 50), buy(0, 0, 5)],
    );
    let cleared = market.clear();
    (market, cleared)
}

#[test]
fn a_certificate_holds_welfare_dual_and_rent() {
    let (market, cleared) = congested();
    // 40 Wh from 1 to 10: all of the welfare is rent of the line.
    let expected = Certificate {
        welfare: 360,
        dual: 360,
        gap: 0,
        rent: 360,
    };
    assert_eq!(judged(&market, &cleared), Ok(expected));
}

#[test]
fn lists_of_the_wrong_length_are_refused() {
    let (market, cleared) = congested();
    let shorter = |field, expected: usize| {
        Err(Violation::Length {
            field,
            count: expected - 1,
            expected,
        })
    };
    let longer = |field, expected: usize| {
        Err(Violation::Length {
            field,
            count: expected + 1,
            expected,
        })
    };
    let mut wrong = cleared.clone();
    wrong.fills.pop();
    assert_eq!(judged(&market, &wrong), shorter("fills", 3));
    let mut wrong = cleared.clone();
    wrong.flows.push(NetWh::ZERO);
    assert_eq!(judged(&market, &wrong), longer("flows", 1));
    let mut wrong = cleared;
    wrong.prices.pop();
    assert_eq!(judged(&market, &wrong), shorter("prices", 2));
}

#[test]
fn an_order_at_an_unknown_bus_is_refused() {
    let (mut market, cleared) = congested();
    market.orders[2].bus = 2;
    assert_eq!(
        judged(&market, &cleared),
        Err(Violation::UnknownBus { order: 2, bus: 2 })
    );
}

#[test]
fn a_fill_above_the_quantity_is_refused() {
    let (market, mut cleared) = congested();
    cleared.fills[1] = Wh::new(51);
    let expected = Violation::Fill {
        order: 1,
        fill: Wh::new(51),
        quantity: Wh::new(50),
    };
    assert_eq!(judged(&market, &cleared), Err(expected));
}

#[test]
fn nobody_pays_more_or_gets_less_than_the_limit() {
    let (market, cleared) = congested();
    let mut dearer = cleared.clone();
    dearer.prices[1] = Price::new(11);
    let expected = Violation::Limit {
        order: 1,
        price: Price::new(11),
        limit: Price::new(10),
    };
    assert_eq!(judged(&market, &dearer), Err(expected));
    let mut cheaper = cleared;
    cheaper.prices[0] = Price::new(0);
    let expected = Violation::Limit {
        order: 0,
        price: Price::new(0),
        limit: Price::new(1),
    };
    assert_eq!(judged(&market, &cheaper), Err(expected));
}

#[test]
fn a_flow_beyond_the_line_is_refused_in_both_directions() {
    let (market, cleared) = congested();
    for flow in [41, -8] {
        let mut wrong = cleared.clone();
        wrong.flows[0] = NetWh::new(flow);
        let expected = Violation::Flow {
            line: 0,
            flow: NetWh::new(flow),
            capacity: Wh::new(40),
            capacity_back: Wh::new(7),
        };
        assert_eq!(judged(&market, &wrong), Err(expected));
    }
    // At the bound itself it is the balance that breaks.
    let mut wrong = cleared;
    wrong.flows[0] = NetWh::new(-7);
    assert_eq!(judged(&market, &wrong), Err(Violation::Balance { bus: 0, excess: -47 }));
}

#[test]
fn a_bus_that_does_not_balance_is_refused() {
    let (market, cleared) = congested();
    let mut wrong = cleared.clone();
    wrong.fills[0] = Wh::new(41);
    assert_eq!(judged(&market, &wrong), Err(Violation::Balance { bus: 0, excess: -1 }));
    let mut wrong = cleared;
    wrong.fills[1] = Wh::new(41);
    assert_eq!(judged(&market, &wrong), Err(Violation::Balance { bus: 1, excess: 1 }));
}

#[test]
fn less_than_the_optimum_is_refused_with_its_gap() {
    let (market, mut cleared) = congested();
    cleared.fills = vec![Wh::new(39), Wh::new(39), Wh::ZERO];
    cleared.flows = vec![NetWh::new(39)];
    assert_eq!(
        judged(&market, &cleared),
        Err(Violation::NotOptimal {
            welfare: 351,
            dual: 360,
            gap: 9
        })
    );
}

#[test]
fn a_line_in_the_other_direction_counts_its_other_capacity() {
    // The seller sits at the far end, so the 7 Wh back are what binds, at 9 each.
    let market = market(2, vec![line(0, 1, 40, 7)], vec![sell(1, 1, 100), buy(0, 10, 50)]);
    let cleared = market.clear();
    assert_eq!(cleared.flows, [NetWh::new(-7)]);
    assert_eq!(
        judged(&market, &cleared),
        Ok(Certificate {
            welfare: 63,
            dual: 63,
            gap: 0,
            rent: 63
        })
    );
}

#[test]
fn sums_beyond_128_bits_are_refused() {
    let (mut market, mut cleared) = congested();
    market.orders = vec![buy(0, i64::MAX, u64::MAX); 3];
    cleared.fills = vec![Wh::ZERO; 3];
    cleared.prices = vec![Price::new(i64::MIN); 2];
    assert_eq!(judged(&market, &cleared), Err(Violation::Overflow));
}

#[test]
fn any_price_bounds_the_welfare_from_above() {
    for seed in 0..500 {
        let (_, market) = random::market(seed);
        let mut cleared = market.clear();
        let optimum = judged(&market, &cleared).unwrap().welfare;
        let random = &mut Random(seed);
        for price in &mut cleared.prices {
            *price = Price::new(price.get() + random.between(-9, 9));
        }
        cleared.fills.fill(Wh::ZERO);
        cleared.flows.fill(NetWh::ZERO);
        match judged(&market, &cleared) {
            Ok(proof) => assert_eq!(optimum, proof.welfare, "market {seed}"),
            Err(Violation::NotOptimal { dual, .. }) => assert!(dual >= optimum, "market {seed}"),
            Err(other) => panic!("market {seed}: {other}"),
        }
    }
}
