//! Averages, volatility, correlation and medians in integers. No chain is needed.
//!
//! | what | formula | scale | rounding |
//! |---|---|---|---|
//! | [`Ewma`]: mean | `m + (1 - L) (y - m)` | a millionth of the unit | nearest, halves up |
//! | [`Ewma`]: variance | `L v + (1 - L) (y - m)^2`, m before the update | the square of that | up |
//! | [`Ewma::volatility`] | `sqrt(v)` | a millionth of the unit | up |
//! | [`Joint`]: covariance | `L c + (1 - L) (x - mx) (y - my)`, means before the update | a millionth of each unit | nearest, halves up |
//! | [`Joint::correlation`] | `c / sqrt(vx vy)` | millionths | up: towards +1 |
//! | [`relative_change`] | `2 (q - p) / (abs p + abs q)` | millionths | away from zero |
//! | [`imbalance_share`] | `(D - S) / (D + S)` | millionths | away from zero |
//! | [`WeightedMean`] | `sum p w / sum w` | the unit | down |
//! | [`weighted_median`] | lower weighted median | the unit | none |
//!
//! Risk is never rounded down: a volatility is at least the exact one, and a correlation that earns credit where
//! it is negative is never more negative than the exact one. `tests/vectors.py` computes the same in NumPy; the
//! tests hold the integers to it.
#![cfg_attr(not(test), no_std)]
#![warn(missing_docs)]
extern crate alloc;

mod change;
mod day;
mod error;
mod ewma;
mod joint;
mod median;
mod root;

pub use change::{imbalance_share, relative_change};
pub use day::{Day, PeakHours, WeightedMean};
pub use error::RiskError;
pub use ewma::{bounded, Decay, Ewma, SCALE, VALUE_BOUND};
pub use joint::Joint;
pub use median::{median_deviation, weighted_median};
pub use root::{root_down, root_up};
