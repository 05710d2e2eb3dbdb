//! Buses: those in service, made one where a closed switch or a common source makes them one.
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::table::{Row, Table};
use crate::case::{Bus, CaseError, Dropped};

/// What stands at a bus index of the network.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Position among the buses of the case.
    pub bus: usize,
    /// Nominal voltage.
    pub kv: f64,
}

/// Where the buses of the network are in the case.
#[derive(Debug)]
pub struct Places {
    /// By index; `None` where the bus is out of service.
    by_index: HashMap<i64, Option<Place>>,
    /// Position of the reference bus.
    pub root: usize,
    /// Its voltage.
    pub root_voltage_pu: f64,
}

impl Places {
    /// The bus that a row names in a column; `None` when it is out of service.
    ///
    /// # Errors
    /// [`CaseError::UnknownBus`], and [`CaseError::Cell`] when it names none.
    pub fn find(&self, row: &Row<'_>, column: &'static str) -> Result<Option<Place>, CaseError> {
        let index = row.reference(column)?;
        self.by_index.get(&index).copied().ok_or_else(|| unknown(row, index))
    }
}

fn unknown(row: &Row<'_>, index: i64) -> CaseError {
    CaseError::UnknownBus {
        table: row.table(),
        row: row.position(),
        bus: index.to_string(),
    }
}

/// Buses that are one, by position in the table.
struct Joined(Vec<usize>);

impl Joined {
    fn first(&self, mut bus: usize) -> usize {
        while self.0[bus] != bus {
            bus = self.0[bus];
        }
        bus
    }

    /// Makes two one under the name of the earlier.
    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.0[one.max(other)] = one.min(other);
    }
}

/// A source that holds the reference voltage.
struct Source {
    bus: usize,
    voltage_pu: f64,
    degree: f64,
}

/// Reads the buses of the case and where each index has gone.
///
/// # Errors
/// [`CaseError`]: no bus, duplicates, nominal voltages that are not above 0, switches and sources at unknown buses, no
/// source or sources of different voltages.
pub fn read(
    net: &Map<String, Value>,
    switches: &Table,
    dropped: &mut Dropped,
) -> Result<(Vec<Bus>, Places), CaseError> {
    let table = Table::read(net, "bus")?;
    if table.is_empty() {
        return Err(match net.contains_key("bus") {
            true => CaseError::EmptyTable { table: "bus" },
            false => CaseError::MissingTable { table: "bus" },
        });
    }
    let mut position = HashMap::new();
    let mut alive = Vec::new();
    for (at, row) in table.rows().enumerate() {
        let index = row.index()?;
        if position.insert(index, at).is_some() {
            return Err(CaseError::DuplicateBus {
                table: "bus",
                row: row.position(),
                bus: index.to_string(),
            });
        }
        alive.push(row.flag("in_service")?);
    }
    let find = |row: &Row<'_>, column: &'static str| -> Result<usize, CaseError> {
        let index = row.reference(column)?;
        position.get(&index).copied().ok_or_else(|| unknown(row, index))
    };

    let mut joined = Joined((0..alive.len()).collect());
    for row in switches.rows() {
        if row.text("et") != "b" || !row.flag("closed")? {
            continue;
        }
        let (one, other) = (find(&row, "bus")?, find(&row, "element")?);
        if row.optional("z_ohm")?.unwrap_or(0.0) != 0.0 {
            return Err(CaseError::Unsupported {
                table: "switch".to_owned(),
                row: row.position(),
                what: "a switch between buses with an impedance",
            });
        }
        if alive[one] && alive[other] {
            joined.join(one, other);
        }
    }
    let sources = sources(net, &find, &alive)?;
    let root = sources
        .first()
        .ok_or(CaseError::NoReference("no ext_grid and no slack generator in service"))?;
    let name = |at: usize| {
        table
            .rows()
            .nth(at)
            .map_or(Ok(0), |row| row.index())
            .map(|index| index.to_string())
    };
    for other in &sources {
        if (other.voltage_pu, other.degree) != (root.voltage_pu, root.degree) {
            return Err(CaseError::SeveralReferences {
                first: name(root.bus)?,
                other: name(other.bus)?,
            });
        }
        joined.join(root.bus, other.bus);
    }

    let solved = solved(net)?;
    let mut buses: Vec<Bus> = Vec::new();
    let mut by_position: Vec<Option<Place>> = Vec::new();
    let mut places = HashMap::new();
    for (at, row) in table.rows().enumerate() {
        let (index, kv) = (row.index()?, row.above_zero("vn_kv")?);
        let first = joined.first(at);
        let place = if !alive[at] {
            dropped.buses.push(index.to_string());
            None
        } else if first < at {
            dropped.buses_joined.push((index.to_string(), name(first)?));
            // The earlier one has its place already.
            by_position[first].map(|place| Place { kv, ..place })
        } else {
            buses.push(Bus {
                name: index.to_string(),
                shunt_mw: 0.0,
                shunt_mvar: 0.0,
                limits_pu: row.optional("min_vm_pu")?.zip(row.optional("max_vm_pu")?),
                solved_pu: solved.get(&index).copied(),
            });
            Some(Place {
                bus: buses.len().saturating_sub(1),
                kv,
            })
        };
        by_position.push(place);
        places.insert(index, place);
    }
    let root_place = by_position[joined.first(root.bus)];
    let places = Places {
        by_index: places,
        root: root_place.map_or(0, |place| place.bus),
        root_voltage_pu: root.voltage_pu,
    };
    Ok((buses, places))
}

/// External grids and slack generators in service.
fn sources(
    net: &Map<String, Value>,
    find: &impl Fn(&Row<'_>, &'static str) -> Result<usize, CaseError>,
    alive: &[bool],
) -> Result<Vec<Source>, CaseError> {
    let mut sources = Vec::new();
    for (name, slack) in [("ext_grid", None), ("gen", Some("slack"))] {
        for row in Table::read(net, name)?.rows() {
            let bus = find(&row, "bus")?;
            let holds = slack.map_or(Ok(true), |column| row.flag(column))?;
            if holds && row.flag("in_service")? && alive[bus] {
                sources.push(Source {
                    bus,
                    voltage_pu: row.above_zero("vm_pu")?,
                    degree: row.optional("va_degree")?.unwrap_or(0.0),
                });
            }
        }
    }
    Ok(sources)
}

/// Voltages of an AC power flow that the file keeps, by index of the bus: the mean of the phases where loads are not
/// balanced, for a balanced power flow does not see those.
fn solved(net: &Map<String, Value>) -> Result<HashMap<i64, f64>, CaseError> {
    let phases: (&'static str, &[&'static str]) = if Table::read(net, "asymmetric_load")?.is_empty() {
        ("res_bus", &["vm_pu"])
    } else {
        ("res_bus_3ph", &["vm_a_pu", "vm_b_pu", "vm_c_pu"])
    };
    let mut voltages = HashMap::new();
    for row in Table::read(net, phases.0)?.rows() {
        let values: Option<Vec<f64>> = phases
            .1
            .iter()
            .map(|column| row.optional(column))
            .collect::<Result<_, _>>()?;
        if let Some(values) = values {
            let count: f64 = values.iter().map(|_| 1.0).sum();
            voltages.insert(row.index()?, values.iter().sum::<f64>() / count);
        }
    }
    Ok(voltages)
}
