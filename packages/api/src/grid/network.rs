//! Buses, the lines between them, and voltage limits.
mod circuit;
mod error;
mod feeder;
mod limit;
mod names;
mod validate;

use busbar_units::{Ppm, Wh};
use cosmwasm_schema::cw_serde;

pub use circuit::{Branch, Circuit};
pub use error::NetworkError;
pub use limit::{LineLimit, LineLimits};
pub use names::Names;

/// Bus of the utility, beyond the connection.
pub const UTILITY_BUS: u16 = 0;
/// The bus at the region's end of the connection; the only one of a region without lines of its own.
pub const REGION_BUS: u16 = 1;
/// Number of the line between the two.
pub const CONNECTION_LINE: u16 = 0;
/// Its name where nobody gave it another.
pub const CONNECTION: &str = "connection";

/// Bounds of a network; checked at instantiate and at every update.
pub mod bounds {
    use core::ops::RangeInclusive;

    /// Buses, the utility's among them.
    pub const BUSES: RangeInclusive<usize> = 2..=2048;
    /// Lines, the connection among them.
    pub const LINES: RangeInclusive<usize> = 1..=4096;
    /// Bytes of a name.
    pub const NAME: RangeInclusive<usize> = 1..=30;
    /// Energy that a line carries in one interval, in Wh: the auction's quantity bound, which no trade exceeds.
    pub const CAPACITY: RangeInclusive<u64> = 0..=1 << 48;
    /// Intervals that one message limits.
    pub const LIMITED_INTERVALS: RangeInclusive<u64> = 1..=192;
    /// Limits in one message.
    pub const LIMITS_PER_MESSAGE: RangeInclusive<usize> = 1..=4096;
    /// Reactance and resistance of a line, in 1e-5 p.u.
    pub const IMPEDANCE: RangeInclusive<u32> = 0..=100_000_000;
    /// Energy of 1 p.u. in one interval, in Wh.
    pub const BASE_WH: RangeInclusive<u64> = 1..=1 << 48;
    /// Reactive power per active power, in millionths.
    pub const TAN_PHI: RangeInclusive<i64> = 0..=10_000_000;
    /// A voltage or its limit, in millionths of the nominal one.
    pub const VOLTAGE: RangeInclusive<i64> = 500_000..=1_500_000;
}

/// The region's network in an interval: buses and lines in the order of their numbers, which count from 0.
///
/// Bus 0 is the utility's and line 0, the connection, is the only one that touches it. Lines that close no loop
/// make a radial network, which the market clears by itself; a mesh and voltage limits need a posted
/// certificate.
#[cw_serde]
pub struct Network {
    /// Buses; devices name them by position.
    pub buses: Vec<Bus>,
    /// Lines; limits name them by position.
    pub lines: Vec<Line>,
    /// Voltage limits of a radial network; none where lines alone limit trade.
    pub voltage: Option<Voltage>,
}

/// A place where energy has one price.
#[cw_serde]
#[derive(Eq)]
pub struct Bus {
    /// Its name, unlike that of every other bus.
    pub name: String,
}

/// A line between two buses. Lossless; what it loses is a parameter of the region.
#[cw_serde]
#[derive(Eq)]
pub struct Line {
    /// Its name, unlike that of every other line.
    pub name: String,
    /// Bus at which a positive flow starts.
    pub from: u16,
    /// Bus at which a positive flow ends.
    pub to: u16,
    /// Most energy per interval in the direction `from` to `to`.
    pub capacity: Wh,
    /// Most energy per interval in the direction `to` to `from`.
    pub capacity_back: Wh,
    /// Series reactance in 1e-5 p.u.; above 0 on every line of a mesh but the connection.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reactance: u32,
    /// Series resistance in 1e-5 p.u.; voltage limits follow from it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resistance: u32,
    /// What the line carries in either direction when the contract has to clear without a certificate. The lines
    /// that have it form a tree of all buses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derated: Option<Wh>,
}

/// Voltage of a radial network by LinDistFlow in squared voltages at a fixed power factor (Baran and Wu 1989):
///
/// ```text
/// V_b = V_0 - 2 sum_{l on the way from bus 0 to b} (r_l + x_l tan_phi) P_l      P_l = Wh over l / base_wh
/// ```
///
/// Lossless, so optimistic; limits carry a margin for that.
#[cw_serde]
#[derive(Eq)]
pub struct Voltage {
    /// Energy of 1 p.u. of power in one interval.
    pub base_wh: Wh,
    /// Reactive power drawn per active power drawn.
    pub tan_phi: Ppm,
    /// Voltage of bus 0, in millionths of the nominal one (not squared).
    pub root: Ppm,
    /// Limits, by ascending bus; buses without one have none.
    pub limits: Vec<VoltageLimit>,
}

/// Voltage that a bus may have, in millionths of the nominal one (not squared), margin included.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct VoltageLimit {
    /// The bus.
    pub bus: u16,
    /// Lowest voltage.
    pub min: Ppm,
    /// Highest voltage.
    pub max: Ppm,
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

impl Bus {
    /// A bus of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

impl Line {
    /// A line that carries as much in either direction, without impedance.
    pub fn new(name: impl Into<String>, from: u16, to: u16, capacity: Wh) -> Self {
        Self {
            name: name.into(),
            from,
            to,
            capacity,
            capacity_back: capacity,
            reactance: 0,
            resistance: 0,
            derated: None,
        }
    }
}

/// The utility, the region and a connection that carries what [`super::Params`] say.
impl Default for Network {
    fn default() -> Self {
        let unlimited = Wh::new(*bounds::CAPACITY.end());
        Self {
            buses: vec![Bus::new("utility"), Bus::new("region")],
            lines: vec![Line::new(CONNECTION, UTILITY_BUS, REGION_BUS, unlimited)],
            voltage: None,
        }
    }
}

impl Network {
    /// The network as it is stored and read by other contracts: without names.
    pub fn circuit(&self) -> Circuit {
        Circuit {
            buses: u16::try_from(self.buses.len()).unwrap_or(u16::MAX),
            branches: self.lines.iter().map(Branch::from).collect(),
            voltage: self.voltage.clone(),
        }
    }

    /// The names apart from the rest.
    pub fn names(&self) -> (Names, Names) {
        let buses = self.buses.iter().map(|bus| bus.name.clone()).collect();
        let lines = self.lines.iter().map(|line| line.name.clone()).collect();
        (Names(buses), Names(lines))
    }

    /// Names and the rest together again; a line that has no name gets an empty one.
    pub fn named(circuit: Circuit, buses: Names, lines: Names) -> Self {
        let buses = buses.0.into_iter().map(Bus::new).collect();
        let mut names = lines.0.into_iter();
        let mut line = |branch: &Branch| Line {
            name: names.next().unwrap_or_default(),
            from: branch.from,
            to: branch.to,
            capacity: branch.capacity,
            capacity_back: branch.capacity_back,
            reactance: branch.reactance,
            resistance: branch.resistance,
            derated: branch.derated,
        };
        Self {
            buses,
            lines: circuit.branches.iter().map(&mut line).collect(),
            voltage: circuit.voltage,
        }
    }
}
