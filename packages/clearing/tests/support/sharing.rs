//! The tie rule as a judge reads it: exports are recomputed from fills and flows, and each share is
//! compared with the exact fraction it stands for.
use busbar_clearing::{Clearing, Side};

use super::{laws::sign, Market};

/// Least, preferred low, preferred high and most export of a part of the tree.
type Reach = [i128; 4];

/// Whether every marginal watt-hour went where the rule says.
pub fn is_fair(market: &Market, clearing: &Clearing) -> Result<(), String> {
    let buses = market.network.buses();
    let own: Vec<Reach> = (0..buses).map(|bus| own(market, clearing, bus)).collect();
    for bus in 0..buses {
        inside(market, clearing, bus)?;
    }
    let (order, parent) = hang(market);
    let mut subtree = own.clone();
    let mut over = own.clone();
    for &bus in order.iter().rev() {
        if let Some((up, line)) = parent[bus] {
            over[bus] = through(market, clearing, bus, up, line, subtree[bus]);
            for end in 0..4 {
                subtree[up][end] += over[bus][end];
            }
        }
    }
    for &bus in &order {
        let mut parts = vec![(own[bus], own_export(market, clearing, bus))];
        // By rising number, as the rule breaks ties.
        for child in 0..buses {
            if let Some((_, line)) = parent[child].filter(|&(up, _)| up == bus) {
                let flow = i128::from(clearing.flows[line].get());
                let export = if market.network.lines()[line].from == child {
                    flow
                } else {
                    -flow
                };
                parts.push((over[child], export));
            }
        }
        shared(&parts).map_err(|law| format!("bus {bus}: {law}"))?;
    }
    Ok(())
}

/// Buses from the root down and the way up from each.
fn hang(market: &Market) -> (Vec<usize>, Vec<Option<(usize, usize)>>) {
    let network = &market.network;
    let mut parent = vec![None; network.buses()];
    let mut order = vec![network.root()];
    let mut position = 0;
    while position < order.len() {
        let bus = order[position];
        for (number, line) in network.lines().iter().enumerate() {
            let far = if line.from == bus { line.to } else { line.from };
            if (line.from == bus || line.to == bus) && parent[bus].is_none_or(|(_, up)| up != number) {
                parent[far] = Some((bus, number));
                order.push(far);
            }
        }
        position += 1;
    }
    (order, parent)
}

fn own(market: &Market, clearing: &Clearing, bus: usize) -> Reach {
    let price = clearing.prices[bus];
    let sum = |wanted: &dyn Fn(&busbar_clearing::Order) -> bool| -> i128 {
        let orders = market.orders.iter().filter(|order| order.bus == bus && wanted(order));
        orders.map(|order| i128::from(order.quantity.get())).sum()
    };
    let fixed = sum(&|o| o.side == Side::Sell && o.price < price) - sum(&|o| o.side == Side::Buy && o.price > price);
    let buys = sum(&|o| o.side == Side::Buy && o.price == price);
    let sells = sum(&|o| o.side == Side::Sell && o.price == price);
    [
        fixed - buys,
        fixed - (buys - sells).max(0),
        fixed + (sells - buys).max(0),
        fixed + sells,
    ]
}

fn own_export(market: &Market, clearing: &Clearing, bus: usize) -> i128 {
    let own = market
        .orders
        .iter()
        .zip(&clearing.fills)
        .filter(|(order, _)| order.bus == bus);
    own.map(|(order, fill)| -sign(order) * i128::from(fill.get())).sum()
}

/// What of a subtree's reach its line lets through.
fn through(market: &Market, clearing: &Clearing, bus: usize, up: usize, line: usize, reach: Reach) -> Reach {
    let line = market.network.lines()[line];
    let (out, back) = if line.from == bus {
        (line.capacity.get(), line.capacity_back.get())
    } else {
        (line.capacity_back.get(), line.capacity.get())
    };
    let (mut least, mut most) = (-i128::from(back), i128::from(out));
    if clearing.prices[bus] < clearing.prices[up] {
        least = most;
    }
    if clearing.prices[bus] > clearing.prices[up] {
        most = least;
    }
    least = least.max(reach[0]);
    most = most.min(reach[3]);
    [least, reach[1].clamp(least, most), reach[2].clamp(least, most), most]
}

/// Parts of one node share its export in proportion to what each can still take.
fn shared(parts: &[(Reach, i128)]) -> Result<(), String> {
    let export: i128 = parts.iter().map(|(_, export)| export).sum();
    let sum = |end: usize| -> i128 { parts.iter().map(|(reach, _)| reach[end]).sum() };
    let (start, target) = if export < sum(1) {
        (1, 0)
    } else if export > sum(2) {
        (2, 3)
    } else {
        (1, 2)
    };
    let shares = parts
        .iter()
        .map(|(reach, export)| ((export - reach[start]), (reach[target] - reach[start])));
    pro_rata(
        &shares
            .map(|(share, room)| (share.abs(), room.abs(), share.signum() * room.signum() >= 0))
            .collect::<Vec<_>>(),
    )
}

/// Inside a bus: outside the limit nothing, inside it all, at it pro rata with the largest volume.
fn inside(market: &Market, clearing: &Clearing, bus: usize) -> Result<(), String> {
    let price = clearing.prices[bus];
    let mut left_over = Vec::new();
    for side in [Side::Buy, Side::Sell] {
        let mut marginal = Vec::new();
        for (order, fill) in market
            .orders
            .iter()
            .zip(&clearing.fills)
            .filter(|(o, _)| o.bus == bus && o.side == side)
        {
            let gain = sign(order) * (i128::from(order.price.get()) - i128::from(price.get()));
            if gain > 0 && *fill != order.quantity || gain < 0 && !fill.is_zero() {
                return Err("strictly inside the limit all is filled, outside nothing".to_string());
            }
            if gain == 0 {
                marginal.push((i128::from(fill.get()), i128::from(order.quantity.get()), true));
            }
        }
        left_over.push(marginal.iter().any(|(fill, quantity, _)| fill < quantity));
        pro_rata(&marginal).map_err(|law| format!("orders of bus {bus}: {law}"))?;
    }
    if left_over == [true, true] {
        return Err("marginal buys and sells of one bus are matched first".to_string());
    }
    Ok(())
}

/// Shares of a whole over rooms: each the floor of the exact fraction or one more, more for the
/// larger remainders, then for the lower positions.
fn pro_rata(shares: &[(i128, i128, bool)]) -> Result<(), String> {
    let total: i128 = shares.iter().map(|(share, ..)| share).sum();
    let room: i128 = shares.iter().map(|(_, room, _)| room).sum();
    if shares.iter().any(|(share, room, same_way)| share > room || !same_way) {
        return Err("no share beyond what is there".to_string());
    }
    if total == room {
        return Ok(());
    }
    let mut rounded = Vec::new();
    for (position, (share, weight, _)) in shares.iter().enumerate() {
        let (floor, remainder) = fraction(total, *weight, room);
        match share - floor {
            0 => rounded.push((remainder, std::cmp::Reverse(position), false)),
            1 => rounded.push((remainder, std::cmp::Reverse(position), true)),
            _ => return Err("shares are pro rata".to_string()),
        }
    }
    rounded.sort();
    if rounded.windows(2).any(|pair| pair[0].2 && !pair[1].2) {
        return Err("what does not divide goes to the largest remainder, then to the lowest number".to_string());
    }
    Ok(())
}

/// `total * weight / room` as floor and remainder, bit by bit, so that no product is too large.
fn fraction(total: i128, weight: i128, room: i128) -> (i128, i128) {
    let (mut floor, mut remainder) = (0i128, 0i128);
    for bit in (0..100).rev() {
        floor *= 2;
        remainder *= 2;
        if weight >> bit & 1 == 1 {
            remainder += total;
        }
        floor += remainder / room;
        remainder %= room;
    }
    (floor, remainder)
}
