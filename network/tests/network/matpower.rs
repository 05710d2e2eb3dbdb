//! MATPOWER cases: the same from both forms, and every way to be wrong.
use std::fmt::Write;

use busbar_network::{Case, CaseError, Form};
use serde_json::{Value, json};

use crate::{data, matpower};

/// Columns of the tables in the format's order; 0 for those that nothing reads.
const BUS: [&str; 13] = [
    "bus", "type", "Pd_MW", "Qd_Mvar", "Gs_MW", "Bs_Mvar", "area", "Vm_pu", "Va_deg", "baseKV", "zone", "Vmax_pu",
    "Vmin_pu",
];
const GEN: [&str; 10] = [
    "bus",
    "Pg_MW",
    "Qg_Mvar",
    "Qmax_Mvar",
    "Qmin_Mvar",
    "Vg_pu",
    "mBase_MVA",
    "status",
    "Pmax_MW",
    "Pmin_MW",
];
const BRANCH: [&str; 13] = [
    "from",
    "to",
    "r_pu",
    "x_pu",
    "b_pu",
    "rateA_MVA",
    "rateB_MVA",
    "rateC_MVA",
    "tap",
    "shift_deg",
    "status",
    "angmin_deg",
    "angmax_deg",
];

/// A table as MATLAB writes it, its columns times a factor.
fn table(file: &Value, name: &str, columns: &[&str], factor: impl Fn(&str) -> f64) -> String {
    let mut text = format!("mpc.{name} = [ %% with a 'comment'\n");
    for row in file[name].as_array().unwrap() {
        for column in columns {
            match row[column].as_f64() {
                Some(value) => write!(text, "\t{:?}", value * factor(column)).unwrap(),
                None => text.push_str("\tInf"),
            }
        }
        text.push_str(";\n");
    }
    text + "];\n"
}

/// The case file of a case: with `feeder` in ohm and kW, converted at the end as MATPOWER's distribution cases are.
fn m_file(name: &str, feeder: bool) -> String {
    let file: Value = serde_json::from_str(&data(&format!("matpower/{name}.json"))).unwrap();
    let base = file["baseMVA"].as_f64().unwrap();
    let kv = file["bus"][0]["baseKV"].as_f64().unwrap();
    let factor = |column: &str| match column {
        "r_pu" | "x_pu" if feeder => kv * kv / base,
        "Pd_MW" | "Qd_Mvar" if feeder => 1e3,
        _ => 1.0,
    };
    let mut text = format!("function mpc = {name}\n% {name}; of a paper\nmpc.version = '2';\nmpc.baseMVA = {base};\n");
    text += &table(&file, "bus", &BUS, factor);
    text += &table(&file, "gen", &GEN, factor);
    text += &table(&file, "branch", &BRANCH, factor);
    text += "mpc.gencost = [\n\t2\t0\t0\t3\t0\t20\t0;\n];\nmpc.bus_name = {\n\t'One; two % three';\n};\n";
    if feeder {
        text += "%% conversions\n[PQ, PD, ...\n    QD] = idx_bus;\n[F_BUS, BR_R, BR_X] = idx_brch;\n\
                 Vbase = mpc.bus(1, BASE_KV) * 1e3; %% V\nSbase = mpc.baseMVA * 1e6;\n\
                 mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\n\
                 mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\n";
    }
    text
}

fn m(text: &str) -> Result<Case, CaseError> {
    Case::parse(text, Form::MatpowerM)
}

#[test]
fn both_forms_of_a_case_are_the_same() {
    for (name, feeder) in [
        ("case33bw", true),
        ("case69", true),
        ("case9", false),
        ("case14", false),
        ("case118", false),
    ] {
        let (json, m) = (matpower(name), m(&m_file(name, feeder)).unwrap());
        assert_eq!((m.name.as_str(), m.form, m.root), (name, Form::MatpowerM, json.root));
        assert_eq!(m.dropped.conversions.len(), if feeder { 2 } else { 0 });
        assert_eq!(m.dropped.branches_out_of_service, json.dropped.branches_out_of_service);
        assert_eq!(m.branches.len(), json.branches.len());
        for (one, other) in m.branches.iter().zip(&json.branches) {
            assert_eq!(
                (&one.id, one.rating_mva, one.tap),
                (&other.id, other.rating_mva, other.tap)
            );
            assert!(
                (one.r_pu - other.r_pu).abs() <= 1e-9 * other.r_pu.abs(),
                "{name} {}",
                one.id
            );
            assert!(
                (one.x_pu - other.x_pu).abs() <= 1e-9 * other.x_pu.abs(),
                "{name} {}",
                one.id
            );
        }
        let loads = m.injections().into_iter().zip(json.injections());
        for (one, other) in loads {
            assert!((one.0 - other.0).abs() < 1e-12 && (one.1 - other.1).abs() < 1e-12);
        }
    }
}

#[test]
fn apparent_power_becomes_power_and_reactive_power() {
    let text = m_file("case33bw", true)
        + "pf = 0.85;\nmpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));\nmpc.bus(:, PD) = mpc.bus(:, PD) * pf;\n";
    let case = m(&text).unwrap();
    let load = &case.loads[0];
    assert!((load.p_mw - 0.085).abs() < 1e-12, "{load:?}");
    assert!(
        (load.q_mvar - 0.1 * (1.0f64 - 0.85 * 0.85).sqrt()).abs() < 1e-12,
        "{load:?}"
    );
    assert_eq!(case.dropped.conversions.len(), 4);
}

#[test]
fn numbers_as_matlab_writes_them() {
    let text = m_file("case9", false)
        .replace("\n];\nmpc.gen =", "\n];\n\nmpc.gen =")
        .replace("\t90.0\t30.0", ", 9e1 +3.0E+1");
    assert_eq!(m(&text).unwrap().loads[0].p_mw, 90.0);
}

#[test]
fn statements_that_are_not_understood() {
    let text = m_file("case33bw", true);
    for (extra, message) in [
        (
            "mpc.bus(:, PD) = 2 * mpc.bus(:, PD);",
            "\"mpc.bus(:, PD) = 2 * mpc.bus(:, PD)\" is not understood",
        ),
        ("x = 3", "\"x = 3\" is not understood"),
        (
            "mpc.dcline = [ 1 2 1 10 ];",
            "\"mpc.dcline = [ 1 2 1 10 ]\" is not understood",
        ),
        (
            "mpc.bus = load('bus.txt');",
            "\"mpc.bus = load('bus.txt')\" is not understood",
        ),
        ("pf = 1.5;", "\"pf = 1.5\" is not understood"),
        // A conversion by a variable that nothing has set.
        ("mpc.bus(:, PD) = mpc.bus(:, PD) * pf;", "is not understood"),
    ] {
        let error = m(&format!("{text}{extra}\n")).unwrap_err();
        assert!(matches!(error, CaseError::Statement { .. }), "{error:?}");
        let line = text.lines().count() + 1;
        assert!(error.to_string().starts_with(&format!("line {line}: ")), "{error}");
        assert!(error.to_string().contains(message), "{error}");
    }
    let error = m("mpc.version = '1';").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1: case format '1' is not understood, must be '2'"
    );
    let error = m("mpc.baseMVA = 1;\nmpc.bus = [1 2\n3 x4];").unwrap_err();
    assert_eq!(error.to_string(), "line 3: \"x4\" is not a number");
    let error = m("mpc.baseMVA = 1;\nmpc.bus = [1 2\n3 4").unwrap_err();
    assert_eq!(error.to_string(), "line 2: the bracket that opens here is not closed");
}

/// A case of three buses in a row.
fn small() -> Value {
    let bus = |number: u32, kind: u32| {
        json!({"bus": number, "type": kind, "Pd_MW": 1, "Qd_Mvar": 0, "Gs_MW": 0, "Bs_Mvar": 0, "Vm_pu": 1, "baseKV": 10,
               "Vmax_pu": 1.1, "Vmin_pu": 0.9})
    };
    let branch = |from: u32, to: u32| json!({"from": from, "to": to, "r_pu": 0.1, "x_pu": 0.1, "b_pu": 0, "rateA_MVA": 5, "tap": 0, "shift_deg": 0, "status": 1});
    json!({
        "name": "small", "baseMVA": 10,
        "bus": [bus(1, 3), bus(2, 1), bus(3, 1)],
        "gen": [{"bus": 1, "Pg_MW": 0, "Qg_Mvar": 0, "Vg_pu": 1.02, "status": 1}],
        "branch": [branch(1, 2), branch(2, 3)]
    })
}

fn parsed(file: &Value) -> Result<Case, CaseError> {
    Case::parse(&file.to_string(), Form::MatpowerJson)
}

/// The message when the value at a JSON pointer is another; of reading, else of hanging up the tree.
fn refused_with(pointer: &str, value: Value) -> String {
    let mut file = small();
    *file.pointer_mut(pointer).unwrap() = value;
    match parsed(&file) {
        Err(error) => error.to_string(),
        Ok(case) => case.graph().unwrap_err().to_string(),
    }
}

#[test]
fn the_reference_holds_the_voltage_of_its_generator() {
    let case = parsed(&small()).unwrap();
    assert_eq!((case.root, case.root_voltage_pu), (0, 1.02));
    assert!(case.graph().unwrap().is_radial());
}

#[test]
fn what_is_out_of_service_is_dropped_and_named() {
    let mut file = small();
    file["bus"][2]["type"] = json!(4);
    file["gen"]
        .as_array_mut()
        .unwrap()
        .push(json!({"bus": 2, "Pg_MW": 1, "Qg_Mvar": 0, "Vg_pu": 1, "status": 0}));
    let case = parsed(&file).unwrap();
    assert_eq!(case.dropped.buses, ["3"]);
    assert_eq!(case.dropped.branches_out_of_service, ["2:2-3"]);
    assert_eq!(
        (case.dropped.loads_and_generators, case.loads.len(), case.buses.len()),
        (1, 2, 2)
    );
}

#[test]
fn tables_that_are_wrong() {
    for (pointer, value, message) in [
        ("/baseMVA", json!(0), "baseMVA: missing or not a number"),
        ("/baseMVA", json!("10"), "baseMVA: missing or not a number"),
        ("/bus", json!([]), "table bus: has no rows"),
        ("/gen", json!([]), "table gen: has no rows"),
        ("/branch", json!([]), "table branch: has no rows"),
        ("/branch", json!(null), "table branch: missing"),
        ("/bus/1/bus", json!(1), "table bus, row 2: bus 1 is there already"),
        (
            "/bus/1/bus",
            json!(1.5),
            "table bus, row 2: bus_i is 1.5, must be a whole number",
        ),
        (
            "/bus/1/type",
            json!(5),
            "table bus, row 2: type is 5, must be 1, 2, 3 or 4",
        ),
        (
            "/bus/1/Pd_MW",
            json!(null),
            "table bus, row 2: Pd is inf, must be a finite number",
        ),
        (
            "/bus/1/Pd_MW",
            json!("1"),
            "table bus, row 2: Pd_MW is \"1\", must be a number",
        ),
        (
            "/bus/1/Vmin_pu",
            json!(1.2),
            "table bus, row 2: Vmin is 1.2, must be at most Vmax",
        ),
        ("/bus/0/type", json!(1), "no reference: no row of table bus has type 3"),
        (
            "/bus/1/type",
            json!(3),
            "reference buses 1 and 2 differ in voltage or are not known to be one; keep one of them",
        ),
        ("/gen/0/bus", json!(9), "table gen, row 1: bus 9 is not in table bus"),
        ("/gen/0/Vg_pu", json!(0), "table gen, row 1: Vg is 0, must be above 0"),
        (
            "/branch/1/to",
            json!(9),
            "table branch, row 2: bus 9 is not in table bus",
        ),
        ("/branch/1/to", json!(2), "branch 2:2-2: joins a bus to itself"),
        (
            "/branch/1/r_pu",
            json!(null),
            "table branch, row 2: r is inf, must be a finite number",
        ),
        (
            "/branch/1/rateA_MVA",
            json!(-1),
            "table branch, row 2: rateA is -1, must be 0 (unlimited) or above",
        ),
        (
            "/branch/1/tap",
            json!(-1),
            "table branch, row 2: ratio is -1, must be 0 (a line) or above",
        ),
        (
            "/branch/1/status",
            json!(0),
            "no branch in service joins bus 3 to the reference bus 1; take it out of the table or close a switch",
        ),
    ] {
        assert_eq!(refused_with(pointer, value), message, "{pointer}");
    }
    let mut file = small();
    file["bus"][1].as_object_mut().unwrap().remove("Qd_Mvar");
    assert_eq!(
        parsed(&file).unwrap_err().to_string(),
        "table bus, row 2: column Qd_Mvar missing"
    );
    let mut file = small();
    file.as_object_mut().unwrap().remove("gen");
    assert_eq!(parsed(&file).unwrap_err().to_string(), "table gen: missing");
    let text = m_file("case9", false).replace("\t1.0\t5.0\t", "\t1.0\tNaN\t");
    let nan = text.replacen("\t90.0\t30.0", "\tNaN\t30.0", 1);
    assert_eq!(
        m(&nan).unwrap_err().to_string(),
        "table bus, row 5: Pd is NaN, must be a finite number"
    );
    let short = m("mpc.baseMVA = 1; mpc.bus = [1 3 0];").unwrap_err();
    assert_eq!(short.to_string(), "table bus, row 1: column Vm missing");
    assert!(matches!(
        Case::parse("{", Form::MatpowerJson).unwrap_err(),
        CaseError::Json(_)
    ));
}
