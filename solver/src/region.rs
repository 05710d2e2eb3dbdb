//! Between the contracts' messages and the solver.
use busbar_api::grid::Network;
use busbar_api::market::{self, AuctionOrder, AuctionResponse, VoltageMultiplier};
use busbar_clearing::mesh::{self, Mesh, MeshLine, VoltageLimit};
use busbar_clearing::{Line, NetworkError, Order, PriceBounds, Side};

use crate::{SolverError, solve};

/// The proposal for an interval: what the grid's query `network` and the market's `auction` (all of its pages) say,
/// solved.
///
/// # Errors
/// [`SolverError`], among them [`SolverError::Network`] for a network that no grid contract accepts.
pub fn proposal(network: &Network, auction: &AuctionResponse) -> Result<market::Proposal, SolverError> {
    let orders: Vec<Order> = auction.orders.iter().map(order).collect();
    let bounds = PriceBounds {
        floor: auction.floor,
        cap: auction.cap,
    };
    Ok(posted(solve(&mesh(network)?, &orders, bounds)?.proposal))
}

/// The grid contract's network as the auction takes it, hung up at the utility's bus.
///
/// # Errors
/// [`NetworkError`] for what no grid contract accepts.
pub fn mesh(network: &Network) -> Result<Mesh, NetworkError> {
    let lines = network.lines.iter().map(|line| MeshLine {
        line: Line {
            from: line.from.into(),
            to: line.to.into(),
            capacity: line.capacity,
            capacity_back: line.capacity_back,
        },
        reactance: line.reactance,
        resistance: line.resistance,
    });
    let voltage = network.voltage.as_ref().map(|voltage| mesh::Voltage {
        base: voltage.base_wh,
        tan_phi: voltage.tan_phi,
        root: voltage.root,
        limits: voltage
            .limits
            .iter()
            .map(|limit| VoltageLimit {
                bus: limit.bus.into(),
                min: limit.min,
                max: limit.max,
            })
            .collect(),
    });
    let root = busbar_api::grid::UTILITY_BUS.into();
    Mesh::new(network.buses.len(), root, lines.collect(), voltage.as_ref())
}

fn order(order: &AuctionOrder) -> Order {
    Order {
        bus: order.bus.into(),
        side: match order.side {
            market::Side::Buy => Side::Buy,
            market::Side::Sell => Side::Sell,
        },
        price: order.limit,
        quantity: order.quantity,
    }
}

/// A proposal as the market's message carries it.
fn posted(proposal: mesh::Proposal) -> market::Proposal {
    let whole = |values: Vec<i64>| values.into_iter().map(Into::into).collect();
    market::Proposal {
        fills: proposal.fills,
        prices: whole(proposal.prices),
        chords: proposal.chords,
        kirchhoff: whole(proposal.kirchhoff),
        voltage: proposal
            .voltage
            .into_iter()
            .filter_map(|(bus, multiplier)| {
                // A grid contract's buses have numbers of 16 bits.
                let bus = u16::try_from(bus).ok()?;
                let multiplier = multiplier.into();
                Some(VoltageMultiplier { bus, multiplier })
            })
            .collect(),
    }
}
