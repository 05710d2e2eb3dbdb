//! The comparison as a table.

use std::fmt::Write;

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::measure::Figures;
use super::run::Outcome;

/// A row of the table: what it is, and how a figure reads.
type Row = (&'static str, fn(&Figures) -> String);

const ROWS: [Row; 14] = [
    ("volume, kWh", |f| format!("{:.0}", f.volume)),
    ("price error of trades, coin/kWh", |f| format!("{:.4}", f.price_error)),
    ("the same against the next that traded", |f| {
        format!("{:.4}", f.traded_error)
    }),
    ("the same, in intervals that traded", |f| {
        format!("{:.4}", f.priced_error)
    }),
    ("price error of the curve, coin/kWh", |f| format!("{:.4}", f.mid_error)),
    ("effective spread, %", |f| format!("{:.2}", 100.0 * f.effective_spread)),
    ("hours open to buyers, sellers, %", |f| {
        let [buyers, sellers] = f.open;
        format!("{:.0}, {:.0}", 100.0 * buyers, 100.0 * sellers)
    }),
    ("loss against rebalancing, coin", |f| format!("{:.2}", f.loss)),
    ("the same, % of what was brought", |f| {
        format!("{:.1}", 100.0 * f.loss_share)
    }),
    ("worst hour, coin", |f| format!("{:.3} ({})", f.worst_hour, f.worst_at)),
    ("return of the providers, %", |f| format!("{:.2}", 100.0 * f.lp_return)),
    ("the same against holding, %", |f| {
        format!("{:.2}", 100.0 * f.against_holding)
    }),
    ("helpful in frequency events, kWh", |f| format!("{:.1}", f.helpful)),
    ("harmful in frequency events, kWh", |f| format!("{:.1}", f.unhelpful)),
];

/// The tables of both stretches, and what traders made.
pub fn text(outcomes: &[Outcome]) -> String {
    let mut text = String::from("Hours that pools were tuned on\n");
    let figures: Vec<_> = outcomes.iter().map(|outcome| Some(&outcome.tuned)).collect();
    text.push_str(&stretch(outcomes, &figures));
    if outcomes.iter().all(|outcome| outcome.held_out.is_some()) {
        text.push_str("\nHours after them, which nothing was tuned on\n");
        let figures: Vec<_> = outcomes.iter().map(|outcome| outcome.held_out.as_ref()).collect();
        text.push_str(&stretch(outcomes, &figures));
    }
    text.push_str("\nWhat traders made over all, coin\n");
    text.push_str(&profits(outcomes));
    text
}

fn stretch(outcomes: &[Outcome], figures: &[Option<&Figures>]) -> String {
    let mut table = headed(outcomes);
    for (name, show) in ROWS {
        let cells = figures.iter().map(|figures| figures.map_or_else(String::new, show));
        table.add_row(std::iter::once(name.to_owned()).chain(cells));
    }
    format!("{table}\n")
}

fn profits(outcomes: &[Outcome]) -> String {
    let mut table = headed(outcomes);
    let kinds = outcomes.first().map_or(&[][..], |outcome| &outcome.profits);
    for (row, (kind, _)) in kinds.iter().enumerate() {
        let cells = outcomes.iter().map(|outcome| {
            let profit = outcome.profits.get(row).map(|(_, profit)| *profit);
            profit.map_or_else(String::new, |profit| format!("{profit:.2}"))
        });
        table.add_row(std::iter::once((*kind).to_owned()).chain(cells));
    }
    format!("{table}\n")
}

fn headed(outcomes: &[Outcome]) -> Table {
    let mut table = Table::new();
    let rule = LineStyle::none().fill('─').junction('─');
    let names = outcomes.iter().map(|outcome| outcome.pool.clone());
    table
        .load_style(TableStyle::new().header_separator(rule))
        .set_header(std::iter::once(String::new()).chain(names));
    for column in 1..=outcomes.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// How the last pool compares with the first, against what is asked of it.
pub fn targets(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let (Some(first), Some(last)) = (outcomes.first(), outcomes.last()) else {
        return text;
    };
    let _ = writeln!(text, "\n{} against {}", last.pool, first.pool);
    let stretches = [
        ("tuned on", Some(&first.tuned), Some(&last.tuned)),
        ("after", first.held_out.as_ref(), last.held_out.as_ref()),
    ];
    for (stretch, a, b) in stretches {
        let (Some(a), Some(b)) = (a, b) else { continue };
        let _ = writeln!(
            text,
            "  {stretch}: price error x {:.2}, loss x {:.2}, helpful flow x {:.2}",
            b.price_error / a.price_error,
            b.loss / a.loss,
            b.helpful / a.helpful,
        );
    }
    text
}
