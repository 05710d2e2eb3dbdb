//! Capacities of the spanning tree of a mesh under which clearing the tree alone is safe.
use crate::flow::{Circuit, FlowError};
use crate::{Graph, NetworkFile, NetworkFileError};
use thiserror::Error;

/// Floating-point sums of a few thousand terms are right to some 1e-12; the scale gives away a thousand times that.
const SAFETY: f64 = 1e-9;

/// Why a network has no fallback.
#[derive(Debug, Error)]
pub enum DerateError {
    /// It is no valid network.
    #[error(transparent)]
    File(#[from] NetworkFileError),
    /// Its flows cannot be computed.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// What is left of the capacities.
#[derive(Clone, Debug, PartialEq)]
pub struct Derated {
    /// By line: derated capacity in Wh, both ways, of a line of the spanning tree; `None` for other lines.
    pub wh: Vec<Option<u64>>,
    /// By line: the share of its capacity that a line of the spanning tree keeps. Above 1 where parallel lines carry
    /// what the tree gives to one.
    pub scale: Vec<Option<f64>>,
}

/// Derated capacities of the spanning tree of a mesh: whatever flows over the tree within them, the DC flows of the
/// whole mesh at the same injections are within the lines' capacities.
///
/// A transfer of 1 over the tree line j alone gives flows `H_lj` in the mesh. Lines that share no loop do not feel each
/// other, so each group of lines joined by loops has its own scale
///
/// ```text
/// s = min over lines l of the group of F_l / sum_j |H_lj| F_j,    derated_j = floor(s F_j)
/// ```
///
/// with `F` the smaller of a line's two capacities.
///
/// # Errors
/// [`DerateError`] when the file is not valid or the loops' reactances are too far apart.
pub fn derate(file: &NetworkFile) -> Result<Derated, DerateError> {
    file.validate()?;
    let graph = file.graph()?;
    // Exact: a reactance has 32 bits.
    let lines: Vec<(f64, &str)> = file
        .lines
        .iter()
        .map(|line| (f64::from(line.reactance.unwrap_or(0)), line.id.as_str()))
        .collect();
    let circuit = Circuit::new(&graph, &lines)?;
    let capacity = file.lines.iter().map(|line| line.capacity_wh.min(line.back_wh()));
    let capacity: Vec<u64> = capacity.collect();
    let limit: Vec<f64> = capacity.iter().map(|&wh| crate::numbers::real(wh)).collect();
    let group = groups(&circuit, file.lines.len());
    let loads = loads(&graph, &circuit, &limit);
    let mut scale = vec![f64::INFINITY; file.lines.len()];
    for (line, (&load, &limit)) in loads.iter().zip(&limit).enumerate() {
        if load > 0.0 {
            let share = &mut scale[group[line]];
            *share = share.min(limit / load);
        }
    }
    let mut derated = Derated {
        wh: vec![None; file.lines.len()],
        scale: vec![None; file.lines.len()],
    };
    for line in 0..file.lines.len() {
        if graph.chords().binary_search(&line).is_ok() {
            continue;
        }
        let in_loop = circuit
            .loops()
            .iter()
            .any(|each| each.lines.iter().any(|&(member, _)| member == line));
        let share = scale[group[line]];
        let (wh, share) = match (in_loop, share.is_finite()) {
            // A line in no loop carries its transfer alone.
            (false, _) => (capacity[line], 1.0),
            (true, true) => (
                crate::numbers::floor(share * (1.0 - SAFETY) * limit[line]).unwrap_or(0),
                share,
            ),
            // Nothing in the group can carry anything.
            (true, false) => (0, 0.0),
        };
        derated.wh[line] = Some(wh);
        derated.scale[line] = Some(share);
    }
    Ok(derated)
}

/// Largest flow on each line when every line of the tree carries its capacity in the worst direction.
fn loads(graph: &Graph, circuit: &Circuit, limit: &[f64]) -> Vec<f64> {
    let mut loads = vec![0.0; limit.len()];
    for bus in 0..graph.buses() {
        let Some(up) = graph.up(bus) else { continue };
        let mut transfer = vec![0.0; limit.len()];
        transfer[up.line] = 1.0;
        let flows = circuit.flows(transfer, &[]);
        for (load, flow) in loads.iter_mut().zip(flows) {
            *load += flow.abs() * limit[up.line];
        }
    }
    loads
}

/// By line: a number that lines joined by loops have in common.
fn groups(circuit: &Circuit, lines: usize) -> Vec<usize> {
    let mut group: Vec<usize> = (0..lines).collect();
    for each in circuit.loops() {
        let members: Vec<usize> = each.lines.iter().map(|&(line, _)| group[line]).collect();
        let lowest = members.iter().copied().min().unwrap_or(0);
        for number in &mut group {
            if members.contains(number) {
                *number = lowest;
            }
        }
    }
    group
}
