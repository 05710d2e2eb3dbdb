//! The 60 markets of `data/clearing/trees.json`, solved by linear programming: same welfare, same prices.
#![allow(clippy::unwrap_used)]
mod support;

use busbar_clearing::check;
use support::named::{by_name, cases};
use support::{laws, numbers};

#[test]
fn all_sixty_have_the_published_welfare_and_prices() {
    let cases = cases("clearing/trees.json");
    assert_eq!(cases.len(), 60);
    for (number, case) in cases.iter().enumerate() {
        let market = case.market();
        let clearing = market.clear();
        let certificate = check(
            &market.network,
            &market.orders,
            &clearing.fills,
            &clearing.flows,
            &clearing.prices,
        )
        .unwrap();
        assert_eq!(
            Some(certificate.welfare),
            case.expected.welfare_millionths_times_wh,
            "case {number}"
        );
        let prices = |prices| by_name(case.network.buses.iter(), numbers(prices).into_iter());
        assert_eq!(
            Some(prices(&clearing.price_min)),
            case.expected.price_min,
            "lowest of case {number}"
        );
        assert_eq!(
            Some(prices(&clearing.price_max)),
            case.expected.price_max,
            "highest of case {number}"
        );
        assert_eq!(prices(&clearing.prices), case.expected.price, "case {number}");
        laws::hold(&market, &clearing).unwrap();
    }
}
