//! A transfer of the energy token beside one of cw20-base.
use busbar_api::energy_token::{self, ExecuteMsg};
use busbar_api::grid::{self, Bank, Wiring};
use busbar_api::registry;
use busbar_attestation::{Curve, DeviceKind, Domain, Endorsement, Enrolment, SigningKey};
use busbar_units::{Money, Ppm, Price, Watt, Wh};
use cosmwasm_std::{Addr, Binary};
use serde_json::json;

use super::region::{Bench, MANUFACTURER, Site};
use super::table::Table;

/// What is minted.
const SUPPLY: u64 = 1_000_000;
/// What the storage holds, losses and all.
const STORAGE: u64 = 10 * SUPPLY;
/// What is transferred.
const AMOUNT: u64 = 1_000;
const DOMAIN: &str = "test-bank";

/// Transfers of both between the same accounts; the second of each, so that the recipient has a balance.
pub fn measure(bench: &mut Bench, cw20: Vec<u8>, table: &mut Table) -> anyhow::Result<()> {
    let token = mint(bench)?;
    let code = bench.upload(cw20)?;
    let (owner, [from, _]) = (bench.owner.clone(), bench.traders.clone());
    let plain = json!({
        "name": "Bench energy", "symbol": "BENCH", "decimals": energy_token::DECIMALS,
        "initial_balances": [{ "address": from, "amount": SUPPLY.to_string() }],
        "mint": { "minter": owner },
    });
    // Labels of one length: a call reads them.
    let plain = bench.instantiate(code, "the plain token", &plain)?;
    let ours = transfer(bench, &token)?;
    let plain = transfer(bench, &plain)?;
    table.single("transfer", ours);
    table.single("transfer_cw20_base", plain);
    Ok(())
}

fn transfer(bench: &mut Bench, token: &Addr) -> anyhow::Result<u64> {
    let [from, to] = bench.traders.clone();
    let transfer = ExecuteMsg::Transfer {
        recipient: to.into_string(),
        amount: AMOUNT.into(),
    };
    let transfer = bench.message(token, &transfer)?;
    bench.call(&from, vec![transfer.clone()])?;
    bench.call(&from, vec![transfer])
}

/// An energy token whose market is the benchmark, and a storage that backs it.
fn mint(bench: &mut Bench) -> anyhow::Result<Addr> {
    let main = &bench.site;
    let codes = [&main.grid, &main.at.registry, &main.at.energy_token].map(|contract| bench.code_of(contract));
    let [grid, registry, token] = codes;
    let (owner, region) = (bench.owner.clone(), main.region.clone());
    let oracle = main.at.oracle.to_string();
    let mut params = main.params.clone();
    params.bank = Some(Bank {
        device: 0,
        usable: Wh::new(STORAGE),
        efficiency: Ppm::new(900_000),
        fee: Price::ZERO,
        bond: Money::ZERO,
    });
    let founded = grid::InstantiateMsg {
        owner: Some(owner.to_string()),
        domain: DOMAIN.to_owned(),
        denom: region.denom,
        interval_s: region.interval_s,
        energy_interval_s: region.energy_interval_s,
        operator: region.operator.into_string(),
        utility: region.utility.into_string(),
        params,
        network: None,
        contracts: None,
    };
    let grid = bench.instantiate(grid?, "the bank's grid", &founded)?;
    let founded = registry::InstantiateMsg {
        owner: owner.to_string(),
        grid: grid.to_string(),
    };
    let registry = bench.instantiate(registry?, "its registry", &founded)?;
    let founded = energy_token::InstantiateMsg {
        grid: grid.to_string(),
        name: "Bench energy".to_owned(),
        symbol: "BENCH".to_owned(),
        marketing: None,
    };
    let token = bench.instantiate(token?, "the energy coin", &founded)?;
    let wire = grid::ExecuteMsg::Wire(Wiring {
        registry: registry.into_string(),
        oracle,
        market: owner.to_string(),
        energy_token: token.to_string(),
    });
    let wire = bench.message(&grid, &wire)?;
    bench.call(&owner, vec![wire])?;
    let site = Site::read(&bench.chain, grid, 1)?;
    let main = std::mem::replace(&mut bench.site, site);
    storage(bench)?;
    bench.site = main;
    let mint = ExecuteMsg::Mint {
        recipient: bench.traders[0].to_string(),
        amount: SUPPLY.into(),
    };
    let mint = bench.message(&token, &mint)?;
    bench.call(&owner, vec![mint])?;
    Ok(token)
}

/// Enrols the storage as device 0.
fn storage(bench: &mut Bench) -> anyhow::Result<()> {
    let maker = bench.admit()?;
    let (owner, registry) = (bench.owner.clone(), bench.site.at.registry.clone());
    let key = SigningKey::generate(Curve::Secp256r1, b"bench gas storage")?;
    let endorsement = Endorsement {
        manufacturer: MANUFACTURER,
        serial: "STORAGE".to_owned(),
        kind: DeviceKind::Storage,
        key: key.public_key(),
        rated_import: Watt::new(4_000),
        rated_export: Watt::new(4_000),
        usable: Wh::new(STORAGE),
        efficiency: Ppm::new(900_000),
        register_modulus: Wh::new(1_000_000_000),
    };
    let enrolment = Enrolment {
        domain: Domain::new(DOMAIN)?.id(),
        number: 0,
        owner: owner.to_string(),
        bus: grid::REGION_BUS,
        behind: None,
    };
    let reserve = bench.message(&registry, &registry::ExecuteMsg::Reserve {})?;
    let enrol = registry::ExecuteMsg::Enrol {
        number: 0,
        manufacturer_signature: Binary::from(maker.sign(&endorsement.message()?)),
        device_signature: Binary::from(key.sign(&enrolment.message()?)),
        endorsement: (&endorsement).into(),
        bus: enrolment.bus,
        behind: None,
    };
    let enrol = bench.message(&registry, &enrol)?;
    bench.call(&owner, vec![reserve, enrol])?;
    Ok(())
}
