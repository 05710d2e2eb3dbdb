use busbar_units::{NetWh, Price, Wh};
use thiserror::Error;

use crate::sums::{add, multiply, subtract, Sums};
use crate::{ClearingError, Network, Order};

/// Proof that a clearing is the best there is, in millionths per kWh times Wh (1000 times money).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// What buyers would have paid at most less what sellers would have taken at least.
    pub welfare: i128,
    /// Upper bound of the welfare of any feasible clearing, from the prices.
    pub dual: i128,
    /// `dual - welfare`: 0 in every certificate, because a tree leaves no gap to an optimum.
    pub gap: i128,
    /// Congestion rent, what buyers pay above what sellers get: `sum_l (lambda_to - lambda_from) f_l >= 0`.
    pub rent: i128,
}

/// Why fills, flows and prices are not an optimal clearing. Everything is named by its position.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    /// A list does not have one entry per order, line or bus.
    #[error("{field}: {count} entries, must be {expected}")]
    Length {
        /// The list.
        field: &'static str,
        /// How many entries it has.
        count: usize,
        /// How many it must have.
        expected: usize,
    },
    /// An order at a bus that the network does not have.
    #[error("order {order}: bus {bus} does not exist")]
    UnknownBus {
        /// Position of the order.
        order: usize,
        /// The bus that was named.
        bus: usize,
    },
    /// More was filled than was ordered.
    #[error("order {order}: fill {fill} is above its quantity {quantity}")]
    Fill {
        /// Position of the order.
        order: usize,
        /// What was filled.
        fill: Wh,
        /// What was ordered.
        quantity: Wh,
    },
    /// Somebody pays more or gets less than the limit.
    #[error("order {order}: filled at {price}, which breaks its limit {limit}")]
    Limit {
        /// Position of the order.
        order: usize,
        /// The price of its bus.
        price: Price,
        /// Its limit price.
        limit: Price,
    },
    /// A flow beyond what its line may carry.
    #[error("line {line}: flow {flow} is outside -{capacity_back} to {capacity}")]
    Flow {
        /// Position of the line.
        line: usize,
        /// The flow, positive from `from` to `to`.
        flow: NetWh,
        /// Most there may be forward.
        capacity: Wh,
        /// Most there may be back.
        capacity_back: Wh,
    },
    /// What reaches a bus is not what leaves it.
    #[error("bus {bus}: {excess} Wh more leave it than reach it")]
    Balance {
        /// The bus.
        bus: usize,
        /// Drawn by orders and lines less fed, in Wh.
        excess: i128,
    },
    /// The prices do not prove the fills optimal.
    #[error("welfare {welfare} may be up to {gap} below the optimum (dual {dual})")]
    NotOptimal {
        /// Welfare of the fills.
        welfare: i128,
        /// Upper bound from the prices.
        dual: i128,
        /// The difference, above 0.
        gap: i128,
    },
    /// The orders themselves are beyond the auction's bounds.
    #[error(transparent)]
    Orders(ClearingError),
    /// Kirchhoff's voltage law does not hold on a loop.
    #[error("cycle {cycle}: reactance times flow sums to {residual}, must be within {tolerance} of 0")]
    Kirchhoff {
        /// Position of the basis cycle.
        cycle: usize,
        /// Sum of reactance times flow around it, 1e-5 p.u. times Wh.
        residual: i128,
        /// The largest size there may be.
        tolerance: i128,
    },
    /// A voltage outside its limits.
    #[error(
        "bus {bus}: squared voltage falls by {fallen}, must be from -{rise} to {drop} (1e-8 p.u. times Wh of the base)"
    )]
    Voltage {
        /// The bus.
        bus: usize,
        /// How far the squared voltage falls from the root to the bus.
        fallen: i128,
        /// Most it may fall.
        drop: i128,
        /// Most it may rise.
        rise: i128,
    },
    /// A multiplier for a bus whose voltage has no limit.
    #[error("voltage: bus {bus} has no voltage limit that could have a multiplier")]
    NoVoltageLimit {
        /// The bus that was named.
        bus: usize,
    },
    /// Buyers would pay less than sellers get.
    #[error("payments are {} below receipts (price times Wh)", rent.unsigned_abs())]
    Deficit {
        /// Payments less receipts, below 0.
        rent: i128,
    },
    /// A mesh's multipliers do not prove the fills near enough the optimum.
    #[error("welfare {welfare} may be up to {gap} below the optimum (dual {dual}), {allowed} is allowed")]
    Gap {
        /// Welfare of the fills.
        welfare: i128,
        /// Upper bound from the multipliers.
        dual: i128,
        /// The difference.
        gap: i128,
        /// The largest there may be.
        allowed: i128,
    },
    /// The sums leave 128 bits; on a tree, prices and quantities within their bounds cannot cause it.
    #[error("a sum of price times energy leaves 128 bits")]
    Overflow,
}

/// Checks a clearing of a tree against the market itself, in one pass over orders, lines and buses.
///
/// Any prices are feasible for the dual program, whose value bounds the welfare `W` of every
/// feasible clearing from above (weak duality):
///
/// ```text
/// D(lambda) = sum_i Q_i max(0, s_i (p_i - lambda_b(i))) + sum_l (F_l max(0, m_l) + U_l max(0, -m_l))
/// m_l = lambda_to - lambda_from,   F_l = capacity,   U_l = capacity_back
/// ```
///
/// So wrong prices can only make `D` larger, never a bad clearing look good, and `D = W` proves it
/// optimal whoever computed it. On a tree such prices always exist; a larger `D` is refused.
///
/// # Errors
/// The first [`Violation`]: lengths, fills within orders, limit prices, lines, balances, optimality.
pub fn check(
    network: &Network,
    orders: &[Order],
    fills: &[Wh],
    flows: &[NetWh],
    prices: &[Price],
) -> Result<Certificate, Violation> {
    length("fills", fills.len(), orders.len())?;
    length("flows", flows.len(), network.lines().len())?;
    length("prices", prices.len(), network.buses())?;
    let mut sums = Sums::new(network.buses());
    for (number, (order, &fill)) in orders.iter().zip(fills).enumerate() {
        let Some(&price) = prices.get(order.bus) else {
            return Err(Violation::UnknownBus {
                order: number,
                bus: order.bus,
            });
        };
        sums.order(number, order, fill, price, price.get().into(), 1)?;
    }
    let mut rent = 0;
    for (number, (line, &flow)) in network.lines().iter().zip(flows).enumerate() {
        sums.line(number, line, flow)?;
        // A network has no line to a bus beyond its own.
        let price = |bus: usize| prices.get(bus).map_or(0, |price| i128::from(price.get()));
        let step = subtract(price(line.to), price(line.from))?;
        sums.capacity(line, step)?;
        let carried = i128::from(flow.get());
        rent = add(rent, multiply(step, carried)?)?;
        if let Some(drawn) = sums.drawn.get_mut(line.from) {
            *drawn = add(*drawn, carried)?;
        }
        if let Some(drawn) = sums.drawn.get_mut(line.to) {
            *drawn = subtract(*drawn, carried)?;
        }
    }

    for (bus, &excess) in sums.drawn.iter().enumerate() {
        if excess != 0 {
            return Err(Violation::Balance { bus, excess });
        }
    }
    let Sums { welfare, dual, .. } = sums;
    match subtract(dual, welfare)? {
        0 => Ok(Certificate {
            welfare,
            dual,
            gap: 0,
            rent,
        }),
        gap => Err(Violation::NotOptimal { welfare, dual, gap }),
    }
}

pub(crate) fn length(field: &'static str, count: usize, expected: usize) -> Result<(), Violation> {
    if count == expected {
        Ok(())
    } else {
        Err(Violation::Length { field, count, expected })
    }
}
