//! Who may send what; coins; founding, migration and storage keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#[path = "../../registry/tests/common/mod.rs"]
mod common;
use busbar_api::oracle::{raw, Batch, Client, ExecuteMsg, InstantiateMsg, MigrateMsg, Registers};
use busbar_attestation::Curve;
use busbar_oracle::ContractError;
use busbar_units::NetWh;
use common::{at, key, oracle_code, purse, refused, typed, Meter, Region, DOMAIN};
use cosmwasm_std::Coin;
use cw_multi_test::Executor;
use cw_ownable::{Action, OwnershipError};

/// Every message once; a variant without an entry in [`position`] does not compile.
fn every_message() -> [ExecuteMsg; 7] {
    let batch = Batch {
        interval: at(1),
        page: 0,
        readings: vec![0; 78].into(),
    };
    [
        ExecuteMsg::Submit { batches: vec![batch] },
        ExecuteMsg::Confirm { interval: at(1) },
        ExecuteMsg::Prune { interval: at(0) },
        ExecuteMsg::ReportMissing { device: 0 },
        ExecuteMsg::Reset {
            device: 0,
            interval: at(1),
            last: Registers::default(),
            first: Registers::default(),
            key: key("next").public_key().into(),
        },
        ExecuteMsg::UpdateOwnership(Action::RenounceOwnership),
        ExecuteMsg::DeclareUnmetered {
            bus: 1,
            net: NetWh::new(5),
        },
    ]
}

fn position(msg: &ExecuteMsg) -> usize {
    match msg {
        ExecuteMsg::Submit { .. } => 0,
        ExecuteMsg::Confirm { .. } => 1,
        ExecuteMsg::Prune { .. } => 2,
        ExecuteMsg::ReportMissing { .. } => 3,
        ExecuteMsg::Reset { .. } => 4,
        ExecuteMsg::UpdateOwnership(..) => 5,
        ExecuteMsg::DeclareUnmetered { .. } => 6,
    }
}

#[test]
fn only_the_registry_resets_and_only_the_owner_hands_over() {
    let mut region = Region::new();
    region.home("A-1");
    let messages = every_message();
    assert!(messages.iter().map(position).eq(0..7));
    for sender in [region.bob.clone(), region.operator.clone(), region.alice.clone()] {
        let error = refused(&mut region, |region| region.observe(&sender, &messages[4]));
        assert_eq!(error, ContractError::NotRegistry { sender: sender.clone() });
        let error = refused(&mut region, |region| region.observe(&sender, &messages[5]));
        assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    }
    let owner = region.owner.clone();
    region.observe(&owner, &messages[5]).unwrap();
}

#[test]
fn only_the_operator_declares_what_is_unmetered() {
    let mut region = Region::new();
    let declare = &every_message()[6];
    for sender in [region.bob.clone(), region.owner.clone(), region.alice.clone()] {
        let error = refused(&mut region, |region| region.observe(&sender, declare));
        assert_eq!(error, ContractError::NotOperator { sender: sender.clone() });
    }
    let operator = region.operator.clone();
    region.observe(&operator, declare).unwrap();
}

#[test]
fn no_message_takes_coins() {
    let mut region = Region::new();
    let (alice, oracle) = (region.alice.clone(), region.oracle.address().clone());
    let two = vec![Coin::new(1u128, "ucoin"), Coin::new(1u128, "uother")];
    for msg in every_message() {
        for funds in [purse(), two.clone()] {
            let error = refused(&mut region, |region| {
                let sent = region.app.execute_contract(alice.clone(), oracle.clone(), &msg, &funds);
                sent.map_err(typed::<ContractError>)
            });
            assert_eq!(error, ContractError::Funds { count: funds.len() }, "{msg:?}");
        }
    }
}

#[test]
fn founding_checks_every_address_and_that_a_region_is_there() {
    let mut region = Region::new();
    let code = oracle_code(&mut region.app);
    let owner = region.owner.clone();
    let mut found = |of: &str, grid: &str, funds: &[Coin]| {
        let msg = InstantiateMsg {
            owner: of.into(),
            grid: grid.into(),
        };
        let founded = region
            .app
            .instantiate_contract(code, owner.clone(), &msg, funds, "oracle", None);
        founded.map_err(typed::<ContractError>)
    };
    let (good, grid, elsewhere) = (owner.to_string(), region.grid.to_string(), region.market.to_string());
    for (of, on) in [
        ("nobody", grid.as_str()),
        (&good.to_uppercase(), &grid),
        (&good, "nowhere"),
        (&good, &grid.to_uppercase()),
        (&good, &elsewhere),
    ] {
        assert!(matches!(found(of, on, &[]), Err(ContractError::Std(_))), "{of} {on}");
    }
    assert_eq!(found(&good, &grid, &purse()), Err(ContractError::Funds { count: 1 }));
    let founded = found(&good, &grid, &[]).unwrap();
    let config = Client::new(founded).config(&region.querier()).unwrap();
    assert_eq!((config.grid, config.domain.as_str()), (region.grid.clone(), DOMAIN));
}

#[test]
fn migration_takes_its_own_contract_and_no_later_version() {
    let mut region = Region::new();
    let meter = region.home("A-1");
    region.clock(at(2), 0);
    region.submit(&[meter.reads(at(1), 1, 0)]);
    let code = oracle_code(&mut region.app);
    let (admin, oracle) = (region.owner.clone(), region.oracle.address().clone());
    let mut migrate = |contract: &str, version: &str| {
        let mut storage = region.app.contract_storage_mut(&oracle);
        cw2::set_contract_version(&mut *storage, contract, version).unwrap();
        drop(storage);
        region
            .app
            .migrate_contract(admin.clone(), oracle.clone(), &MigrateMsg {}, code)
    };
    assert!(migrate("busbar-oracle", "0.0.1").is_ok());
    assert!(migrate("busbar-oracle", env!("CARGO_PKG_VERSION")).is_ok());
    assert!(migrate("busbar-registry", "0.0.1").is_err());
    assert!(migrate("busbar-oracle", "99.0.0").is_err());
    assert_eq!(
        region
            .oracle
            .readings(&region.querier(), at(1), 0)
            .unwrap()
            .readings
            .len(),
        1
    );
}

#[test]
fn storage_keys_never_run_into_each_other() {
    let names = [
        "contract_info",
        "ownership",
        "grid",
        raw::PAGE,
        raw::INTERVAL,
        raw::ANCHOR,
        raw::NEWEST,
        raw::UNMETERED,
        raw::UNMETERED_BUSES,
        raw::FEEDER,
        raw::FEEDER_SUMS,
        raw::PRUNE_CURSOR,
    ];
    for (i, left) in names.iter().enumerate() {
        for (j, right) in names.iter().enumerate() {
            assert!(i == j || !right.starts_with(left), "{left} opens {right}");
        }
    }
    let mut region = Region::new();
    let meter = region.home("A-1");
    region.clock(at(3), 0);
    region.submit(&[meter.reads(at(1), 1, 0), meter.reads(at(2), 1, 0)]);
    let operator = region.operator.clone();
    region.observe(&operator, &every_message()[6]).unwrap();
    for (key, _) in region.app.dump_wasm_raw(region.oracle.address()) {
        assert!(names.iter().any(|name| key.starts_with(name.as_bytes())), "{key:?}");
    }
}

#[test]
fn a_page_is_written_once_whatever_the_number_of_its_readings() {
    let mut region = Region::new();
    let alice = region.alice.clone();
    let meters = (0..64)
        .map(|slot| region.join(&alice, Meter::new(Curve::Ed25519, &format!("A-{slot}")), None))
        .collect::<Vec<_>>();
    region.clock(at(3), 0);
    let readings = |offset| {
        meters
            .iter()
            .map(|meter| meter.reads(at(offset), 10, 0))
            .collect::<Vec<_>>()
    };
    region.submit(&readings(1));
    let before = region.app.dump_wasm_raw(region.oracle.address()).len();
    region.submit(&readings(2));
    let after = region.app.dump_wasm_raw(region.oracle.address());
    // One page and one interval state are all that a full page of readings adds.
    assert_eq!(after.len(), before + 2);
    let page = after.iter().find(|(key, _)| *key == raw::page_key(at(2), 0)).unwrap();
    assert_eq!(page.1.len(), 32 + 8 + 64 * 14);
}
