//! `busbar demo` as its users call it: files in, table, JSON and page out, exit codes.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const ASSETS: &str = r#"{
  "Building_1": {"electrical_storage": {"attributes": {"capacity": 2.0, "efficiency": 0.9, "nominal_power": 1.5}},
                 "pv": {"attributes": {"nominal_power": 4.0}}},
  "Building_2": {"pv": {"attributes": {"nominal_power": 2.5}}}
}"#;

/// Two homes, 36 hours, sun at noon.
fn homes() -> TempDir {
    let dir = TempDir::new().unwrap();
    for (number, base) in [(1, 0.4), (2, 0.9)] {
        let mut text = "hour,non_shiftable_load,solar_generation\n".to_owned();
        for hour in 0..36 {
            let sun = [0.0, 0.0, 250.5, 700.25, 310.125, 0.0][hour % 24 / 4];
            text += &format!(
                "{},{:.4},{sun}\n",
                hour % 24 + 1,
                base + [0.0, 0.25, 0.5, 0.125, 0.375][hour % 5]
            );
        }
        std::fs::write(dir.path().join(format!("Building_{number}.csv")), text).unwrap();
    }
    std::fs::write(dir.path().join("assets.json"), ASSETS).unwrap();
    std::fs::write(
        dir.path().join("pricing.csv"),
        "electricity_pricing\n".to_owned() + &"0.22\n".repeat(36),
    )
    .unwrap();
    dir
}

fn demo(dir: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command.arg("demo").arg("--homes").arg(dir).args(more).output().unwrap()
}

fn json(dir: &Path, more: &[&str]) -> Value {
    let output = demo(dir, &[more, &["--json", "-"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn json_holds_what_scripts_read() {
    let dir = homes();
    let pricing = dir.path().join("pricing.csv");
    let json = json(dir.path(), &["--pricing", pricing.to_str().unwrap()]);
    for key in [
        "homes",
        "hours",
        "intervals",
        "readings_submitted",
        "readings_accepted",
        "gross_generation_wh",
        "gross_consumption_wh",
        "generation_wh",
        "consumption_wh",
        "traded_wh",
        "banked_wh",
        "redeemed_wh",
        "utility_import_wh",
        "utility_export_wh",
        "orders",
        "cleared_intervals",
        "skipped_intervals",
        "settled_intervals",
        "wall_ms",
        "signature_check_ms",
        "peak_rss_bytes",
    ] {
        assert!(json[key].is_u64(), "{key} is {}", json[key]);
    }
    for key in ["coin_in", "coin_out", "coin_held"] {
        assert!(
            json[key].as_str().unwrap().parse::<u128>().is_ok(),
            "{key} is {}",
            json[key]
        );
    }
    let count = |key: &str| json[key].as_u64().unwrap();
    assert_eq!(
        (count("homes"), count("hours"), count("readings_submitted")),
        (2, 36, 3 * 37)
    );
    assert_eq!(json["readings_rejected"], serde_json::json!({}));
    assert_eq!(
        count("generation_wh") + count("utility_import_wh") + count("redeemed_wh"),
        count("consumption_wh") + count("utility_export_wh") + count("banked_wh")
    );
    let coin = |key: &str| json[key].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(coin("coin_in") - coin("coin_out"), coin("coin_held"));
}

#[test]
fn a_subset_and_a_window_of_the_homes_run() {
    let dir = homes();
    std::fs::remove_file(dir.path().join("Building_1.csv")).unwrap();
    let output = demo(dir.path(), &[]);
    assert_eq!(
        output.status.code(),
        Some(2),
        "the battery is the first home's, and home 2 has none"
    );
    let assets = ASSETS
        .replace("Building_2", "other")
        .replace("Building_1", "Building_2");
    std::fs::write(dir.path().join("assets.json"), assets).unwrap();
    let json = json(dir.path(), &["--from", "3", "--hours", "5"]);
    assert_eq!((json["homes"].as_u64(), json["hours"].as_u64()), (Some(1), Some(5)));
    assert_eq!(json["tariff"], "flat 0.300 coin per kWh");
}

#[test]
fn the_page_and_the_table_are_written() {
    let dir = homes();
    let page = dir.path().join("report.html");
    let output = demo(dir.path(), &["--hours", "30", "--report", page.to_str().unwrap()]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["Home 1", "Home 2", "plain tariff", "difference 0", "without fsync"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Who supplied whom"));
}

#[test]
fn a_certificate_of_the_run_is_proven_from_the_bundle_it_writes() {
    let dir = homes();
    let file = dir.path().join("evidence.json");
    let ran = demo(dir.path(), &["--evidence", file.to_str().unwrap()]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let verify = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
        command
            .args(["certificate", "verify", "--json"])
            .arg(&file)
            .output()
            .unwrap()
    };
    let verified = verify();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
    let mut bundle: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    // The last sun is that of the second day's hours 8 to 12: two homes and the battery are on either page.
    assert_eq!(bundle["certificate"]["id"]["interval"], "490933");
    assert_eq!(bundle["after"]["records"].as_array().unwrap().len(), 3);
    // One key was valid in both intervals.
    assert_eq!(bundle["meters"].as_array().unwrap().len(), 1);
    bundle["after"]["records"].as_array_mut().unwrap().pop();
    std::fs::write(&file, bundle.to_string()).unwrap();
    let cut = verify();
    assert_eq!(cut.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&cut.stderr).contains("hash"));
}

#[test]
fn bad_input_is_named_and_ends_with_2() {
    let dir = homes();
    let home = dir.path().join("Building_2.csv");
    let good = std::fs::read_to_string(&home).unwrap();
    for (bad, words) in [
        (
            good.replace("solar_generation", "sun"),
            &["Building_2.csv", "line 1", "solar_generation"][..],
        ),
        (
            good.replacen(",0.9000,", ",,", 1),
            &["Building_2.csv", "line 2", "non_shiftable_load", "blank"],
        ),
        (
            good.replacen(",0.9000,", ",-0.9,", 1),
            &["line 2", "non_shiftable_load", "\"-0.9\"", "negative"],
        ),
        (
            good.replacen(",0.9000,", ",NaN,", 1),
            &["line 2", "\"NaN\"", "not a decimal number"],
        ),
        (
            good.replacen(",0.9000,", ",lots,", 1),
            &["line 2", "\"lots\"", "not a decimal number"],
        ),
        (
            good.lines().take(30).map(|line| line.to_owned() + "\n").collect(),
            &["29 rows", "36 were expected"],
        ),
    ] {
        assert_ne!(bad, good);
        std::fs::write(&home, bad).unwrap();
        refused(&demo(dir.path(), &[]), words);
    }
    std::fs::write(&home, good).unwrap();
    refused(
        &demo(dir.path(), &["--from", "30", "--hours", "7"]),
        &["--from 30 --hours 7", "36 hours"],
    );
    refused(&demo(dir.path(), &["--export-share", "1"]), &["--export-share 1"]);
    refused(&demo(dir.path(), &["--pricing", "nowhere.csv"]), &["nowhere.csv"]);
    refused(&demo(&dir.path().join("nobody"), &[]), &["nobody"]);
}

fn refused(output: &Output, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty());
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

/// A region's file with a key, for a chain of which no node answers.
fn chain_file(dir: &Path, key: &str) -> String {
    let head = r#"
[chain]
chain_id = "busbar-1"
grpc = ["http://127.0.0.1:1"]
bech32_prefix = "wasm"
gas_price = "0.001ustake"
[key]
file = "owner.key"
"#;
    std::fs::write(dir.join("owner.key"), key).unwrap();
    let file = dir.join("chain.toml");
    let text = format!("{head}{}", include_str!("../../scripts/devnet-region.toml"));
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn a_chain_that_cannot_be_played_on_says_what_to_do() {
    let dir = homes();
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command
        .args(["demo", "--hours", "2", "--from", "0", "--homes"])
        .arg(dir.path());
    let no_devnet = command
        .args(["--chain", "devnet"])
        .env("BUSBAR_DEVNET", dir.path())
        .output()
        .unwrap();
    refused(&no_devnet, &["no devnet is up", "busbar-1.toml", "scripts/devnet up"]);

    let words = "abandon ".repeat(11) + "about";
    let file = chain_file(dir.path(), &words);
    let chain = |more: &[&str]| {
        demo(
            dir.path(),
            &[&["--from", "0", "--hours", "2", "--chain", &file], more].concat(),
        )
    };
    refused(&chain(&["--interval-s", "7"]), &["--interval-s 7", "divides a day"]);
    refused(&chain(&["--region", "village"]), &["--region village", "test-"]);
    refused(
        &chain(&["--artifacts", "nowhere"]),
        &["nowhere", "scripts/build-contracts"],
    );
    chain_file(dir.path(), &"1".repeat(64));
    refused(&chain(&[]), &["owner.key", "mnemonic"]);
    refused(
        &demo(dir.path(), &["--chain", "nowhere.toml"]),
        &["--from 38", "36 hours"],
    );
    refused(
        &demo(dir.path(), &["--from", "0", "--hours", "2", "--chain", "nowhere.toml"]),
        &["nowhere.toml"],
    );
}

#[test]
fn with_a_day_before_the_first_hour_has_orders() {
    let dir = homes();
    let window = ["--from", "24", "--hours", "12"];
    let cold = json(dir.path(), &window);
    assert_eq!(cold["orders"], 0);
    let warm = json(dir.path(), &[&window[..], &["--day-before"]].concat());
    assert!(warm["orders"].as_u64().unwrap() > 0);
    // What the meters see is the same; who it is traded with is not.
    assert_eq!(warm["generation_wh"], cold["generation_wh"]);
    assert_eq!(warm["per_hour"].as_array().unwrap().len(), 12);
    assert_eq!(warm["chain"], Value::Null);
    refused(
        &demo(dir.path(), &["--from", "23", "--day-before"]),
        &["--day-before", "--from 23", "24"],
    );
}
