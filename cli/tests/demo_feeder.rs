//! `busbar demo --network`: homes on a feeder whose lines are too small for them.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const ASSETS: &str = r#"{
  "Building_1": {"electrical_storage": {"attributes": {"capacity": 2.0, "efficiency": 0.9, "nominal_power": 1.5}},
                 "pv": {"attributes": {"nominal_power": 4.0}}},
  "Building_2": {"pv": {"attributes": {"nominal_power": 2.5}}},
  "Building_3": {"pv": {"attributes": {"nominal_power": 1.0}}}
}"#;

/// Times 0.05: `stem` carries 1,000 Wh per hour, the others more than any home needs.
const NETWORK: &str = r#"{"root": "r", "buses": ["r", "a", "b", "c"], "lines": [
  {"id": "stem", "from": "r", "to": "a", "capacity_wh": 20019},
  {"id": "left", "from": "a", "to": "b", "capacity_wh": 200000},
  {"id": "right", "from": "c", "to": "a", "capacity_wh": 200000}]}"#;

const LOADS: &str = r#"{"loads": [{"name": "one", "bus": "b", "w": 1}, {"name": "two", "bus": "c", "w": 2}]}"#;

/// Three homes, 48 hours, sun at noon; a network and its loads.
fn folder() -> TempDir {
    let dir = TempDir::new().unwrap();
    for (number, base) in [(1, 0.4), (2, 0.9), (3, 0.6)] {
        let mut text = "hour,non_shiftable_load,solar_generation\n".to_owned();
        for hour in 0..48 {
            let sun = [0.0, 0.0, 250.5, 700.25, 310.125, 0.0][hour % 24 / 4];
            let load = base + [0.0, 0.25, 0.5, 0.125, 0.375][hour % 5];
            text += &format!("{},{load:.4},{sun}\n", hour % 24 + 1);
        }
        std::fs::write(dir.path().join(format!("Building_{number}.csv")), text).unwrap();
    }
    for (file, text) in [
        ("assets.json", ASSETS),
        ("network.json", NETWORK),
        ("loads.json", LOADS),
    ] {
        std::fs::write(dir.path().join(file), text).unwrap();
    }
    dir
}

fn demo(dir: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command.current_dir(dir).args(["demo", "--homes", "."]);
    command.args(more).output().unwrap()
}

const FEEDER: [&str; 6] = [
    "--network",
    "network.json",
    "--placement",
    "loads.json",
    "--rating-scale",
    "0.05",
];

#[test]
fn a_narrow_feeder_limits_trades_and_parts_prices() {
    let dir = folder();
    let more = [
        "--json",
        "-",
        "--schedules",
        "schedules.json",
        "--report",
        "report.html",
    ];
    let output = demo(dir.path(), &[&FEEDER[..], &more].concat());
    let table = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{table}");
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let network = &json["network"];
    let count = |value: &Value| value.as_u64().unwrap();

    assert_eq!((count(&network["buses"]), count(&network["lines"])), (4, 3));
    assert_eq!((count(&network["places"]), &network["battery_bus"]), (2, &"r".into()));
    let bus_of = serde_json::json!({"Building_1": "b", "Building_2": "b", "Building_3": "c"});
    assert_eq!(network["bus_of"], bus_of);

    assert!(count(&network["congested_hours"]) > 0, "{network}");
    let stem = &network["congested_lines"][0];
    assert_eq!(
        (&stem["line"], &stem["hours"]),
        (&"stem".into(), &network["congested_hours"])
    );
    assert!(network["rent"].as_str().unwrap().parse::<u128>().unwrap() > 0);
    assert_eq!(network["highest_scheduled_loading_percent"], 100.0);
    // The first day trades nothing, so what flows at its noon is nobody's schedule.
    let overloads = network["delivered_overloads"].as_array().unwrap();
    let noon = overloads.iter().find(|overload| overload["hour"] == 12).unwrap();
    assert!(
        noon["line"] == "stem" && noon["loading_percent"].as_f64().unwrap() > 100.0,
        "{noon}"
    );
    let hours: std::collections::BTreeSet<_> = overloads.iter().map(|at| count(&at["hour"])).collect();
    assert_eq!(u64::try_from(hours.len()).ok(), network["overloaded_hours"].as_u64());

    // Energy and coin add up as they do without a network.
    let sum = |keys: [&str; 3]| keys.map(|key| count(&json[key])).iter().sum::<u64>();
    assert_eq!(
        sum(["generation_wh", "utility_import_wh", "redeemed_wh"]),
        sum(["consumption_wh", "utility_export_wh", "banked_wh"])
    );
    let coin = |key: &str| json[key].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(coin("coin_in") - coin("coin_out"), coin("coin_held"));

    let text = std::fs::read_to_string(dir.path().join("schedules.json")).unwrap();
    schedules_stay_within_the_stem(&serde_json::from_str(&text).unwrap());

    for part in ["congestion", "rent to the fund", "3 homes share 2 buses", "stem"] {
        assert!(table.contains(part), "{part} in\n{table}");
    }
    let page = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    for part in [
        "On the wires",
        "Prices on the feeder in its tightest hour",
        "Full lines",
        "Home 1, Home 2",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

/// All homes hang behind the stem: what they trade together crosses it.
fn schedules_stay_within_the_stem(schedules: &Value) {
    assert_eq!(
        (&schedules["rating_scale"], &schedules["interval_s"]),
        (&"0.05".into(), &3600.into())
    );
    let hours: Vec<BTreeMap<String, i64>> = serde_json::from_value(schedules["hours"].clone()).unwrap();
    assert_eq!(hours.len(), 48);
    let over_stem: Vec<i64> = hours.iter().map(|hour| hour.values().sum()).collect();
    assert!(over_stem[..24].iter().all(|flow| *flow == 0), "{over_stem:?}");
    assert_eq!(
        over_stem.iter().map(|flow| flow.abs()).max(),
        Some(1000),
        "{over_stem:?}"
    );
    assert!(
        hours
            .iter()
            .flat_map(BTreeMap::keys)
            .all(|bus| ["b", "c"].contains(&bus.as_str()))
    );
}

#[test]
fn a_wide_feeder_is_never_full() {
    let dir = folder();
    let run = |more: &[&str]| -> Value {
        let output = demo(dir.path(), &[more, &["--hours", "38", "--json", "-"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let wide = ["--network", "network.json", "--place-seed", "7", "--battery-bus", "c"];
    let (plain, wide) = (run(&[]), run(&wide));
    assert_eq!(plain["network"], Value::Null);
    assert_eq!(
        (&wide["network"]["congested_hours"], &wide["network"]["rent"]),
        (&0.into(), &"0".into())
    );
    assert_eq!(wide["network"]["delivered_overloads"], serde_json::json!([]));
    assert_eq!(wide["network"]["battery_bus"], "c");
    for key in [
        "generation_wh",
        "consumption_wh",
        "gross_generation_wh",
        "readings_accepted",
    ] {
        assert_eq!(plain[key], wide[key], "{key}");
    }
    // The utility takes what neighbours leave: only what nobody foresaw is banked.
    assert!(wide["banked_wh"].as_u64() < plain["banked_wh"].as_u64());
}

#[test]
fn what_is_no_feeder_is_refused_by_name() {
    let dir = folder();
    let ring = NETWORK.replace(
        "]}",
        r#", {"id": "tie", "from": "b", "to": "c", "capacity_wh": 1, "reactance": 1}]}"#,
    );
    let ring = ring
        .replace("200000}", r#"200000, "reactance": 1}"#)
        .replace("20019}", r#"20019, "reactance": 1}"#);
    for (file, text) in [
        ("ring.json", ring.as_str()),
        ("none.json", r#"{"loads": []}"#),
        ("away.json", r#"{"loads": [{"bus": "b"}, {"bus": "z"}]}"#),
    ] {
        std::fs::write(dir.path().join(file), text).unwrap();
    }
    let network = ["--network", "network.json"];
    for (more, words) in [
        (&["--network", "ring.json"][..], &["ring.json", "loops"][..]),
        (&["--network", "absent.json"], &["absent.json"]),
        (&["--network", "loads.json"], &["loads.json"]),
        (
            &[&network[..], &["--placement", "none.json"]].concat(),
            &["none.json", "no load"],
        ),
        (
            &[&network[..], &["--placement", "away.json"]].concat(),
            &["away.json", "load 1", "\"z\""],
        ),
        (
            &[&network[..], &["--placement", "network.json"]].concat(),
            &["network.json", "loads"],
        ),
        (
            &[&network[..], &["--battery-bus", "utility"]].concat(),
            &["--battery-bus utility"],
        ),
        (
            &[&network[..], &["--rating-scale", "0"]].concat(),
            &["--rating-scale 0", "0.001"],
        ),
        (&["--placement", "loads.json"], &["--network"]),
    ] {
        let output = demo(dir.path(), more);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {text}");
        for word in words {
            assert!(text.contains(word), "{word} in {text}");
        }
    }
}
