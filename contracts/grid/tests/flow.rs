//! A region from its founding on, as a script.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::{raw, Bank, Client, ExecuteMsg, RegionError, Times};
use busbar_grid::ContractError;
use busbar_units::{Money, Ppm, Price, Wh};
use common::*;

#[test]
fn a_region_is_founded_wired_and_governed() {
    let mut grid = Grid::new();
    let (q, address) = (grid.q(), grid.client.address().clone());
    let region = raw::region(&q, &address).unwrap();
    assert_eq!((region.domain.as_str(), region.denom.as_str()), ("elm-street", "ucoin"));
    assert_eq!((region.interval_s, region.energy_interval_s), (900, 900));
    assert_eq!(region, grid.client.region(&q).unwrap());
    assert_eq!(
        raw::contracts(&q, &address).unwrap(),
        grid.client.contracts(&q).unwrap()
    );
    assert_eq!(grid.client.current_interval(&q).unwrap(), at(START));
    let roles = raw::roles(&q, &address).unwrap();
    assert!(roles.is_owner(&grid.owner) && !roles.is_owner(&grid.stranger));
    assert_eq!((&roles.operator, &roles.utility), (&grid.operator, &grid.utility));
    assert_eq!(roles, grid.client.roles(&q).unwrap());

    grid.storage(7, 10_000, 900_000);
    let mut banked = params();
    banked.import_tariff = Price::new(300_000);
    banked.bank = Some(Bank {
        device: 7,
        usable: Wh::new(10_000),
        efficiency: Ppm::new(900_000),
        fee: Price::new(10_000),
        bond: Money::new(5_000_000),
    });
    grid.update(banked.clone()).unwrap();
    assert_eq!(grid.params_at(START + 96).unwrap(), params(), "already open: as it was");
    assert_eq!(grid.params_at(START + 97).unwrap(), banked, "opens after the call");
    assert_eq!(grid.tariff_at(START + 97), tariff(300_000, 70_000));

    let stranger = grid.stranger.clone();
    grid.by_owner(&ExecuteMsg::SetOperator {
        operator: stranger.to_string(),
    })
    .unwrap();
    grid.by_owner(&ExecuteMsg::SetUtility {
        utility: stranger.to_string(),
    })
    .unwrap();
    let roles = grid.client.roles(&grid.q()).unwrap();
    assert_eq!((&roles.operator, &roles.utility), (&stranger, &stranger));
    grid.send(
        &stranger,
        &ExecuteMsg::PostTariffs {
            from: at(START + 1),
            tariffs: vec![tariff(2, 1)],
        },
        &[],
    )
    .unwrap();
}

#[test]
fn ownership_moves_in_two_steps() {
    let mut grid = Grid::new();
    let heir = grid.stranger.clone();
    let transfer = cw_ownable::Action::TransferOwnership {
        new_owner: heir.to_string(),
        expiry: None,
    };
    grid.by_owner(&ExecuteMsg::UpdateOwnership(transfer)).unwrap();
    assert!(
        grid.client.roles(&grid.q()).unwrap().is_owner(&grid.owner),
        "not before it is accepted"
    );
    grid.send(
        &heir,
        &ExecuteMsg::UpdateOwnership(cw_ownable::Action::AcceptOwnership),
        &[],
    )
    .unwrap();
    assert!(grid.client.roles(&grid.q()).unwrap().is_owner(&heir));
    let refused = grid.update(params()).unwrap_err();
    assert_eq!(refused, ContractError::Ownership(cw_ownable::OwnershipError::NotOwner));
}

#[test]
fn the_life_of_an_interval_follows_from_its_parameters() {
    let grid = Grid::new();
    let times = grid.client.times(&grid.q(), at(START + 10)).unwrap();
    let start_s = (START + 10) * INTERVAL_S;
    let expected = Times {
        opens_s: start_s - 96 * INTERVAL_S,
        closes_s: start_s - 300,
        start_s,
        end_s: start_s + INTERVAL_S,
        confirmation_ends_s: start_s + 5 * INTERVAL_S,
        final_s: start_s + 97 * INTERVAL_S,
    };
    assert_eq!(times, expected);
    assert_eq!(through_json(&times), times);
}

#[test]
fn a_compressed_clock_carries_the_energy_of_physical_time() {
    let mut app = chain();
    let mut msg = message(&app);
    (msg.domain, msg.interval_s, msg.params.clock_tolerance_s) = ("test-fast".into(), 10, 0);
    let grid = Client::new(instantiate(&mut app, &msg, &[]).unwrap());
    let network = grid.network(&app.wrap(), at(0)).unwrap();
    assert_eq!(network.lines.first().unwrap().capacity, Wh::new(250_000));
    assert_eq!(grid.current_interval(&app.wrap()).unwrap(), at(START * INTERVAL_S / 10));
}

#[test]
fn what_is_fixed_is_bounded_at_the_start() {
    let mut app = chain();
    let good = message(&app);
    let mut refused = |change: fn(&mut busbar_api::grid::InstantiateMsg)| {
        let mut msg = good.clone();
        change(&mut msg);
        instantiate(&mut app, &msg, &[]).unwrap_err()
    };
    let clock = refused(|msg| msg.interval_s = 300);
    assert_eq!(
        clock,
        RegionError::Clock {
            interval_s: 300,
            energy_interval_s: 900
        }
        .into()
    );
    let length = refused(|msg| (msg.interval_s, msg.energy_interval_s) = (59, 59));
    assert_eq!(
        length,
        RegionError::Length {
            field: "interval_s",
            value: 59,
            min: 60,
            max: 86_400
        }
        .into()
    );
    let domain = refused(|msg| msg.domain = "Elm".into());
    assert_eq!(domain, RegionError::Domain { domain: "Elm".into() }.into());
    let denom = refused(|msg| msg.denom = "1coin".into());
    assert_eq!(denom, RegionError::Denom { denom: "1coin".into() }.into());
    let bank = refused(|msg| msg.params.horizon = 0);
    assert!(
        matches!(bank, ContractError::Param(ref error) if error.field == "horizon"),
        "{bank}"
    );
    assert!(matches!(
        refused(|msg| msg.utility = "nobody".into()),
        ContractError::Std(_)
    ));
}

#[test]
fn contracts_can_be_wired_at_the_founding() {
    let grid = Grid::new();
    let mut app = chain();
    let mut msg = message(&app);
    msg.contracts = Some(grid.wiring());
    let address = instantiate(&mut app, &msg, &[]).unwrap();
    assert_eq!(raw::contracts(&app.wrap(), &address).unwrap().market, grid.market);
}
