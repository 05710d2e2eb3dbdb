//! Questions, one file per subject.
mod interval;
mod params;
mod region;

pub use interval::{current_interval, frequency, network, state, times};
pub use params::{params, tariff, versions, week};
pub use region::{contracts, region, roles};
