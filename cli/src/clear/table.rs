//! The clearing as tables for a reader.
use std::fmt::Write;

use busbar_clearing::{Certificate, Clearing, Side};
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::input::Market;

/// The tables of a clearing: orders, buses, lines if there are any, sums.
pub fn text(market: &Market, cleared: &Clearing, proof: &Certificate) -> String {
    let mut text = String::new();
    let mut add = |table: Table| {
        text.push_str(&table.to_string());
        text.push_str("\n\n");
    };
    add(orders(market, cleared));
    add(buses(market, cleared));
    if !market.lines.all().is_empty() {
        add(lines(market, cleared));
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "Traded {} Wh. Welfare {} coin, of which {} congestion rent; gap to the optimum {}.",
        cleared.volume,
        decimal(proof.welfare, 9),
        decimal(proof.rent, 9),
        decimal(proof.gap, 9),
    );
    text
}

fn orders(market: &Market, cleared: &Clearing) -> Table {
    let mut table = new(
        &[
            "order",
            "side",
            "bus",
            "limit/kWh",
            "quantity Wh",
            "filled Wh",
            "price/kWh",
        ],
        &[3, 4, 5, 6],
    );
    for ((id, order), fill) in market.ids.all().iter().zip(&market.orders).zip(&cleared.fills) {
        let side = match order.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        };
        let price = cleared.prices.get(order.bus).map_or(0, |price| price.get());
        table.add_row([
            id.clone(),
            side.to_owned(),
            market.buses.name(order.bus).to_owned(),
            decimal(order.price.get().into(), 6),
            order.quantity.get().to_string(),
            fill.get().to_string(),
            decimal(price.into(), 6),
        ]);
    }
    table
}

fn buses(market: &Market, cleared: &Clearing) -> Table {
    let mut table = new(&["bus", "price/kWh", "lowest", "highest", ""], &[1, 2, 3]);
    let prices = cleared
        .prices
        .iter()
        .zip(cleared.price_min.iter().zip(&cleared.price_max));
    for ((bus, (price, (low, high))), formal) in market.buses.all().iter().zip(prices).zip(&cleared.no_trade) {
        let [price, low, high] = [price, low, high].map(|price| decimal(price.get().into(), 6));
        let note = if *formal { "no trade: formal price" } else { "" };
        table.add_row([bus.clone(), price, low, high, note.to_owned()]);
    }
    table
}

fn lines(market: &Market, cleared: &Clearing) -> Table {
    let mut table = new(
        &["line", "from", "to", "flow Wh", "capacity Wh", "back Wh", ""],
        &[3, 4, 5],
    );
    for ((id, line), flow) in market
        .lines
        .all()
        .iter()
        .zip(market.network.lines())
        .zip(&cleared.flows)
    {
        let (forward, back) = (flow.positive(), flow.negative());
        let full = !flow.is_zero() && (forward == line.capacity || back == line.capacity_back);
        table.add_row([
            id.clone(),
            market.buses.name(line.from).to_owned(),
            market.buses.name(line.to).to_owned(),
            flow.get().to_string(),
            line.capacity.get().to_string(),
            line.capacity_back.get().to_string(),
            if full { "full" } else { "" }.to_owned(),
        ]);
    }
    table
}

/// A table with these heads, some columns aligned right.
fn new(heads: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    table
        .load_style(TableStyle::new().header_separator(rule))
        .set_header(heads.iter().copied());
    for &column in right {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// An integer of 10^-`places` as a decimal number without trailing zeros.
fn decimal(value: i128, places: usize) -> String {
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}
