//! Kirchhoff's voltage law around the loops of a network.
use nalgebra::linalg::Cholesky;
use nalgebra::{DMatrix, DVector, Dyn};

use super::FlowError;
use crate::{Graph, Loop};

/// Most loops of a network, as many as lines that a region may have: the matrix of loops is dense and takes 8 bytes per
/// pair of them.
const MAX_LOOPS: usize = 4096;

/// A network whose flows divide by reactance: flows of the spanning tree plus one circulating flow per fundamental loop,
/// chosen so that around each loop `sum of x f + shift = 0`. With `C` the loops and `X` the reactances that is
/// `(C X C') g = - C (X f_tree + shift)`, a small positive definite system.
#[derive(Clone, Debug)]
pub struct Circuit {
    loops: Vec<Loop>,
    reactance: Vec<f64>,
    /// Of `C X C'`; none where there is no loop.
    factor: Option<Cholesky<f64, Dyn>>,
}

impl Circuit {
    /// The circuit of a network; a reactance and a name for messages per line.
    ///
    /// # Errors
    /// [`FlowError::Reactance`] for a line of a loop whose reactance is not above 0, [`FlowError::Loops`],
    /// [`FlowError::Singular`].
    pub fn new(graph: &Graph, lines: &[(f64, &str)]) -> Result<Self, FlowError> {
        if graph.chords().len() > MAX_LOOPS {
            return Err(FlowError::Loops {
                loops: graph.chords().len(),
                max: MAX_LOOPS,
            });
        }
        let loops = graph.loops();
        for (line, _) in loops.iter().flat_map(|each| &each.lines) {
            if let Some(&(x_pu, name)) = lines.get(*line)
                && (x_pu <= 0.0 || !x_pu.is_finite())
            {
                return Err(FlowError::Reactance {
                    branch: name.to_owned(),
                    x_pu,
                });
            }
        }
        let reactance: Vec<f64> = lines.iter().map(|&(x, _)| x).collect();
        let mut of_line: Vec<Vec<(usize, f64)>> = vec![Vec::new(); lines.len()];
        for (number, each) in loops.iter().enumerate() {
            for &(line, along) in &each.lines {
                of_line[line].push((number, sign(along)));
            }
        }
        let mut matrix = DMatrix::<f64>::zeros(loops.len(), loops.len());
        for (&x, members) in reactance.iter().zip(&of_line) {
            for &(row, one) in members {
                for &(column, other) in members {
                    matrix[(row, column)] += x * one * other;
                }
            }
        }
        let factor = match loops.is_empty() {
            true => None,
            false => Some(Cholesky::new(matrix).ok_or(FlowError::Singular)?),
        };
        Ok(Self {
            loops,
            reactance,
            factor,
        })
    }

    /// The loops.
    pub fn loops(&self) -> &[Loop] {
        &self.loops
    }

    /// The flows that Kirchhoff's law makes of flows that balance: what circulates is added. `shifts` holds what a line
    /// adds to the sum around its loops beside `x f`, in the unit of `x f`.
    pub fn flows(&self, mut flows: Vec<f64>, shifts: &[f64]) -> Vec<f64> {
        let Some(factor) = &self.factor else { return flows };
        let around = |each: &Loop| -> f64 {
            let drops = each.lines.iter().map(|&(line, along)| {
                let shift = shifts.get(line).copied().unwrap_or(0.0);
                sign(along) * (self.reactance[line] * flows[line] + shift)
            });
            -drops.sum::<f64>()
        };
        let residual = DVector::from_iterator(self.loops.len(), self.loops.iter().map(around));
        let circulating = factor.solve(&residual);
        for (each, &flow) in self.loops.iter().zip(circulating.iter()) {
            for &(line, along) in &each.lines {
                flows[line] += sign(along) * flow;
            }
        }
        flows
    }
}

fn sign(along: bool) -> f64 {
    if along { 1.0 } else { -1.0 }
}
