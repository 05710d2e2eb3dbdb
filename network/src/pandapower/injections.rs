//! Loads, generators, storage and shunts.
use serde_json::{Map, Value};

use super::buses::Places;
use super::table::{Row, Table};
use crate::case::{Case, CaseError, Generator, Load};

/// Columns of one phase or of all together: power and reactive power.
const TOTAL: [(&str, &str); 1] = [("p_mw", "q_mvar")];
const PHASES: [(&str, &str); 3] = [("p_a_mw", "q_a_mvar"), ("p_b_mw", "q_b_mvar"), ("p_c_mw", "q_c_mvar")];

/// What an element does with its power.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Draws,
    Feeds,
    /// Feeds at a held voltage, so its reactive power is not known.
    Holds,
}

/// Reads the elements in service; unbalanced ones as a balanced equivalent, the sum of their phases.
///
/// # Errors
/// [`CaseError`]: unknown buses, powers that are no numbers.
pub fn read(net: &Map<String, Value>, places: &Places, case: &mut Case) -> Result<(), CaseError> {
    let mut position = 0usize;
    for (name, phases, kind) in [
        ("load", &TOTAL[..], Kind::Draws),
        ("asymmetric_load", &PHASES[..], Kind::Draws),
        ("storage", &TOTAL[..], Kind::Draws),
        ("gen", &TOTAL[..], Kind::Holds),
        ("sgen", &TOTAL[..], Kind::Feeds),
        ("asymmetric_sgen", &PHASES[..], Kind::Feeds),
    ] {
        for row in Table::read(net, name)?.rows() {
            if kind != Kind::Draws {
                position = position.saturating_add(1);
            }
            let place = places.find(&row, "bus")?;
            let (Some(place), true) = (place, row.flag("in_service")?) else {
                case.dropped.loads_and_generators = case.dropped.loads_and_generators.saturating_add(1);
                continue;
            };
            let (p_mw, q_mvar) = power(&row, phases, kind)?;
            if phases.len() > 1 {
                case.dropped.balanced_equivalents = case.dropped.balanced_equivalents.saturating_add(1);
            }
            if kind == Kind::Holds {
                case.dropped.voltage_controls = case.dropped.voltage_controls.saturating_add(1);
            }
            if kind == Kind::Draws {
                case.loads.push(Load {
                    name: element(&row),
                    bus: place.bus,
                    p_mw,
                    q_mvar,
                });
            } else {
                case.generators.push(Generator {
                    position,
                    bus: place.bus,
                    p_mw,
                    q_mvar,
                });
            }
        }
    }
    for row in Table::read(net, "shunt")?.rows() {
        let place = places.find(&row, "bus")?;
        if let (Some(place), true) = (place, row.flag("in_service")?) {
            let step = row.optional("step")?.unwrap_or(1.0);
            if let Some(bus) = case.buses.get_mut(place.bus) {
                bus.shunt_mw += row.number("p_mw")? * step;
                bus.shunt_mvar -= row.number("q_mvar")? * step;
            }
        }
    }
    Ok(())
}

/// Power and reactive power of all phases, scaled.
fn power(row: &Row<'_>, phases: &[(&'static str, &'static str)], kind: Kind) -> Result<(f64, f64), CaseError> {
    let scaling = row.optional("scaling")?.unwrap_or(1.0);
    let (mut p_mw, mut q_mvar) = (0.0, 0.0);
    for (p, q) in phases {
        p_mw += row.number(p)? * scaling;
        if kind != Kind::Holds {
            q_mvar += row.number(q)? * scaling;
        }
    }
    Ok((p_mw, q_mvar))
}

/// The element's own name, or its place in the table.
fn element(row: &Row<'_>) -> String {
    match row.text("name") {
        "" => format!("{} {}", row.table(), row.position()),
        name => name.to_owned(),
    }
}
