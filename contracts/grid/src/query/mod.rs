//! Questions, one file per subject.
mod interval;
mod params;
mod region;

pub use interval::{current_interval, network, times};
pub use params::{params, tariff, versions};
pub use region::{contracts, region, roles};
