//! `busbar clear`: what it prints for markets that clear.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod support;

use serde_json::{Value, json};
use support::{busbar, data};

/// Clears a market given as JSON.
fn cleared(market: &Value) -> Value {
    busbar(&["clear", "-", "--json"], &market.to_string()).json()
}

fn order(id: &str, side: &str, price: i64, quantity: u64) -> Value {
    json!({"id": id, "side": side, "price": price, "quantity": quantity})
}

#[test]
fn two_buses_behind_a_full_line() {
    let run = busbar(&["clear", &data("two-buses.json"), "--json"], "");
    assert_eq!(run.code, 0);
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout, std::fs::read_to_string(data("two-buses.out.json")).unwrap());
}

#[test]
fn the_same_as_tables() {
    let run = busbar(&["clear", &data("two-buses.json")], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout, std::fs::read_to_string(data("two-buses.out.txt")).unwrap());
}

#[test]
fn tables_are_what_is_printed_without_asking() {
    let file = data("two-buses.json");
    let asked = busbar(&["clear", &file, "--table"], "");
    assert_eq!(asked.stdout, busbar(&["clear", &file], "").stdout);
    let both = busbar(&["clear", &file, "--table", "--json"], "");
    assert_eq!((both.code, both.stdout.as_str()), (2, ""));
    assert!(both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[test]
fn one_bus_needs_no_network_and_no_name() {
    let out = cleared(&json!({"orders": [order("b", "buy", 7_000_000, 1000), order("s", "sell", 5_000_000, 400)]}));
    assert_eq!(
        out,
        json!({
            "prices": {"1": 7_000_000},
            "fills": [{"id": "b", "wh": 400}, {"id": "s", "wh": 400}],
            "flows": {},
            "volume_wh": 400,
            "welfare": "800000000",
            "dual": "800000000",
            "gap": "0",
            "rent": "0",
            "no_trade": [],
            "binding": [],
            "price_min": {"1": 7_000_000},
            "price_max": {"1": 7_000_000}
        })
    );
}

#[test]
fn one_bus_has_the_name_that_orders_give_it() {
    let mut named = order("s", "sell", 5, 400);
    named["bus"] = json!("square");
    let out = cleared(&json!({"orders": [order("b", "buy", 7, 1000), named], "network": null}));
    assert_eq!(out["prices"], json!({"square": 7}));
}

#[test]
fn without_price_bounds_the_orders_give_them() {
    // One side only: nothing trades, the price could be anything from the best bid up.
    let out = cleared(&json!({"orders": [order("a", "buy", -4, 10), order("b", "buy", 9, 10)]}));
    assert_eq!(
        (&out["price_min"]["1"], &out["prices"]["1"], &out["price_max"]["1"]),
        (&json!(9), &json!(9), &json!(9))
    );
    assert_eq!(out["no_trade"], json!(["1"]));
}

#[test]
fn an_empty_book_answers_with_zeros_and_the_middle_of_the_bounds() {
    let out = cleared(&json!({
        "orders": [],
        "price_bounds": {"min": -4, "max": 9},
        "network": {"root": "b", "buses": ["b", "a"], "lines": [{"id": "l", "from": "a", "to": "b", "capacity_wh": 3}]}
    }));
    assert_eq!(out["prices"], json!({"b": 2, "a": 2}));
    assert_eq!(out["flows"], json!({"l": 0}));
    assert_eq!(
        (&out["fills"], &out["volume_wh"], &out["welfare"]),
        (&json!([]), &json!(0), &json!("0"))
    );
    assert_eq!(out["no_trade"], json!(["b", "a"]));
}

#[test]
fn lists_keep_the_order_of_the_file() {
    let market = json!({
        "orders": [
            {"id": "z", "side": "buy", "bus": "9", "price": 3, "quantity": 1},
            {"id": "a", "side": "sell", "bus": "10", "price": 1, "quantity": 2}
        ],
        "network": {"root": "9", "buses": ["9", "10", "1"], "lines": [
            {"id": "y", "from": "9", "to": "10", "capacity_wh": 1},
            {"id": "b", "from": "1", "to": "9", "capacity_wh": 1}
        ]}
    });
    let run = busbar(&["clear", "-", "--json"], &market.to_string());
    let place = |text: &str| {
        run.stdout
            .find(text)
            .unwrap_or_else(|| panic!("{text} in {}", run.stdout))
    };
    assert!(place("\"9\":") < place("\"10\":") && place("\"10\":") < place("\"1\":"));
    assert!(place("\"id\": \"z\"") < place("\"id\": \"a\""));
    assert!(place("\"y\":") < place("\"b\":"));
}

#[test]
fn the_largest_numbers_are_exact() {
    let out = cleared(&json!({"orders": [
        order("b", "buy", 1i64 << 40, 1 << 48),
        order("s", "sell", -(1i64 << 40), 1 << 48)
    ]}));
    assert_eq!(out["volume_wh"], json!(1u64 << 48));
    assert_eq!(out["welfare"], json!((1i128 << 89).to_string()));
}

#[test]
fn notes_beside_the_market_are_ignored_and_logged() {
    let market = json!({"orders": [order("b", "buy", 7, 1)], "note": "three homes", "expected": {}});
    let run = busbar(&["clear", "-", "--json"], &market.to_string());
    assert_eq!(run.json()["volume_wh"], json!(0));
    assert!(
        run.stderr.contains("\"note\"") && run.stderr.contains("\"expected\""),
        "{}",
        run.stderr
    );
}

#[test]
fn every_published_market_has_its_answer() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/clearing/trees.json");
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 60);
    for (number, case) in cases.iter().enumerate() {
        let (out, expected) = (cleared(case), &case["expected"]);
        assert_eq!(
            out["welfare"],
            json!(expected["welfare_millionths_times_wh"].to_string()),
            "case {number}"
        );
        for (ours, theirs) in [
            ("prices", "price"),
            ("price_min", "price_min"),
            ("price_max", "price_max"),
        ] {
            assert_eq!(out[ours], expected[theirs], "{ours} of case {number}");
        }
        assert_eq!((&out["gap"], &out["dual"]), (&json!("0"), &out["welfare"]));
    }
}
