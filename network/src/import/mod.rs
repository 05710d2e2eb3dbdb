//! The import: a case into the network that the market clears on.
mod capacity;
mod error;
mod impedance;
mod options;
mod report;
mod voltage;

use crate::case::Case;
use crate::flow::{dc, lindistflow};
use crate::{Graph, Line, NetworkFile, derate, reference};

pub use error::ImportError;
use impedance::Impedances;
pub use options::{Options, bounds};
pub use report::{CapacityReport, Extreme, Fallback, LoadReport, OwnFlow, Report, Rounding, VoltageReport, Worst};

/// A network file and how it came about.
#[derive(Clone, Debug)]
pub struct Import {
    /// The network.
    pub network: NetworkFile,
    /// What it took, left out, rounded and derated.
    pub report: Report,
}

/// Imports a case: capacities from ratings; a radial network with limits of voltage (unless they are declined), a mesh
/// with reactances; both with derated capacities of the spanning tree. The root comes first among the buses, the others and
/// the lines follow in the order of the file. `reference` holds power flows to compare the case with, in the form of
/// [`reference`](mod@crate::reference).
///
/// # Errors
/// [`ImportError`]: an option, a rating or an impedance out of bounds, islands, voltages that cannot be kept, nothing to
/// compare with.
pub fn import(case: &Case, options: &Options, reference: Option<&str>) -> Result<Import, ImportError> {
    options.check()?;
    let graph = case.graph()?;
    let (capacities, capacity, capacity_error) = capacity::capacities(case, options)?;
    let mut network = plain(case, &capacities);
    let mut rounding = Rounding {
        capacity: capacity_error,
        reactance: None,
        resistance: None,
    };
    let worst = |(relative, place): (f64, usize)| Worst {
        relative,
        line: match relative > 0.0 {
            true => case.branches[place].id.clone(),
            false => String::new(),
        },
    };
    let (mut base_mva, mut voltage_report, mut fallback) = (case.base_mva, None, None);
    if !graph.is_radial() {
        no_shift_around(case, &graph)?;
        let mut members: Vec<usize> = graph
            .loops()
            .iter()
            .flat_map(|each| &each.lines)
            .map(|&(line, _)| line)
            .collect();
        members.sort_unstable();
        let whole = Impedances::of_mesh(case).whole(&case.branches, case.base_mva, &members)?;
        for (line, &x) in network.lines.iter_mut().zip(&whole.x) {
            line.reactance = Some(x);
        }
        rounding.reactance = Some(worst(whole.x_error));
        base_mva = whole.base_mva;
        fallback = Some(fall_back(&mut network)?);
    } else if options.voltage {
        let (seen, ratio) = Impedances::from_root(case, &graph);
        let whole = seen.whole(&case.branches, case.base_mva, &[])?;
        for (line, (&x, &r)) in network.lines.iter_mut().zip(whole.x.iter().zip(&whole.r)) {
            line.reactance = Some(x);
            line.resistance = Some(r);
        }
        rounding.reactance = Some(worst(whole.x_error));
        rounding.resistance = Some(worst(whole.r_error));
        base_mva = whole.base_mva;
        network.voltage = Some(voltage::limits(case, options, &ratio, base_mva)?);
        fallback = Some(fall_back(&mut network)?);
        voltage_report = Some(voltage::report(
            case,
            &graph,
            options,
            &whole,
            &ratio,
            &lindistflow(case)?,
        ));
    }
    network.validate()?;
    let report = Report {
        case: case.name.clone(),
        form: case.form,
        root: network.root.clone(),
        buses: network.buses.len(),
        lines: network.lines.len(),
        loops: graph.chords().len(),
        dropped: case.dropped.clone(),
        capacity,
        rounding,
        base_mva,
        voltage: voltage_report,
        fallback,
        own_flow: own_flow(case, &graph, options, &capacities)?,
        loads: case.loads.iter().map(|load| load_report(case, load)).collect(),
        comparisons: reference.map_or(Ok(Vec::new()), |text| reference::compare(case, text))?,
    };
    Ok(Import { network, report })
}

/// Buses and lines with capacities alone.
fn plain(case: &Case, capacities: &[u64]) -> NetworkFile {
    let name = |bus: usize| case.buses[bus].name.clone();
    let others = (0..case.buses.len()).filter(|&bus| bus != case.root);
    let lines = case.branches.iter().zip(capacities);
    NetworkFile {
        root: name(case.root),
        buses: std::iter::once(case.root).chain(others).map(name).collect(),
        lines: lines
            .map(|(branch, &capacity_wh)| Line {
                id: branch.id.clone(),
                from: name(branch.from),
                to: name(branch.to),
                capacity_wh,
                capacity_back_wh: None,
                reactance: None,
                resistance: None,
                derated_wh: None,
            })
            .collect(),
        voltage: None,
    }
}

/// Refuses phase shifts that drive a flow around a loop.
fn no_shift_around(case: &Case, graph: &Graph) -> Result<(), ImportError> {
    for each in graph.loops() {
        let shift = |&(line, along): &(usize, bool)| {
            let shift = case.branches[line].shift_rad;
            if along { shift } else { -shift }
        };
        let degree = each.lines.iter().map(shift).sum::<f64>().to_degrees();
        if degree.abs() > 1e-9 {
            return Err(ImportError::PhaseShift {
                branch: each
                    .lines
                    .first()
                    .map_or(String::new(), |&(line, _)| case.branches[line].id.clone()),
                degree,
            });
        }
    }
    Ok(())
}

/// Gives the lines of the spanning tree their derated capacities.
fn fall_back(network: &mut NetworkFile) -> Result<Fallback, ImportError> {
    let derated = derate(network)?;
    let mut fallback = Fallback {
        open: Vec::new(),
        least_scale: f64::INFINITY,
        line: String::new(),
    };
    for (line, (wh, scale)) in network.lines.iter_mut().zip(derated.wh.iter().zip(&derated.scale)) {
        line.derated_wh = *wh;
        match scale {
            None => fallback.open.push(line.id.clone()),
            Some(scale) if *scale < fallback.least_scale => {
                fallback.least_scale = *scale;
                fallback.line.clone_from(&line.id);
            }
            Some(_) => {}
        }
    }
    Ok(fallback)
}

/// The case at its own loads and dispatch.
fn own_flow(case: &Case, graph: &Graph, options: &Options, capacities: &[u64]) -> Result<OwnFlow, ImportError> {
    let (load_mw, load_mvar) = case.total_load();
    let shares = dc(case)?.into_iter().zip(capacities);
    let shares = shares.map(|(mw, &wh)| mw.abs() * 1e6 * options.hours() / crate::numbers::real(wh));
    let lines = || case.branches.iter().map(|branch| &branch.id);
    let mut flow = OwnFlow {
        load_mw,
        load_mvar,
        loading: extreme(lines().zip(shares), f64::gt).unwrap_or_default(),
        lowest_pu: None,
        highest_pu: None,
        solved_difference_pu: None,
    };
    if graph.is_radial() {
        let voltages = lindistflow(case)?;
        let buses = || case.buses.iter().zip(&voltages);
        let named = || buses().map(|(bus, &voltage)| (&bus.name, voltage));
        flow.lowest_pu = extreme(named(), f64::lt);
        flow.highest_pu = extreme(named(), f64::gt);
        let differences = buses().filter_map(|(bus, voltage)| Some((&bus.name, (bus.solved_pu? - voltage).abs())));
        flow.solved_difference_pu = extreme(differences, f64::gt);
    }
    Ok(flow)
}

/// The first value that no other beats.
fn extreme<'a>(values: impl Iterator<Item = (&'a String, f64)>, beats: impl Fn(&f64, &f64) -> bool) -> Option<Extreme> {
    let best = values.reduce(|best, other| if beats(&other.1, &best.1) { other } else { best });
    best.map(|(at, value)| Extreme { value, at: at.clone() })
}

fn load_report(case: &Case, load: &crate::Load) -> LoadReport {
    LoadReport {
        name: load.name.clone(),
        bus: case.buses[load.bus].name.clone(),
        w: load.p_mw * 1e6,
        var: load.q_mvar * 1e6,
    }
}
