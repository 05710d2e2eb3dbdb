//! The seller with the commands for people: keys, money, orders, and a transaction that the node's own keyring signs.
use crate::homes::{Homes, endorsement, setting};
use busbar_attestation::{Curve, SigningKey};
use busbar_units::Interval;
use cosmwasm_std::HexBinary;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Seconds that a transaction has to get into a block.
const LIMIT_S: u64 = 60;

/// A person at a terminal whose keys are in this folder.
pub struct Person<'a> {
    pub home: &'a Path,
    pub record: String,
}

pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Person<'_> {
    pub fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that fails early does not read its input.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
        command
            .args(arguments)
            .env("BUSBAR_HOME", self.home)
            .env_remove("RUST_LOG");
        if arguments[0] != "keys" {
            command.args(["--deployment", &self.record]);
        }
        command
    }

    pub fn text(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments, "");
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        run.stdout
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--output", "json"]].concat();
        serde_json::from_str(&self.text(&arguments)).unwrap()
    }

    pub fn refused(&self, arguments: &[&str], code: i32, words: &str) {
        let run = self.run(arguments, "");
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{arguments:?}");
    }

    fn balance(&self) -> u128 {
        let account = self.json(&["account", "show", "seller"]);
        account["balance"].as_str().unwrap().parse().unwrap()
    }
}

/// The node's own client, with the keyring that has the devnet's keys.
fn wasmd(state: &Value, arguments: &[&str]) -> String {
    let folder = setting("BUSBAR_DEVNET_STATE");
    let client = Path::new(&folder)
        .parent()
        .unwrap()
        .join(state["chain_id"].as_str().unwrap());
    let node = state["nodes"][0]["rpc"].as_str().unwrap().replace("http", "tcp");
    let output = Command::new(setting("BUSBAR_DEVNET_NODE"))
        .args(arguments)
        .arg("--home")
        .arg(client.join("client"))
        .args(["--node", &node, "--chain-id", state["chain_id"].as_str().unwrap()])
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(output.stderr));
    text(output.stdout)
}

/// The seller of a settled interval looks around, puts money in, orders, thinks again, and takes money out with the help
/// of the node's own wallet.
pub fn a_person_trades_with_the_command_line(homes: &Homes, settled: Interval) {
    let folder = tempfile::tempdir().unwrap();
    let state: Value = serde_json::from_slice(&std::fs::read(setting("BUSBAR_DEVNET_STATE")).unwrap()).unwrap();
    let record = format!(
        "{}/{}.json",
        setting("BUSBAR_DEVNET_DEPLOYMENTS"),
        state["chain_id"].as_str().unwrap()
    );
    let person = Person {
        home: folder.path(),
        record,
    };
    let address = state["accounts"]["home1"].as_str().unwrap();

    let mnemonic = state["mnemonic"].as_str().unwrap();
    let path = "m/44'/118'/0'/0/8";
    let added = person.run(&["keys", "add", "seller", "--recover", "--hd-path", path], mnemonic);
    assert_eq!(added.code, 0, "{}", added.stderr);
    assert_eq!(person.text(&["keys", "show", "seller", "-a"]).trim(), address);
    assert!(
        !added.stdout.contains("abandon"),
        "a mnemonic that was typed is not shown"
    );

    let before = homes.balances()[0];
    assert_eq!(person.balance(), before);
    let dry = person.json(&["deposit", "1.5", "--dry-run"]);
    assert_eq!(dry["what"][0], "deposit 1.5 COIN (1500000 ucoin)");
    person.refused(&["deposit", "1.5"], 2, "stdin is no terminal");
    assert_eq!(person.balance(), before, "nothing was sent");
    let deposit = person.json(&["deposit", "1.5", "-y"]);
    assert_eq!(deposit["code"], 0);
    assert_eq!(person.balance(), before + 1_500_000);

    let device = homes.seller().to_string();
    let times = person.json(&["price", "--interval", "next"]);
    let next: u64 = times["interval"].as_str().unwrap().parse().unwrap();
    // Open for long enough, whatever the machine's speed.
    let interval = (next + 4).to_string();
    let order = [
        "order",
        "sell",
        "0.25 kWh",
        "--device",
        &device,
        "--limit",
        "0.2",
        "--interval",
        &interval,
    ];
    let placed = person.json(&[&order[..], &["-y"]].concat());
    let slot = placed["slot"].as_str().unwrap();
    let orders = person.json(&["orders", "--interval", &interval]);
    assert_eq!(orders.as_array().unwrap().len(), 1);
    assert_eq!(orders[0]["quantity"], "250");
    assert_eq!(orders[0]["terms"]["sell"]["limit"], "200000");
    assert_eq!(orders[0]["key"]["slot"].to_string(), slot);
    assert!(
        person
            .text(&["orders", "--interval", &interval])
            .contains("0.2 COIN per kWh (200000 ucoin)")
    );
    let cancel = ["cancel", slot, "--device", &device, "--interval", &interval, "-y"];
    person.text(&cancel);
    assert_eq!(person.text(&["orders", "--interval", &interval]), "No orders.\n");
    person.refused(&cancel, 1, "the transaction would fail");
    person.refused(
        &["order", "sell", "250", "--device", &device],
        2,
        "write 1.5kWh or 250Wh",
    );
    person.refused(&["order", "sell", "250Wh", "--device", &device, "-y"], 2, "add --limit");
    let settle = settled.get().to_string();
    person.refused(&["settle", &settle, "-y"], 1, "the transaction would fail");
    assert!(person.text(&["price", "--interval", &settle]).contains("settled"));

    signed_by_the_node(&person, &state, address);
    enrols_another_meter(&person, mnemonic);
    sees_readings_and_certificates(&person, &device, settled);
    gets_a_statement(&person, settled);
}

/// From a reserved number to an active meter, each party with its own key.
fn enrols_another_meter(person: &Person<'_>, mnemonic: &str) {
    let added = person.run(
        &["keys", "add", "operator", "--recover", "--hd-path", "m/44'/118'/0'/0/1"],
        mnemonic,
    );
    assert_eq!(added.code, 0, "{}", added.stderr);
    person.refused(&["device", "reserve", "-y"], 2, "the keys are operator, seller");
    let reserved = person.json(&["device", "reserve", "--from", "seller", "-y"]);
    let number = reserved["number"].as_str().unwrap();
    let shown = person.text(&["device", "show", "--from", "seller"]);
    assert!(shown.contains("reserved until"), "{shown}");

    let meter = SigningKey::generate(Curve::Secp256r1, b"another meter").unwrap();
    let (endorsement, manufacturer_signature) = endorsement(&meter, &format!("METER-{number}"));
    let form = serde_json::json!({ "endorsement": endorsement, "manufacturer_signature": manufacturer_signature });
    let file = person.home.join("meter.json");
    std::fs::write(&file, form.to_string()).unwrap();
    let enrol = [
        "device",
        "enrol",
        number,
        "--from",
        "seller",
        "--bus",
        "1",
        "--endorsement",
        file.to_str().unwrap(),
    ];
    let message = person.text(&[&enrol[..], &["--message"]].concat());
    let message = HexBinary::from_hex(message.trim()).unwrap();
    let signature = HexBinary::from(meter.sign(&message).as_slice()).to_hex();
    let signed = |signature: &str| [&enrol[..], &["-y", "--signature", signature]].concat().join("\n");
    let wrong = signed("5f0c");
    person.refused(&wrong.split('\n').collect::<Vec<_>>(), 2, "must be 128 hex digits");
    let forged = signed(&"11".repeat(64));
    person.refused(&forged.split('\n').collect::<Vec<_>>(), 1, "the transaction would fail");
    person.text(&signed(&signature).split('\n').collect::<Vec<_>>());
    assert_eq!(person.json(&["device", "show", number])["status"], "enrolled");

    let confirm = [
        "device", "confirm", number, "--bus", "1", "--import", "5kW", "--export", "4.5kW", "-y",
    ];
    person.refused(
        &[&confirm[..], &["--from", "seller"]].concat(),
        1,
        "the transaction would fail",
    );
    person.text(&[&confirm[..], &["--from", "operator"]].concat());
    let device = person.json(&["device", "show", number]);
    assert_eq!(device["status"], "active");
    assert_eq!(
        (&device["usable_import"], &device["usable_export"]),
        (&"5000".into(), &"4500".into())
    );
    person.refused(&["device", "show", "4000000000"], 1, "4000000000");
}

/// What the relay carried is what is shown.
fn sees_readings_and_certificates(person: &Person<'_>, device: &str, settled: Interval) {
    let settled = settled.get().to_string();
    let rows = person.json(&["reading", "show", device, "--interval", &settled, "--last", "1"]);
    assert_eq!(rows.as_array().unwrap().len(), 1);
    let row = &rows[0];
    assert!(row["pruned"] == true || row["energy"]["export"] == "1000", "{row}");
    person.text(&["reading", "show", device, "--interval", &settled]);
    assert_eq!(
        person.text(&["certificate", "list", "--from", "operator"]),
        "No certificates.\n"
    );
    let retire = [
        "certificate",
        "retire",
        "0/1/0",
        "--beneficiary",
        "Anna",
        "--purpose",
        "Charging",
        "--from",
        "seller",
    ];
    person.refused(&[&retire[..], &["-y"]].concat(), 1, "the transaction would fail");
}

/// What --generate-only prints for a mere address is signed and sent by the node's client as if it were its own.
fn signed_by_the_node(person: &Person<'_>, state: &Value, address: &str) {
    let before = person.balance();
    let keyless = tempfile::tempdir().unwrap();
    let keyless = Person {
        home: keyless.path(),
        record: person.record.clone(),
    };
    keyless.refused(&["withdraw", "0.5", "--from", address, "-y"], 2, "there is no key of");
    let unsigned = keyless.text(&["withdraw", "0.5", "--from", address, "--generate-only"]);
    let (file, signed) = (person.home.join("unsigned.json"), person.home.join("signed.json"));
    std::fs::write(&file, unsigned).unwrap();
    let (file, signed_name) = (file.to_str().unwrap(), signed.to_str().unwrap());
    let keyring = [
        "--from",
        "home1",
        "--keyring-backend",
        "test",
        "--output-document",
        signed_name,
    ];
    wasmd(state, &[&["tx", "sign", file][..], &keyring].concat());
    let answer: Value =
        serde_json::from_str(&wasmd(state, &["tx", "broadcast", signed_name, "--output", "json"])).unwrap();
    assert_eq!(answer["code"], 0, "{answer}");
    let until = Instant::now() + Duration::from_secs(LIMIT_S);
    while person.balance() != before - 500_000 {
        assert!(Instant::now() < until, "{answer} is in no block after {LIMIT_S} s");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The statement has the trade to the last millionth, and ends where the account stands.
fn gets_a_statement(person: &Person<'_>, settled: Interval) {
    let settled = settled.get().to_string();
    let detail = person.json(&["price", "--interval", "next"]);
    let month = &detail["start"].as_str().unwrap()[..7];
    let statement = ["statement", "--from", "seller", "--month", month];
    let balance = person.balance().to_string();
    let json = person.json(&statement);
    assert_eq!(json["closing"], balance.as_str());
    let lines = json["lines"].as_array().unwrap();
    let of = |entry: &str| lines.iter().filter(|line| line["entry"] == entry).collect::<Vec<_>>();
    let traded: Vec<_> = of("interval")
        .into_iter()
        .filter(|line| line["interval"] == settled.as_str())
        .collect();
    assert_eq!(traded.len(), 1, "{json}");
    assert_eq!(
        (&traded[0]["traded"], &traded[0]["imbalance_wh"]),
        (&"-1000".into(), &"0".into())
    );
    assert_eq!(
        (&traded[0]["trade"], &traded[0]["imbalance"]),
        (&"140000".into(), &"0".into())
    );
    let changes = |entry| {
        of(entry)
            .iter()
            .map(|line| line["change"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(changes("deposit"), ["100000000", "1500000"]);
    assert_eq!(changes("withdrawal"), ["-500000"]);
    assert!(of("other").is_empty(), "everything is explained: {json}");

    let csv = person.text(&[&statement[..], &["--csv"]].concat());
    let total = csv.lines().last().unwrap();
    assert!(total.starts_with("total,") && total.contains(",0.14,"), "{total}");
    assert!(person.text(&statement).contains(&format!("({balance} ucoin)")));
    person.refused(
        &["statement", "--from", "seller", "--month", "9999-01"],
        2,
        "has not begun",
    );
    person.refused(
        &["statement", "--from", "seller", "--month", "2026-13"],
        2,
        "write it as 2026-11",
    );
    let past = ["statement", "--from", "seller", "--month", "2020-01"];
    person.refused(&past, 2, "was over when this chain began");
}
