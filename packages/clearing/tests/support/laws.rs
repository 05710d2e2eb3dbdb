//! The laws of a clearing, from its definition: shares no code with the solver or with `check`.
use busbar_clearing::{Clearing, Order, Side};

use super::{sharing, Market};

/// Welfare and dual of a clearing, price times Wh.
#[derive(Debug, PartialEq, Eq)]
pub struct Value {
    pub welfare: i128,
    pub dual: i128,
    pub rent: i128,
}

/// +1 for a buy, -1 for a sell.
pub fn sign(order: &Order) -> i128 {
    match order.side {
        Side::Buy => 1,
        Side::Sell => -1,
    }
}

fn require(holds: bool, law: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(law.to_string())
    }
}

/// Every law, or the first that is broken.
pub fn hold(market: &Market, clearing: &Clearing) -> Result<Value, String> {
    let value = optimal(market, clearing)?;
    prices_are_the_extremes(market, clearing)?;
    sharing::is_fair(market, clearing)?;
    formal(market, clearing)?;
    Ok(value)
}

/// Fills within orders, balances, lines, individual rationality, no gap, rent.
fn optimal(market: &Market, clearing: &Clearing) -> Result<Value, String> {
    let Market { network, orders, .. } = market;
    require(clearing.fills.len() == orders.len(), "one fill per order")?;
    require(clearing.flows.len() == network.lines().len(), "one flow per line")?;
    require(clearing.prices.len() == network.buses(), "one price per bus")?;
    let price = |bus: usize| i128::from(clearing.prices[bus].get());
    let mut value = Value {
        welfare: 0,
        dual: 0,
        rent: 0,
    };
    let mut payments = 0i128;
    for (order, fill) in orders.iter().zip(&clearing.fills) {
        require(*fill <= order.quantity, "fills within orders")?;
        let gain = sign(order) * (i128::from(order.price.get()) - price(order.bus));
        let fill = i128::from(fill.get());
        require(fill == 0 || gain >= 0, "nobody pays more or gets less than the limit")?;
        value.welfare += sign(order) * i128::from(order.price.get()) * fill;
        value.dual += i128::from(order.quantity.get()) * gain.max(0);
        payments += sign(order) * price(order.bus) * fill;
    }
    for (line, flow) in network.lines().iter().zip(&clearing.flows) {
        let [flow, forward, back] = [
            i128::from(flow.get()),
            line.capacity.get().into(),
            line.capacity_back.get().into(),
        ];
        require(-back <= flow && flow <= forward, "flows within lines")?;
        let step = price(line.to) - price(line.from);
        value.dual += if step >= 0 { forward * step } else { -step * back };
        value.rent += step * flow;
    }
    for bus in 0..network.buses() {
        let drawn: i128 = orders
            .iter()
            .zip(&clearing.fills)
            .filter(|(order, _)| order.bus == bus)
            .map(|(order, fill)| sign(order) * i128::from(fill.get()))
            .sum();
        let left: i128 = network
            .lines()
            .iter()
            .zip(&clearing.flows)
            .map(|(line, flow)| i128::from(flow.get()) * (i128::from(line.from == bus) - i128::from(line.to == bus)))
            .sum();
        require(drawn + left == 0, "every bus balances")?;
    }
    require(value.dual == value.welfare, "no gap")?;
    require(value.rent >= 0, "rent is never negative")?;
    require(value.rent == payments, "payments less receipts are the rent")?;
    Ok(value)
}

/// Lowest and highest prices by complementary slackness with the fills, relaxed until nothing moves.
fn prices_are_the_extremes(market: &Market, clearing: &Clearing) -> Result<(), String> {
    let Market {
        network,
        orders,
        bounds,
    } = market;
    let mut low = vec![bounds.floor; network.buses()];
    let mut high = vec![bounds.cap; network.buses()];
    for (order, fill) in orders.iter().zip(&clearing.fills) {
        let (some, more) = (!fill.is_zero(), *fill < order.quantity);
        let (at_least, at_most) = match order.side {
            Side::Buy => (more, some),
            Side::Sell => (some, more),
        };
        if at_least {
            low[order.bus] = low[order.bus].max(order.price);
        }
        if at_most {
            high[order.bus] = high[order.bus].min(order.price);
        }
    }
    loop {
        let before = (low.clone(), high.clone());
        for (line, flow) in network.lines().iter().zip(&clearing.flows) {
            let flow = i128::from(flow.get());
            // Room forward: no profit in carrying more, so the price does not rise along the line.
            if flow < i128::from(line.capacity.get()) {
                low[line.from] = low[line.from].max(low[line.to]);
                high[line.to] = high[line.to].min(high[line.from]);
            }
            if flow > -i128::from(line.capacity_back.get()) {
                low[line.to] = low[line.to].max(low[line.from]);
                high[line.from] = high[line.from].min(high[line.to]);
            }
        }
        if before == (low.clone(), high.clone()) {
            break;
        }
    }
    require(clearing.price_min == low, "price_min is the lowest optimal price")?;
    require(clearing.price_max == high, "price_max is the highest optimal price")?;
    let settled = low.iter().zip(&high).zip(&clearing.prices);
    for ((low, high), price) in settled {
        let sum = i128::from(low.get()) + i128::from(high.get());
        require(
            2 * i128::from(price.get()) <= sum && sum <= 2 * i128::from(price.get()) + 1,
            "floor of the mean",
        )?;
    }
    Ok(())
}

/// Volume and the flag of formal prices.
fn formal(market: &Market, clearing: &Clearing) -> Result<(), String> {
    let Market {
        network,
        orders,
        bounds,
    } = market;
    for side in [Side::Buy, Side::Sell] {
        let of_side = orders
            .iter()
            .zip(&clearing.fills)
            .filter(|(order, _)| order.side == side);
        let sum: u128 = of_side.map(|(_, fill)| u128::from(fill.get())).sum();
        require(clearing.volume == sum, "volume is what is bought and what is sold")?;
    }
    require(clearing.no_trade.len() == network.buses(), "one flag per bus")?;
    for bus in 0..network.buses() {
        let traded = orders
            .iter()
            .zip(&clearing.fills)
            .any(|(order, fill)| order.bus == bus && !fill.is_zero());
        let open = clearing.price_min[bus] == bounds.floor || clearing.price_max[bus] == bounds.cap;
        require(
            clearing.no_trade[bus] == (open && !traded),
            "no_trade flags formal prices",
        )?;
    }
    Ok(())
}
