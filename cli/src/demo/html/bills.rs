//! What each home paid here and what its meter readings would have cost at the utility's tariffs.

use std::fmt::Write;

use busbar_units::{NetMoney, UnitsError};

use super::parts::{Figure, Table, escape};
use super::plot::{WIDTH, float, place};
use crate::demo::format::{coin, home};
use crate::demo::result::{HomeResult, RunResult};

const TOP: f64 = 34.0;
const ROW: f64 = 44.0;
const LABEL: f64 = 90.0;
const VALUE: f64 = 90.0;

/// The figure.
pub fn figure(run: &RunResult) -> Result<String, UnitsError> {
    let value = |money: NetMoney| float(money.get()) / 1e6;
    let all = || {
        run.homes
            .iter()
            .flat_map(|home| [value(home.bill), value(home.plain_bill)])
    };
    let (low, high) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
    let span = if high > low { high - low } else { 1.0 };
    // Room for the text of a credit left of its bar.
    let left = if low < 0.0 { LABEL + VALUE } else { LABEL };
    let x = |amount: f64| left + (WIDTH - left - VALUE) * (amount - low) / span;
    let height = TOP + ROW * place(run.homes.len()) + 6.0;
    let mut drawing = format!(
        "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V6\"/></pattern></defs>\
         <rect class=\"sun-fill\" x=\"{LABEL}\" y=\"5\" width=\"26\" height=\"13\"/><text x=\"{}\" y=\"16\">bill here</text>\
         <rect fill=\"url(#hatch)\" x=\"{1}\" y=\"5\" width=\"26\" height=\"13\"/>\
         <rect class=\"outline\" x=\"{1}\" y=\"5\" width=\"26\" height=\"13\"/><text x=\"{2}\" y=\"16\">at the utility's tariffs alone</text>\n",
        LABEL + 34.0,
        LABEL + 130.0,
        LABEL + 164.0
    );
    for (position, result) in run.homes.iter().enumerate() {
        let y = TOP + ROW * place(position);
        let _ = writeln!(
            drawing,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LABEL - 8.0,
            y + 24.0,
            escape(&home(&result.name))
        );
        for (bill, y, style) in [(result.bill, y + 4.0, 0u8), (result.plain_bill, y + 21.0, 1)] {
            let (from, to) = (x(value(bill).min(0.0)), x(value(bill).max(0.0)));
            let rect = format!("x=\"{from:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"15\"", to - from);
            let _ = match style {
                0 => writeln!(drawing, "<rect class=\"sun-fill\" {rect}/>"),
                _ => writeln!(
                    drawing,
                    "<rect fill=\"url(#hatch)\" {rect}/><rect class=\"outline\" {rect}/>"
                ),
            };
            let (text_x, anchor) = if bill.get() < 0 {
                (from - 6.0, "end")
            } else {
                (to + 6.0, "start")
            };
            let text_y = y + 12.0;
            let _ = writeln!(
                drawing,
                "<text x=\"{text_x:.1}\" y=\"{text_y:.1}\" text-anchor=\"{anchor}\">{}</text>",
                coin(bill)
            );
        }
    }
    let (zero, bottom) = (x(0.0), height - 4.0);
    let _ = writeln!(
        drawing,
        "<line class=\"axis\" x1=\"{zero:.1}\" y1=\"{TOP}\" x2=\"{zero:.1}\" y2=\"{bottom}\"/>"
    );
    Ok(Figure {
        id: "bills",
        title: "The bills".to_owned(),
        summary: summary(run)?,
        drawing,
        width: WIDTH,
        height,
        table: table(run)?,
    }
    .html())
}

/// What a home paid less here than at the utility's tariffs alone.
pub fn saved(home: &HomeResult) -> Result<NetMoney, UnitsError> {
    home.plain_bill.sub(home.bill)
}

fn summary(run: &RunResult) -> Result<String, UnitsError> {
    let better = run.homes.iter().map(saved).collect::<Result<Vec<_>, _>>()?;
    let winners = better.iter().filter(|saved| saved.get() > 0).count();
    let here = NetMoney::sum(run.homes.iter().map(|home| home.bill))?;
    let plain = NetMoney::sum(run.homes.iter().map(|home| home.plain_bill))?;
    Ok(format!(
        "Together the homes paid {} coin here instead of {} at the utility's tariffs alone; {winners} of {} homes paid less. \
         A bill below zero is money received.",
        coin(here),
        coin(plain),
        run.homes.len()
    ))
}

fn table(run: &RunResult) -> Result<Table, UnitsError> {
    let row = |name: String, bill, fees, plain, saved| vec![name, coin(bill), coin(fees), coin(plain), coin(saved)];
    let (mut rows, mut sums) = (Vec::new(), [NetMoney::ZERO; 4]);
    for result in &run.homes {
        let values = [result.bill, result.fees.paid()?, result.plain_bill, saved(result)?];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = sum.add(value)?;
        }
        let [bill, fees, plain, saved] = values;
        rows.push(row(home(&result.name), bill, fees, plain, saved));
    }
    let [bill, fees, plain, saved] = sums;
    let head = [
        "home",
        "bill here",
        "of it fees",
        "at the utility's tariffs alone",
        "saved",
    ];
    Ok(Table {
        caption: "Bills in coin".to_owned(),
        head: head.map(str::to_owned).to_vec(),
        rows,
        foot: Some(row("all".to_owned(), bill, fees, plain, saved)),
    })
}
