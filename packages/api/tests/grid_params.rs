//! Every parameter at its least and greatest value, and one beyond on each side.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::panic)]
use busbar_api::grid::{Bank, Bound, ParamError, Params, Region};
use busbar_units::{Interval, Money, Ppm, Price, Watt, Wh};
use cosmwasm_std::{from_json, to_json_string, Addr};

/// A region's parameters as they stand in JSON.
const JSON: &str = include_str!("grid_params.json");

fn params() -> Params {
    from_json(JSON).unwrap()
}

fn region(interval_s: u64) -> Region {
    Region {
        domain: "test-elm".into(),
        denom: "ucoin".into(),
        interval_s,
        energy_interval_s: 900,
        operator: Addr::unchecked("operator"),
        utility: Addr::unchecked("utility"),
    }
}

fn refused(change: impl Fn(&mut Params)) -> ParamError {
    let mut asked = params();
    change(&mut asked);
    asked.validate(&region(900)).unwrap_err()
}

type Set = fn(&mut Params, i128);

/// A parameter, how to set it (and what must stand with it), its least and greatest value.
struct Row(&'static str, Set, i128, i128);

fn price(value: i128) -> Price {
    Price::new(i64::try_from(value).unwrap())
}

fn count(value: i128) -> u32 {
    // Below zero there is nothing to ask: the type cannot hold it.
    u32::try_from(value).unwrap()
}

fn money(value: i128) -> Money {
    Money::new(u128::try_from(value).unwrap())
}

fn wide(params: &mut Params) {
    (params.price_floor, params.price_cap) = (Price::new(-(1 << 40)), Price::new(1 << 40));
    (params.imbalance_min, params.imbalance_max) = (Price::new(-(1 << 40)), Price::new(1 << 40));
}

fn bank(params: &mut Params) -> &mut Bank {
    params.bank.get_or_insert(Bank {
        device: 0,
        usable: Wh::new(1),
        efficiency: Ppm::new(1),
        fee: Price::new(1),
        bond: Money::new(1),
    })
}

const EDGE: i128 = 1 << 40;

fn table() -> Vec<Row> {
    vec![
        Row(
            "price_floor",
            |p, v| {
                wide(p);
                p.price_floor = price(v)
            },
            -EDGE,
            70_000,
        ),
        Row(
            "price_cap",
            |p, v| {
                wide(p);
                p.price_cap = price(v)
            },
            210_000,
            EDGE,
        ),
        Row(
            "imbalance_min",
            |p, v| {
                wide(p);
                p.imbalance_min = price(v)
            },
            -EDGE,
            0,
        ),
        Row(
            "imbalance_max",
            |p, v| {
                wide(p);
                p.imbalance_max = price(v)
            },
            210_000,
            EDGE,
        ),
        Row(
            "imbalance_max",
            |p, v| {
                p.import_tariff = Price::ZERO;
                p.export_tariff = Price::new(-1);
                p.price_floor = Price::new(-1);
                p.imbalance_max = price(v)
            },
            1,
            EDGE,
        ),
        Row(
            "import_tariff",
            |p, v| {
                wide(p);
                p.import_tariff = price(v)
            },
            70_001,
            EDGE,
        ),
        Row(
            "export_tariff",
            |p, v| {
                wide(p);
                p.export_tariff = price(v)
            },
            -EDGE,
            209_999,
        ),
        Row(
            "connection_import",
            |p, v| p.connection_import = Watt::new(u64::try_from(v).unwrap()),
            0,
            EDGE,
        ),
        Row(
            "connection_export",
            |p, v| p.connection_export = Watt::new(u64::try_from(v).unwrap()),
            0,
            EDGE,
        ),
        Row("horizon", |p, v| p.horizon = count(v), 1, 672),
        Row(
            "gate_closure_s",
            |p, v| {
                p.horizon = 672;
                p.gate_closure_s = count(v)
            },
            0,
            86_400,
        ),
        Row(
            "gate_closure_s",
            |p, v| {
                p.horizon = 2;
                p.gate_closure_s = count(v)
            },
            0,
            1_799,
        ),
        Row("confirmation_window", |p, v| p.confirmation_window = count(v), 1, 96),
        Row(
            "correction_window",
            |p, v| {
                p.confirmation_window = 1;
                p.correction_window = count(v)
            },
            1,
            672,
        ),
        Row(
            "correction_window",
            |p, v| {
                p.confirmation_window = 9;
                p.correction_window = count(v)
            },
            9,
            672,
        ),
        Row("clock_tolerance_s", |p, v| p.clock_tolerance_s = count(v), 0, 300),
        Row("steps_per_device", |p, v| p.steps_per_device = count(v), 1, 32),
        Row(
            "order_fee",
            |p, v| {
                p.clear_bounty = Money::ZERO;
                p.order_fee = money(v)
            },
            0,
            EDGE,
        ),
        Row(
            "settlement_fee",
            |p, v| {
                p.settle_bounty = Money::ZERO;
                p.settlement_fee = money(v)
            },
            0,
            EDGE,
        ),
        Row("clear_bounty", |p, v| p.clear_bounty = money(v), 0, 20),
        Row("settle_bounty", |p, v| p.settle_bounty = money(v), 0, 20),
        Row(
            "missing_limit",
            |p, v| {
                p.confirmation_window = 1;
                p.missing_limit = count(v)
            },
            1,
            2_976,
        ),
        Row(
            "missing_limit",
            |p, v| {
                p.confirmation_window = 5;
                p.missing_limit = count(v)
            },
            5,
            2_976,
        ),
        Row(
            "bank.usable",
            |p, v| bank(p).usable = Wh::new(u64::try_from(v).unwrap()),
            0,
            1 << 48,
        ),
        Row(
            "bank.efficiency",
            |p, v| bank(p).efficiency = Ppm::new(i64::try_from(v).unwrap()),
            0,
            1_000_000,
        ),
        Row("bank.fee", |p, v| bank(p).fee = price(v), 0, EDGE),
        Row("bank.bond", |p, v| bank(p).bond = money(v), 0, 1 << 80),
    ]
}

/// Unsigned parameters cannot be below zero at all.
fn unsigned(field: &str) -> bool {
    !matches!(
        field,
        "price_floor"
            | "price_cap"
            | "imbalance_min"
            | "imbalance_max"
            | "import_tariff"
            | "export_tariff"
            | "bank.fee"
            | "bank.efficiency"
    )
}

#[test]
fn every_parameter_is_bounded() {
    for Row(field, set, min, max) in table() {
        let check = |value| {
            let mut asked = params();
            set(&mut asked, value);
            asked.validate(&region(900))
        };
        for value in [min, max] {
            check(value).unwrap_or_else(|error| panic!("{field} = {value}: {error}"));
        }
        let below = (!unsigned(field) || min > 0).then_some(min - 1);
        for value in below.into_iter().chain([max + 1]) {
            let error = check(value).unwrap_err();
            // A tariff may equally be said to leave the range that the other parameter sets.
            let pair = error.field.ends_with("tariff") || error.field == field;
            assert!(pair, "{field} = {value} is reported as {error}");
        }
    }
}

#[test]
fn the_error_names_field_value_and_bound() {
    let beyond = ParamError {
        field: "horizon",
        value: 673,
        bound: Bound::AtMost(672),
    };
    assert_eq!(beyond.to_string(), "horizon is 673, must be at most 672");
    assert_eq!(refused(|params| params.horizon = 673), beyond);

    let bound = Bound::BelowField {
        field: "import_tariff",
        value: 210_000,
    };
    let equal = ParamError {
        field: "export_tariff",
        value: 210_000,
        bound,
    };
    assert_eq!(refused(|params| params.export_tariff = params.import_tariff), equal);

    let bound = Bound::AtMostField {
        field: "order_fee",
        value: 20,
    };
    let dear = ParamError {
        field: "clear_bounty",
        value: 21,
        bound,
    };
    assert_eq!(refused(|params| params.clear_bounty = Money::new(21)), dear);

    let bound = Bound::AtLeastField {
        field: "confirmation_window",
        value: 4,
    };
    let short = ParamError {
        field: "correction_window",
        value: 3,
        bound,
    };
    assert_eq!(refused(|params| params.correction_window = 3), short);

    let largest = ParamError {
        field: "settlement_fee",
        value: i128::MAX,
        bound: Bound::AtMost(EDGE),
    };
    assert_eq!(refused(|params| params.settlement_fee = Money::MAX), largest);
}

#[test]
fn the_table_holds_every_field() {
    let fields = serde_json::to_value(params()).unwrap();
    let named: Vec<_> = table().iter().map(|row| row.0).collect();
    for field in fields.as_object().unwrap().keys().filter(|field| *field != "bank") {
        assert!(named.contains(&field.as_str()), "{field} has no row");
    }
    let mut with_bank = params();
    bank(&mut with_bank);
    let fields = serde_json::to_value(with_bank.bank.unwrap()).unwrap();
    for field in fields.as_object().unwrap().keys().filter(|field| *field != "device") {
        assert!(
            named.contains(&format!("bank.{field}").as_str()),
            "bank.{field} has no row"
        );
    }
}

#[test]
fn parameters_read_back_as_they_were_written() {
    let bare: String = JSON.split_whitespace().collect();
    assert_eq!(to_json_string(&params()).unwrap(), bare);
}

#[test]
fn a_meters_clock_stays_within_one_interval() {
    let mut asked = params();
    for (tolerance, fits) in [(9, true), (10, false)] {
        asked.clock_tolerance_s = tolerance;
        assert_eq!(asked.validate(&region(10)).is_ok(), fits);
    }
}

#[test]
fn a_version_holds_from_its_first_interval_to_the_next() {
    use busbar_api::grid::Version;
    let at = |from| Version {
        from: Interval::new(from),
        params: params(),
    };
    let versions = [at(10), at(20)];
    let found = |interval| Version::at(&versions, Interval::new(interval)).map(|version| version.from.get());
    assert_eq!(
        [found(9), found(10), found(19), found(20), found(99)],
        [None, Some(10), Some(10), Some(20), Some(20)]
    );
}
