//! 10,000 random markets of every kind keep every law.
#![allow(clippy::unwrap_used, clippy::panic, clippy::arithmetic_side_effects)]
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use busbar_clearing::{check, Side};
use serde_json::json;
use support::{laws, random, Market};

/// How many, unless the variable [`COUNT`] says otherwise.
const MARKETS: u64 = 10_000;

/// 70,000 give every kind of book and line 10,000 markets of its own.
const COUNT: &str = "BUSBAR_MARKETS";

/// Set to a folder, this variable has the first [`DUMPED`] markets written there, for `bench/trees.py`.
const DUMP: &str = "BUSBAR_DUMP_MARKETS";
/// Markets that another solver is to clear; those at the integer bounds leave what floating point can hold.
const DUMPED: usize = 1000;

#[test]
fn every_market_clears_without_a_gap() {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let folder = std::env::var_os(DUMP);
    let mut dumped = 0;
    let markets = std::env::var(COUNT).map_or(MARKETS, |count| count.parse().unwrap());
    for seed in 0..markets {
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

        if let Some(folder) = folder
            .as_ref()
            .filter(|_| dumped < DUMPED && book != random::Book::Huge)
        {
            dump(Path::new(folder), dumped, &market, value.welfare);
            dumped += 1;
        }

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

/// A market as `busbar clear` reads it, and the welfare that was found.
fn dump(folder: &Path, number: usize, market: &Market, welfare: i128) {
    let orders = market.orders.iter().enumerate().map(|(number, order)| {
        json!({"id": number.to_string(), "side": if order.side == Side::Buy { "buy" } else { "sell" },
               "bus": order.bus.to_string(), "price": order.price.get(), "quantity": order.quantity.get()})
    });
    let lines = market.network.lines().iter().enumerate().map(|(number, line)| {
        json!({"id": number.to_string(), "from": line.from.to_string(), "to": line.to.to_string(),
               "capacity_wh": line.capacity.get(), "capacity_back_wh": line.capacity_back.get()})
    });
    let buses: Vec<String> = (0..market.network.buses()).map(|bus| bus.to_string()).collect();
    let file = json!({
        "orders": orders.collect::<Vec<_>>(),
        "network": {"root": market.network.root().to_string(), "buses": buses, "lines": lines.collect::<Vec<_>>()},
        "welfare": welfare.to_string(),
    });
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(format!("{number:04}.json")), file.to_string()).unwrap();
}
