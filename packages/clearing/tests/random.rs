//! 10,000 random markets of every kind keep every law.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]
mod support;

use std::collections::BTreeMap;

use busbar_clearing::check;
use support::{laws, random};

const MARKETS: u64 = 10_000;

#[test]
fn every_market_clears_without_a_gap() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..MARKETS {
        let ((shape, lines, book), market) = random::market(seed);
        let clearing = market.clear();
        let value = laws::hold(&market, &clearing).unwrap_or_else(|law| panic!("market {seed}: {law}\n{market:#?}"));
        let certificate = check(
            &market.network,
            &market.orders,
            &clearing.fills,
            &clearing.flows,
            &clearing.prices,
        )
        .unwrap();
        assert_eq!(certificate.gap, 0);
        assert_eq!(
            (certificate.welfare, certificate.dual, certificate.rent),
            (value.welfare, value.dual, value.rent)
        );

        let mut count = |class: String| *counts.entry(class).or_default() += 1;
        count(format!("shape {shape:?}"));
        count(format!("lines {lines:?}"));
        count(format!("book {book:?}"));
        for (class, member) in [
            ("with trade", clearing.volume > 0),
            ("with congestion rent", value.rent > 0),
            (
                "with negative prices",
                clearing.prices.iter().any(|price| price.get() < 0),
            ),
            (
                "with several prices",
                clearing.prices.iter().any(|price| *price != clearing.prices[0]),
            ),
            ("with an open price interval", clearing.price_min != clearing.price_max),
            ("with a formal price", clearing.no_trade.contains(&true)),
            ("with 50 buses or more", market.network.buses() >= 50),
        ] {
            if member {
                count(format!("market {class}"));
            }
        }
    }
    for (class, count) in &counts {
        println!("{count:>6} {class}");
        assert!(*count >= 30, "too few to mean anything: {class}");
    }
    assert_eq!(counts.len(), 4 + 4 + 8 + 7);
}
