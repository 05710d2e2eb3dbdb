use busbar_units::{Price, Wh};

use crate::{ClearingError, Network};

/// Most orders that one interval clears.
pub const MAX_ORDERS: usize = 1 << 20;
/// Largest size of a limit price, of the floor and of the cap.
pub const MAX_PRICE: Price = Price::new(1 << 40);
/// Largest quantity of one order.
pub const MAX_QUANTITY: Wh = Wh::new(1 << 48);

/// Whether an order takes energy from the grid or gives energy to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Takes energy at the limit price or below.
    Buy,
    /// Gives energy at the limit price or above.
    Sell,
}

/// A limit order of one interval. Its number is its position among the orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Index of the bus that the order sits at.
    pub bus: usize,
    /// Buy or sell.
    pub side: Side,
    /// Limit price: the most a buyer pays, the least a seller takes.
    pub price: Price,
    /// Most energy that may be filled; any part may be.
    pub quantity: Wh,
}

/// Lowest and highest price that a bus may have. All limit prices lie within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PriceBounds {
    /// The lowest price.
    pub floor: Price,
    /// The highest price.
    pub cap: Price,
}

impl PriceBounds {
    /// Refuses a floor above the cap and either beyond [`MAX_PRICE`].
    fn validate(self) -> Result<(), ClearingError> {
        for value in [self.floor, self.cap] {
            if value.get().unsigned_abs() > MAX_PRICE.get().unsigned_abs() {
                return Err(ClearingError::BoundTooLarge { value, max: MAX_PRICE });
            }
        }
        if self.floor > self.cap {
            return Err(ClearingError::FloorAboveCap {
                floor: self.floor,
                cap: self.cap,
            });
        }
        Ok(())
    }
}

/// Refuses whatever the solver cannot hold exactly, naming the order and the bound.
pub(crate) fn validate(network: &Network, orders: &[Order], bounds: PriceBounds) -> Result<(), ClearingError> {
    bounds.validate()?;
    if orders.len() > MAX_ORDERS {
        return Err(ClearingError::TooManyOrders {
            count: orders.len(),
            max: MAX_ORDERS,
        });
    }
    for (
        order,
        &Order {
            bus, price, quantity, ..
        },
    ) in orders.iter().enumerate()
    {
        if bus >= network.buses() {
            return Err(ClearingError::UnknownBus {
                order,
                bus,
                buses: network.buses(),
            });
        }
        if quantity.is_zero() || quantity > MAX_QUANTITY {
            return Err(ClearingError::Quantity {
                order,
                quantity,
                max: MAX_QUANTITY,
            });
        }
        if price < bounds.floor || price > bounds.cap {
            return Err(ClearingError::Price {
                order,
                price,
                floor: bounds.floor,
                cap: bounds.cap,
            });
        }
    }
    Ok(())
}
