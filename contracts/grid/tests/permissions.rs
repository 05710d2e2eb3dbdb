//! Who may do what, coins where none belong, and what can be done only once.
#![allow(clippy::unwrap_used)]
mod common;

use busbar_api::grid::{ExecuteMsg, MarketState, Network};
use busbar_grid::ContractError;
use busbar_units::Millihertz;
use common::*;
use cosmwasm_std::{coins, Addr};
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
        ExecuteMsg::SetNetwork {
            network: Network::default(),
        },
        ExecuteMsg::PostHeadroom {
            from: at(START + 100),
            headroom: vec![vec![limit(0, 7, 7)]],
        },
        ExecuteMsg::Tighten {
            from: at(START + 2),
            to: at(START + 2),
            limits: vec![limit(0, 7, 7)],
        },
        ExecuteMsg::SetState {
            state: MarketState::Halted,
            only: None,
        },
        ExecuteMsg::PostFrequency {
            interval: at(START - 1),
            frequency: Millihertz::new(50_000),
        },
        ExecuteMsg::SetWeek { tariffs: None },
        ExecuteMsg::SetGuardian {
            guardian: Some(account.clone()),
        },
        ExecuteMsg::SetReporter { reporter: None },
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
            | ExecuteMsg::SetNetwork { .. }
            | ExecuteMsg::PostHeadroom { .. }
            | ExecuteMsg::Tighten { .. }
            | ExecuteMsg::SetState { .. }
            | ExecuteMsg::PostFrequency { .. }
            | ExecuteMsg::SetWeek { .. }
            | ExecuteMsg::SetGuardian { .. }
            | ExecuteMsg::SetReporter { .. }
            | ExecuteMsg::SetOperator { .. }
            | ExecuteMsg::SetUtility { .. }
            | ExecuteMsg::UpdateOwnership(..) => {}
        }
    }
    all
}

/// Who may send a message, and what everybody else is told.
fn rule(grid: &Grid, msg: &ExecuteMsg, sender: &Addr) -> (Vec<Addr>, ContractError) {
    let (owner, operator, utility) = (grid.owner.clone(), grid.operator.clone(), grid.utility.clone());
    let sender = sender.clone();
    match msg {
        ExecuteMsg::PostTariffs { .. } | ExecuteMsg::SetWeek { .. } => {
            (vec![owner, utility], ContractError::NotOwnerOrUtility { sender })
        }
        ExecuteMsg::SetNetwork { .. } | ExecuteMsg::PostHeadroom { .. } | ExecuteMsg::Tighten { .. } => {
            (vec![operator], ContractError::NotOperator { sender })
        }
        ExecuteMsg::SetState { .. } => (
            vec![owner, grid.guardian.clone()],
            ContractError::NotOwnerOrGuardian { sender },
        ),
        ExecuteMsg::PostFrequency { .. } => (vec![grid.reporter.clone()], ContractError::NotReporter { sender }),
        ExecuteMsg::Wire(..)
        | ExecuteMsg::Update { .. }
        | ExecuteMsg::SetGuardian { .. }
        | ExecuteMsg::SetReporter { .. }
        | ExecuteMsg::SetOperator { .. }
        | ExecuteMsg::SetUtility { .. }
        | ExecuteMsg::UpdateOwnership(..) => (vec![owner], ContractError::Ownership(OwnershipError::NotOwner)),
    }
}

#[test]
fn a_stranger_may_do_nothing() {
    let mut grid = Grid::new();
    let everybody = [
        &grid.owner,
        &grid.operator,
        &grid.utility,
        &grid.guardian,
        &grid.reporter,
        &grid.stranger,
    ]
    .map(Addr::clone);
    for msg in every_message(&grid) {
        for sender in &everybody {
            let (permitted, told) = rule(&grid, &msg, sender);
            let before = grid.state();
            let result = grid.send(sender, &msg, &[]).map(drop);
            if !permitted.contains(sender) {
                assert_eq!(result.unwrap_err(), told, "{sender} sends {msg:?}");
                assert_eq!(grid.state(), before);
            } else if !matches!(msg, ExecuteMsg::Wire(..)) {
                result.unwrap_or_else(|error| panic!("{sender} may send {msg:?}: {error}"));
                grid = Grid::new();
            }
        }
    }
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
