//! The sums over orders and lines that both checks make, in checked 128-bit integers.
use alloc::vec::Vec;

use busbar_units::{NetWh, Price, Wh};

use crate::{Line, Order, Side, Violation};

/// Running sums over a clearing: welfare in price times Wh, the dual value in that or a fraction of it.
pub(crate) struct Sums {
    pub welfare: i128,
    pub dual: i128,
    /// Drawn by the orders of each bus less fed, Wh.
    pub drawn: Vec<i128>,
}

impl Sums {
    pub fn new(buses: usize) -> Self {
        Self {
            welfare: 0,
            dual: 0,
            drawn: alloc::vec![0; buses],
        }
    }

    /// Adds an order filled with `fill` at a bus that pays `price`, whose multiplier is `dual` in 1 / `scale`.
    pub fn order(
        &mut self,
        number: usize,
        order: &Order,
        fill: Wh,
        price: Price,
        dual: i128,
        scale: i128,
    ) -> Result<(), Violation> {
        let Some(drawn) = self.drawn.get_mut(order.bus) else {
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
        let breaks = match order.side {
            Side::Buy => price > order.price,
            Side::Sell => price < order.price,
        };
        if breaks && !fill.is_zero() {
            return Err(Violation::Limit {
                order: number,
                price,
                limit: order.price,
            });
        }
        let limit = i128::from(order.price.get());
        let filled = i128::from(fill.get());
        let above = subtract(multiply(limit, scale)?, dual)?;
        let (surplus, value, draw) = match order.side {
            Side::Buy => (above, multiply(limit, filled)?, filled),
            Side::Sell => (negate(above)?, negate(multiply(limit, filled)?)?, negate(filled)?),
        };
        self.welfare = add(self.welfare, value)?;
        self.dual = add(self.dual, multiply(order.quantity.get().into(), surplus.max(0))?)?;
        *drawn = add(*drawn, draw)?;
        Ok(())
    }

    /// Refuses a flow beyond its line.
    pub fn line(&self, number: usize, line: &Line, flow: NetWh) -> Result<(), Violation> {
        let carried = i128::from(flow.get());
        if carried > i128::from(line.capacity.get()) || negate(carried)? > i128::from(line.capacity_back.get()) {
            return Err(Violation::Flow {
                line: number,
                flow,
                capacity: line.capacity,
                capacity_back: line.capacity_back,
            });
        }
        Ok(())
    }

    /// Adds what the capacity of a line is worth when a Wh gains `step` on it.
    pub fn capacity(&mut self, line: &Line, step: i128) -> Result<(), Violation> {
        let forward = multiply(line.capacity.get().into(), step.max(0))?;
        let back = multiply(line.capacity_back.get().into(), negate(step.min(0))?)?;
        self.dual = add(add(self.dual, forward)?, back)?;
        Ok(())
    }
}

pub(crate) fn add(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_add(b).ok_or(Violation::Overflow)
}

pub(crate) fn subtract(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_sub(b).ok_or(Violation::Overflow)
}

pub(crate) fn multiply(a: i128, b: i128) -> Result<i128, Violation> {
    a.checked_mul(b).ok_or(Violation::Overflow)
}

pub(crate) fn negate(a: i128) -> Result<i128, Violation> {
    a.checked_neg().ok_or(Violation::Overflow)
}
