use alloc::vec::Vec;

use busbar_units::{NetWh, Wh};

/// Multipliers are posted in billionths of a price (or of a price per unit of their row), finer than the prices
/// that are paid: a line that is far from full then costs the bound next to nothing. 64 bits hold prices up to
/// 9,200 coins per kWh in either direction.
pub const DUAL_SCALE: i64 = 1_000_000_000;

/// What somebody who solved the market off chain proposes. Nothing of it is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Energy filled of each order.
    pub fills: Vec<Wh>,
    /// Price of each bus, in 1 / [`DUAL_SCALE`] of a price.
    pub prices: Vec<i64>,
    /// Flow on the chord of each basis cycle, positive from its `from` to its `to`.
    pub chords: Vec<NetWh>,
    /// Multiplier of Kirchhoff's law on each basis cycle: price, in 1 / [`DUAL_SCALE`], per 1e-5 p.u. of reactance.
    pub kirchhoff: Vec<i64>,
    /// Multipliers of voltage limits by bus, those that are not 0: positive where the lowest voltage binds, negative
    /// where the highest does; price, in 1 / [`DUAL_SCALE`], per 1e-8 p.u. of squared voltage.
    pub voltage: Vec<(usize, i64)>,
}
