//! Capacities of the spanning tree under which clearing it alone is safe.
use thiserror::Error;

use crate::flow::{Circuit, FlowError};
use crate::mesh::MeshError;
use crate::numbers::{floor, real, real_i128};
use crate::{Graph, NetworkFile, NetworkFileError};

/// Floating-point sums of a few thousand terms are right to some 1e-12; the scale gives away a thousand times that.
const SAFETY: f64 = 1e-9;

/// Why a network has no fallback.
#[derive(Debug, Error)]
pub enum DerateError {
    /// It is no valid network.
    #[error(transparent)]
    Network(#[from] MeshError),
    /// Its flows cannot be computed.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl From<NetworkFileError> for DerateError {
    fn from(error: NetworkFileError) -> Self {
        Self::Network(error.into())
    }
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

/// Derated capacities of the spanning tree: whatever flows over the tree within them, the DC flows of the whole network
/// at the same injections keep the lines' capacities and the limits of voltage.
///
/// A transfer of 1 over the tree line j alone gives flows `H_lj` in the network, so every limit i is a row
/// `|sum_j a_ij t_j| <= room_i` of the tree's flows t: `a_lj = H_lj` for the capacity of line l, and sums of it along the
/// way to a bus for the limits of its voltage. With `F` the smaller of a line's two capacities,
///
/// ```text
/// s_i = room_i / sum_j |a_ij| F_j,    derated_j = floor(F_j min over the rows i with a_ij not 0 of s_i)
/// ```
///
/// keeps every row, because `sum_j |a_ij| derated_j <= s_i sum_j |a_ij| F_j`. Existing derated capacities do not count.
///
/// # Errors
/// [`DerateError`] when the file is not valid or the loops' reactances are too far apart.
pub fn derate(file: &NetworkFile) -> Result<Derated, DerateError> {
    let (mesh, graph) = (file.mesh()?, file.graph()?);
    // Exact: a reactance has 32 bits.
    let lines = file.lines.iter();
    let lines: Vec<(f64, &str)> = lines
        .map(|line| (f64::from(line.reactance.unwrap_or(0)), line.id.as_str()))
        .collect();
    let transfers = transfers(&graph, &Circuit::new(&graph, &lines)?);
    let capacity = file.lines.iter().map(|line| line.capacity_wh.min(line.back_wh()));
    let capacity: Vec<u64> = capacity.collect();
    let mut shares = Shares {
        limit: capacity.iter().map(|&wh| real(wh)).collect(),
        least: vec![f64::INFINITY; capacity.len()],
    };
    for (line, row) in transfers.iter().enumerate() {
        shares.keep(row, shares.limit[line]);
    }
    for limit in mesh.voltage_rows() {
        let mut sums = vec![0.0; capacity.len()];
        for (line, away, coefficient) in limit.lines {
            let coefficient = real_i128(if away {
                coefficient
            } else {
                coefficient.saturating_neg()
            });
            for &(transfer, share) in &transfers[line] {
                sums[transfer] += coefficient * share;
            }
        }
        let row: Vec<(usize, f64)> = sums.into_iter().enumerate().filter(|(_, sum)| *sum != 0.0).collect();
        shares.keep(&row, real_i128(limit.drop.min(limit.rise)));
    }
    let mut derated = Derated {
        wh: vec![None; capacity.len()],
        scale: vec![None; capacity.len()],
    };
    for line in (0..graph.buses()).filter_map(|bus| graph.up(bus)).map(|up| up.line) {
        let share = shares.least[line];
        let (wh, share) = match capacity[line] {
            // Nothing bounds it beside itself.
            whole if share == 1.0 || whole == 0 => (whole, 1.0),
            _ => (floor(share * (1.0 - SAFETY) * shares.limit[line]).unwrap_or(0), share),
        };
        derated.wh[line] = Some(wh);
        derated.scale[line] = Some(share);
    }
    Ok(derated)
}

/// The least share of its capacity that each line may keep.
struct Shares {
    limit: Vec<f64>,
    least: Vec<f64>,
}

impl Shares {
    /// Takes the row of a limit into account: by line of the tree its coefficient.
    fn keep(&mut self, row: &[(usize, f64)], room: f64) {
        let load: f64 = row.iter().map(|&(line, share)| share.abs() * self.limit[line]).sum();
        if load > 0.0 {
            for &(line, _) in row {
                self.least[line] = self.least[line].min(room / load);
            }
        }
    }
}

/// By line: which transfers of 1 over a line of the tree it carries a part of, and how much.
fn transfers(graph: &Graph, circuit: &Circuit) -> Vec<Vec<(usize, f64)>> {
    let mut carried = vec![Vec::new(); graph.lines()];
    for up in (0..graph.buses()).filter_map(|bus| graph.up(bus)) {
        let mut alone = vec![0.0; graph.lines()];
        alone[up.line] = 1.0;
        for (line, flow) in circuit.flows(alone, &[]).into_iter().enumerate() {
            if flow != 0.0 {
                carried[line].push((up.line, flow));
            }
        }
    }
    carried
}
