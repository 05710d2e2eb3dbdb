//! A region of its own, and the programs that work for it.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use busbar_api::grid::Params;
use busbar_chain::grpc::{Grpc, GrpcConfig};
use busbar_chain::{Chain, Edge};
use cosmwasm_std::Addr;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::super::homes::setting;
use super::street::CRANK;
use super::victim::{Event, Tally, Victim};

/// Seconds of an interval.
pub const INTERVAL_S: u64 = 8;
/// Long enough that no clearing is late on a slow machine, whatever is killed; and the windows that no reading is.
pub const GATE_CLOSURE_S: u64 = 48;
const CONFIRMATION_WINDOW: u32 = 8;
const CORRECTION_WINDOW: u32 = 9;
/// In which everything has to be over.
pub const LIMIT: Duration = Duration::from_secs(1_200);
/// Between two looks.
pub const PAUSE: Duration = Duration::from_millis(50);

/// Writes the file of a region of short intervals beside that of the devnet's region; how to reach the chain,
/// and its parameters.
pub fn region_file(domain: &str) -> (PathBuf, GrpcConfig, Params) {
    let place = PathBuf::from(setting("BUSBAR_DEVNET_FILE"));
    let mut values = BTreeMap::from([
        ("domain", format!("\"{domain}\"")),
        ("interval_s", format!("{INTERVAL_S}\nenergy_interval_s = 900")),
        ("gate_closure_s", GATE_CLOSURE_S.to_string()),
        ("horizon", "24".into()),
        ("confirmation_window", CONFIRMATION_WINDOW.to_string()),
        ("correction_window", CORRECTION_WINDOW.to_string()),
    ]);
    for none in ["solver_window_s", "no_cancel_s", "dispute_window", "clock_tolerance_s"] {
        values.insert(none, "0".into());
    }
    for (key, value) in [
        ("order_fee", "200"),
        ("clear_bounty", "100"),
        ("settlement_fee", "300"),
        ("settle_bounty", "100"),
        ("losses", "20000"),
    ] {
        values.insert(key, format!("\"{value}\""));
    }
    let text = std::fs::read_to_string(&place).unwrap();
    let mut file = String::new();
    for line in text.lines() {
        let key = line.split(" =").next().unwrap();
        match values.remove(key) {
            Some(value) => file += &format!("{key} = {value}\n"),
            None if key == "energy_interval_s" => {}
            None => file += &format!("{line}\n"),
        }
    }
    assert!(values.is_empty(), "{} has no {values:?}", place.display());
    // The parameters are the last table.
    file += "bank = { device = 0, usable = \"10000\", efficiency = \"900000\", fee = \"10000\", bond = \"1000000\" }\n";
    let table: toml::Table = file.parse().unwrap();
    let config = table["chain"].clone().try_into().unwrap();
    let params = table["region"]["params"].clone().try_into().unwrap();
    let place = place.with_file_name(format!("busbar-1-{domain}.toml"));
    std::fs::write(&place, file).unwrap();
    (place, config, params)
}

/// Deploys, killed at every edge; the record.
pub fn deploy(file: &Path, config: &GrpcConfig, folder: &Path, random: &mut ChaCha8Rng, tally: &mut Tally) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command.arg("deploy").arg("--chain").arg(file).arg("--out").arg(folder);
    command.arg("--artifacts").arg(repository("artifacts"));
    let mut victim = Victim::new("deploy", command, Edge::DeploySigned);
    let owner = Addr::unchecked(state()["accounts"]["owner"].as_str().unwrap());
    let sequence = || Grpc::connect(config.clone(), None).unwrap().sequence(&owner).unwrap();
    let before = sequence();
    let until = Instant::now() + LIMIT;
    while victim.turn(random, true, tally) != Event::Ended {
        assert!(Instant::now() < until, "not deployed after {LIMIT:?}");
        std::thread::sleep(PAUSE);
    }
    assert!(
        victim.is_through(),
        "deployed before it came to every edge: {:?}",
        tally.at
    );
    let sent = sequence() - before;
    let chain_id = state()["chain_id"].as_str().unwrap().to_owned();
    let record: Value =
        serde_json::from_slice(&std::fs::read(folder.join(chain_id).with_extension("json")).unwrap()).unwrap();
    // Another region may have brought the codes.
    let [codes, contracts] = ["codes", "contracts"].map(|key| record[key].as_object().unwrap().len());
    assert!(
        (contracts..=contracts + codes).contains(&usize::try_from(sent).unwrap()),
        "{sent} transactions for {contracts} contracts and at most {codes} codes"
    );
    record
}

/// Carries what is in the file, and deletes it soon after.
pub fn relay(file: &Path, folder: &Path, csv: &Path) -> Command {
    let mut command = of_region("relay", 4, file, folder);
    command.args(["--batch-age-s", "0", "--retain-intervals", "4", "--queue"]);
    command.arg(folder.join("queue.sqlite")).arg(csv);
    command
}

/// Looks every second.
pub fn crank(file: &Path, folder: &Path) -> Command {
    let mut command = of_region("crank", CRANK, file, folder);
    command.args(["--every-s", "1"]);
    command
}

fn of_region(program: &str, account: u32, file: &Path, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busbar"));
    command
        .arg(program)
        .arg("--chain")
        .arg(file)
        .arg("--deployments")
        .arg(folder);
    command.args(["--key-path", &format!("m/44'/118'/0'/0/{account}")]);
    command
}

/// The state file of the devnet's first chain.
pub fn state() -> Value {
    serde_json::from_slice(&std::fs::read(setting("BUSBAR_DEVNET_STATE")).unwrap()).unwrap()
}

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
