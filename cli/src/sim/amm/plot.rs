//! Plots of a comparison.

use std::path::Path;

use anyhow::Context;

use super::DAY;
use super::flows::per_kwh;
use super::run::{FIRST, Outcome};
use super::year::Year;
use crate::demo::html::plot::{Plot, WIDTH, legend};

const HEIGHT: f64 = 320.0;

/// Colours of the pools, in their order; further ones begin again.
const COLOURS: [&str; 8] = [
    "#b0413e", "#d98032", "#8a6fb3", "#4f7cac", "#5b8c5a", "#a0a0a0", "#c06c9a", "#1b1b3a",
];

/// Days before the plotted week of prices: the first summer weeks are hot, the index settled.
const WEEK_AT: usize = FIRST + 12 * DAY;
const WEEK: usize = 7 * DAY;

/// Writes `prices.svg` and `loss.svg`.
pub fn write(folder: &Path, year: &Year, outcomes: &[Outcome]) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for (name, svg) in [("prices.svg", prices(year, outcomes)), ("loss.svg", loss(outcomes))] {
        let file = folder.join(name);
        std::fs::write(&file, svg).with_context(|| file.display().to_string())?;
    }
    Ok(())
}

/// A week of the auction's price and the curves' prices.
fn prices(year: &Year, outcomes: &[Outcome]) -> String {
    let hours = year.hours.get(WEEK_AT..).unwrap_or_default().iter().take(WEEK);
    let auction: Vec<_> = hours.map(|hour| hour.price.map(per_kwh)).collect();
    let from = WEEK_AT.saturating_sub(FIRST);
    let mids = |outcome: &Outcome| outcome.mids.iter().skip(from).take(WEEK).copied().collect::<Vec<_>>();
    let drawn: Vec<_> = [outcomes.first(), outcomes.last()].into_iter().flatten().collect();
    let all = drawn.iter().flat_map(|outcome| mids(outcome));
    let plot = Plot::new(HEIGHT, auction.len(), all.chain(auction.iter().flatten().copied()));
    let mut parts = vec![
        plot.value_axis("coin per kWh", 2),
        plot.step_labels(
            (0..auction.len())
                .step_by(DAY)
                .map(|at| (at, format!("day {}", at / DAY))),
        ),
        plot.steps("auction", auction),
    ];
    let mut entries = vec![("auction", "auction")];
    for (class, outcome) in ["p0", "p7"].into_iter().zip(&drawn) {
        parts.push(plot.steps(class, mids(outcome).into_iter().map(Some)));
        entries.push((class, outcome.pool.as_str()));
    }
    parts.push(legend(&entries));
    page(&parts)
}

/// The loss against rebalancing, day by day.
fn loss(outcomes: &[Outcome]) -> String {
    let daily = |outcome: &Outcome| outcome.losses.iter().step_by(DAY).copied().collect::<Vec<_>>();
    let days = outcomes.iter().map(|outcome| daily(outcome).len()).max().unwrap_or(0);
    let plot = Plot::new(HEIGHT, days, outcomes.iter().flat_map(daily));
    let mut parts = vec![
        plot.value_axis("coin", 0),
        plot.step_labels((0..days).step_by(60).map(|day| (day, format!("day {day}")))),
    ];
    let numbers = (0..COLOURS.len()).cycle();
    let classes: Vec<_> = numbers.take(outcomes.len()).map(|at| format!("p{at}")).collect();
    for (class, outcome) in classes.iter().zip(outcomes) {
        parts.push(plot.steps(class, daily(outcome).into_iter().map(Some)));
    }
    let entries: Vec<_> = classes
        .iter()
        .zip(outcomes)
        .map(|(class, outcome)| (class.as_str(), outcome.pool.as_str()))
        .collect();
    parts.push(legend(&entries));
    page(&parts)
}

fn page(parts: &[String]) -> String {
    let colours = COLOURS.iter().enumerate();
    let classes: String = colours
        .map(|(at, colour)| format!(".p{at}{{stroke:{colour}}}"))
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\"><style>rect{{fill:#fff}}.series{{fill:none;stroke-width:1.5}}.grid{{stroke:#e4e4e4}}\
         .axis{{stroke:#888}}.soft{{fill:#555}}.auction{{stroke:#2a9d8f;stroke-dasharray:4 3}}{classes}</style>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n{}</svg>\n",
        parts.concat()
    )
}
