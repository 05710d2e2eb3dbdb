//! The tables of a MATPOWER case, whatever they were written in, and what they mean.
use std::collections::HashMap;

use crate::case::{Branch, Bus, Case, CaseError, Dropped, Form, Generator, Load};

/// A row of numbers in the column order of MATPOWER's case format, version 2.
pub type Row = Vec<f64>;

/// The tables that a case is made of.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub name: String,
    pub base_mva: Option<f64>,
    pub bus: Option<Vec<Row>>,
    pub generator: Option<Vec<Row>>,
    pub branch: Option<Vec<Row>>,
    pub conversions: Vec<String>,
    pub unread: Vec<String>,
}

/// A column: its place (from 0), its name in the format, its name in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Column(pub usize, pub &'static str, pub &'static str);

macro_rules! columns {
    ($all:ident: $($name:ident = $place:literal $format:literal $json:literal),* $(,)?) => {
        $(pub const $name: Column = Column($place, $format, $json);)*
        pub const $all: &[Column] = &[$($name),*];
    };
}

/// Columns of the bus table.
pub mod bus {
    use super::Column;
    columns! { ALL:
        NUMBER = 0 "bus_i" "bus", KIND = 1 "type" "type", PD = 2 "Pd" "Pd_MW", QD = 3 "Qd" "Qd_Mvar",
        GS = 4 "Gs" "Gs_MW", BS = 5 "Bs" "Bs_Mvar", VM = 7 "Vm" "Vm_pu",
        BASE_KV = 9 "baseKV" "baseKV", VMAX = 11 "Vmax" "Vmax_pu", VMIN = 12 "Vmin" "Vmin_pu",
    }
}

/// Columns of the generator table.
pub mod generator {
    use super::Column;
    columns! { ALL:
        BUS = 0 "bus" "bus", PG = 1 "Pg" "Pg_MW", QG = 2 "Qg" "Qg_Mvar", VG = 5 "Vg" "Vg_pu",
        STATUS = 7 "status" "status",
    }
}

/// Columns of the branch table.
pub mod branch {
    use super::Column;
    columns! { ALL:
        FROM = 0 "fbus" "from", TO = 1 "tbus" "to", R = 2 "r" "r_pu", X = 3 "x" "x_pu", B = 4 "b" "b_pu",
        RATE_A = 5 "rateA" "rateA_MVA", TAP = 8 "ratio" "tap", SHIFT = 9 "angle" "shift_deg",
        STATUS = 10 "status" "status",
    }
}

/// Names of the tables.
pub const BUS: &str = "bus";
pub const GENERATOR: &str = "gen";
pub const BRANCH: &str = "branch";

/// A row and where it stands.
#[derive(Clone, Copy)]
struct At<'a> {
    table: &'static str,
    row: usize,
    cells: &'a Row,
}

impl At<'_> {
    fn any(&self, Column(place, column, _): Column) -> Result<f64, CaseError> {
        self.cells.get(place).copied().ok_or(CaseError::MissingColumn {
            table: self.table,
            row: self.row,
            column,
        })
    }

    fn wrong(&self, Column(_, column, _): Column, found: f64, expected: &'static str) -> CaseError {
        CaseError::Cell {
            table: self.table,
            row: self.row,
            column,
            found: found.to_string(),
            expected,
        }
    }

    fn finite(&self, column: Column) -> Result<f64, CaseError> {
        let value = self.any(column)?;
        if value.is_finite() {
            return Ok(value);
        }
        Err(self.wrong(column, value, "a finite number"))
    }

    fn above_zero(&self, column: Column) -> Result<f64, CaseError> {
        let value = self.finite(column)?;
        if value > 0.0 {
            return Ok(value);
        }
        Err(self.wrong(column, value, "above 0"))
    }

    /// A whole number as text: the name of a bus.
    fn number(&self, column: Column) -> Result<String, CaseError> {
        let value = self.finite(column)?;
        if value.fract() == 0.0 && value.abs() < 1e15 {
            return Ok(format!("{value:.0}"));
        }
        Err(self.wrong(column, value, "a whole number"))
    }

    fn in_service(&self, column: Column) -> Result<bool, CaseError> {
        // MATPOWER: in service where the status is above 0.
        Ok(self.finite(column)? > 0.0)
    }
}

fn rows<'a>(
    table: &'static str,
    rows: &'a Option<Vec<Row>>,
) -> Result<impl Iterator<Item = At<'a>> + Clone + use<'a>, CaseError> {
    let rows = rows.as_ref().ok_or(CaseError::MissingTable { table })?;
    if rows.is_empty() {
        return Err(CaseError::EmptyTable { table });
    }
    let at = move |(index, cells): (usize, &'a Row)| At {
        table,
        row: index.saturating_add(1),
        cells,
    };
    Ok(rows.iter().enumerate().map(at))
}

/// Buses by number, in service or (`None`) isolated.
struct Places(HashMap<String, Option<usize>>);

impl Places {
    fn find(&self, at: &At<'_>, column: Column) -> Result<Option<usize>, CaseError> {
        let bus = at.number(column)?;
        self.0.get(&bus).copied().ok_or(CaseError::UnknownBus {
            table: at.table,
            row: at.row,
            bus,
        })
    }
}

impl Tables {
    /// The case that the tables describe.
    ///
    /// # Errors
    /// [`CaseError`]: missing or empty tables, short rows, numbers that are not finite or out of bounds, buses that are
    /// unknown or twice there, no reference or several.
    pub fn case(self, form: Form) -> Result<Case, CaseError> {
        let base_mva = self.base_mva.filter(|base| base.is_finite() && *base > 0.0);
        let mut case = Case {
            name: self.name,
            form,
            base_mva: base_mva.ok_or(CaseError::Missing { field: "baseMVA" })?,
            root: 0,
            root_voltage_pu: 1.0,
            buses: Vec::new(),
            branches: Vec::new(),
            loads: Vec::new(),
            generators: Vec::new(),
            dropped: Dropped {
                conversions: self.conversions,
                tables: self.unread,
                ..Dropped::default()
            },
        };
        let mut controlled = vec![false; 0];
        let mut root = None;
        let mut places = Places(HashMap::new());
        for at in rows(BUS, &self.bus)? {
            let (name, kind) = (at.number(bus::NUMBER)?, at.any(bus::KIND)?);
            // 1 load, 2 voltage-controlled, 3 reference, 4 isolated.
            let kind = [1.0, 2.0, 3.0, 4.0].into_iter().position(|known| known == kind);
            let kind = kind.ok_or_else(|| at.wrong(bus::KIND, at.cells[bus::KIND.0], "1, 2, 3 or 4"))?;
            let place = (kind != 3).then_some(case.buses.len());
            if places.0.insert(name.clone(), place).is_some() {
                return Err(CaseError::DuplicateBus {
                    table: BUS,
                    row: at.row,
                    bus: name,
                });
            }
            let Some(place) = place else {
                case.dropped.buses.push(name);
                continue;
            };
            if kind == 2 {
                if let Some(first) = root.replace(place) {
                    return Err(CaseError::SeveralReferences {
                        first: case
                            .buses
                            .get(first)
                            .map_or(String::new(), |bus: &Bus| bus.name.clone()),
                        other: name,
                    });
                }
                case.root_voltage_pu = at.above_zero(bus::VM)?;
            }
            controlled.push(kind == 1);
            let (p_mw, q_mvar) = (at.finite(bus::PD)?, at.finite(bus::QD)?);
            if p_mw != 0.0 || q_mvar != 0.0 {
                case.loads.push(Load {
                    name: name.clone(),
                    bus: place,
                    p_mw,
                    q_mvar,
                });
            }
            case.buses.push(Bus {
                name,
                shunt_mw: at.finite(bus::GS)?,
                shunt_mvar: at.finite(bus::BS)?,
                limits_pu: limits(&at)?,
                solved_pu: None,
            });
        }
        case.root = root.ok_or(CaseError::NoReference("no row of table bus has type 3"))?;

        for at in rows(GENERATOR, &self.generator)? {
            let place = places.find(&at, generator::BUS)?;
            let (Some(bus), true) = (place, at.in_service(generator::STATUS)?) else {
                case.dropped.loads_and_generators = case.dropped.loads_and_generators.saturating_add(1);
                continue;
            };
            if bus == case.root {
                case.root_voltage_pu = at.above_zero(generator::VG)?;
            } else if controlled[bus] {
                case.dropped.voltage_controls = case.dropped.voltage_controls.saturating_add(1);
            }
            case.generators.push(Generator {
                position: at.row,
                bus,
                p_mw: at.finite(generator::PG)?,
                q_mvar: at.finite(generator::QG)?,
            });
        }

        for at in rows(BRANCH, &self.branch)? {
            let ends = (places.find(&at, branch::FROM)?, places.find(&at, branch::TO)?);
            let id = format!("{}:{}-{}", at.row, at.number(branch::FROM)?, at.number(branch::TO)?);
            let (r_pu, x_pu, b_pu) = (at.finite(branch::R)?, at.finite(branch::X)?, at.finite(branch::B)?);
            let (rating, tap) = (at.any(branch::RATE_A)?, at.finite(branch::TAP)?);
            if rating.is_nan() || rating < 0.0 {
                return Err(at.wrong(branch::RATE_A, rating, "0 (unlimited) or above"));
            }
            if tap < 0.0 {
                return Err(at.wrong(branch::TAP, tap, "0 (a line) or above"));
            }
            let shift_rad = at.finite(branch::SHIFT)?.to_radians();
            let ((Some(from), Some(to)), true) = (ends, at.in_service(branch::STATUS)?) else {
                case.dropped.branches_out_of_service.push(id);
                continue;
            };
            if b_pu != 0.0 {
                case.dropped.branches_with_charging = case.dropped.branches_with_charging.saturating_add(1);
            }
            case.branches.push(Branch {
                id,
                from,
                to,
                r_pu,
                x_pu,
                rating_mva: (rating > 0.0 && rating.is_finite()).then_some(rating),
                tap: if tap == 0.0 { 1.0 } else { tap },
                shift_rad,
            });
        }
        Ok(case)
    }
}

/// Limits of voltage, where both are given and finite.
fn limits(at: &At<'_>) -> Result<Option<(f64, f64)>, CaseError> {
    let (min, max) = (at.any(bus::VMIN)?, at.any(bus::VMAX)?);
    if min > max || min.is_nan() || max.is_nan() {
        return Err(at.wrong(bus::VMIN, min, "at most Vmax"));
    }
    Ok((min > 0.0 && max.is_finite()).then_some((min, max)))
}
