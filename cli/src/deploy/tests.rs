use std::path::Path;

use busbar_chain::{SignedTx, TxHash};
use cosmwasm_std::{Addr, Checksum, Coin};

use super::artifacts::{ArtifactError, Artifacts, Part};
use super::directory::{assets, chain};
use super::error::DeployError;
use super::file::{ChainFile, FileError};
use super::pinning::proposal;
use super::plan::Plan;
use super::record::{Pending, Record, RecordedCode};

/// The devnet's first account.
const OWNER: &str = "wasm19rl4cm2hmr8afy4kldpxz3fka4jguq0akuugk7";

/// The file that scripts/devnet writes.
fn text() -> String {
    let head = r#"
[chain]
chain_id = "busbar-1"
grpc = ["http://127.0.0.1:9090"]
bech32_prefix = "wasm"
gas_price = "0.001ustake"
[key]
file = "owner.key"
"#;
    format!("{head}{}", include_str!("../../../scripts/devnet-region.toml"))
}

fn file() -> ChainFile {
    ChainFile::parse(&text()).unwrap()
}

fn folder() -> (tempfile::TempDir, Artifacts) {
    let folder = tempfile::tempdir().unwrap();
    let mut listed = String::new();
    for part in Part::ALL {
        let (name, wasm) = (format!("busbar_{}.wasm", part.name()), part.name().as_bytes());
        std::fs::write(folder.path().join(&name), wasm).unwrap();
        listed += &format!("{}  {name}\n", Checksum::generate(wasm).to_hex());
    }
    std::fs::write(folder.path().join("checksums.txt"), listed).unwrap();
    let artifacts = Artifacts::read(folder.path()).unwrap();
    (folder, artifacts)
}

fn plan() -> Plan {
    Plan::new(&file(), &folder().1, &Addr::unchecked(OWNER)).unwrap()
}

fn record(place: &Path) -> Record {
    Record::open(place, &file()).unwrap()
}

#[test]
fn the_devnets_region_is_what_tests_use() {
    let region = file().region;
    assert_eq!(region.params, busbar_testing::household());
    assert_eq!(region.energy_interval_s(), region.interval_s);
}

#[test]
fn a_key_that_is_unknown_missing_or_out_of_bounds_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("chain.toml");
    for (from, to, named) in [
        ("horizon = 96", "horizon = 96\nhorizont = 96", "horizont"),
        ("steps = []", "steps = [], step = []", "unknown key step"),
        ("issuer = \"Devnet registry\"", "", "issuer"),
        ("gas_price = \"0.001ustake\"", "gas_price = \"cheap\"", "0.025uatom"),
        ("http://", "", "grpc has"),
        (
            "bech32_prefix = \"wasm\"",
            "bech32_prefix = \"\"",
            "chain.bech32_prefix is empty",
        ),
    ] {
        std::fs::write(&place, text().replace(from, to)).unwrap();
        let refused = ChainFile::read(&place).unwrap_err();
        assert!(refused.to_string().contains(named), "{named}: {refused}");
    }
    let with_network = text().replace("[region]\n", "[region]\nnetwork = \"network.json\"\n");
    std::fs::write(&place, with_network).unwrap();
    assert!(matches!(ChainFile::read(&place), Err(FileError::Text(_))));
    std::fs::write(folder.path().join("network.json"), "{}").unwrap();
    assert!(matches!(ChainFile::read(&place), Err(FileError::Network { .. })));
}

#[test]
fn wasm_that_is_missing_or_another_is_refused() {
    let (folder, artifacts) = folder();
    assert_eq!(artifacts.wasm(Part::Oracle), b"oracle");
    let place = folder.path().join("busbar_oracle.wasm");
    std::fs::write(&place, "other").unwrap();
    assert!(matches!(Artifacts::read(folder.path()), Err(ArtifactError::Checksum { file }) if file == place));
    std::fs::remove_file(&place).unwrap();
    assert!(matches!(Artifacts::read(folder.path()), Err(ArtifactError::Read { file, .. }) if file == place));
}

#[test]
fn an_address_is_known_before_its_contract_is_there() {
    // As a wasmd node founded it: the checksum of a code, the owner, the salt of the devnet's grid.
    let checksum = "68b986769a62791f59c187e47920b4c5976c54a5ce33437b5448835c47b327e7";
    let mut record = record(Path::new("none"));
    record.deployer = Some(OWNER.into());
    for part in Part::ALL {
        let code = RecordedCode {
            code_id: 1,
            checksum: checksum.into(),
        };
        record.codes.insert(part.name().into(), code);
    }
    let plan = Plan::recorded(&file(), &record).unwrap();
    let founded = "wasm1448gqg4zzkrum2z6nasacud0mal89agplvl8pep9kw25gjkghvmsdgzvk7";
    assert_eq!(plan.address(Part::Grid).as_str(), founded);
    record.codes.remove("market");
    let unrecorded = Plan::recorded(&file(), &record);
    assert!(matches!(unrecorded, Err(DeployError::Unrecorded { part: "market" })));
}

#[test]
fn contracts_are_wired_and_owned_by_their_founding() {
    let plan = plan();
    let grid: busbar_api::grid::InstantiateMsg = cosmwasm_std::from_json(&plan.parts[&Part::Grid].msg).unwrap();
    assert_eq!(grid.owner.as_deref(), Some(OWNER));
    let wired = grid.contracts.unwrap();
    assert_eq!(wired.market, plan.address(Part::Market).as_str());
    assert_eq!(wired.energy_token, plan.address(Part::EnergyToken).as_str());
    let mut addresses: Vec<_> = Part::ALL.map(|part| plan.address(part)).into();
    addresses.dedup();
    assert_eq!(addresses.len(), Part::ALL.len());
}

#[test]
fn an_account_of_another_chain_is_refused() {
    for (account, wanted) in [
        ("cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4", "region.utility"),
        ("nobody", "region.utility"),
    ] {
        let mut file = file();
        file.region.utility = account.into();
        let refused = Plan::new(&file, &folder().1, &Addr::unchecked(OWNER)).map(|_| ());
        assert!(matches!(refused, Err(DeployError::Account { field, .. }) if field == wanted));
    }
}

#[test]
fn what_is_on_its_way_comes_back_byte_by_byte() {
    let tx = SignedTx {
        bytes: vec![0, 1, 255],
        hash: TxHash::of(&[0, 1, 255]),
        account: Addr::unchecked(OWNER),
        sequence: 7,
        timeout_height: 99,
    };
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("deep").join("busbar-1.json");
    let mut written = record(&place);
    written.pending = Some(Pending::new("store grid", &tx));
    written.save(&place).unwrap();
    written.save(&place).unwrap();
    let read = record(&place);
    assert_eq!(read, written);
    assert_eq!(read.pending.unwrap().tx(), tx);
    assert_eq!(std::fs::read_dir(place.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_record_belongs_to_one_region_account_and_build() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("busbar-1.json");
    let mut begun = record(&place);
    begun.deployer = Some(OWNER.into());
    begun.save(&place).unwrap();
    let plan = plan();
    begun.ensure_follows(&place, &plan).unwrap();

    let code = RecordedCode {
        code_id: 1,
        checksum: "00".into(),
    };
    begun.codes.insert("oracle".into(), code);
    let refused = begun.ensure_follows(&place, &plan);
    assert!(matches!(refused, Err(DeployError::OtherWasm { part: "oracle", .. })));
    begun.deployer = Some("wasm1other".into());
    let refused = begun.ensure_follows(&place, &plan);
    assert!(matches!(refused, Err(DeployError::OtherDeployer { .. })));

    let mut other = file();
    other.region.domain = "test-other".into();
    let refused = Record::open(&place, &other).unwrap_err();
    assert!(matches!(refused, DeployError::OtherRegion { .. }));
    std::fs::write(&place, "{").unwrap();
    assert!(matches!(Record::open(&place, &file()), Err(DeployError::Record { .. })));
    std::fs::create_dir(folder.path().join("busbar-2.json")).unwrap();
    let unreadable = Record::open(&folder.path().join("busbar-2.json"), &file());
    assert!(matches!(unreadable, Err(DeployError::File { .. })));
}

#[test]
fn wallets_read_the_gas_price_and_the_token() {
    let chain = chain(&file());
    assert_eq!(chain["chain_name"], "busbar1");
    assert_eq!(
        chain["fees"]["fee_tokens"][0]["fixed_min_gas_price"].to_string(),
        "0.001"
    );
    assert_eq!(chain["apis"]["grpc"][0]["address"], "http://127.0.0.1:9090");
    let plan = plan();
    let assets = assets(&file(), &plan);
    let symbols: Vec<_> = assets["assets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|asset| &asset["symbol"])
        .collect();
    assert_eq!(symbols, ["COIN", "STAKE", "DEV"]);
    let token = &assets["assets"][2];
    assert_eq!(token["address"], plan.address(Part::EnergyToken).as_str());
    assert_eq!(token["denom_units"][1]["exponent"], 3);
}

#[test]
fn a_proposal_asks_governance_to_pin_the_codes() {
    let deposit = [Coin::new(10_000_000u128, "ustake"), Coin::new(5u128, "uatom")];
    let proposal = proposal(&file(), &[3, 4], &deposit).unwrap();
    let message = &proposal["messages"][0];
    // What `wasmd query auth module-account gov` says on every chain with this prefix.
    assert_eq!(message["authority"], "wasm10d07y265gmmuvt4z0w9aw880jnsr700js7zslc");
    assert_eq!(message["code_ids"], serde_json::json!(["3", "4"]));
    assert_eq!(proposal["deposit"], "10000000ustake,5uatom");
}
