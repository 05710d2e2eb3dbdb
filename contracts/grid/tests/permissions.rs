//! Who may do what, coins where none belong, and what can be done only once.
#![allow(clippy::unwrap_used)]
mod common;

use busbar_api::grid::ExecuteMsg;
use busbar_grid::ContractError;
use common::*;
use cosmwasm_std::coins;
use cw_ownable::{Action, OwnershipError};

/// One message of every kind; a kind that is missing does not compile.
fn every_message(grid: &Grid) -> Vec<ExecuteMsg> {
    let account = grid.stranger.to_string();
    let all = vec![
        ExecuteMsg::Wire(grid.wiring()),
        ExecuteMsg::Update { params: params() },
        ExecuteMsg::PostTariffs {
            from: at(START + 100),
            tariffs: vec![tariff(2, 1)],
        },
        ExecuteMsg::SetOperator {
            operator: account.clone(),
        },
        ExecuteMsg::SetUtility {
            utility: account.clone(),
        },
        ExecuteMsg::UpdateOwnership(Action::TransferOwnership {
            new_owner: account,
            expiry: None,
        }),
    ];
    for msg in &all {
        match msg {
            ExecuteMsg::Wire(..)
            | ExecuteMsg::Update { .. }
            | ExecuteMsg::PostTariffs { .. }
            | ExecuteMsg::SetOperator { .. }
            | ExecuteMsg::SetUtility { .. }
            | ExecuteMsg::UpdateOwnership(..) => {}
        }
    }
    all
}

#[test]
fn a_stranger_may_do_nothing() {
    let mut grid = Grid::new();
    let (stranger, operator, utility) = (grid.stranger.clone(), grid.operator.clone(), grid.utility.clone());
    let before = grid.state();
    for msg in every_message(&grid) {
        for sender in [&stranger, &operator, &utility] {
            let refused = match (grid.send(sender, &msg, &[]), &msg) {
                (Err(refused), _) => refused,
                (Ok(_), ExecuteMsg::PostTariffs { .. }) if sender == utility => continue,
                (Ok(_), msg) => panic!("{sender} may send {msg:?}"),
            };
            let expected = match msg {
                ExecuteMsg::PostTariffs { .. } => ContractError::NotOwnerOrUtility { sender: sender.clone() },
                _ => ContractError::Ownership(OwnershipError::NotOwner),
            };
            assert_eq!(refused, expected, "{msg:?}");
        }
    }
    let tariffs = busbar_api::grid::raw::TARIFFS.as_bytes();
    let after: Vec<_> = grid
        .state()
        .into_iter()
        .filter(|(key, _)| !key.starts_with(tariffs))
        .collect();
    assert_eq!(after, before, "but for the utility's own tariffs nothing changed");
}

#[test]
fn no_message_takes_coins() {
    let mut grid = Grid::new();
    let owner = grid.owner.clone();
    let before = grid.state();
    for msg in every_message(&grid) {
        let refused = grid.send(&owner, &msg, &coins(1, "ucoin")).unwrap_err();
        assert_eq!(refused, ContractError::Funds { count: 1 }, "{msg:?}");
    }
    assert_eq!(grid.state(), before);
    let mut app = chain();
    let msg = message(&app);
    assert_eq!(
        instantiate(&mut app, &msg, &coins(1, "ucoin")).unwrap_err(),
        ContractError::Funds { count: 1 }
    );
}

#[test]
fn contracts_are_wired_once_and_each_is_another() {
    let mut grid = Grid::new();
    let wiring = grid.wiring();
    assert_eq!(
        grid.by_owner(&ExecuteMsg::Wire(wiring.clone())).unwrap_err(),
        ContractError::AlreadyWired
    );

    let mut app = chain();
    let mut msg = message(&app);
    for twice in 0..3 {
        let mut wiring = wiring.clone();
        match twice {
            0 => wiring.registry = wiring.energy_token.clone(),
            1 => wiring.market = wiring.oracle.clone(),
            _ => wiring.oracle = wiring.registry.clone(),
        }
        msg.contracts = Some(wiring);
        let refused = instantiate(&mut app, &msg, &[]).unwrap_err();
        assert!(matches!(refused, ContractError::SameContract { .. }), "{refused}");
    }
}

#[test]
fn unwired_contracts_are_an_error_to_read() {
    let mut app = chain();
    let msg = message(&app);
    let address = instantiate(&mut app, &msg, &[]).unwrap();
    assert!(busbar_api::grid::raw::contracts(&app.wrap(), &address).is_err());
}
