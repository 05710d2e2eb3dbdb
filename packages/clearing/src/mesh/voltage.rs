use alloc::vec::Vec;

use busbar_units::{Ppm, Wh};

use super::MeshLine;
use crate::{Network, NetworkError};

/// One per unit of voltage, in millionths.
pub const PER_UNIT: i64 = 1_000_000;

/// Limits of voltage by linearised DistFlow (Baran and Wu, IEEE Trans. Power Delivery 4(1), 1989), without
/// losses and at one power factor: along a line from the side of the root
///
/// ```text
/// V_to^2 = V_from^2 - 2 (r + x tan phi) P,   P in p.u. = flow in Wh / base_wh
/// ```
///
/// In a mesh the voltage of a bus is taken along the spanning tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voltage {
    /// Energy that 1 p.u. of power carries in one interval.
    pub base: Wh,
    /// Tangent of the angle between apparent and active power, the same at every bus.
    pub tan_phi: Ppm,
    /// Voltage of the root, millionths of 1 p.u.
    pub root: Ppm,
    /// The limits; a bus without one is free.
    pub limits: Vec<VoltageLimit>,
}

/// Lowest and highest voltage of a bus, millionths of 1 p.u.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoltageLimit {
    /// Index of the bus.
    pub bus: usize,
    /// Lowest voltage.
    pub min: Ppm,
    /// Highest voltage.
    pub max: Ppm,
}

/// The limit of one bus as a linear row: `-rise <= sum of coefficient x flow away from the root <= drop`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoltageRow {
    /// The bus.
    pub bus: usize,
    /// Position of each line on the way from the bus to the root, whether its positive flow runs away from the
    /// root, and its coefficient.
    pub lines: Vec<(usize, bool, i128)>,
    /// Most that the sum may be: the voltage is at its lowest.
    pub drop: i128,
    /// Most that it may be negative: the voltage is at its highest.
    pub rise: i128,
}

/// Limits in integers: squared voltage in 1e-8 p.u. times Wh of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// `2 (r + x tan phi)` of each line of the tree, 1e-8 p.u.
    pub coefficients: Vec<i128>,
    /// By bus: most drop and most rise of the squared voltage.
    pub slack: Vec<Option<(i128, i128)>>,
}

impl Rows {
    pub fn new(voltage: &Voltage, tree: &Network, members: &[usize], lines: &[MeshLine]) -> Result<Self, NetworkError> {
        let base = i128::from(voltage.base.get());
        // Voltages of real networks lie within half and twice the nominal one; tan phi of 2 is a power factor of 0.45.
        within("voltage.base", base, 1, 1 << 48)?;
        within("voltage.root", voltage.root.get().into(), 500_000, 2_000_000)?;
        within("voltage.tan_phi", voltage.tan_phi.get().into(), -2_000_000, 2_000_000)?;
        let tan_phi = i128::from(voltage.tan_phi.get());
        let coefficients = members.iter().map(|&member| {
            let MeshLine {
                reactance, resistance, ..
            } = lines[member];
            let (r, x) = (i128::from(resistance), i128::from(reactance));
            // 2 (r 1e-5) in 1e-8; the tangent in millionths, rounded to the nearest.
            let twice = r.saturating_mul(1_000_000).saturating_add(x.saturating_mul(tan_phi));
            twice.saturating_mul(2).saturating_add(500).div_euclid(1000)
        });
        let coefficients = coefficients.collect();
        let squared = |ppm: i128| ppm.saturating_mul(ppm);
        let root = squared(voltage.root.get().into());
        let mut slack = alloc::vec![None; tree.buses()];
        for &VoltageLimit { bus, min, max } in &voltage.limits {
            let Some(slot) = slack.get_mut(bus) else {
                return Err(NetworkError::VoltageBus {
                    bus,
                    buses: tree.buses(),
                });
            };
            let (min, max) = (i128::from(min.get()), i128::from(max.get()));
            within("voltage.limits.min", min, 0, voltage.root.get().into())?;
            within("voltage.limits.max", max, voltage.root.get().into(), 2_000_000)?;
            // 1e-12 p.u. to 1e-8, times the base; a limit is never rounded wider.
            let room = |squared: i128| squared.saturating_mul(base).div_euclid(10_000);
            let (drop, rise) = (root.saturating_sub(squared(min)), squared(max).saturating_sub(root));
            if slot.replace((room(drop), room(rise))).is_some() {
                return Err(NetworkError::VoltageTwice { bus });
            }
        }
        Ok(Self { coefficients, slack })
    }

    pub fn iter<'a>(&'a self, tree: &'a Network, members: &'a [usize]) -> impl Iterator<Item = VoltageRow> + 'a {
        self.slack.iter().enumerate().filter_map(move |(bus, slack)| {
            let (drop, rise) = (*slack)?;
            let mut lines = Vec::new();
            let mut below = bus;
            while let Some(up) = tree.up(below) {
                lines.push((members[up.line], !up.exports, self.coefficients[up.line]));
                below = up.parent;
            }
            Some(VoltageRow { bus, lines, drop, rise })
        })
    }
}

fn within(field: &'static str, value: i128, min: i128, max: i128) -> Result<(), NetworkError> {
    if value < min || value > max {
        return Err(NetworkError::Voltage { field, value, min, max });
    }
    Ok(())
}
