use serde::Serialize;

use crate::case::{Dropped, Form};
use crate::reference::Comparison;

/// What an import took, left out, rounded and derated.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name that the case gives itself.
    pub case: String,
    /// Form of the file.
    pub form: Form,
    /// Name of the root.
    pub root: String,
    /// Buses of the network file.
    pub buses: usize,
    /// Lines of the network file.
    pub lines: usize,
    /// Fundamental loops; none in a radial network.
    pub loops: usize,
    /// What the file has and the network has not.
    pub dropped: Dropped,
    /// How ratings became capacities.
    pub capacity: CapacityReport,
    /// Largest relative errors of whole numbers.
    pub rounding: Rounding,
    /// Base of power of the impedances, MVA.
    pub base_mva: f64,
    /// Limits of voltage, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voltage: Option<VoltageReport>,
    /// The spanning tree, where it alone is no exact substitute: in a mesh and under limits of voltage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Fallback>,
    /// The case at its own loads and dispatch.
    pub own_flow: OwnFlow,
    /// Loads of the case and their buses.
    pub loads: Vec<LoadReport>,
    /// Comparison with power flows that others computed.
    pub comparisons: Vec<Comparison>,
}

/// How ratings became capacities: `rating x factor x interval`, rounded down.
#[derive(Clone, Debug, Serialize)]
pub struct CapacityReport {
    /// Active over apparent power.
    pub power_factor: f64,
    /// Multiple of every rating.
    pub rating_scale: f64,
    /// Share left for losses.
    pub loss_margin: f64,
    /// Highest over mean power of an interval.
    pub peak_to_mean: f64,
    /// Length of an interval, seconds.
    pub interval_s: u64,
    /// `rating_scale x power_factor x (1 - loss_margin) / peak_to_mean`.
    pub factor: f64,
    /// Lines that had no rating and got [`rating_w`](super::Options::rating_w).
    pub without_rating: usize,
    /// Smallest capacity, Wh.
    pub smallest_wh: u64,
    /// Largest capacity, Wh.
    pub largest_wh: u64,
}

/// Largest relative errors of whole numbers, each with the line where it is.
#[derive(Clone, Debug, Serialize)]
pub struct Rounding {
    /// Of capacities, which are rounded down.
    pub capacity: Worst,
    /// Of reactances; none where the file has no reactance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reactance: Option<Worst>,
    /// Of resistances; none where the file has no resistance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resistance: Option<Worst>,
}

/// A relative error and the line where it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Worst {
    /// Relative error.
    pub relative: f64,
    /// Name of the line; empty where every value is exact.
    pub line: String,
}

/// Limits of voltage.
#[derive(Clone, Debug, Serialize)]
pub struct VoltageReport {
    /// By how much limits are narrowed at both ends, p.u.
    pub margin_pu: f64,
    /// Buses whose limits are the file's own.
    pub limits_of_file: usize,
    /// Buses whose limits are those of the options.
    pub limits_of_options: usize,
    /// Power factor of the case's own loads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_power_factor: Option<f64>,
    /// At the case's own loads: largest difference between the voltages that the whole numbers and the one power factor
    /// give and LinDistFlow with the loads' own reactive power, p.u.
    pub one_power_factor_pu: Extreme,
}

/// The spanning tree at derated capacities, cleared when nobody clears the whole network.
#[derive(Clone, Debug, Serialize)]
pub struct Fallback {
    /// Lines outside the tree.
    pub open: Vec<String>,
    /// Smallest share of its capacity that a line of the tree keeps.
    pub least_scale: f64,
    /// That line.
    pub line: String,
}

/// A value and the bus or line where it is.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Extreme {
    /// The value.
    pub value: f64,
    /// Name of the bus or line.
    pub at: String,
}

/// The case at its own loads and dispatch.
#[derive(Clone, Debug, Serialize)]
pub struct OwnFlow {
    /// Load, MW.
    pub load_mw: f64,
    /// Load, Mvar.
    pub load_mvar: f64,
    /// Largest share of its capacity that a line's DC flow takes; above 1 it is more than the market would let through.
    pub loading: Extreme,
    /// Lowest LinDistFlow voltage, p.u., in a radial network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_pu: Option<Extreme>,
    /// Highest LinDistFlow voltage, p.u., in a radial network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_pu: Option<Extreme>,
    /// Largest difference between LinDistFlow and the voltages of an AC power flow that the file keeps, p.u.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solved_difference_pu: Option<Extreme>,
}

/// A load and its bus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LoadReport {
    /// Its name.
    pub name: String,
    /// Name of its bus.
    pub bus: String,
    /// Power, W.
    pub w: f64,
    /// Reactive power, var.
    pub var: f64,
}
