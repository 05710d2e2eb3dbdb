//! `busbar demo` on a real node gives, field by field, what it gives on the embedded chain.
use std::process::Command;

use serde_json::Value;

use super::homes::setting;

/// An evening: homes sell and bank, then buy and redeem.
const WINDOW: [&str; 4] = ["--from", "40", "--hours", "3"];
/// What depends on the machine or on the chain, and on nothing that was traded.
const OF_THE_RUN: [&str; 5] = [
    "chain",
    "queue_fsync",
    "wall_ms",
    "signature_check_ms",
    "peak_rss_bytes",
];

fn root(path: &str) -> String {
    format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))
}

fn demo(more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command.args(["demo", "--homes", &root("data/homes")]);
    command.args(["--pricing", &root("data/homes/pricing.csv")]);
    command.args(WINDOW).args(more);
    command
}

fn json(mut command: Command) -> Value {
    let output = command.args(["--json", "-"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    println!("{told}");
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "plays for minutes in a region of its own: part of ci/e2e --full"]
fn the_demo_on_a_node_equals_the_embedded_one() {
    let folder = tempfile::tempdir().unwrap();
    let deployments = folder.path().to_str().unwrap();
    let (chain, artifacts) = (setting("BUSBAR_DEVNET_FILE"), root("artifacts"));
    let region = "test-demo-e2e";
    let real = [
        "--chain",
        &chain,
        "--artifacts",
        &artifacts,
        "--deployments",
        deployments,
        "--region",
        region,
        // Longer than it would choose: a busy machine is to be slow, not late.
        "--interval-s",
        "20",
    ];
    let mut live = json(demo(&real));
    let mut embedded = json(demo(&["--day-before"]));

    let about = live["chain"].take();
    assert_eq!(
        about["late_hours"],
        serde_json::json!([]),
        "the machine was too slow for the clock"
    );
    assert_eq!(
        (&about["chain_id"], &about["region"]),
        (&"busbar-1".into(), &region.into())
    );
    assert_eq!(embedded["chain"], Value::Null);
    for run in [&mut live, &mut embedded] {
        let fields = run.as_object_mut().unwrap();
        fields.retain(|name, _| !OF_THE_RUN.contains(&name.as_str()));
    }
    let count = |key: &str| live[key].as_u64().unwrap();
    assert!(count("orders") > 0 && count("traded_wh") > 0 && count("banked_wh") > 0 && count("redeemed_wh") > 0);
    for (name, value) in live.as_object().unwrap() {
        assert_eq!(value, &embedded[name], "{name}");
    }
    assert_eq!(live, embedded);

    // The region stands, and nobody founds it twice.
    let record = folder.path().join(region).join("busbar-1.json");
    let record: Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    assert_eq!(record["contracts"]["grid"], about["grid"]);
    let again = demo(&real).output().unwrap();
    let told = String::from_utf8_lossy(&again.stderr);
    assert_eq!(again.status.code(), Some(1), "{told}");
    assert!(told.contains("another name with --region"), "{told}");
}

#[test]
fn a_file_of_another_chain_is_told_from_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let given = setting("BUSBAR_DEVNET_FILE");
    let text = std::fs::read_to_string(&given).unwrap();
    let key = std::path::Path::new(&given)
        .parent()
        .unwrap()
        .join("busbar-1/owner.key");
    let text = text
        .replacen("chain_id = \"busbar-1\"", "chain_id = \"busbar-7\"", 1)
        .replacen("busbar-1/owner.key", key.to_str().unwrap(), 1);
    let file = folder.path().join("other.toml");
    std::fs::write(&file, text).unwrap();
    let refused = demo(&["--chain", file.to_str().unwrap(), "--artifacts", &root("artifacts")])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{told}");
    assert!(told.contains("busbar-7") && told.contains("busbar-1"), "{told}");
}
