//! The clearing as tables for a reader.
use std::fmt::Write;

use busbar_clearing::Side;
use busbar_units::Price;
use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::answer::{Answer, Method};
use super::decimal::decimal;
use super::input::Market;

/// The tables of a clearing: orders, buses, lines if there are any, sums.
pub fn text(market: &Market, answer: &Answer) -> String {
    let mut text = String::new();
    let mut add = |table: Table| {
        text.push_str(&table.to_string());
        text.push_str("\n\n");
    };
    add(orders(market, answer));
    add(buses(market, answer));
    if !market.lines.all().is_empty() {
        add(lines(market, answer));
    }
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "Traded {} Wh. Welfare {} coin, of which {} congestion rent; {}.",
        answer.volume,
        decimal(answer.welfare, 9),
        decimal(answer.rent, 9),
        gap(answer),
    );
    text
}

/// How near the optimum the clearing is proven to be.
fn gap(answer: &Answer) -> String {
    let gap = decimal(answer.gap, 9);
    match &answer.method {
        Method::Exact { .. } => format!("gap to the optimum {gap}"),
        Method::Proven { .. } => {
            // Billionths of the welfare, rounded up.
            let share = answer.gap.saturating_mul(1_000_000_000);
            let share = share.saturating_neg().checked_div_euclid(answer.welfare).unwrap_or(0);
            let share = decimal(share.saturating_neg(), 7);
            format!("gap to the optimum at most {gap}, {share} % of the welfare")
        }
    }
}

fn orders(market: &Market, answer: &Answer) -> Table {
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
    for ((id, order), fill) in market.ids.all().iter().zip(&market.orders).zip(&answer.fills) {
        let side = match order.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        };
        let price = answer.prices.get(order.bus).map_or(0, |price| price.get());
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

fn buses(market: &Market, answer: &Answer) -> Table {
    let price = |price: &Price| decimal(price.get().into(), 6);
    let mut table = match &answer.method {
        Method::Exact { .. } => new(&["bus", "price/kWh", "lowest", "highest", ""], &[1, 2, 3]),
        Method::Proven { .. } => new(&["bus", "price/kWh", ""], &[1]),
    };
    let rows = market.buses.all().iter().zip(&answer.prices).zip(&answer.no_trade);
    for (bus, ((name, paid), formal)) in rows.enumerate() {
        let mut row = vec![name.clone(), price(paid)];
        if let Method::Exact { price_min, price_max } = &answer.method {
            row.extend([price_min, price_max].map(|prices| prices.get(bus).map(price).unwrap_or_default()));
        }
        row.push(if *formal {
            "no trade: formal price".to_owned()
        } else if answer.voltage_binds(bus) {
            "voltage at its limit".to_owned()
        } else {
            String::new()
        });
        table.add_row(row);
    }
    table
}

fn lines(market: &Market, answer: &Answer) -> Table {
    let mut table = new(
        &["line", "from", "to", "flow Wh", "capacity Wh", "back Wh", ""],
        &[3, 4, 5],
    );
    let rows = market.lines.all().iter().zip(market.mesh.lines());
    for ((id, line), (flow, full)) in rows.zip(answer.flows.iter().zip(&answer.binding)) {
        let line = line.line;
        table.add_row([
            id.clone(),
            market.buses.name(line.from).to_owned(),
            market.buses.name(line.to).to_owned(),
            flow.get().to_string(),
            line.capacity.get().to_string(),
            line.capacity_back.get().to_string(),
            if *full { "full" } else { "" }.to_owned(),
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
