//! The clearing as JSON, every list in the order of the file.
use busbar_units::Price;
use serde::Serialize;

use super::answer::{Answer, Method};
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
    binding: Vec<&'a str>,
    #[serde(flatten)]
    method: By<'a>,
}

#[derive(Serialize)]
struct Fill<'a> {
    id: &'a str,
    wh: u64,
}

/// What only one of the solvers knows.
#[derive(Serialize)]
#[serde(untagged)]
enum By<'a> {
    Exact {
        price_min: ByName<'a, i64>,
        price_max: ByName<'a, i64>,
    },
    Proven {
        loops: usize,
        voltage_binding: Vec<&'a str>,
    },
}

fn by_name<T>(names: &[String], values: impl Iterator<Item = T>) -> ByName<'_, T> {
    ByName(names.iter().map(String::as_str).zip(values).collect())
}

fn prices<'a>(buses: &'a [String], prices: &[Price]) -> ByName<'a, i64> {
    by_name(buses, prices.iter().map(|price| price.get()))
}

/// The names whose flag is set.
fn flagged<'a>(names: &'a [String], flags: &[bool]) -> Vec<&'a str> {
    let set = names.iter().zip(flags).filter(|(_, flag)| **flag);
    set.map(|(name, _)| name.as_str()).collect()
}

/// The JSON text of a clearing, with a newline at its end.
pub fn json(market: &Market, answer: &Answer) -> Result<String, serde_json::Error> {
    let (buses, lines) = (market.buses.all(), market.lines.all());
    let fills = market.ids.all().iter().zip(&answer.fills);
    let output = Output {
        prices: prices(buses, &answer.prices),
        fills: fills.map(|(id, fill)| Fill { id, wh: fill.get() }).collect(),
        flows: by_name(lines, answer.flows.iter().map(|flow| flow.get())),
        volume_wh: answer.volume,
        welfare: answer.welfare.to_string(),
        dual: answer.dual.to_string(),
        gap: answer.gap.to_string(),
        rent: answer.rent.to_string(),
        no_trade: flagged(buses, &answer.no_trade),
        binding: flagged(lines, &answer.binding),
        method: match &answer.method {
            Method::Exact { price_min, price_max } => By::Exact {
                price_min: prices(buses, price_min),
                price_max: prices(buses, price_max),
            },
            Method::Proven { loops, voltage_binding } => By::Proven {
                loops: *loops,
                voltage_binding: voltage_binding.iter().map(|&bus| market.buses.name(bus)).collect(),
            },
        },
    };
    Ok(serde_json::to_string_pretty(&output)? + "\n")
}
