//! The clearing of a file, by whichever solver its network takes.
use busbar_clearing::mesh::{DUAL_SCALE, Mesh, Proposal, Terms};
use busbar_clearing::{Network, Side, check, clear};
use busbar_solver::{Solution, solve};
use busbar_units::{NetWh, Ppm, Price, Wh};

use super::error::AnswerError;
use super::input::Market;

/// A clearing and its proof; buses, orders and lines stand in the order of the file.
#[derive(Debug)]
pub struct Answer {
    /// Settlement price of each bus.
    pub prices: Vec<Price>,
    /// Energy filled of each order.
    pub fills: Vec<Wh>,
    /// Flow on each line, positive from its `from` to its `to`.
    pub flows: Vec<NetWh>,
    /// Buses whose price is formal only.
    pub no_trade: Vec<bool>,
    /// Lines that are full: at their capacity, or below it only because flows are whole watt-hours, which shows in a
    /// greater capacity being worth a whole price.
    pub binding: Vec<bool>,
    /// Energy bought, Wh.
    pub volume: u128,
    /// Welfare, its upper bound, their difference and the congestion rent, price times Wh.
    pub welfare: i128,
    pub dual: i128,
    pub gap: i128,
    pub rent: i128,
    pub method: Method,
}

/// How a clearing was found.
#[derive(Debug)]
pub enum Method {
    /// By the exact solver: a tree without limits of voltage. Lowest and highest optimal price of each bus.
    Exact {
        price_min: Vec<Price>,
        price_max: Vec<Price>,
    },
    /// By proposal and proof: the number of loops, and the buses where a limit of voltage moves prices.
    Proven { loops: usize, voltage_binding: Vec<usize> },
}

impl Answer {
    /// Whether a limit of voltage at this bus moves prices.
    pub fn voltage_binds(&self, bus: usize) -> bool {
        match &self.method {
            Method::Exact { .. } => false,
            Method::Proven { voltage_binding, .. } => voltage_binding.binary_search(&bus).is_ok(),
        }
    }
}

/// Clears a market and proves the clearing.
///
/// # Errors
/// [`AnswerError`] for orders that cannot be cleared and markets that the solver cannot solve.
pub fn answer(market: &Market) -> Result<Answer, AnswerError> {
    if market.mesh.is_plain_tree() {
        exact(market)
    } else {
        proven(market)
    }
}

fn exact(market: &Market) -> Result<Answer, AnswerError> {
    let mesh = &market.mesh;
    let lines = mesh.lines().iter().map(|line| line.line).collect();
    let network = Network::new(mesh.buses(), mesh.root(), lines).map_err(AnswerError::Network)?;
    let cleared = clear(&network, &market.orders, market.bounds).map_err(AnswerError::Orders)?;
    let proof = check(
        &network,
        &market.orders,
        &cleared.fills,
        &cleared.flows,
        &cleared.prices,
    )
    .map_err(AnswerError::Check)?;
    let prices: Vec<i128> = cleared.prices.iter().map(|price| price.get().into()).collect();
    let gains = gains(mesh, &prices, &vec![0; network.lines().len()]);
    Ok(Answer {
        binding: binding(mesh, &cleared.flows, &gains, 1),
        prices: cleared.prices,
        fills: cleared.fills,
        flows: cleared.flows,
        no_trade: cleared.no_trade,
        volume: cleared.volume,
        welfare: proof.welfare,
        dual: proof.dual,
        gap: proof.gap,
        rent: proof.rent,
        method: Method::Exact {
            price_min: cleared.price_min,
            price_max: cleared.price_max,
        },
    })
}

fn proven(market: &Market) -> Result<Answer, AnswerError> {
    let mesh = &market.mesh;
    let Solution { proposal, proof } = match nothing_trades(market) {
        Some(solution) => solution,
        None => solve(mesh, &market.orders, market.bounds)?,
    };
    let steps = mesh
        .price_steps(&proposal.kirchhoff, &proposal.voltage)
        .map_err(AnswerError::Check)?;
    let prices: Vec<i128> = proposal.prices.iter().map(|&price| price.into()).collect();
    let gains = gains(mesh, &prices, &steps);
    Ok(Answer {
        binding: binding(mesh, &proof.flows, &gains, DUAL_SCALE.into()),
        prices: proof.prices,
        fills: proof.fills,
        flows: proof.flows,
        no_trade: proof.no_trade,
        volume: proof.volume,
        welfare: proof.welfare,
        dual: proof.dual,
        gap: proof.gap,
        rent: proof.rent,
        method: Method::Proven {
            loops: mesh.cycles().len(),
            voltage_binding: voltage_binding(mesh, &proposal.voltage),
        },
    })
}

/// Zeros at one price for all where every bid is below every ask: the exact answer, as on a tree.
fn nothing_trades(market: &Market) -> Option<Solution> {
    let prices = |side| {
        let of_side = market.orders.iter().filter(move |order| order.side == side);
        of_side.map(|order| order.price)
    };
    let bid = prices(Side::Buy).max().unwrap_or(market.bounds.floor);
    let ask = prices(Side::Sell).min().unwrap_or(market.bounds.cap);
    if bid >= ask {
        return None;
    }
    let price = Price::midpoint(bid, ask).get().checked_mul(DUAL_SCALE)?;
    let loops = market.mesh.cycles().len();
    let proposal = Proposal {
        fills: vec![Wh::ZERO; market.orders.len()],
        prices: vec![price; market.mesh.buses()],
        chords: vec![NetWh::ZERO; loops],
        kirchhoff: vec![0; loops],
        voltage: Vec::new(),
    };
    let terms = Terms {
        bounds: market.bounds,
        epsilon: Ppm::new(0),
    };
    // Orders that are refused are refused by the solver, too, whose error says why.
    let mut proof = market.mesh.verify(&market.orders, &proposal, terms).ok()?;
    let formal = bid == market.bounds.floor || ask == market.bounds.cap;
    proof.no_trade.fill(formal);
    Some(Solution { proposal, proof })
}

/// What one Wh more of capacity would be worth on each line, forward (positive) or back: the difference of prices
/// that nothing else explains.
fn gains(mesh: &Mesh, prices: &[i128], steps: &[i128]) -> Vec<i128> {
    let price = |bus: usize| prices.get(bus).copied().unwrap_or_default();
    let lines = mesh.lines().iter().zip(steps);
    lines
        .map(|(line, &step)| {
            price(line.line.to)
                .saturating_sub(price(line.line.from))
                .saturating_sub(step)
        })
        .collect()
}

/// Which lines are full; `whole` is one price in the unit of the gains, below which they may be noise of the solver.
/// A line that may carry nothing is closed, not full.
fn binding(mesh: &Mesh, flows: &[NetWh], gains: &[i128], whole: i128) -> Vec<bool> {
    let lines = mesh.lines().iter().zip(flows).zip(gains);
    lines
        .map(|((line, flow), &gain)| {
            let full =
                |carried: Wh, capacity: Wh, gain: i128| !capacity.is_zero() && (carried == capacity || gain >= whole);
            full(flow.positive(), line.line.capacity, gain)
                || full(flow.negative(), line.line.capacity_back, gain.saturating_neg())
        })
        .collect()
}

/// Buses, ascending, whose multiplier of voltage moves the price between them and the root by a whole price.
fn voltage_binding(mesh: &Mesh, multipliers: &[(usize, i64)]) -> Vec<usize> {
    let of: std::collections::HashMap<usize, i64> = multipliers.iter().copied().collect();
    let rows = mesh.voltage_rows().filter(|row| {
        let multiplier = i128::from(of.get(&row.bus).copied().unwrap_or_default());
        let all = row
            .lines
            .iter()
            .fold(0i128, |sum, &(_, _, coefficient)| sum.saturating_add(coefficient));
        all.saturating_mul(multiplier).unsigned_abs() >= u128::from(DUAL_SCALE.unsigned_abs())
    });
    let mut buses: Vec<usize> = rows.map(|row| row.bus).collect();
    buses.sort_unstable();
    buses
}
