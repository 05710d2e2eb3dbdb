//! The clearing as JSON, every list in the order of the file.
use busbar_clearing::{Certificate, Clearing};
use serde::Serialize;

use super::input::Market;
use crate::text::ByName;

/// What is printed. Prices in millionths per kWh, energy in Wh; sums of their products as decimal
/// texts, because they may leave what JSON numbers hold exactly.
#[derive(Serialize)]
struct Output<'a> {
    prices: ByName<'a, i64>,
    fills: Vec<Fill<'a>>,
    flows: ByName<'a, i64>,
    volume_wh: u128,
    welfare: String,
    dual: String,
    gap: String,
    rent: String,
    no_trade: Vec<&'a str>,
    price_min: ByName<'a, i64>,
    price_max: ByName<'a, i64>,
}

#[derive(Serialize)]
struct Fill<'a> {
    id: &'a str,
    wh: u64,
}

fn by_name<T>(names: &[String], values: impl Iterator<Item = T>) -> ByName<'_, T> {
    ByName(names.iter().map(String::as_str).zip(values).collect())
}

/// The JSON text of a clearing, with a newline at its end.
pub fn json(market: &Market, cleared: &Clearing, proof: &Certificate) -> Result<String, serde_json::Error> {
    let buses = market.buses.all();
    let fills = market
        .ids
        .all()
        .iter()
        .zip(&cleared.fills)
        .map(|(id, fill)| Fill { id, wh: fill.get() });
    let no_trade = buses
        .iter()
        .zip(&cleared.no_trade)
        .filter(|(_, formal)| **formal)
        .map(|(bus, _)| bus.as_str());
    let output = Output {
        prices: by_name(buses, cleared.prices.iter().map(|price| price.get())),
        fills: fills.collect(),
        flows: by_name(market.lines.all(), cleared.flows.iter().map(|flow| flow.get())),
        volume_wh: cleared.volume,
        welfare: proof.welfare.to_string(),
        dual: proof.dual.to_string(),
        gap: proof.gap.to_string(),
        rent: proof.rent.to_string(),
        no_trade: no_trade.collect(),
        price_min: by_name(buses, cleared.price_min.iter().map(|price| price.get())),
        price_max: by_name(buses, cleared.price_max.iter().map(|price| price.get())),
    };
    Ok(serde_json::to_string_pretty(&output)? + "\n")
}
