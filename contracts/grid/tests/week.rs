//! Tariffs by hour of the week: below what is posted, above the flat tariff.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::{raw, ExecuteMsg, Params, Tariff, WeekTariffs};
use busbar_grid::ContractError;
use busbar_units::Price;
use common::*;

/// Import tariffs that tell the hour.
fn table(base: i64) -> Vec<Tariff> {
    (0..168).map(|hour| tariff(base + hour, 50_000)).collect()
}

fn set(grid: &mut Grid, tariffs: Option<Vec<Tariff>>) -> Result<(), ContractError> {
    let utility = grid.utility.clone();
    grid.send(&utility, &ExecuteMsg::SetWeek { tariffs }, &[]).map(drop)
}

fn hour(interval: u64) -> i64 {
    i64::try_from(WeekTariffs::hour_of(interval * INTERVAL_S)).unwrap()
}

#[test]
fn the_hour_counts_from_the_first_unopened_interval_on_where_nothing_is_posted() {
    let mut grid = Grid::new();
    set(&mut grid, Some(table(200_000))).unwrap();
    assert_eq!(grid.tariff_at(START + 96), tariff(210_000, 70_000), "already open");
    for interval in START + 97..START + 97 + 700 {
        assert_eq!(grid.tariff_at(interval), tariff(200_000 + hour(interval), 50_000));
        assert_eq!(
            grid.client.tariff(&grid.q(), at(interval)).unwrap(),
            grid.tariff_at(interval)
        );
    }
    grid.post(START + 98, &[tariff(300_000, 1)]).unwrap();
    assert_eq!(grid.tariff_at(START + 98), tariff(300_000, 1));
    let week = |grid: &Grid, interval| grid.client.week(&grid.q(), at(interval)).unwrap();
    assert_eq!(week(&grid, START + 97), Some(table(200_000)));
    assert_eq!(week(&grid, START + 96), None);

    // Another table before the first counts replaces it; later ones follow it.
    set(&mut grid, Some(table(400_000))).unwrap();
    grid.go(START + 1, 0);
    set(&mut grid, None).unwrap();
    assert_eq!(grid.tariff_at(START + 97), tariff(400_000 + hour(START + 97), 50_000));
    assert_eq!(grid.tariff_at(START + 99), tariff(210_000, 70_000), "flat again");
}

#[test]
fn a_week_is_168_tariffs_within_the_bounds_of_its_intervals() {
    let mut grid = Grid::new();
    let before = grid.state();
    let mut short = table(200_000);
    short.pop();
    let (count, expected) = (167, 168);
    assert_eq!(
        set(&mut grid, Some(short)).unwrap_err(),
        ContractError::WeekCount { count, expected }
    );
    let mut dear = table(200_000);
    dear.iter_mut()
        .skip(99)
        .for_each(|hour| hour.import = Price::new(1_000_001));
    let refused = set(&mut grid, Some(dear)).unwrap_err();
    let named = |error: &ContractError| match error {
        ContractError::WeekTariff { hour, source } => (*hour, source.field),
        other => panic!("{other}"),
    };
    assert_eq!(named(&refused), (99, "import_tariff"));
    assert_eq!(grid.state(), before);

    // Parameters to come must leave room for it, too.
    set(&mut grid, Some(table(900_000))).unwrap();
    let narrow = Params {
        price_cap: Price::new(900_100),
        ..params()
    };
    assert_eq!(named(&grid.update(narrow.clone()).unwrap_err()), (101, "import_tariff"));
    set(&mut grid, None).unwrap();
    grid.update(narrow).unwrap();
    let refused = set(&mut grid, Some(table(900_000))).unwrap_err();
    assert_eq!(named(&refused), (101, "import_tariff"));
}

#[test]
fn tables_are_kept_until_the_market_needs_them_no_more() {
    let mut grid = Grid::new();
    for round in 0..8 {
        grid.go(START + u64::try_from(round).unwrap(), 0);
        let last = set(&mut grid, Some(table(200_000 + 1_000 * round)));
        if round == 7 {
            assert_eq!(last.unwrap_err(), ContractError::TooManyWeeks { live: 9, max: 8 });
        } else {
            last.unwrap();
        }
    }
    let stored = |grid: &Grid| {
        let state = grid.state();
        state
            .iter()
            .filter(|(key, _)| key.starts_with(raw::WEEK.as_bytes()))
            .count()
    };
    assert_eq!(stored(&grid), 7);
    grid.final_cursor(START + 100 + 672);
    grid.go(START + 1_000, 0);
    set(&mut grid, Some(table(300_000))).unwrap();
    assert_eq!(stored(&grid), 5, "three ended, one began");
    assert_eq!(grid.tariff_at(START + 100), tariff(203_000 + hour(START + 100), 50_000));
    let old = grid.client.week(&grid.q(), at(START + 99)).unwrap_err();
    assert!(old.to_string().contains("not kept any more"), "{old}");
}
