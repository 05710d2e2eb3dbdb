//! The tie rule, case by case: who gets what when more orders meet at the price than can be filled.
//! The cases stand in `data/ties.json`, each with every fill and the reason for it.
#![allow(clippy::unwrap_used)]
mod support;

use support::named::{by_name, cases};
use support::{laws, numbers, wh};

#[test]
fn all_twenty_share_as_worked_out_by_hand() {
    let cases = cases("ties.json");
    assert_eq!(cases.len(), 20);
    for case in &cases {
        let market = case.market();
        let clearing = market.clear();
        let fills = by_name(
            case.orders.iter().map(|order| &order.id),
            wh(&clearing.fills).into_iter(),
        );
        assert_eq!(Some(fills), case.expected.fills, "{}", case.name);
        let flows = clearing.flows.iter().map(|flow| flow.get());
        let flows = by_name(case.network.lines.iter().map(|line| &line.id), flows);
        assert_eq!(Some(flows), case.expected.flows, "{}", case.name);
        let prices = by_name(case.network.buses.iter(), numbers(&clearing.prices).into_iter());
        assert_eq!(prices, case.expected.price, "{}", case.name);
        laws::hold(&market, &clearing).unwrap();
    }
}
