//! Impedances as whole numbers of 1e-5 p.u., on a base of power that makes the rounding small.
use super::ImportError;
use crate::Graph;
use crate::case::{Branch, Case};
use crate::numbers::{nearest, real};

/// 1e-5 p.u.
const UNITS_PER_PU: f64 = 1e5;
/// Rounding to aim for. A base ten times larger makes every number ten times larger and its rounding ten times smaller.
const GOOD: f64 = 1e-3;
/// Most units of an impedance in a loop: multipliers of Kirchhoff's law are per unit of reactance and have limited
/// resolution themselves.
const MOST_IN_LOOPS: f64 = 1e6;
/// Most units of an impedance: the bound of a region's network.
const MOST: f64 = 1e8;
/// Relative errors up to here are those of floating point: the value was written in whole units.
const EXACT: f64 = 1e-12;
/// Powers of ten to try.
const TENS: u32 = 6;

/// Impedances of the branches, p.u. on the case's base, without transformers.
#[derive(Clone, Debug)]
pub struct Impedances {
    /// Resistance; empty where nothing needs it.
    pub r: Vec<f64>,
    /// Reactance.
    pub x: Vec<f64>,
}

/// Impedances in whole numbers.
#[derive(Clone, Debug)]
pub struct Whole {
    /// Base of power, MVA.
    pub base_mva: f64,
    /// Resistance, 1e-5 p.u.; empty where nothing needs it.
    pub r: Vec<u32>,
    /// Reactance, 1e-5 p.u.
    pub x: Vec<u32>,
    /// Largest relative error of a reactance, and the branch.
    pub x_error: (f64, usize),
    /// Largest relative error of a resistance, and the branch.
    pub r_error: (f64, usize),
}

impl Impedances {
    /// Of a radial network, seen from the root, and the turns ratio between the root and each bus, which a voltage is
    /// multiplied by to be seen from the root.
    pub fn from_root(case: &Case, graph: &Graph) -> (Self, Vec<f64>) {
        let mut ratio = vec![1.0; graph.buses()];
        let mut seen = Self {
            r: vec![0.0; graph.lines()],
            x: vec![0.0; graph.lines()],
        };
        for &bus in graph.top_down() {
            let Some((up, branch)) = graph.up(bus).and_then(|up| Some((up, case.branches.get(up.line)?))) else {
                continue;
            };
            // The ideal transformer is at `from`, the impedance at the side of `to`.
            let above = ratio[up.parent];
            let at_impedance = if up.down { above * branch.tap } else { above };
            ratio[bus] = if up.down { at_impedance } else { above / branch.tap };
            seen.r[up.line] = branch.r_pu * at_impedance.powi(2);
            seen.x[up.line] = branch.x_pu * at_impedance.powi(2);
        }
        (seen, ratio)
    }

    /// Of a mesh: what DC flows divide by, `x tap`.
    pub fn of_mesh(case: &Case) -> Self {
        let x = case.branches.iter().map(|branch| branch.x_pu * branch.tap);
        Self {
            r: Vec::new(),
            x: x.collect(),
        }
    }

    /// As whole numbers; in a mesh those of loops stay above 0.
    ///
    /// # Errors
    /// [`ImportError::Impedance`] below 0, or (`loops`) not above 0; [`ImportError::Span`].
    pub fn whole(&self, branches: &[Branch], base_mva: f64, loops: &[usize]) -> Result<Whole, ImportError> {
        for (quantity, values) in [("resistance", &self.r), ("reactance", &self.x)] {
            for (branch, (&value, at)) in values
                .iter()
                .zip(branches)
                .enumerate()
                .map(|(place, each)| (place, (each.0, each.1)))
            {
                let in_loop = loops.binary_search(&branch).is_ok();
                if value.is_nan() || value < 0.0 || (in_loop && value == 0.0) {
                    return Err(ImportError::Impedance {
                        branch: at.id.clone(),
                        quantity,
                        value,
                        bound: if in_loop { "above 0" } else { "0 or above" },
                    });
                }
            }
        }
        let used = || self.r.iter().chain(&self.x).copied().filter(|value| *value > 0.0);
        let (smallest, largest) = (used().fold(f64::INFINITY, f64::min), used().fold(0.0, f64::max));
        let most = if loops.is_empty() { MOST } else { MOST_IN_LOOPS };
        let mut scale = 1.0;
        for _ in 0..TENS {
            let fine = smallest * UNITS_PER_PU * scale >= 0.5 / GOOD;
            if fine || largest * UNITS_PER_PU * scale * 10.0 > most {
                break;
            }
            scale *= 10.0;
        }
        let units = UNITS_PER_PU * scale;
        let span = || ImportError::Span { smallest, largest };
        let round = |values: &[f64]| -> Result<(Vec<u32>, (f64, usize)), ImportError> {
            let mut worst = (0.0f64, 0);
            let mut whole = Vec::with_capacity(values.len());
            for (place, &value) in values.iter().enumerate() {
                let rounded = nearest(value * units).ok_or_else(span)?;
                let error = (real(rounded.into()) / (value * units) - 1.0).abs();
                if error > worst.0.max(EXACT) {
                    worst = (error, place);
                }
                if rounded == 0 && loops.binary_search(&place).is_ok() {
                    return Err(span());
                }
                whole.push(rounded);
            }
            Ok((whole, worst))
        };
        let ((r, r_error), (x, x_error)) = (round(&self.r)?, round(&self.x)?);
        Ok(Whole {
            base_mva: base_mva * scale,
            r,
            x,
            x_error,
            r_error,
        })
    }
}
