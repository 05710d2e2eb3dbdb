//! Power flow: DC flows of any network and LinDistFlow voltages of a radial one.
mod circuit;

use thiserror::Error;

use crate::Graph;
use crate::case::{Case, CaseError};
pub use circuit::Circuit;

/// Why a flow cannot be computed.
#[derive(Debug, Error)]
pub enum FlowError {
    /// The case is no connected network.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// A line of a loop without a reactance above 0: nothing would say how flows divide.
    #[error("branch {branch}: reactance {x_pu} p.u. must be above 0, because it is part of a loop")]
    Reactance {
        /// The branch.
        branch: String,
        /// Its reactance times its turns ratio.
        x_pu: f64,
    },
    /// Voltages of LinDistFlow are those of a tree.
    #[error("the network is meshed (branch {branch} closes a loop); LinDistFlow voltages need a radial one")]
    Meshed {
        /// First branch that closes a loop.
        branch: String,
    },
    /// More power than the feeder can carry: no voltage is left.
    #[error(
        "bus {bus}: no voltage is left (squared voltage {squared_pu} p.u.); the loads are more than the feeder can carry"
    )]
    Collapse {
        /// The bus.
        bus: String,
        /// Its squared voltage.
        squared_pu: f64,
    },
    /// More loops than are solved at once.
    #[error("{loops} independent loops, at most {max} can be solved")]
    Loops {
        /// How many there are.
        loops: usize,
        /// How many there may be.
        max: usize,
    },
    /// Reactances so far apart that the loops cannot be told from each other.
    #[error("the loops' reactances span too many orders of magnitude")]
    Singular,
}

/// DC flow on every branch, MW, positive from `from` to `to`: lossless, susceptance `1 / (x tap)`, phase shifts
/// included, shunt conductance as load, the balance taken up at the reference bus (Stott, Jardim, Alsac, DC Power Flow
/// Revisited, IEEE Trans. Power Systems 24(3), 2009).
///
/// # Errors
/// [`FlowError::Case`] for islands, [`FlowError::Reactance`], [`FlowError::Singular`].
pub fn dc(case: &Case) -> Result<Vec<f64>, FlowError> {
    let graph = case.graph()?;
    let injections: Vec<f64> = case.injections().iter().map(|&(p, _)| p).collect();
    let tree = graph.tree_flows(&injections);
    let circuit = Circuit::new(&graph, &reactances(case))?;
    let shifts: Vec<f64> = case
        .branches
        .iter()
        .map(|branch| branch.shift_rad * case.base_mva)
        .collect();
    Ok(circuit.flows(tree, &shifts))
}

/// `x tap` of every branch, p.u., and its name.
pub(crate) fn reactances(case: &Case) -> Vec<(f64, &str)> {
    let each = case.branches.iter();
    each.map(|branch| (branch.x_pu * branch.tap, branch.id.as_str()))
        .collect()
}

/// Voltage of every bus, p.u., by lossless LinDistFlow (Baran and Wu, IEEE Trans. Power Delivery 4(1), 1989): along a
/// branch away from the root, in squared voltages,
///
/// ```text
/// V_to = V_from / tap^2 - 2 (r P + x Q)
/// ```
///
/// with `P` and `Q` the sums of the loads beyond, so no losses and no charging.
///
/// # Errors
/// [`FlowError::Case`] for islands, [`FlowError::Meshed`], [`FlowError::Collapse`].
pub fn lindistflow(case: &Case) -> Result<Vec<f64>, FlowError> {
    let graph = case.graph()?;
    if let Some(&chord) = graph.chords().first() {
        return Err(FlowError::Meshed {
            branch: case
                .branches
                .get(chord)
                .map_or(String::new(), |branch| branch.id.clone()),
        });
    }
    let (p, q): (Vec<f64>, Vec<f64>) = case.injections().into_iter().unzip();
    let (p, q) = (graph.tree_flows(&p), graph.tree_flows(&q));
    let mut squared = vec![case.root_voltage_pu.powi(2); graph.buses()];
    for &bus in graph.top_down() {
        let Some(up) = graph.up(bus) else { continue };
        let (Some(branch), Some(p), Some(q)) = (case.branches.get(up.line), p.get(up.line), q.get(up.line)) else {
            continue;
        };
        let above = squared[up.parent];
        let drop = 2.0 * (branch.r_pu * p + branch.x_pu * q) / case.base_mva;
        // The ideal transformer is at `from`, the impedance at the side of `to`.
        squared[bus] = if up.down {
            above / branch.tap.powi(2) - drop
        } else {
            (above + drop) * branch.tap.powi(2)
        };
    }
    voltages(case, &graph, squared)
}

fn voltages(case: &Case, graph: &Graph, squared: Vec<f64>) -> Result<Vec<f64>, FlowError> {
    // From the root on, so that the first bus without voltage is named.
    if let Some(&bus) = graph
        .top_down()
        .iter()
        .find(|&&bus| squared[bus] <= 0.0 || squared[bus].is_nan())
    {
        return Err(FlowError::Collapse {
            bus: case.buses.get(bus).map_or(String::new(), |bus| bus.name.clone()),
            squared_pu: squared[bus],
        });
    }
    Ok(squared.into_iter().map(f64::sqrt).collect())
}
