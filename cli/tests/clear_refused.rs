//! `busbar clear`: what it refuses, each with exit code 2, nothing on stdout, and a message that
//! names the field, the value and the bound.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod support;

use serde_json::{Value, json};
use support::{busbar, busbar_bytes};

/// The message for this text.
fn refused(text: &str) -> String {
    let run = busbar(&["clear", "-", "--json"], text);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}\n{}", run.stderr);
    run.stderr.strip_prefix("error: ").unwrap().trim_end().to_owned()
}

/// A market that clears.
fn market() -> Value {
    json!({
        "orders": [
            {"id": "b1", "side": "buy", "bus": "1", "price": 9, "quantity": 5},
            {"id": "s1", "side": "sell", "bus": "2", "price": 3, "quantity": 5}
        ],
        "network": {
            "root": "1",
            "buses": ["1", "2", "3"],
            "lines": [
                {"id": "l1", "from": "1", "to": "2", "capacity_wh": 4},
                {"id": "l2", "from": "2", "to": "3", "capacity_wh": 4}
            ]
        },
        "price_bounds": {"min": 0, "max": 10}
    })
}

/// The message when one value of the market, named by its JSON pointer, is another.
fn refused_with(pointer: &str, value: Value) -> String {
    let mut market = market();
    *market.pointer_mut(pointer).unwrap() = value;
    refused(&market.to_string())
}

/// The message when one field of the market is not there.
fn refused_without(parent: &str, field: &str) -> String {
    let mut market = market();
    market
        .pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(field)
        .unwrap();
    refused(&market.to_string())
}

/// The message when a number of the market is written in this way.
fn refused_written(field: &str, text: &str) -> String {
    let written = market()
        .to_string()
        .replacen(&format!("\"{field}\":"), &format!("\"{field}\":{text},\"x\":"), 1);
    refused(&written)
}

#[test]
fn the_market_itself_clears() {
    assert_eq!(
        busbar(&["clear", "-", "--json"], &market().to_string()).json()["volume_wh"],
        json!(4)
    );
}

#[test]
fn names_that_are_taken() {
    assert_eq!(
        refused_with("/orders/1/id", json!("b1")),
        "orders[1].id: \"b1\" is taken by orders[0].id; names must differ"
    );
    assert_eq!(
        refused_with("/network/buses/2", json!("1")),
        "network.buses[2]: \"1\" is taken by network.buses[0]; names must differ"
    );
    assert_eq!(
        refused_with("/network/lines/1/id", json!("l1")),
        "network.lines[1].id: \"l1\" is taken by network.lines[0].id; names must differ"
    );
}

#[test]
fn buses_that_do_not_exist() {
    for (pointer, field) in [
        ("/orders/0/bus", "orders[0].bus"),
        ("/network/root", "network.root"),
        ("/network/lines/1/from", "network.lines[1].from"),
        ("/network/lines/1/to", "network.lines[1].to"),
    ] {
        assert_eq!(
            refused_with(pointer, json!("9")),
            format!("{field}: bus \"9\" is not in network.buses")
        );
    }
    assert_eq!(
        refused_with("/network/buses", json!([])),
        "network.buses: empty, must name at least one bus"
    );
}

/// A third line that closes a loop over the two others.
fn looped() -> Value {
    let mut market = market();
    let lines = market["network"]["lines"].as_array_mut().unwrap();
    lines.push(json!({"id": "l3", "from": "1", "to": "3", "capacity_wh": 4}));
    market
}

#[test]
fn lines_that_are_no_tree() {
    assert_eq!(
        refused(&looped().to_string()),
        "network.lines: line \"l2\" closes a cycle; leave out the line of the loop that is open, or give \"l2\" and \
         every other line of the loop a reactance above 0"
    );
    let mut apart = market();
    apart["network"]["lines"].as_array_mut().unwrap().pop();
    assert_eq!(
        refused(&apart.to_string()),
        "network.buses: no line joins bus \"3\" to the root \"1\"; add one (capacity_wh 0 if nothing may flow)"
    );
    assert_eq!(
        refused_with("/network/lines/1/to", json!("2")),
        "network.lines: line \"l2\" joins bus \"2\" to itself"
    );
}

#[test]
fn orders_at_several_buses_without_a_network() {
    let mut market = market();
    market.as_object_mut().unwrap().remove("network");
    assert_eq!(
        refused(&market.to_string()),
        "orders[1].bus: bus \"2\" differs from \"1\"; orders at several buses need a network"
    );
}

#[test]
fn numbers_that_are_not_whole() {
    for text in ["1.5", "1e3", "1E3", "0.0", "5e-1"] {
        for (written, field) in [
            ("price", "orders[0].price"),
            ("quantity", "orders[0].quantity"),
            ("capacity_wh", "network.lines[0].capacity_wh"),
            ("min", "price_bounds.min"),
        ] {
            assert_eq!(
                refused_written(written, text),
                format!("{field}: {text} must be a whole number, written without fraction or exponent")
            );
        }
    }
}

#[test]
fn numbers_out_of_bounds() {
    let (top, most, widest) = (1i64 << 40, 1u64 << 48, 1u64 << 60);
    let cases = [
        (
            "/orders/0/quantity",
            json!(0),
            format!("orders[0].quantity: 0 is out of bounds, must be 1 to {most}"),
        ),
        (
            "/orders/0/quantity",
            json!(-1),
            format!("orders[0].quantity: -1 is out of bounds, must be 1 to {most}"),
        ),
        (
            "/orders/1/quantity",
            json!(most + 1),
            format!("orders[1].quantity: {} is out of bounds, must be 1 to {most}", most + 1),
        ),
        (
            "/orders/0/price",
            json!(11),
            "orders[0].price: 11 is out of bounds, must be 0 to 10".to_owned(),
        ),
        (
            "/orders/0/price",
            json!(-1),
            "orders[0].price: -1 is out of bounds, must be 0 to 10".to_owned(),
        ),
        (
            "/price_bounds/max",
            json!(top + 1),
            format!(
                "price_bounds.max: {} is out of bounds, must be -{top} to {top}",
                top + 1
            ),
        ),
        (
            "/price_bounds/min",
            json!(-top - 1),
            format!(
                "price_bounds.min: {} is out of bounds, must be -{top} to {top}",
                -top - 1
            ),
        ),
        (
            "/network/lines/0/capacity_wh",
            json!(widest + 1),
            format!(
                "network.lines[0].capacity_wh: {} is out of bounds, must be 0 to {widest}",
                widest + 1
            ),
        ),
        (
            "/price_bounds/min",
            json!(11),
            "price_bounds: min 11 is above max 10".to_owned(),
        ),
    ];
    for (pointer, value, message) in cases {
        assert_eq!(refused_with(pointer, value), message);
    }
    let huge = "123456789012345678901234567890123456789012345678901234567890";
    assert_eq!(
        refused_written("quantity", huge),
        format!("orders[0].quantity: {huge} is out of bounds, must be 1 to {most}")
    );
    let mut unbounded = market();
    unbounded.as_object_mut().unwrap().remove("price_bounds");
    unbounded["orders"][0]["price"] = json!(top + 1);
    assert_eq!(
        refused(&unbounded.to_string()),
        format!("orders[0].price: {} is out of bounds, must be -{top} to {top}", top + 1)
    );
}

#[test]
fn numbers_at_their_bounds_are_taken() {
    for (pointer, value) in [
        ("/orders/0/quantity", json!(1)),
        ("/orders/0/quantity", json!(1u64 << 48)),
        ("/orders/0/price", json!(0)),
        ("/orders/0/price", json!(10)),
        ("/price_bounds/max", json!(1u64 << 40)),
        ("/price_bounds/min", json!(-(1i64 << 40))),
        ("/network/lines/0/capacity_wh", json!(0)),
        ("/network/lines/0/capacity_wh", json!(1u64 << 60)),
    ] {
        let mut market = market();
        *market.pointer_mut(pointer).unwrap() = value;
        assert_eq!(
            busbar(&["clear", "-", "--json"], &market.to_string()).json()["gap"],
            json!("0"),
            "{pointer}"
        );
    }
}

#[test]
fn fields_that_are_missing() {
    for (parent, field, path) in [
        ("", "orders", "orders"),
        ("/orders/1", "id", "orders[1].id"),
        ("/orders/1", "side", "orders[1].side"),
        ("/orders/1", "bus", "orders[1].bus"),
        ("/orders/1", "price", "orders[1].price"),
        ("/orders/1", "quantity", "orders[1].quantity"),
        ("/network", "root", "network.root"),
        ("/network", "buses", "network.buses"),
        ("/network/lines/0", "id", "network.lines[0].id"),
        ("/network/lines/0", "capacity_wh", "network.lines[0].capacity_wh"),
        ("/price_bounds", "max", "price_bounds.max"),
    ] {
        assert_eq!(refused_without(parent, field), format!("{path}: missing"));
    }
}

#[test]
fn fields_that_nobody_reads_or_that_stand_twice() {
    let mut market = market();
    market["network"]["lines"][0]["capacity_back"] = json!(1);
    assert_eq!(
        refused(&market.to_string()),
        "network.lines[0].capacity_back: unknown field; known here: id, from, to, capacity_wh, capacity_back_wh, \
         reactance, resistance, derated_wh"
    );
    assert_eq!(
        refused(r#"{"orders": [{"id": "a", "id": "b", "side": "buy", "price": 1, "quantity": 1}]}"#),
        "orders[0].id: given twice"
    );
    assert_eq!(refused(r#"{"orders": [], "orders": []}"#), "orders: given twice");
}

#[test]
fn values_of_another_kind() {
    for (pointer, value, message) in [
        ("/orders", json!({}), "orders: must be a list, is an object: {}"),
        ("/orders/0", json!([]), "orders[0]: must be an object, is a list: []"),
        ("/orders/0/id", json!(7), "orders[0].id: must be a text, is a number: 7"),
        (
            "/orders/0/price",
            json!("7"),
            "orders[0].price: must be a number, is a text: \"7\"",
        ),
        (
            "/orders/0/quantity",
            json!(true),
            "orders[0].quantity: must be a number, is true or false: true",
        ),
        (
            "/network/buses/0",
            json!(null),
            "network.buses[0]: must be a text, is null: null",
        ),
        (
            "/orders/0/side",
            json!("bid"),
            "orders[0].side: \"bid\" must be \"buy\" or \"sell\"",
        ),
    ] {
        assert_eq!(refused_with(pointer, value), message);
    }
    assert_eq!(refused("[]"), "the file: must be an object, is a list: []");
}

#[test]
fn an_empty_book_without_prices() {
    assert_eq!(
        refused(r#"{"orders": []}"#),
        "price_bounds: missing, and there is no order to take them from"
    );
}

#[test]
fn files_that_are_no_json() {
    assert!(refused("").starts_with("not JSON: EOF"));
    assert!(refused("{\"orders\": [}").starts_with("not JSON: "));
    assert!(refused("{\"orders\": []} x").contains("trailing characters at line 1 column 16"));
    let run = busbar_bytes(&["clear", "-"], b"{\"orders\": \xff}");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (2, "error: byte 11 is not UTF-8 text; save the file as UTF-8\n")
    );
    let run = busbar(&["clear", "no/such/file.json"], "");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.starts_with("error: cannot read no/such/file.json: "),
        "{}",
        run.stderr
    );
}
