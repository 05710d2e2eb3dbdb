use alloc::vec::Vec;

use busbar_units::{NetWh, Price, Wh};

use crate::book::Book;
use crate::error::overflow;
use crate::order::validate;
use crate::{prices, ties, ClearingError, Network, Order, PriceBounds};

/// The cleared interval. Buses, orders and lines stand in the order in which they were given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearing {
    /// Settlement price of each bus: the floor of the mean of lowest and highest.
    pub prices: Vec<Price>,
    /// Lowest optimal price of each bus, not below the floor.
    pub price_min: Vec<Price>,
    /// Highest optimal price of each bus, not above the cap.
    pub price_max: Vec<Price>,
    /// Energy filled of each order.
    pub fills: Vec<Wh>,
    /// Flow on each line, positive from its `from` to its `to`.
    pub flows: Vec<NetWh>,
    /// Buses whose price is formal only: nothing was filled there, and the optimal prices reach the
    /// floor or the cap.
    pub no_trade: Vec<bool>,
    /// Energy bought, which is the energy sold, in Wh.
    pub volume: u128,
}

/// Clears the orders of one interval: the fills of largest welfare that the lines can carry, the
/// prices that support them, and one rule for every choice that is left.
///
/// The result depends on nothing but the arguments; numbering decides over single watt-hours only.
/// [`crate::check`] gives a gap of 0 for every result.
///
/// # Errors
/// [`ClearingError`] names the order or the bound that was not kept. There is no error for a
/// market in which nothing trades: its fills are zero.
pub fn clear(network: &Network, orders: &[Order], bounds: PriceBounds) -> Result<Clearing, ClearingError> {
    validate(network, orders, bounds)?;
    let book = Book::new(network.buses(), orders);
    let (lowest, highest) = prices::extremes(network, &book, orders, bounds)?;
    let price_min: Vec<Price> = lowest.into_iter().map(Price::new).collect();
    let price_max: Vec<Price> = highest.into_iter().map(Price::new).collect();
    let prices: Vec<Price> = price_min
        .iter()
        .zip(&price_max)
        .map(|(&a, &b)| Price::midpoint(a, b))
        .collect();
    let (fills, flows) = ties::share(network, &book, orders, &prices)?;

    let mut filled = 0u128;
    let mut traded = alloc::vec![false; network.buses()];
    for (order, &fill) in orders.iter().zip(&fills) {
        filled = filled.checked_add(u128::from(fill.get())).ok_or_else(overflow)?;
        traded[order.bus] |= !fill.is_zero();
    }
    // Lines lose nothing, so what is sold is what is bought.
    let volume = filled / 2;
    let no_trade = (0..network.buses())
        .map(|bus| !traded[bus] && (price_min[bus] == bounds.floor || price_max[bus] == bounds.cap))
        .collect();
    Ok(Clearing {
        prices,
        price_min,
        price_max,
        fills,
        flows,
        no_trade,
        volume,
    })
}
