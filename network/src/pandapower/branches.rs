//! Lines and transformers.
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::buses::{Place, Places};
use super::table::{Row, Table};
use crate::case::{Branch, Case, CaseError};

/// Reads lines, then transformers, those in service and not behind an open switch; positions count over both.
///
/// # Errors
/// [`CaseError`]: switches at elements that do not exist, unknown buses, impedances that are no numbers, taps that are
/// not understood.
pub fn read(net: &Map<String, Value>, switches: &Table, places: &Places, case: &mut Case) -> Result<(), CaseError> {
    let (lines, transformers) = (Table::read(net, "line")?, Table::read(net, "trafo")?);
    if lines.is_empty() && transformers.is_empty() {
        return Err(CaseError::EmptyTable { table: "line" });
    }
    let mut position = 0usize;
    for (table, et, ends) in [
        (&lines, "l", ["from_bus", "to_bus"]),
        (&transformers, "t", ["hv_bus", "lv_bus"]),
    ] {
        let open = open(switches, et, table)?;
        for row in table.rows() {
            position = position.saturating_add(1);
            let [from, to] = ends.map(|column| places.find(&row, column));
            let (from, to) = (from?, to?);
            let id = format!("{position}:{}-{}", row.reference(ends[0])?, row.reference(ends[1])?);
            if open.contains(&row.index()?) {
                case.dropped.branches_open.push(id);
                continue;
            }
            let (Some(from), Some(to), true) = (from, to, row.flag("in_service")?) else {
                case.dropped.branches_out_of_service.push(id);
                continue;
            };
            let shunts = if et == "l" {
                &["c_nf_per_km", "g_us_per_km"]
            } else {
                &["i0_percent", "pfe_kw"]
            };
            if shunts
                .iter()
                .any(|column| !matches!(row.optional(column), Ok(None | Some(0.0))))
            {
                case.dropped.branches_with_charging = case.dropped.branches_with_charging.saturating_add(1);
            }
            case.branches.push(match et {
                "l" => line(&row, id, from, to, case.base_mva)?,
                _ => transformer(&row, id, from, to, case.base_mva)?,
            });
        }
    }
    Ok(())
}

/// Indices of the elements that an open switch cuts off, at whichever end.
fn open(switches: &Table, et: &str, table: &Table) -> Result<HashSet<i64>, CaseError> {
    let known: HashSet<i64> = table.rows().map(|row| row.index()).collect::<Result<_, _>>()?;
    let mut open = HashSet::new();
    for row in switches.rows().filter(|row| row.text("et") == et) {
        let element = row.reference("element")?;
        if !known.contains(&element) {
            return Err(CaseError::UnknownElement {
                row: row.position(),
                kind: if et == "l" { "line" } else { "trafo" },
                element,
            });
        }
        if !row.flag("closed")? {
            open.insert(element);
        }
    }
    Ok(open)
}

fn line(row: &Row<'_>, id: String, from: Place, to: Place, base_mva: f64) -> Result<Branch, CaseError> {
    let (length, parallel) = (row.above_zero("length_km")?, row.above_zero("parallel")?);
    let pu = length / parallel * base_mva / from.kv.powi(2);
    let rating = row.optional("max_i_ka")?.filter(|ka| *ka > 0.0);
    let derating = row.optional("df")?.unwrap_or(1.0);
    Ok(Branch {
        id,
        from: from.bus,
        to: to.bus,
        r_pu: row.number("r_ohm_per_km")? * pu,
        x_pu: row.number("x_ohm_per_km")? * pu,
        rating_mva: rating.map(|ka| 3f64.sqrt() * from.kv * ka * derating * parallel),
        tap: 1.0,
        shift_rad: 0.0,
    })
}

fn transformer(row: &Row<'_>, id: String, hv: Place, lv: Place, base_mva: f64) -> Result<Branch, CaseError> {
    let (rated, parallel) = (row.above_zero("sn_mva")?, row.above_zero("parallel")?);
    let (mut hv_kv, mut lv_kv) = (row.above_zero("vn_hv_kv")?, row.above_zero("vn_lv_kv")?);
    let steps = row.optional("tap_pos")?.unwrap_or(0.0) - row.optional("tap_neutral")?.unwrap_or(0.0);
    if steps != 0.0 {
        let unsupported = |what| CaseError::Unsupported {
            table: row.table().to_owned(),
            row: row.position(),
            what,
        };
        if !matches!(row.text("tap_changer_type"), "" | "Ratio") || row.flag("tap_phase_shifter").unwrap_or(false) {
            return Err(unsupported("a tap changer of this type off its neutral position"));
        }
        if row.optional("tap_step_degree")?.unwrap_or(0.0) != 0.0 {
            return Err(unsupported(
                "a tap changer that shifts the phase, off its neutral position,",
            ));
        }
        let ratio = 1.0 + steps * row.optional("tap_step_percent")?.unwrap_or(0.0) / 100.0;
        match row.text("tap_side") {
            "hv" => hv_kv *= ratio,
            "lv" => lv_kv *= ratio,
            _ => return Err(unsupported("a tap off its neutral position without tap_side")),
        }
    }
    // Short-circuit impedance at the low-voltage side.
    let pu = base_mva / rated * (lv_kv / lv.kv).powi(2) / parallel;
    let (z, r) = (
        row.above_zero("vk_percent")? / 100.0,
        row.number("vkr_percent")? / 100.0,
    );
    if r.abs() > z {
        return Err(row.wrong("vkr_percent", &Value::from(r * 100.0), "at most vk_percent"));
    }
    Ok(Branch {
        id,
        from: hv.bus,
        to: lv.bus,
        r_pu: r * pu,
        x_pu: (z * z - r * r).sqrt() * pu,
        rating_mva: Some(rated * row.optional("df")?.unwrap_or(1.0) * parallel),
        tap: (hv_kv / hv.kv) / (lv_kv / lv.kv),
        shift_rad: row.optional("shift_degree")?.unwrap_or(0.0).to_radians(),
    })
}
