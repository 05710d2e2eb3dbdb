//! Who supplied whom: sources on the left, users on the right, a band for each pair.

use std::fmt::Write;

use busbar_units::{UnitsError, Wh};

use super::parts::{Figure, Table, escape, percent};
use super::plot::{WIDTH, float, place};
use crate::demo::format::{home, kwh};
use crate::demo::result::RunResult;

const TOP: f64 = 34.0;
const GAP: f64 = 8.0;
const BAR: f64 = 14.0;
const LABEL: f64 = 190.0;

/// The figure.
pub fn figure(run: &RunResult) -> Result<String, UnitsError> {
    let names = names(run);
    let matrix = &run.supply;
    let parties = || 0..matrix.parties();
    let supplied = parties()
        .map(|party| matrix.supplied(party))
        .collect::<Result<Vec<_>, _>>()?;
    let used = parties()
        .map(|party| matrix.used(party))
        .collect::<Result<Vec<_>, _>>()?;
    let body = place(matrix.parties().max(6)) * 36.0;
    let total = Wh::sum(supplied.iter().copied())?;
    let scale = if total.is_zero() { 0.0 } else { body / wh_float(total) };
    let (left, left_end) = edges(&supplied, scale);
    let (right, right_end) = edges(&used, scale);
    let height = left_end.max(right_end) + 10.0;

    let mut drawing = format!(
        "<text class=\"soft\" x=\"{LABEL}\" y=\"16\" text-anchor=\"end\">supplied by</text>\
         <text class=\"soft\" x=\"{}\" y=\"16\">used by</text>\n",
        WIDTH - LABEL
    );
    let mut next_left = left.clone();
    let mut next_right = right.clone();
    for from in parties() {
        for to in parties() {
            let energy = matrix.get(from, to);
            let (Some(y0), Some(y1)) = (next_left.get_mut(from), next_right.get_mut(to)) else {
                continue;
            };
            if energy.is_zero() {
                continue;
            }
            let (thick, (from_name, to_name)) = (wh_float(energy) * scale, (name(&names, from), name(&names, to)));
            let class = class(matrix.parties(), from);
            let (x0, x1, mid) = (LABEL + 8.0 + BAR, WIDTH - LABEL - 8.0 - BAR, WIDTH / 2.0);
            let (a, b, c, d) = (*y0, *y1, *y1 + thick, *y0 + thick);
            let _ = writeln!(
                drawing,
                "<path class=\"band {class}\" d=\"M{x0} {a:.1}C{mid} {a:.1} {mid} {b:.1} {x1} {b:.1}V{c:.1}\
                 C{mid} {c:.1} {mid} {d:.1} {x0} {d:.1}Z\"><title>{from_name} to {to_name}: {} kWh</title></path>",
                kwh(energy)
            );
            *y0 += thick;
            *y1 += thick;
        }
    }
    for (side, (sums, edges)) in [(&supplied, &left), (&used, &right)].into_iter().enumerate() {
        for (party, (sum, y)) in sums.iter().zip(edges).enumerate() {
            drawing.push_str(&bar(
                side,
                name(&names, party),
                class(matrix.parties(), party),
                *sum,
                *y,
                scale,
            ));
        }
    }
    Ok(Figure {
        id: "supply",
        title: "Who supplied whom".to_owned(),
        summary: summary(run)?,
        drawing,
        width: WIDTH,
        height,
        table: table(run, &names, &supplied, &used),
    }
    .html())
}

/// Homes, then the battery, then the utility.
fn names(run: &RunResult) -> Vec<String> {
    let homes = run.homes.iter().map(|result| escape(&home(&result.name)));
    homes.chain(["Battery".to_owned(), "Utility".to_owned()]).collect()
}

fn name(names: &[String], party: usize) -> &str {
    names.get(party).map_or("", String::as_str)
}

fn class(parties: usize, party: usize) -> &'static str {
    match parties.saturating_sub(party) {
        1 => "utility-fill",
        2 => "bank-fill",
        _ => "sun-fill",
    }
}

fn wh_float(wh: Wh) -> f64 {
    float(i128::from(wh.get()))
}

/// Upper edge of each party's bar, and where the last one ends.
fn edges(sums: &[Wh], scale: f64) -> (Vec<f64>, f64) {
    let mut y = TOP;
    let mut edges = Vec::with_capacity(sums.len());
    for sum in sums {
        edges.push(y);
        // A label needs its line even where the bar is thin.
        y += (wh_float(*sum) * scale).max(12.0) + GAP;
    }
    (edges, y)
}

fn bar(side: usize, name: &str, class: &str, sum: Wh, y: f64, scale: f64) -> String {
    let thick = (wh_float(sum) * scale).max(1.0);
    let (x, text_x, anchor) = match side {
        0 => (LABEL + 8.0, LABEL, "end"),
        _ => (WIDTH - LABEL - 8.0 - BAR, WIDTH - LABEL, "start"),
    };
    let text_y = y + (thick / 2.0).max(6.0) + 4.0;
    format!(
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y:.1}\" width=\"{BAR}\" height=\"{thick:.1}\"/>\
         <text x=\"{text_x}\" y=\"{text_y:.1}\" text-anchor=\"{anchor}\">{name}, {} kWh</text>\n",
        kwh(sum)
    )
}

fn summary(run: &RunResult) -> Result<String, UnitsError> {
    let homes = 0..run.homes.len();
    let sources = 0..run.homes.len().saturating_add(1);
    let mut near = Wh::ZERO;
    for from in sources {
        near = near.add(Wh::sum(homes.clone().map(|to| run.supply.get(from, to)))?)?;
    }
    Ok(format!(
        "Of the {} kWh that homes drew, {} came from neighbours' roofs, directly or through the battery.",
        kwh(run.totals.consumption),
        percent(near.get(), run.totals.consumption.get())
    ))
}

fn table(run: &RunResult, names: &[String], supplied: &[Wh], used: &[Wh]) -> Table {
    let cell = |wh: Wh| if wh.is_zero() { "\u{2013}".to_owned() } else { kwh(wh) };
    let mut head = vec!["from \\ to".to_owned()];
    head.extend(names.iter().cloned());
    head.push("all".to_owned());
    let rows = names.iter().zip(supplied).enumerate().map(|(from, (name, sum))| {
        let mut row = vec![name.clone()];
        row.extend((0..run.supply.parties()).map(|to| cell(run.supply.get(from, to))));
        row.push(cell(*sum));
        row
    });
    let rows = rows.collect();
    let mut foot = vec!["all".to_owned()];
    foot.extend(used.iter().map(|sum| cell(*sum)));
    foot.push(String::new());
    Table {
        caption: "Who supplied whom, kWh: a row is a source, a column a user".to_owned(),
        head,
        rows,
        foot: Some(foot),
    }
}
