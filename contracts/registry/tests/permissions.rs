//! Who may send what; coins; founding, migration and storage keys.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
mod common;

use busbar_api::registry::{raw, ExecuteMsg, InstantiateMsg, MigrateMsg, Suspension};
use busbar_attestation::Curve;
use busbar_registry::ContractError;
use busbar_units::{Watt, Wh};
use common::{at, enrolment, maker, purse, refused, registry_code, typed, Meter, Region, BUS, DOMAIN};
use cosmwasm_std::{Addr, Binary, Coin};
use cw_multi_test::Executor;
use cw_ownable::{Action, OwnershipError};

/// Who a message is for, and the error that anyone else gets.
enum For {
    Anyone,
    Only(fn(Addr) -> ContractError),
}

/// Every message once, about Alice's device 0.
fn every_message(meter: &Meter, alice: &Addr) -> Vec<(ExecuteMsg, For)> {
    let number = 0;
    let owner = || For::Only(|_| ContractError::Ownership(OwnershipError::NotOwner));
    let operator = || For::Only(|sender| ContractError::NotOperator { sender });
    let device_owner = || For::Only(|sender| ContractError::NotDeviceOwner { number: 0, sender });
    let empty = Binary::default();
    vec![
        (
            ExecuteMsg::AdmitManufacturer {
                id: 1,
                name: "One".into(),
                key: maker().public_key().into(),
            },
            owner(),
        ),
        (ExecuteMsg::RemoveManufacturer { id: 1 }, owner()),
        (ExecuteMsg::Reserve {}, For::Anyone),
        (ExecuteMsg::ReleaseLapsed { number }, For::Anyone),
        (
            enrolment(
                &Meter {
                    number: 1,
                    ..meter.clone()
                },
                meter.vouched(),
                meter.joins(alice, None),
                None,
            ),
            For::Only(|sender| ContractError::NotReserver { number: 1, sender }),
        ),
        (
            ExecuteMsg::Confirm {
                number,
                bus: BUS,
                usable_import: Watt::ZERO,
                usable_export: Watt::ZERO,
            },
            operator(),
        ),
        (
            ExecuteMsg::LowerRating {
                number,
                usable_import: Watt::ZERO,
                usable_export: Watt::ZERO,
            },
            device_owner(),
        ),
        (
            ExecuteMsg::RotateKey {
                number,
                endorsement: (&meter.endorsement).into(),
                manufacturer_signature: empty.clone(),
                device_signature: empty.clone(),
                old_key_signature: None,
            },
            device_owner(),
        ),
        (ExecuteMsg::CompleteRotation { number }, For::Anyone),
        (ExecuteMsg::CancelRotation { number }, operator()),
        (
            ExecuteMsg::Replace {
                number,
                endorsement: (&meter.endorsement).into(),
                manufacturer_signature: empty.clone(),
                device_signature: empty.clone(),
                old_signature: None,
                interval: at(1),
                final_import: Wh::ZERO,
                final_export: Wh::ZERO,
                initial_import: Wh::ZERO,
                initial_export: Wh::ZERO,
            },
            operator(),
        ),
        (
            ExecuteMsg::Suspend {
                number,
                reason: Suspension::Operator { note: "seal".into() },
            },
            For::Only(|sender| ContractError::NotOperatorOrOracle { sender }),
        ),
        (
            ExecuteMsg::ReportForeignRecord {
                number,
                domain: "oak-street".into(),
                record: empty.clone(),
                signature: empty,
            },
            For::Anyone,
        ),
        (ExecuteMsg::Reinstate { number }, operator()),
        (
            ExecuteMsg::Retire { number },
            For::Only(|sender| ContractError::NotDeviceOwnerOrOperator { number: 0, sender }),
        ),
        (ExecuteMsg::UpdateOwnership(Action::RenounceOwnership), owner()),
        (ExecuteMsg::LowerFeeder { bus: 1 }, For::Anyone),
        (
            ExecuteMsg::RaiseRating {
                number,
                usable_import: Watt::ZERO,
                usable_export: Watt::ZERO,
            },
            operator(),
        ),
        (
            ExecuteMsg::OfferDevice {
                number,
                to: alice.to_string(),
            },
            device_owner(),
        ),
        (ExecuteMsg::WithdrawOffer { number }, device_owner()),
        (
            ExecuteMsg::AcceptDevice { number },
            For::Only(|sender| ContractError::NotOfferedTo { number: 0, sender }),
        ),
    ]
}

/// One message per variant of the table; a variant without an entry does not compile here.
fn position(msg: &ExecuteMsg) -> usize {
    match msg {
        ExecuteMsg::AdmitManufacturer { .. } => 0,
        ExecuteMsg::RemoveManufacturer { .. } => 1,
        ExecuteMsg::Reserve {} => 2,
        ExecuteMsg::ReleaseLapsed { .. } => 3,
        ExecuteMsg::Enrol { .. } => 4,
        ExecuteMsg::Confirm { .. } => 5,
        ExecuteMsg::LowerRating { .. } => 6,
        ExecuteMsg::RotateKey { .. } => 7,
        ExecuteMsg::CompleteRotation { .. } => 8,
        ExecuteMsg::CancelRotation { .. } => 9,
        ExecuteMsg::Replace { .. } => 10,
        ExecuteMsg::Suspend { .. } => 11,
        ExecuteMsg::ReportForeignRecord { .. } => 12,
        ExecuteMsg::Reinstate { .. } => 13,
        ExecuteMsg::Retire { .. } => 14,
        ExecuteMsg::UpdateOwnership(..) => 15,
        ExecuteMsg::LowerFeeder { .. } => 16,
        ExecuteMsg::RaiseRating { .. } => 17,
        ExecuteMsg::OfferDevice { .. } => 18,
        ExecuteMsg::WithdrawOffer { .. } => 19,
        ExecuteMsg::AcceptDevice { .. } => 20,
    }
}

/// Alice's active device 0 and her reservation of number 1.
fn region() -> (Region, Meter) {
    let mut region = Region::new();
    let meter = region.home("A-1");
    let alice = region.alice.clone();
    assert_eq!(region.reserve(&alice).number, 1);
    (region, meter)
}

#[test]
fn strangers_may_send_what_time_and_signatures_decide_and_nothing_else() {
    let (mut region, meter) = region();
    let (alice, bob) = (region.alice.clone(), region.bob.clone());
    let messages = every_message(&meter, &alice);
    assert!(messages.iter().map(|(msg, _)| position(msg)).eq(0..=20));
    for (msg, allowed) in messages {
        if let For::Only(error) = allowed {
            let refusal = refused(&mut region, |region| region.register(&bob, &msg));
            assert_eq!(refusal, error(bob.clone()), "{msg:?}");
        }
    }
}

#[test]
fn no_message_takes_coins() {
    let (mut region, meter) = region();
    let (alice, registry) = (region.alice.clone(), region.registry.address().clone());
    let two = vec![Coin::new(1u128, "ucoin"), Coin::new(1u128, "uother")];
    for (msg, _) in every_message(&meter, &alice) {
        for funds in [purse(), two.clone()] {
            let error = refused(&mut region, |region| {
                region
                    .app
                    .execute_contract(alice.clone(), registry.clone(), &msg, &funds)
                    .map_err(typed::<ContractError>)
            });
            assert_eq!(error, ContractError::Funds { count: funds.len() }, "{msg:?}");
        }
    }
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut region = Region::new();
    let (owner, bob) = (region.owner.clone(), region.bob.clone());
    let offer = ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
        new_owner: bob.to_string(),
        expiry: None,
    });
    region.register(&owner, &offer).unwrap();
    let accept = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
    region.register(&bob, &accept).unwrap();
    let remove = ExecuteMsg::RemoveManufacturer { id: common::MAKER };
    let error = refused(&mut region, |region| region.register(&owner, &remove));
    assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    region.register(&bob, &remove).unwrap();
}

#[test]
fn founding_checks_every_address_and_that_a_region_is_there() {
    let mut region = Region::new();
    let code = registry_code(&mut region.app);
    let owner = region.owner.clone();
    let mut found = |of: &str, grid: &str, funds: &[Coin]| {
        let msg = InstantiateMsg {
            owner: of.into(),
            grid: grid.into(),
        };
        let founded = region
            .app
            .instantiate_contract(code, owner.clone(), &msg, funds, "registry", None);
        founded.map_err(typed::<ContractError>)
    };
    let (good, grid, elsewhere) = (owner.to_string(), region.grid.to_string(), region.market.to_string());
    assert!(matches!(found("nobody", &grid, &[]), Err(ContractError::Std(_))));
    assert!(matches!(
        found(&good.to_uppercase(), &grid, &[]),
        Err(ContractError::Std(_))
    ));
    assert!(matches!(found(&good, "nowhere", &[]), Err(ContractError::Std(_))));
    assert!(matches!(
        found(&good, &grid.to_uppercase(), &[]),
        Err(ContractError::Std(_))
    ));
    assert!(matches!(found(&good, &elsewhere, &[]), Err(ContractError::Std(_))));
    assert_eq!(found(&good, &grid, &purse()), Err(ContractError::Funds { count: 1 }));
    let founded = found(&good, &grid, &[]).unwrap();
    let config = busbar_api::registry::Client::new(founded)
        .config(&region.querier())
        .unwrap();
    assert_eq!((config.grid, config.domain.as_str()), (region.grid.clone(), DOMAIN));
}

#[test]
fn addresses_in_another_case_name_nobody() {
    let (region, _) = region();
    let q = region.querier();
    let shouted = region.alice.to_string().to_uppercase();
    assert!(region.registry.devices_by_owner(&q, shouted, None, None).is_err());
}

#[test]
fn migration_takes_its_own_contract_and_no_later_version() {
    let mut region = Region::new();
    let code = registry_code(&mut region.app);
    let (admin, registry) = (region.owner.clone(), region.registry.address().clone());
    let mut migrate = |contract: &str, version: &str| {
        let mut storage = region.app.contract_storage_mut(&registry);
        cw2::set_contract_version(&mut *storage, contract, version).unwrap();
        drop(storage);
        region
            .app
            .migrate_contract(admin.clone(), registry.clone(), &MigrateMsg {}, code)
    };
    assert!(migrate("busbar-registry", "0.0.1").is_ok());
    assert!(migrate("busbar-registry", env!("CARGO_PKG_VERSION")).is_ok());
    assert!(migrate("busbar-oracle", "0.0.1").is_err());
    assert!(migrate("busbar-registry", "99.0.0").is_err());
}

#[test]
fn storage_keys_never_run_into_each_other() {
    // A map of cw-storage-plus opens with the length of its namespace in two bytes.
    let map = |name: &str| [vec![0, u8::try_from(name.len()).unwrap()], name.as_bytes().to_vec()].concat();
    let plain = [
        "contract_info",
        "ownership",
        "grid",
        raw::DEVICE,
        raw::DETAILS,
        raw::PAGE,
        raw::METERS,
        raw::COUNT,
        raw::BUSES,
        raw::AWAITED_TIP,
        raw::AWAITED,
    ];
    let maps = [
        "manufacturers",
        "reservations",
        "reserved_by",
        "lowered",
        "free",
        "owned_by",
        "behind",
        "keys",
        "serials",
    ];
    let all = plain
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .chain(maps.iter().map(|name| map(name)))
        .collect::<Vec<_>>();
    for (i, left) in all.iter().enumerate() {
        for (j, right) in all.iter().enumerate() {
            assert!(i == j || !right.starts_with(left), "{left:?} opens {right:?}");
        }
    }
    // And nothing is stored under any other name.
    let (mut region, _) = region();
    let alice = region.alice.clone();
    region
        .enrol(
            &alice,
            &Meter {
                number: 1,
                ..Meter::new(Curve::Ed25519, "A-2")
            },
        )
        .unwrap();
    for (key, _) in region.app.dump_wasm_raw(region.registry.address()) {
        assert!(all.iter().any(|name| key.starts_with(name)), "{key:?}");
    }
}

#[test]
fn deeply_nested_or_unknown_messages_are_errors() {
    let mut region = Region::new();
    let (alice, registry) = (region.alice.clone(), region.registry.address().clone());
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for json in [
        nested.as_str(),
        "{\"mint\":{}}",
        "{\"reserve\":{},\"retire\":{\"number\":0}}",
        "",
    ] {
        let msg = cosmwasm_std::WasmMsg::Execute {
            contract_addr: registry.to_string(),
            msg: json.as_bytes().into(),
            funds: vec![],
        };
        refused(&mut region, |region| region.app.execute(alice.clone(), msg.into()));
    }
}
