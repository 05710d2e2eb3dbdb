//! pandapower networks: what their elements mean, and every way to be wrong.
use busbar_network::{Case, CaseError, Form};
use serde_json::{Value, json};

use crate::case;

/// A table in the split orientation inside a JSON text, as pandapower writes it.
fn frame(columns: &[&str], rows: &[(i64, Value)]) -> Value {
    let index: Vec<i64> = rows.iter().map(|(index, _)| *index).collect();
    let data: Vec<&Value> = rows.iter().map(|(_, row)| row).collect();
    let text = json!({"columns": columns, "index": index, "data": data}).to_string();
    json!({"_module": "pandas.core.frame", "_class": "DataFrame", "_object": text, "orient": "split"})
}

const BUS: [&str; 3] = ["name", "vn_kv", "in_service"];
const LINE: [&str; 9] = [
    "from_bus",
    "to_bus",
    "length_km",
    "r_ohm_per_km",
    "x_ohm_per_km",
    "max_i_ka",
    "df",
    "parallel",
    "in_service",
];
const TRAFO: [&str; 15] = [
    "hv_bus",
    "lv_bus",
    "sn_mva",
    "vn_hv_kv",
    "vn_lv_kv",
    "vk_percent",
    "vkr_percent",
    "shift_degree",
    "tap_side",
    "tap_neutral",
    "tap_pos",
    "tap_step_percent",
    "tap_changer_type",
    "parallel",
    "in_service",
];
const SWITCH: [&str; 5] = ["bus", "element", "et", "closed", "z_ohm"];
const LOAD: [&str; 5] = ["bus", "p_mw", "q_mvar", "scaling", "in_service"];
const EXT_GRID: [&str; 4] = ["bus", "vm_pu", "va_degree", "in_service"];

fn trafo(tap_side: &str, tap_pos: i64, kind: &str) -> Value {
    json!([
        10, 20, 2.0, 20.0, 0.4, 5.0, 3.0, 150.0, tap_side, 0, tap_pos, 2.5, kind, 1, true
    ])
}

/// 20 kV source at bus 10, transformer to 20, a double line to 30.
fn net() -> Value {
    json!({"_module": "pandapower.auxiliary", "_class": "pandapowerNet", "_object": {
        "name": "small", "sn_mva": 1.0, "f_hz": 50.0,
        "bus": frame(&BUS, &[(10, json!(["a", 20.0, true])), (20, json!([null, 0.4, true])), (30, json!(["c", 0.4, true]))]),
        "line": frame(&LINE, &[(7, json!([20, 30, 0.5, 0.4, 0.2, 0.1, 0.9, 2, true]))]),
        "trafo": frame(&TRAFO, &[(3, trafo("hv", 0, "Ratio"))]),
        "switch": frame(&SWITCH, &[(0, json!([20, 7, "l", true, 0.0]))]),
        "load": frame(&LOAD, &[(0, json!([30, 0.02, 0.01, 0.5, true])), (1, json!([30, 9.0, 9.0, 1.0, false]))]),
        "ext_grid": frame(&EXT_GRID, &[(0, json!([10, 1.03, 0.0, true]))]),
    }})
}

fn parsed(net: &Value) -> Result<Case, CaseError> {
    Case::parse(&net.to_string(), Form::Pandapower)
}

fn with(table: &str, frame: Value) -> Value {
    let mut net = net();
    net["_object"][table] = frame;
    net
}

fn refused(table: &str, frame: Value) -> String {
    parsed(&with(table, frame)).unwrap_err().to_string()
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-12 * other.abs().max(1.0)
}

#[test]
fn lines_and_transformers_are_impedances_on_the_base_of_their_bus() {
    let case = parsed(&net()).unwrap();
    assert_eq!(
        (case.name.as_str(), case.base_mva, case.root, case.root_voltage_pu),
        ("small", 1.0, 0, 1.03)
    );
    let names: Vec<&str> = case.buses.iter().map(|bus| bus.name.as_str()).collect();
    assert_eq!(names, ["10", "20", "30"]);
    let [line, trafo] = &case.branches[..] else { panic!() };
    assert_eq!((line.id.as_str(), line.from, line.to), ("1:20-30", 1, 2));
    // Two in parallel of half a kilometre each, at 0.4 kV and 1 MVA: 0.16 ohm is 1 p.u.
    assert!(
        near(line.r_pu, 0.4 * 0.5 / 2.0 / 0.16) && near(line.x_pu, 0.2 * 0.5 / 2.0 / 0.16),
        "{line:?}"
    );
    assert!(near(line.rating_mva.unwrap(), 3f64.sqrt() * 0.4 * 0.1 * 0.9 * 2.0));
    assert_eq!(
        (trafo.id.as_str(), trafo.from, trafo.to, trafo.tap),
        ("2:10-20", 0, 1, 1.0)
    );
    assert!(
        near(trafo.r_pu, 0.03 / 2.0) && near(trafo.x_pu, 0.04 / 2.0),
        "{trafo:?}"
    );
    assert_eq!((trafo.rating_mva, trafo.shift_rad), (Some(2.0), 150f64.to_radians()));
    assert_eq!(case.injections(), [(0.0, 0.0), (0.0, 0.0), (-0.01, -0.005)]);
    assert_eq!(case.dropped.loads_and_generators, 1);
}

#[test]
fn a_tap_changes_the_ratio_of_its_side() {
    for (side, steps, tap) in [("hv", 2, 1.05), ("hv", -1, 0.975), ("lv", 2, 1.0 / 1.05)] {
        let case = parsed(&with("trafo", frame(&TRAFO, &[(0, trafo(side, steps, "Ratio"))]))).unwrap();
        let trafo = &case.branches[1];
        assert!(near(trafo.tap, tap), "{side} {steps}: {}", trafo.tap);
        // The impedance is at the low-voltage side, whose rated voltage a tap there changes.
        let lv = if side == "lv" { 1.05f64.powi(2) } else { 1.0 };
        assert!(near(trafo.r_pu, 0.015 * lv), "{side} {steps}: {}", trafo.r_pu);
    }
}

#[test]
fn open_switches_cut_lines_and_transformers_off() {
    for (et, element, id) in [("l", 7, "1:20-30"), ("t", 3, "2:10-20")] {
        let case = parsed(&with(
            "switch",
            frame(&SWITCH, &[(0, json!([20, element, et, false, 0.0]))]),
        ))
        .unwrap();
        assert_eq!(case.dropped.branches_open, [id]);
        assert!(matches!(case.graph().unwrap_err(), CaseError::Island { .. }));
    }
}

#[test]
fn closed_switches_and_common_sources_make_buses_one() {
    let four = frame(
        &BUS,
        &[
            (10, json!(["a", 20.0, true])),
            (20, json!([null, 0.4, true])),
            (30, json!(["c", 0.4, true])),
            (40, json!(["d", 0.4, true])),
            (50, json!(["e", 0.4, false])),
        ],
    );
    let mut net = with("bus", four);
    net["_object"]["switch"] = frame(
        &SWITCH,
        &[
            (0, json!([30, 40, "b", true, 0.0])),
            (1, json!([10, 20, "b", false, 0.0])),
        ],
    );
    net["_object"]["load"] = frame(
        &LOAD,
        &[
            (0, json!([40, 0.02, 0.0, 1.0, true])),
            (1, json!([50, 1.0, 0.0, 1.0, true])),
        ],
    );
    let case = parsed(&net).unwrap();
    assert_eq!(case.dropped.buses_joined, [("40".to_owned(), "30".to_owned())]);
    assert_eq!(case.dropped.buses, ["50"]);
    assert_eq!((case.buses.len(), case.loads.len(), case.loads[0].bus), (3, 1, 2));

    let grids = |voltage: f64| {
        frame(
            &EXT_GRID,
            &[(0, json!([10, 1.03, 0.0, true])), (1, json!([30, voltage, 0.0, true]))],
        )
    };
    let case = parsed(&with("ext_grid", grids(1.03))).unwrap();
    assert_eq!(case.dropped.buses_joined, [("30".to_owned(), "10".to_owned())]);
    assert_eq!(
        refused("ext_grid", grids(1.02)),
        "reference buses 10 and 30 differ in voltage or are not known to be one; keep one of them"
    );
}

#[test]
fn phases_are_added_up_and_signs_are_those_of_their_tables() {
    let phases = [
        "bus",
        "p_a_mw",
        "q_a_mvar",
        "p_b_mw",
        "q_b_mvar",
        "p_c_mw",
        "q_c_mvar",
        "scaling",
        "in_service",
    ];
    let mut net = with(
        "asymmetric_load",
        frame(&phases, &[(0, json!([20, 1.0, 0.1, 2.0, 0.2, 3.0, 0.3, 2.0, true]))]),
    );
    net["_object"]["sgen"] = frame(&LOAD, &[(0, json!([20, 5.0, 0.5, 1.0, true]))]);
    net["_object"]["storage"] = frame(&LOAD, &[(0, json!([20, 0.25, 0.0, 1.0, true]))]);
    let generator = ["bus", "p_mw", "vm_pu", "slack", "scaling", "in_service"];
    net["_object"]["gen"] = frame(&generator, &[(0, json!([20, 0.5, 1.0, false, 1.0, true]))]);
    let shunt = ["bus", "p_mw", "q_mvar", "step", "in_service"];
    net["_object"]["shunt"] = frame(&shunt, &[(0, json!([20, 0.125, -0.5, 2, true]))]);
    let case = parsed(&net).unwrap();
    let (p, q) = case.injections()[1];
    assert!(
        near(p, -12.0 + 5.0 - 0.25 + 0.5 - 0.25) && near(q, -1.2 + 0.5 + 1.0),
        "{p} {q}"
    );
    assert_eq!(
        (case.dropped.balanced_equivalents, case.dropped.voltage_controls),
        (1, 1)
    );
    assert_eq!(
        case.generators.iter().map(|each| each.position).collect::<Vec<_>>(),
        [1, 2]
    );
}

#[test]
fn a_slack_generator_is_a_reference() {
    let generator = ["bus", "p_mw", "vm_pu", "slack", "scaling", "in_service"];
    let mut net = with(
        "gen",
        frame(&generator, &[(0, json!([20, 0.5, 1.01, true, 1.0, true]))]),
    );
    net["_object"]["ext_grid"] = frame(&EXT_GRID, &[]);
    let case = parsed(&net).unwrap();
    assert_eq!((case.root, case.root_voltage_pu), (1, 1.01));
}

#[test]
fn elements_that_are_not_modelled() {
    let row = |in_service: bool| frame(&["in_service"], &[(0, json!([in_service]))]);
    for table in [
        "trafo3w",
        "impedance",
        "dcline",
        "ward",
        "xward",
        "motor",
        "svc",
        "b2b_vsc",
    ] {
        assert_eq!(
            refused(table, row(true)),
            format!("table {table}, row 1: an element of this kind is not understood; replace or remove it")
        );
        assert!(parsed(&with(table, row(false))).is_ok());
    }
    assert_eq!(
        refused("switch", frame(&SWITCH, &[(0, json!([10, 20, "b", true, 0.1]))])),
        "table switch, row 1: a switch between buses with an impedance is not understood; replace or remove it"
    );
    for (side, kind, what) in [
        ("hv", "Ideal", "a tap changer of this type off its neutral position"),
        ("", "Ratio", "a tap off its neutral position without tap_side"),
    ] {
        assert_eq!(
            refused("trafo", frame(&TRAFO, &[(0, trafo(side, 1, kind))])),
            format!("table trafo, row 1: {what} is not understood; replace or remove it")
        );
    }
    // A table of a kind that does not exist is left and named.
    let case = parsed(&with("windmill", row(true))).unwrap();
    assert_eq!(case.dropped.tables, ["windmill"]);
}

#[test]
fn tables_that_are_wrong() {
    let line = |from: Value, length: Value, parallel: Value| {
        frame(
            &LINE,
            &[(7, json!([from, 30, length, 0.4, 0.2, 0.1, 0.9, parallel, true]))],
        )
    };
    assert_eq!(
        refused("line", line(json!(99), json!(1), json!(1))),
        "table line, row 1: bus 99 is not in table bus"
    );
    assert_eq!(
        refused("line", line(json!(20), json!(0), json!(1))),
        "table line, row 1: length_km is 0, must be above 0"
    );
    assert_eq!(
        refused("line", line(json!(20), json!(null), json!(1))),
        "table line, row 1: length_km is null, must be a number"
    );
    assert_eq!(
        refused("line", line(json!("x"), json!(1), json!(1))),
        "table line, row 1: from_bus is \"x\", must be a whole number"
    );
    assert_eq!(
        refused(
            "line",
            frame(&LINE[..8], &[(7, json!([20, 30, 1, 0.4, 0.2, 0.1, 0.9, 1]))])
        ),
        "table line, row 1: column in_service missing"
    );
    assert_eq!(
        refused("load", frame(&LOAD, &[(0, json!([99, 1, 1, 1, true]))])),
        "table load, row 1: bus 99 is not in table bus"
    );
    assert_eq!(
        refused("load", frame(&LOAD, &[(0, json!([30, null, 1, 1, true]))])),
        "table load, row 1: p_mw is null, must be a number"
    );
    assert_eq!(
        refused("bus", frame(&BUS, &[(10, json!(["a", 0.0, true]))])),
        "table bus, row 1: vn_kv is 0.0, must be above 0"
    );
    assert_eq!(
        refused(
            "bus",
            frame(&BUS, &[(10, json!(["a", 1.0, true])), (10, json!(["b", 1.0, true]))])
        ),
        "table bus, row 2: bus 10 is there already"
    );
    assert_eq!(refused("bus", frame(&BUS, &[])), "table bus: has no rows");
    assert_eq!(
        refused("switch", frame(&SWITCH, &[(0, json!([20, 99, "l", true, 0.0]))])),
        "table switch, row 1: no line has index 99"
    );
    assert_eq!(
        refused("switch", frame(&SWITCH, &[(0, json!([20, 99, "t", true, 0.0]))])),
        "table switch, row 1: no trafo has index 99"
    );
    assert_eq!(
        refused("ext_grid", frame(&EXT_GRID, &[])),
        "no reference: no ext_grid and no slack generator in service"
    );
    let mut broken = trafo("hv", 0, "Ratio");
    broken[6] = json!(6.0);
    assert_eq!(
        refused("trafo", frame(&TRAFO, &[(3, broken)])),
        "table trafo, row 1: vkr_percent is 6.0, must be at most vk_percent"
    );
    assert!(refused("line", json!({"_object": "{\"columns\": 1}"})).starts_with("table line: "));
    let mut net = net();
    net["_object"].as_object_mut().unwrap().remove("bus");
    assert_eq!(parsed(&net).unwrap_err().to_string(), "table bus: missing");
    net["_object"]["sn_mva"] = json!(0);
    assert_eq!(parsed(&net).unwrap_err().to_string(), "sn_mva: missing or not a number");
    assert!(matches!(parsed(&json!({})).unwrap_err(), CaseError::Form(_)));
    let mut net = with("line", frame(&LINE, &[]));
    net["_object"]["trafo"] = frame(&TRAFO, &[]);
    net["_object"]["switch"] = frame(&SWITCH, &[]);
    assert_eq!(parsed(&net).unwrap_err().to_string(), "table line: has no rows");
}

#[test]
fn real_feeders_are_what_their_origin_says() {
    let mv = case("pandapower/mv_oberrhein.json");
    assert_eq!(
        (mv.buses.len(), mv.branches.len(), mv.loads.len(), mv.generators.len()),
        (178, 177, 147, 153)
    );
    assert_eq!(mv.dropped.buses_joined, [("318".to_owned(), "58".to_owned())]);
    assert_eq!(mv.dropped.branches_open.len(), 6);
    assert!(mv.graph().unwrap().is_radial());
    // 61.86 MW of installed load at a scaling of 0.6.
    assert!(near(mv.total_load().0, 61.86 * 0.6));

    let lv = case("pandapower/european_lv.json");
    assert_eq!((lv.buses.len(), lv.branches.len(), lv.loads.len()), (907, 906, 55));
    assert!(lv.graph().unwrap().is_radial());
    assert!((lv.total_load().0 - 0.057_358).abs() < 1e-6);
    assert_eq!(lv.dropped.balanced_equivalents, 55);
}
