use alloc::vec::Vec;

use busbar_units::{NetWh, Price, Wh};
use thiserror::Error;

use crate::{Network, Order, Side};

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
    /// The sums leave 128 bits; prices and quantities within their bounds cannot cause it.
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
    let mut sums = Sums::default();
    let mut drawn: Vec<i128> = alloc::vec![0; network.buses()];

    for (number, (order, &fill)) in orders.iter().zip(fills).enumerate() {
        let (Some(&price), Some(drawn)) = (prices.get(order.bus), drawn.get_mut(order.bus)) else {
            return Err(Violation::UnknownBus {
                order: number,
                bus: order.bus,
            });
        };
        if fill > order.quantity {
            return Err(Violation::Fill {
                order: number,
                fill,
                quantity: order.quantity,
            });
        }
        let limit = i128::from(order.price.get());
        let above = subtract(limit, i128::from(price.get()))?;
        let filled = i128::from(fill.get());
        let quantity = i128::from(order.quantity.get());
        let (surplus, value, draw) = match order.side {
            Side::Buy => (above, multiply(limit, filled)?, filled),
            Side::Sell => (negate(above)?, negate(multiply(limit, filled)?)?, negate(filled)?),
        };
        if surplus < 0 && filled != 0 {
            return Err(Violation::Limit {
                order: number,
                price,
                limit: order.price,
            });
        }
        sums.welfare = add(sums.welfare, value)?;
        sums.dual = add(sums.dual, multiply(quantity, surplus.max(0))?)?;
        *drawn = add(*drawn, draw)?;
    }

    for (number, (line, &flow)) in network.lines().iter().zip(flows).enumerate() {
        let (forward, back) = (i128::from(line.capacity.get()), i128::from(line.capacity_back.get()));
        let carried = i128::from(flow.get());
        if carried > forward || negate(carried)? > back {
            let (capacity, capacity_back) = (line.capacity, line.capacity_back);
            return Err(Violation::Flow {
                line: number,
                flow,
                capacity,
                capacity_back,
            });
        }
        // A network has no line to a bus beyond its own.
        let price = |bus: usize| prices.get(bus).map_or(0, |price| i128::from(price.get()));
        let step = subtract(price(line.to), price(line.from))?;
        sums.dual = add(sums.dual, multiply(forward, step.max(0))?)?;
        sums.dual = add(sums.dual, multiply(back, negate(step.min(0))?)?)?;
        sums.rent = add(sums.rent, multiply(step, carried)?)?;
        if let Some(drawn) = drawn.get_mut(line.from) {
            *drawn = add(*drawn, carried)?;
        }
        if let Some(drawn) = drawn.get_mut(line.to) {
            *drawn = subtract(*drawn, carried)?;
        }
    }

    for (bus, excess) in drawn.into_iter().enumerate() {
        if excess != 0 {
            return Err(Violation::Balance { bus, excess });
        }
    }
    let Sums { welfare, dual, rent } = sums;
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

/// Running sums, price times Wh.
#[derive(Default)]
struct Sums {
    welfare: i128,
    dual: i128,
    rent: i128,
}

fn length(field: &'static str, count: usize, expected: usize) -> Result<(), Violation> {
    if count == expected {
        Ok(())
    } else {
        Err(Violation::Length { field, count, expected })
    }
}

fn add(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_add(b).ok_or(Violation::Overflow)
}

fn subtract(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_sub(b).ok_or(Violation::Overflow)
}

fn multiply(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_mul(b).ok_or(Violation::Overflow)
}

fn negate(a: i128) -> Result<i128, Violation> {
    a.checked_neg().ok_or(Violation::Overflow)
}
