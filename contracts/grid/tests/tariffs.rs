//! The tariff schedule: posted ahead, never changed under anybody's order.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::grid::{bounds, raw, Bound, ExecuteMsg, ParamError, Params};
use busbar_grid::ContractError;
use busbar_units::Price;
use common::*;

#[test]
fn posted_tariffs_hold_and_the_flat_one_fills_the_gaps() {
    let mut grid = Grid::new();
    // The first horizon was open before anybody could post: once, before gate closure.
    grid.post(START + 1, &[tariff(100_000, 50_000), tariff(110_000, 50_000)])
        .unwrap();
    assert_eq!(grid.tariff_at(START + 1), tariff(100_000, 50_000));
    assert_eq!(grid.tariff_at(START + 2), tariff(110_000, 50_000));
    assert_eq!(grid.tariff_at(START + 3), tariff(210_000, 70_000), "nothing posted");
    assert_eq!(
        grid.client.tariff(&grid.q(), at(START + 2)).unwrap(),
        tariff(110_000, 50_000)
    );

    // Intervals that have not opened can be posted again, by the owner too.
    let ahead = START + 97;
    grid.post(ahead, &[tariff(300_000, 1)]).unwrap();
    grid.by_owner(&ExecuteMsg::PostTariffs {
        from: at(ahead),
        tariffs: vec![tariff(310_000, 2)],
    })
    .unwrap();
    assert_eq!(grid.tariff_at(ahead), tariff(310_000, 2));
}

#[test]
fn a_whole_message_crosses_pages() {
    let mut grid = Grid::new();
    let day: Vec<_> = (0..192).map(|step| tariff(200_000 + step, step - 50)).collect();
    let negative_floor = Params {
        price_floor: Price::new(-100_000),
        ..params()
    };
    grid.update(negative_floor).unwrap();
    grid.post(START + 97, &day).unwrap();
    for (interval, posted) in (START + 97..).zip(&day) {
        assert_eq!(grid.tariff_at(interval), *posted);
    }
}

#[test]
fn what_is_open_keeps_its_tariff() {
    let mut grid = Grid::new();
    grid.post(START + 97, &[tariff(300_000, 1)]).unwrap();
    grid.post(START + 5, &[tariff(300_000, 1)]).unwrap();
    grid.go(START + 1, 0);
    let before = grid.state();
    let opened = |interval| ContractError::TariffOpened {
        interval: at(interval),
        opens_s: (interval - 96) * INTERVAL_S,
    };
    assert_eq!(
        grid.post(START + 97, &[tariff(400_000, 1)]).unwrap_err(),
        opened(START + 97)
    );
    assert_eq!(
        grid.post(START + 5, &[tariff(400_000, 1)]).unwrap_err(),
        opened(START + 5),
        "posted once"
    );
    assert_eq!(
        grid.post(START + 1, &[tariff(400_000, 1)]).unwrap_err(),
        opened(START + 1),
        "under way"
    );
    assert_eq!(grid.state(), before);

    // One second before the gate of the first horizon's interval closes, and then.
    grid.go(START + 1, INTERVAL_S - 301);
    grid.post(START + 2, &[tariff(400_000, 1)]).unwrap();
    grid.go(START + 2, INTERVAL_S - 300);
    assert_eq!(
        grid.post(START + 3, &[tariff(400_000, 1)]).unwrap_err(),
        opened(START + 3)
    );
    // What opened after the founding had its chance, whether anybody posted or not.
    assert_eq!(
        grid.post(START + 98, &[tariff(400_000, 1)]).unwrap_err(),
        opened(START + 98)
    );
    grid.post(START + 99, &[tariff(400_000, 1)]).unwrap();
}

#[test]
fn a_message_is_all_or_nothing() {
    let mut grid = Grid::new();
    let before = grid.state();
    let refused = grid
        .post(START + 100, &[tariff(300_000, 1), tariff(300_000, 300_000)])
        .unwrap_err();
    let bound = Bound::BelowField {
        field: "import_tariff",
        value: 300_000,
    };
    let source = ParamError {
        field: "export_tariff",
        value: 300_000,
        bound,
    };
    assert_eq!(
        refused,
        ContractError::Tariff {
            interval: at(START + 101),
            source
        }
    );
    assert_eq!(grid.state(), before);
}

#[test]
fn tariffs_stay_inside_the_bounds_of_their_interval() {
    let mut grid = Grid::new();
    grid.update(Params {
        price_cap: Price::new(2_000_000),
        imbalance_max: Price::new(2_000_000),
        ..params()
    })
    .unwrap();
    let high = tariff(1_500_000, 1);
    let bound = Bound::AtMostField {
        field: "price_cap",
        value: 1_000_000,
    };
    let source = ParamError {
        field: "import_tariff",
        value: 1_500_000,
        bound,
    };
    let refused = grid.post(START + 96, &[high]).unwrap_err();
    assert_eq!(
        refused,
        ContractError::Tariff {
            interval: at(START + 96),
            source
        },
        "the earlier version rules"
    );
    grid.post(START + 97, &[high]).unwrap();

    for (asked, field) in [
        (tariff(2, -1), "export_tariff"),
        (tariff(2_000_001, 1), "import_tariff"),
    ] {
        let refused = grid.post(START + 98, &[asked]).unwrap_err();
        assert!(
            matches!(&refused, ContractError::Tariff { source, .. } if source.field == field),
            "{refused}"
        );
    }
    let narrow = Params {
        price_cap: Price::new(400_000),
        ..params()
    };
    let bound = Bound::AtMostField {
        field: "price_cap",
        value: 400_000,
    };
    let source = ParamError {
        field: "import_tariff",
        value: 1_500_000,
        bound,
    };
    let refused = grid.update(narrow.clone()).unwrap_err();
    assert_eq!(
        refused,
        ContractError::PostedTariff {
            interval: at(START + 97),
            source
        },
        "posted ahead, kept"
    );
    grid.post(START + 97, &[tariff(400_000, 1)]).unwrap();
    grid.update(narrow).unwrap();
}

#[test]
fn imbalance_prices_contain_every_tariff() {
    let mut grid = Grid::new();
    let tight = Params {
        price_floor: Price::new(-500_000),
        imbalance_min: Price::new(-10),
        imbalance_max: Price::new(300_000),
        ..params()
    };
    grid.update(tight).unwrap();
    grid.post(START + 97, &[tariff(300_000, -10)]).unwrap();
    let below = grid.post(START + 97, &[tariff(300_000, -11)]).unwrap_err();
    assert!(
        matches!(&below, ContractError::Tariff { source, .. } if source.field == "export_tariff"),
        "{below}"
    );
    let above = grid.post(START + 97, &[tariff(300_001, -10)]).unwrap_err();
    assert!(
        matches!(&above, ContractError::Tariff { source, .. } if source.field == "import_tariff"),
        "{above}"
    );
}

#[test]
fn a_message_is_bounded_in_count_and_reach() {
    let mut grid = Grid::new();
    let one = tariff(300_000, 1);
    assert_eq!(
        grid.post(START + 97, &[]).unwrap_err(),
        ContractError::TariffCount { count: 0, max: 192 }
    );
    grid.post(START + 97, &[one; 192]).unwrap();
    assert_eq!(
        grid.post(START + 97, &[one; 193]).unwrap_err(),
        ContractError::TariffCount { count: 193, max: 192 }
    );
    let last = START + bounds::TARIFFS_AHEAD;
    grid.post(last - 1, &[one, one]).unwrap();
    let far = ContractError::TariffTooFar {
        interval: at(last + 1),
        last: at(last),
    };
    assert_eq!(grid.post(last, &[one, one]).unwrap_err(), far);
    assert!(matches!(
        grid.post(u64::MAX, &[one, one]).unwrap_err(),
        ContractError::Units(_)
    ));
}

#[test]
fn old_pages_go_when_the_market_is_through_with_them() {
    let mut grid = Grid::new();
    let pages = |grid: &Grid| {
        grid.state()
            .iter()
            .filter(|(key, _)| key.starts_with(raw::TARIFFS.as_bytes()))
            .count()
    };
    for from in (START + 97..START + 97 + 4 * 192).step_by(192) {
        grid.post(from, &[tariff(300_000, 1); 192]).unwrap();
    }
    let full = pages(&grid);
    assert_eq!(full, 25);
    grid.go(START + 3_000, 0);
    grid.post(START + 3_200, &[tariff(300_000, 1)]).unwrap();
    assert_eq!(pages(&grid), full + 1, "nothing is final: all are needed");

    grid.final_cursor(START + 3_000);
    let kept = START + 3_000 - 672;
    grid.post(START + 3_201, &[tariff(300_000, 1)]).unwrap();
    assert_eq!(pages(&grid), full + 1 - 16, "a bounded step");
    grid.post(START + 3_202, &[tariff(300_000, 1)]).unwrap();
    assert_eq!(pages(&grid), 1);

    let old = grid.client.tariff(&grid.q(), at(kept - 1)).unwrap_err();
    assert!(old.to_string().contains("not kept any more"), "{old}");
    assert_eq!(
        grid.client.tariff(&grid.q(), at(kept)).unwrap(),
        tariff(210_000, 70_000)
    );
}
