//! Limits of voltage of a radial network, seen from its root.
use super::impedance::Whole;
use super::report::{Extreme, VoltageReport};
use super::{ImportError, Options};
use crate::case::Case;
use crate::numbers::{floor, millionths, millionths_down, millionths_up, real};
use crate::{Graph, Voltage, VoltageLimit};

/// The limits of every bus but the root; `ratio` is the turns ratio between the root and each bus.
///
/// Transformers are ideal and at fixed taps, so a voltage times its ratio obeys the same law as on plain lines, and so do
/// limits times the ratio.
///
/// # Errors
/// [`ImportError::VoltageLimits`].
pub fn limits(case: &Case, options: &Options, ratio: &[f64], base_mva: f64) -> Result<Voltage, ImportError> {
    let mut limits = Vec::new();
    let root_ppm = millionths(case.root_voltage_pu).unwrap_or(0);
    for (place, (bus, &ratio)) in case.buses.iter().zip(ratio).enumerate() {
        if place == case.root {
            continue;
        }
        let (min, max) = bus
            .limits_pu
            .unwrap_or((options.voltage_min_pu, options.voltage_max_pu));
        let (min, max) = (min + options.voltage_margin_pu, max - options.voltage_margin_pu);
        // Narrower, never wider.
        let limit = millionths_up(min * ratio).zip(millionths_down(max * ratio));
        let limit = limit.filter(|(min, max)| (*min..=*max).contains(&root_ppm));
        let (min_ppm, max_ppm) = limit.ok_or_else(|| ImportError::VoltageLimits {
            bus: bus.name.clone(),
            idle_pu: case.root_voltage_pu / ratio,
            min_pu: min,
            max_pu: max,
        })?;
        limits.push((bus.name.clone(), VoltageLimit { min_ppm, max_ppm }));
    }
    Ok(Voltage {
        base_wh: floor(base_mva * 1e6 * options.hours() + 0.5).unwrap_or(0),
        tan_phi_ppm: millionths(options.tan_phi()).unwrap_or(0),
        root_ppm,
        limits,
    })
}

/// What the report says of them.
pub fn report(
    case: &Case,
    graph: &Graph,
    options: &Options,
    whole: &Whole,
    ratio: &[f64],
    lindistflow: &[f64],
) -> VoltageReport {
    let limits_of_file = case.buses.iter().enumerate();
    let limits_of_file = limits_of_file
        .filter(|(place, bus)| *place != case.root && bus.limits_pu.is_some())
        .count();
    let (p, q) = case.total_load();
    let powers: Vec<f64> = case.injections().iter().map(|&(p, _)| p).collect();
    let flows = graph.tree_flows(&powers);
    let mut squared = vec![case.root_voltage_pu.powi(2); graph.buses()];
    let mut worst = Extreme::default();
    for &bus in graph.top_down() {
        let Some(up) = graph.up(bus) else { continue };
        let (r, x) = (real(whole.r[up.line].into()), real(whole.x[up.line].into()));
        let down = if up.down { flows[up.line] } else { -flows[up.line] };
        squared[bus] = squared[up.parent] - 2.0 * (r + x * options.tan_phi()) * 1e-5 * down / whole.base_mva;
        let difference = (squared[bus].max(0.0).sqrt() / ratio[bus] - lindistflow[bus]).abs();
        if difference > worst.value {
            worst = Extreme {
                value: difference,
                at: case.buses[bus].name.clone(),
            };
        }
    }
    VoltageReport {
        margin_pu: options.voltage_margin_pu,
        limits_of_file,
        limits_of_options: case.buses.len().saturating_sub(limits_of_file.saturating_add(1)),
        load_power_factor: (p > 0.0).then(|| p / p.hypot(q)),
        one_power_factor_pu: worst,
    }
}
