//! `busbar network`: import and flow as a user runs them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod support;

use serde_json::{Value, json};
use support::{Run, busbar};

/// A file of the repository's networks.
fn networks(name: &str) -> String {
    format!("{}/../data/networks/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The run that imports a file with these options, and the network that it wrote, if it did.
fn import(from: &str, file: &str, options: &[&str]) -> (Run, Option<Value>) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("network.json");
    let output = output.to_str().unwrap();
    let file = networks(file);
    let mut arguments = vec!["network", "import", "--from", from, &file, "-o", output];
    arguments.extend(options);
    let run = busbar(&arguments, "");
    let written = std::fs::read_to_string(output).ok();
    (run, written.map(|text| serde_json::from_str(&text).unwrap()))
}

#[test]
fn an_imported_feeder_can_be_cleared_on() {
    let (run, network) = import(
        "matpower",
        "matpower/case33bw.json",
        &["--rating-w", "5000000", "--no-voltage"],
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    for line in [
        "network                     radial\n",
        "dropped, out of service     5: 33:21-8, 34:9-15, 35:12-22, 36:18-33, 37:25-29\n",
        "capacity of rating          0.752083 = scale 1 x power factor 0.95 x (1 - loss margin 0.05) / peak-to-mean 1.2\n",
        "lines given --rating-w      32\n",
        "lowest voltage              0.915934 p.u., at bus 18\n",
    ] {
        assert!(run.stdout.contains(line), "{line}{}", run.stdout);
    }
    let market = json!({
        "orders": [
            {"id": "load", "side": "buy", "bus": "18", "price": 9, "quantity": 2_000_000},
            {"id": "grid", "side": "sell", "bus": "1", "price": 3, "quantity": 2_000_000}
        ],
        "network": network.unwrap()
    });
    let out = busbar(&["clear", "-", "--json"], &market.to_string()).json();
    // 5 MVA x 0.95 x 0.95 / 1.2 in a quarter of an hour.
    assert_eq!(out["volume_wh"], json!(940_104));
}

#[test]
fn an_imported_mesh_is_compared_with_its_reference() {
    let reference = networks("reference/dcopf_reference.json");
    let (run, network) = import(
        "matpower",
        "matpower/case9.json",
        &["--json", "--reference", &reference],
    );
    let report = run.json();
    assert_eq!((&report["loops"], &report["root"]), (&json!(1), &json!("1")));
    let comparisons = report["comparisons"].as_array().unwrap();
    assert_eq!(comparisons.len(), 2);
    assert!(
        comparisons.iter().all(|one| one["largest"].as_f64().unwrap() < 1e-4),
        "{comparisons:?}"
    );
    let lines = network.unwrap()["lines"].as_array().unwrap().clone();
    assert_eq!(lines.iter().filter(|line| line["derated_wh"].is_null()).count(), 1);
    assert!(lines.iter().all(|line| line["reactance"].as_u64().unwrap() > 0));
}

#[test]
fn what_cannot_be_imported_is_said_and_nothing_is_written() {
    for (from, file, options, message) in [
        (
            "matpower",
            "matpower/case33bw.json",
            &[][..],
            "branch 1:1-2 has no rating, and 31 others; give those without one a rating by --rating-w",
        ),
        (
            "matpower",
            "matpower/case9.json",
            &["--power-factor", "0.4"],
            "--power-factor: 0.4 is out of bounds, must be 0.5 to 1",
        ),
        (
            "matpower",
            "matpower/case9.json",
            &["--interval-s", "1"],
            "--interval-s: 1 is out of bounds, must be 60 to 86400",
        ),
        (
            "pandapower",
            "matpower/case9.json",
            &[],
            "not a network in a known form: it is none of pandapower, as --from says",
        ),
        (
            "matpower",
            "pandapower/mv_oberrhein.json",
            &[],
            "not a network in a known form: it is none of MATPOWER, as --from says",
        ),
        (
            "matpower",
            "european-lv/network.json",
            &[],
            "not a network in a known form: it is none of MATPOWER, as --from says",
        ),
        (
            "matpower",
            "matpower/case9.json",
            &["--reference", "no/such/file.json"],
            "cannot read no/such/file.json: No such file or directory (os error 2)",
        ),
    ] {
        let (run, network) = import(from, file, options);
        assert_eq!((run.code, run.stdout.as_str(), network), (2, "", None), "{file}");
        assert_eq!(run.stderr, format!("error: {message}\n"));
    }
}

#[test]
fn an_output_that_cannot_be_written_is_no_fault_of_the_input() {
    let file = networks("matpower/case9.json");
    let run = busbar(
        &[
            "network",
            "import",
            "--from",
            "matpower",
            &file,
            "-o",
            "no/such/folder/n.json",
        ],
        "",
    );
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.starts_with("error: cannot write no/such/folder/n.json: "),
        "{}",
        run.stderr
    );
}

#[test]
fn the_flow_of_a_feeder_has_voltages_and_of_a_mesh_has_none() {
    let flow = busbar(&["network", "flow", &networks("matpower/case33bw.json"), "--json"], "").json();
    assert_eq!(flow["voltage_pu"].as_object().unwrap().len(), 33);
    assert!((flow["voltage_pu"]["18"].as_f64().unwrap() - 0.915_934).abs() < 1e-5);
    assert!((flow["flow_mw"]["1:1-2"].as_f64().unwrap() - 3.715).abs() < 1e-9);
    assert_eq!(
        (&flow["case"], &flow["form"]),
        (&json!("case33bw"), &json!("matpower-json"))
    );
    let flow = busbar(&["network", "flow", &networks("matpower/case14.json"), "--json"], "").json();
    assert_eq!(flow.get("voltage_pu"), None);
    assert_eq!(flow["flow_mw"].as_object().unwrap().len(), 20);
    let text = std::fs::read_to_string(networks("pandapower/european_lv.json")).unwrap();
    let flow = busbar(&["network", "flow", "-", "--json"], &text).json();
    assert_eq!(flow["voltage_pu"].as_object().unwrap().len(), 907);
}

#[test]
fn the_flow_as_tables() {
    let run = busbar(&["network", "flow", &networks("matpower/case9.json")], "");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let rows: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0], ["branch", "flow", "MW"]);
    // All that generator 1 feeds in, the balance of the others' 163 and 85 MW and 315 MW of load.
    assert_eq!(rows[2], ["1:1-4", "67.0000"]);
}

#[test]
fn a_network_file_has_no_flow_of_its_own() {
    let run = busbar(
        &["network", "flow", &networks("european-lv/network.json"), "--json"],
        "",
    );
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "error: a network file (907 buses, 906 lines) has no loads, so there is no flow to compute; give the case that it \
         was imported from\n"
    );
    for text in ["", "{}", "{\"orders\": []}"] {
        let run = busbar(&["network", "flow", "-"], text);
        assert_eq!(run.code, 2);
        assert!(
            run.stderr
                .starts_with("error: not a network in a known form: it must be MATPOWER"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn help_states_units_defaults_and_bounds() {
    let run = busbar(&["network", "import", "--help"], "");
    for part in [
        "p.u. [default 0.01, 0 to 0.1]",
        "[default 900, 60 to 86400]",
        "Examples",
        "rounded down",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(
        busbar(&["network", "flow", "--help"], "")
            .stdout
            .contains("position:from-to")
    );
}
