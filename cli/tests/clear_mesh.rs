//! `busbar clear` on networks with loops and limits of voltage.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod support;

use serde_json::{Value, json};
use support::{busbar, data};

fn cleared(market: &Value) -> Value {
    busbar(&["clear", "-", "--json"], &market.to_string()).json()
}

fn number(value: &Value) -> i128 {
    value.as_str().unwrap().parse().unwrap()
}

/// Cheap energy at a, dear energy at b, a load at c, and three equal lines of which the direct one carries 40 kWh.
fn triangle() -> Value {
    serde_json::from_str(&std::fs::read_to_string(data("triangle.json")).unwrap()).unwrap()
}

/// A seller at the root, a buyer behind a line of 0.05 p.u. resistance, and a bus that must keep 0.95 p.u.
fn feeder() -> Value {
    json!({
        "orders": [
            {"id": "s", "side": "sell", "bus": "root", "price": 10, "quantity": 200_000},
            {"id": "b", "side": "buy", "bus": "home", "price": 100, "quantity": 200_000}
        ],
        "network": {
            "root": "root", "buses": ["root", "home"],
            "lines": [{"id": "l", "from": "root", "to": "home", "capacity_wh": 300_000, "reactance": 0, "resistance": 5000}],
            "voltage": {"base_wh": 100_000, "tan_phi_ppm": 0, "root_ppm": 1_000_000,
                        "limits": {"home": {"min_ppm": 950_000, "max_ppm": 1_050_000}}}
        },
        "price_bounds": {"min": 0, "max": 200}
    })
}

#[test]
fn a_loop_has_three_prices() {
    let out = cleared(&triangle());
    assert_eq!(out["prices"], json!({"a": 10, "b": 30, "c": 50}));
    assert_eq!(out["binding"], json!(["ac"]));
    assert_eq!((&out["loops"], &out["voltage_binding"]), (&json!(1), &json!([])));
    assert_eq!(out["volume_wh"], json!(90_000));
    // 30 kWh and 60 kWh but for what whole watt-hours may circulate: a third of the tolerance of the loop.
    let welfare = number(&out["welfare"]);
    let ideal = 100 * 90_000 - 10 * 30_000 - 30 * 60_000;
    assert!((ideal - 60..=ideal + 60).contains(&welfare), "{welfare}");
    assert_eq!(number(&out["gap"]), number(&out["dual"]) - welfare);
    assert!((0..=120).contains(&number(&out["gap"])), "{out}");
    let fields: Vec<&String> = out.as_object().unwrap().keys().collect();
    assert!(!fields.iter().any(|field| field.starts_with("price_")), "{fields:?}");
}

#[test]
fn the_same_as_tables() {
    let run = busbar(&["clear", &data("triangle.json")], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for part in ["full", "gap to the optimum at most 0.0000000", "% of the welfare"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("lowest"), "{}", run.stdout);
}

#[test]
fn prices_beyond_the_cap_are_paid_at_the_cap() {
    let mut market = triangle();
    market["network"]["lines"][0]["capacity_wh"] = json!(10_000);
    market["network"]["lines"][2]["capacity_wh"] = json!(100_000);
    market["orders"][1]["quantity"] = json!(600);
    market["orders"][2]["quantity"] = json!(80_000);
    market["price_bounds"]["max"] = json!(120);
    // A third of what goes from a to c takes the full line a-b; energy fed in at b frees two thirds. What c pays, 100,
    // is a third of the way from 10 at a to 190 at b.
    let out = cleared(&market);
    assert_eq!(out["prices"], json!({"a": 10, "b": 120, "c": 100}));
    assert_eq!(out["binding"], json!(["ab"]));
    assert_eq!(out["fills"][1], json!({"id": "dear", "wh": 600}));
    assert!(number(&out["rent"]) >= 0);
}

#[test]
fn a_limit_of_voltage_holds_flow_back() {
    let out = cleared(&feeder());
    // 1 - 0.95^2 = 0.0975 = 2 x 0.05 x 0.975, of 100 kWh.
    let volume = out["volume_wh"].as_u64().unwrap();
    assert!((97_490..=97_500).contains(&volume), "{volume}");
    assert_eq!(out["prices"], json!({"root": 10, "home": 100}));
    assert_eq!(out["voltage_binding"], json!(["home"]));
    assert_eq!((&out["binding"], &out["loops"]), (&json!([]), &json!(0)));

    let mut narrow = feeder();
    narrow["network"]["lines"][0]["capacity_wh"] = json!(50_000);
    let out = cleared(&narrow);
    assert_eq!(out["volume_wh"], json!(50_000));
    assert_eq!((&out["binding"], &out["voltage_binding"]), (&json!(["l"]), &json!([])));
}

#[test]
fn the_table_names_the_bus_whose_voltage_binds() {
    let run = busbar(&["clear", "-"], &feeder().to_string());
    assert!(run.stdout.contains("voltage at its limit"), "{run:?}");
}

#[test]
fn limits_that_nothing_reaches_change_nothing() {
    let mut market = feeder();
    market["orders"][0]["quantity"] = json!(1000);
    let with = cleared(&market);
    market["network"].as_object_mut().unwrap().remove("voltage");
    let without = cleared(&market);
    assert_eq!(with["fills"], without["fills"]);
    assert_eq!(with["welfare"], without["welfare"]);
    assert_eq!((&with["binding"], &with["voltage_binding"]), (&json!([]), &json!([])));
    assert_eq!(without.get("loops"), None);
}

#[test]
fn a_loop_where_no_bid_reaches_an_ask_answers_as_a_tree() {
    let mut market = triangle();
    let orders = market["orders"].take();
    market["orders"] = json!([]);
    let out = cleared(&market);
    assert_eq!(out["prices"], json!({"a": 100, "b": 100, "c": 100}));
    assert_eq!(out["flows"], json!({"ab": 0, "bc": 0, "ac": 0}));
    assert_eq!((&out["volume_wh"], &out["gap"]), (&json!(0), &json!("0")));
    assert_eq!(out["no_trade"], json!(["a", "b", "c"]));

    market["orders"] = orders;
    market["orders"][2]["price"] = json!(4);
    let out = cleared(&market);
    assert_eq!(out["prices"], json!({"a": 7, "b": 7, "c": 7}));
    assert_eq!((&out["no_trade"], &out["gap"]), (&json!([]), &json!("0")));
}

#[test]
fn a_line_at_its_capacity_without_a_price_is_full() {
    let mut market = triangle();
    // Exactly what the lines take: 40 kWh on the direct line and 20 around.
    market["orders"] = json!([
        {"id": "s", "side": "sell", "bus": "a", "price": 10, "quantity": 60_000},
        {"id": "b", "side": "buy", "bus": "c", "price": 100, "quantity": 60_000}
    ]);
    let out = cleared(&market);
    assert_eq!(out["volume_wh"], json!(60_000));
    assert_eq!(out["binding"], json!(["ac"]));
}

#[test]
fn files_of_network_import_clear() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("network.json");
    let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/networks/matpower/case33bw.json");
    let import = [
        "network",
        "import",
        "--from",
        "matpower",
        case,
        "--rating-w",
        "5000000",
        "-o",
    ];
    let run = busbar(&[&import[..], &[file.to_str().unwrap()]].concat(), "");
    assert_eq!(run.code, 0, "{}", run.stderr);
    let network: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut orders = vec![json!({"id": "s", "side": "sell", "bus": "1", "price": 100_000, "quantity": 2_000_000})];
    for bus in 2..=33 {
        // The further away, the more it is worth, and the lower is the voltage.
        let (id, price) = (format!("b{bus}"), 200_000 + 5_000 * bus);
        orders.push(json!({"id": id, "side": "buy", "bus": bus.to_string(), "price": price, "quantity": 40_000}));
    }
    let out = cleared(&json!({"orders": orders, "network": network}));
    assert!(
        out["voltage_binding"].as_array().unwrap().contains(&json!("18")),
        "{out}"
    );
    // 5e-5 of the welfare.
    assert!(number(&out["gap"]) * 20_000 <= number(&out["welfare"]), "{out}");
}
