use thiserror::Error;

use crate::case::CaseError;
use crate::flow::FlowError;
use crate::reference::ReferenceError;
use crate::{DerateError, NetworkFileError};

/// Why a case cannot be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// An option outside its bounds.
    #[error("--{option}: {value} is out of bounds, must be {min} to {max}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// What was given.
        value: String,
        /// The least there may be.
        min: String,
        /// The most there may be.
        max: String,
    },
    /// The case is no connected network.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// Its flows cannot be computed.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// There is nothing to compare with.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The network that came out is refused by its own check.
    #[error(transparent)]
    File(#[from] NetworkFileError),
    /// The spanning tree has no safe capacities.
    #[error(transparent)]
    Derate(#[from] DerateError),
    /// A branch without rating, and no rating for such.
    #[error("branch {branch} has no rating, and {others} others; give those without one a rating by --rating-w")]
    NoRating {
        /// First such branch.
        branch: String,
        /// How many more there are.
        others: usize,
    },
    /// A capacity that is no whole number of watt-hours from 1 up to the market's bound.
    #[error("branch {branch}: {wh} Wh per interval is out of bounds, must be 1 to {max}")]
    Capacity {
        /// The branch.
        branch: String,
        /// The capacity before rounding.
        wh: f64,
        /// The most there may be.
        max: u64,
    },
    /// A resistance or reactance that the market has no use for.
    #[error("branch {branch}: {quantity} is {value} p.u., must be {bound}")]
    Impedance {
        /// The branch.
        branch: String,
        /// `resistance` or `reactance`.
        quantity: &'static str,
        /// The value.
        value: f64,
        /// What it must be.
        bound: &'static str,
    },
    /// Phase shifts that drive a flow around a loop; the market's loops have none.
    #[error("the loop that branch {branch} closes has a phase shift of {degree} degrees in all, which must be 0")]
    PhaseShift {
        /// The branch.
        branch: String,
        /// Sum around the loop.
        degree: f64,
    },
    /// Impedances that no common unit can write in 32 bits.
    #[error("impedances from {smallest} to {largest} p.u. span too much to be written in whole numbers of one unit")]
    Span {
        /// The smallest above 0.
        smallest: f64,
        /// The largest.
        largest: f64,
    },
    /// Limits of voltage that leave out what the bus has without any flow.
    #[error(
        "bus {bus}: without flow it has {idle_pu} p.u., outside its limits with margin, {min_pu} to {max_pu}; \
         choose a smaller --voltage-margin-pu, other limits, or --no-voltage"
    )]
    VoltageLimits {
        /// The bus.
        bus: String,
        /// Voltage without flow.
        idle_pu: f64,
        /// Lowest voltage, margin included.
        min_pu: f64,
        /// Highest voltage, margin included.
        max_pu: f64,
    },
}
