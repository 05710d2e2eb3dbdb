//! Clears networks with loops and voltage limits, off chain, and says how to prove it.
//!
//! The market is a linear program ([`busbar_clearing::mesh`]). It is solved in floating point by an interior-point
//! method (module `program`), on few variables at a time (module `window`); its flows and fills become whole
//! watt-hours by a minimum-cost flow inside the unit boxes around them (module `boxes`), its multipliers whole
//! billionths (module `multipliers`). Nothing of it is trusted: [`Mesh::verify`] decides in exact integers.
#![allow(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::arithmetic_side_effects,
    reason = "floating-point search whose result is verified in checked integers before anybody uses it"
)]

mod boxes;
mod groups;
mod multipliers;
mod program;
pub mod region;
mod window;

use busbar_clearing::mesh::{Mesh, Proof, Proposal, Terms};
use busbar_clearing::{NetworkError, Order, PriceBounds, Violation};
use busbar_units::Ppm;
use thiserror::Error;

use groups::Groups;
use program::Optimum;

/// A proposal and what verifying it proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// What to post.
    pub proposal: Proposal,
    /// What everybody finds who verifies it.
    pub proof: Proof,
}

/// Why no clearing was found.
#[derive(Debug, Error)]
pub enum SolverError {
    /// The orders or what was found for them break a rule of the auction.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The network is none that can be cleared.
    #[error("network: {0}")]
    Network(#[from] NetworkError),
    /// The linear program has no solution that its solver could find.
    #[error("the linear program was not solved: {status}")]
    Program {
        /// What the interior-point solver says.
        status: String,
    },
    /// No whole watt-hours near the solution balance at every bus.
    #[error("no whole watt-hours within {width} Wh of the solution balance; {missing} Wh remain")]
    Boxes {
        /// Half-width of the boxes that were tried last, Wh.
        width: i64,
        /// Energy that no path could carry, Wh.
        missing: i64,
    },
}

/// The welfare-optimal clearing of a mesh within whole watt-hours, with multipliers that bound its distance to
/// the optimum.
///
/// # Errors
/// [`SolverError`] for orders beyond the auction's bounds and for markets that the search cannot solve.
pub fn solve(mesh: &Mesh, orders: &[Order], bounds: PriceBounds) -> Result<Solution, SolverError> {
    let terms = Terms {
        bounds,
        // Whatever was found is returned with its gap: whoever asked decides whether that is near enough.
        epsilon: Ppm::new(i64::MAX),
    };
    let groups = Groups::new(mesh.buses(), orders);
    let mut last = None;
    for &share in shares(mesh) {
        let optimum = window::solve(mesh, &groups, share)?;
        for width in boxes::WIDTHS {
            match whole(mesh, orders, &groups, &optimum, width, terms) {
                Ok(solution) => return Ok(solution),
                // Wider boxes help where too little fits into narrow ones, and nowhere else.
                Err(error @ SolverError::Boxes { .. }) => last = Some(error),
                Err(error) => {
                    last = Some(error);
                    break;
                }
            }
        }
        if mesh.cycles().is_empty() {
            break;
        }
    }
    Err(last.unwrap_or(SolverError::Boxes { width: 0, missing: 0 }))
}

/// Parts of the tolerance of Kirchhoff's law that the program may use, tried in turn: rounding seldom needs more than
/// the rest, and never more than all of it. The more loops there are, the likelier one of them needs more.
fn shares(mesh: &Mesh) -> &'static [f64] {
    if mesh.cycles().len() < MANY_LOOPS {
        &[0.8, 0.5, 0.0]
    } else {
        &[0.5, 0.0]
    }
}

/// Networks with at least so many loops have many that share lines.
const MANY_LOOPS: usize = 20;

/// The clearing in whole watt-hours next to an optimum, verified.
fn whole(
    mesh: &Mesh,
    orders: &[Order],
    groups: &Groups,
    optimum: &Optimum,
    width: i64,
    terms: Terms,
) -> Result<Solution, SolverError> {
    let rounded = boxes::round(mesh, groups, optimum, width)?;
    let fills = groups.split(orders, &rounded.fills);
    let verified = |multipliers: Proposal| {
        let proposal = Proposal {
            fills: fills.clone(),
            chords: rounded.chords.clone(),
            ..multipliers
        };
        let proof = mesh.verify(orders, &proposal, terms)?;
        Ok(Solution { proposal, proof })
    };
    let tight = multipliers::tight(mesh, optimum)?;
    match verified(tight.clone()) {
        // Far below a voltage limit its rounded multiplier may move prices beyond a limit price.
        Err(SolverError::Violation(Violation::Limit { .. })) => verified(multipliers::near(tight, optimum)),
        result => result,
    }
}
