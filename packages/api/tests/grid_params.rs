//! Every parameter at its least and greatest value, and one beyond on each side.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, clippy::panic)]
use busbar_api::grid::{Bank, Bound, FrequencyStep, ParamError, Params, Region};
use busbar_units::{Interval, Millihertz, Money, NetWh, Ppm, Price, Watt, Wh};
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

fn ppm(value: i128) -> Ppm {
    Ppm::new(i64::try_from(value).unwrap())
}

fn wh(value: i128) -> Wh {
    Wh::new(u64::try_from(value).unwrap())
}

fn bus(value: i128) -> u16 {
    u16::try_from(value).unwrap()
}

fn step(deviation: i128, add_on: i128) -> FrequencyStep {
    FrequencyStep {
        deviation: Millihertz::new(count(deviation)),
        add_on: price(add_on),
    }
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
                p.solver_window_s = 0;
                p.gate_closure_s = count(v)
            },
            1,
            86_400,
        ),
        Row(
            "gate_closure_s",
            |p, v| {
                p.horizon = 2;
                (p.solver_window_s, p.no_cancel_s) = (0, 0);
                p.gate_closure_s = count(v)
            },
            1,
            1_799,
        ),
        Row(
            "solver_window_s",
            |p, v| {
                p.gate_closure_s = 86_400;
                p.horizon = 672;
                p.solver_window_s = count(v)
            },
            0,
            86_399,
        ),
        Row("solver_window_s", |p, v| p.solver_window_s = count(v), 0, 299),
        Row(
            "reveal_s",
            |p, v| {
                p.gate_closure_s = 86_400;
                p.horizon = 672;
                p.solver_window_s = 0;
                p.reveal_s = count(v)
            },
            0,
            86_399,
        ),
        Row("reveal_s", |p, v| p.reveal_s = count(v), 0, 179),
        Row(
            "no_cancel_s",
            |p, v| {
                p.horizon = 672;
                p.no_cancel_s = count(v)
            },
            0,
            86_400,
        ),
        Row(
            "no_cancel_s",
            |p, v| {
                p.horizon = 2;
                p.no_cancel_s = count(v)
            },
            0,
            1_499,
        ),
        Row(
            "confirmation_window",
            |p, v| {
                (p.dispute_window, p.correction_window) = (0, 672);
                p.confirmation_window = count(v)
            },
            1,
            96,
        ),
        Row(
            "dispute_window",
            |p, v| {
                p.correction_window = 672;
                p.dispute_window = count(v)
            },
            0,
            96,
        ),
        Row(
            "correction_window",
            |p, v| {
                (p.confirmation_window, p.dispute_window) = (1, 0);
                p.correction_window = count(v)
            },
            1,
            672,
        ),
        Row(
            "correction_window",
            |p, v| {
                (p.confirmation_window, p.dispute_window) = (9, 5);
                p.correction_window = count(v)
            },
            14,
            672,
        ),
        Row("clock_tolerance_s", |p, v| p.clock_tolerance_s = count(v), 0, 300),
        Row("steps_per_device", |p, v| p.steps_per_device = count(v), 1, 32),
        Row(
            "orders_per_interval",
            |p, v| {
                p.steps_per_device = 1;
                p.orders_per_interval = count(v)
            },
            1,
            1 << 20,
        ),
        Row(
            "orders_per_interval",
            |p, v| p.orders_per_interval = count(v),
            8,
            1 << 20,
        ),
        Row("epsilon", |p, v| p.epsilon = ppm(v), 0, 10_000),
        Row("reference_window", |p, v| p.reference_window = count(v), 1, 672),
        Row("residual_supply", |p, v| p.residual_supply = ppm(v), 0, 10_000_000),
        Row("zones", |p, v| p.zones = vec![bus(v)], 1, 2_047),
        Row("zones", |p, v| p.zones = vec![5, bus(v)], 6, 2_047),
        Row("count of zones", |p, v| p.zones = (1..=bus(v)).collect(), 0, 16),
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
        Row("solver_bounty", |p, v| p.solver_bounty = money(v), 0, EDGE),
        Row(
            "sealed_lock",
            |p, v| {
                p.sealed_fee = Money::ZERO;
                p.sealed_lock = money(v)
            },
            0,
            EDGE,
        ),
        Row("sealed_fee", |p, v| p.sealed_fee = money(v), 0, 20),
        Row("head_tolerance", |p, v| p.head_tolerance = ppm(v), 0, 1_000_000),
        Row("head_tolerance_wh", |p, v| p.head_tolerance_wh = wh(v), 0, 1 << 48),
        Row("head_mismatches", |p, v| p.head_mismatches = count(v), 0, 672),
        Row("head_derating", |p, v| p.head_derating = ppm(v), 1, 500_000),
        Row("losses", |p, v| p.losses = ppm(v), 0, 200_000),
        Row(
            "frequency.nominal",
            |p, v| p.frequency.nominal = Millihertz::new(count(v)),
            45_000,
            65_000,
        ),
        Row(
            "frequency.deviation",
            |p, v| p.frequency.steps = vec![step(v, 0)],
            1,
            5_000,
        ),
        Row(
            "frequency.deviation",
            |p, v| p.frequency.steps = vec![step(20, 0), step(v, 0)],
            21,
            5_000,
        ),
        Row(
            "frequency.add_on",
            |p, v| p.frequency.steps = vec![step(20, v)],
            0,
            EDGE,
        ),
        Row(
            "frequency.add_on",
            |p, v| p.frequency.steps = vec![step(20, 7), step(21, v)],
            7,
            EDGE,
        ),
        Row(
            "count of frequency.steps",
            |p, v| p.frequency.steps = (1..=v).map(|place| step(place, 0)).collect(),
            0,
            8,
        ),
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
        Row("bank.usable", |p, v| bank(p).usable = wh(v), 0, 1 << 48),
        Row("bank.efficiency", |p, v| bank(p).efficiency = ppm(v), 0, 1_000_000),
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
            | "frequency.add_on"
            | "epsilon"
            | "residual_supply"
            | "head_tolerance"
            | "head_derating"
            | "losses"
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
        field: "confirmation_window and dispute_window",
        value: 8,
    };
    let short = ParamError {
        field: "correction_window",
        value: 7,
        bound,
    };
    assert_eq!(refused(|params| params.correction_window = 7), short);

    let bound = Bound::AboveField {
        field: "the zone before",
        value: 5,
    };
    let again = ParamError {
        field: "zones",
        value: 5,
        bound,
    };
    assert_eq!(again.to_string(), "zones is 5, must be above the zone before (5)");
    assert_eq!(refused(|params| params.zones = vec![5, 5]), again);

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
    for field in fields
        .as_object()
        .unwrap()
        .keys()
        .filter(|field| *field != "bank" && *field != "frequency")
    {
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

#[test]
fn deviations_cost_more_only_where_they_push_the_frequency_further_off() {
    let mut asked = params();
    asked.frequency.steps = vec![step(20, 5_000), step(200, 90_000)];
    asked.validate(&region(900)).unwrap();
    let add_on = |millihertz, deviation| {
        let known = Some(Millihertz::new(millihertz));
        asked.frequency.add_on(known, NetWh::new(deviation)).get()
    };
    for (millihertz, drew_more, drew_less) in [
        (50_000, 0, 0),
        (49_981, 0, 0),
        (49_980, 5_000, 0),
        (49_801, 5_000, 0),
        (49_800, 90_000, 0),
        (45_000, 90_000, 0),
        (50_019, 0, 0),
        (50_020, 0, -5_000),
        (50_200, 0, -90_000),
    ] {
        let found = [add_on(millihertz, 1), add_on(millihertz, -1), add_on(millihertz, 0)];
        assert_eq!(found, [drew_more, drew_less, 0], "{millihertz} mHz");
    }
    assert_eq!(asked.frequency.add_on(None, NetWh::new(9)), Price::ZERO);
    for (millihertz, believed) in [(44_999, false), (45_000, true), (55_000, true), (55_001, false)] {
        assert_eq!(asked.frequency.believe(Millihertz::new(millihertz)).is_ok(), believed);
    }
}

#[test]
fn as_many_devices_fit_as_have_room_for_their_price_steps() {
    let mut asked = params();
    (asked.orders_per_interval, asked.steps_per_device) = (100, 8);
    assert_eq!(asked.device_limit(), 12);
}

#[test]
fn the_documentation_lists_every_parameter() {
    let page = include_str!("../../../docs/src/protocol/region.md");
    for Row(field, ..) in table() {
        let field = field.trim_start_matches("count of ");
        assert!(
            page.contains(&format!("\n| `{field}` |")),
            "{field} is not in the table"
        );
    }
}
