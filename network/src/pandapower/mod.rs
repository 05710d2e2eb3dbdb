//! pandapower networks as JSON.
//!
//! Element models: L. Thurner et al., pandapower, IEEE Trans. Power Systems 33(6), 2018, and its documentation: lines as
//! series impedances, transformers as series impedance at the low-voltage side behind an ideal one, both without their
//! shunt branches.
mod branches;
mod buses;
mod injections;
mod table;

use serde_json::{Map, Value};

use crate::case::{Case, CaseError, Dropped, Form};
use table::Table;

/// Tables that are read here.
const READ: [&str; 13] = [
    "bus",
    "line",
    "trafo",
    "switch",
    "ext_grid",
    "gen",
    "load",
    "asymmetric_load",
    "sgen",
    "asymmetric_sgen",
    "storage",
    "shunt",
    "res_bus",
];
/// Elements whose effect is not modelled; one in service makes the network another one.
const REFUSED: [&str; 15] = [
    "trafo3w",
    "impedance",
    "dcline",
    "ward",
    "xward",
    "motor",
    "svc",
    "ssc",
    "tcsc",
    "vsc",
    "vsc_stacked",
    "vsc_bipolar",
    "b2b_vsc",
    "line_dc",
    "bus_dc",
];
/// Tables that say how a network is measured, run or drawn.
const NOTES: [&str; 8] = [
    "measurement",
    "poly_cost",
    "pwl_cost",
    "controller",
    "group",
    "characteristic",
    "bus_geodata",
    "line_geodata",
];

/// Reads a network.
///
/// # Errors
/// [`CaseError`] names the table, row and column.
pub(crate) fn read(text: &str) -> Result<Case, CaseError> {
    let file: Map<String, Value> = serde_json::from_str(text)?;
    let net = file.get("_object").and_then(Value::as_object);
    let net = net.ok_or(CaseError::Form("pandapower writes its tables into _object"))?;
    for table in REFUSED {
        refuse(net, table)?;
    }
    let number = |field: &'static str| {
        let value = net.get(field).and_then(Value::as_f64).filter(|value| *value > 0.0);
        value.ok_or(CaseError::Missing { field })
    };
    let base_mva = number("sn_mva")?;
    let mut dropped = Dropped {
        tables: unread(net),
        ..Dropped::default()
    };
    let switches = Table::read(net, "switch")?;
    let (buses, places) = buses::read(net, &switches, &mut dropped)?;
    let mut case = Case {
        name: net.get("name").and_then(Value::as_str).unwrap_or("").to_owned(),
        form: Form::Pandapower,
        base_mva,
        root: places.root,
        root_voltage_pu: places.root_voltage_pu,
        buses,
        branches: Vec::new(),
        loads: Vec::new(),
        generators: Vec::new(),
        dropped,
    };
    branches::read(net, &switches, &places, &mut case)?;
    injections::read(net, &places, &mut case)?;
    Ok(case)
}

/// Refuses a table that has an element in service.
fn refuse(net: &Map<String, Value>, table: &'static str) -> Result<(), CaseError> {
    for row in Table::read(net, table)?.rows() {
        if row.flag("in_service").unwrap_or(true) {
            return Err(CaseError::Unsupported {
                table: table.to_owned(),
                row: row.position(),
                what: "an element of this kind",
            });
        }
    }
    Ok(())
}

/// Names of the tables with rows that nobody reads; results of earlier power flows are not of them.
fn unread(net: &Map<String, Value>) -> Vec<String> {
    let known = |name: &str| {
        let mut names = READ.iter().chain(&REFUSED).chain(&NOTES);
        name.starts_with("res_") || name.starts_with('_') || names.any(|known| *known == name)
    };
    let unread = net
        .iter()
        .filter(|(name, frame)| !known(name) && table::has_rows(frame));
    unread.map(|(name, _)| name.clone()).collect()
}
