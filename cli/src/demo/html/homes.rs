//! One row per home: where its energy went and came from.

use busbar_units::{UnitsError, Wh};

use super::parts::Table;
use crate::demo::format::{home, kwh};
use crate::demo::result::{HomeResult, RunResult};

/// Energy columns, in the order in which they are shown.
type Column = (&'static str, fn(&HomeResult) -> Wh);
const COLUMNS: [Column; 9] = [
    ("out through the meter", |home| home.generation),
    ("in through the meter", |home| home.consumption),
    ("sold", |home| home.sold),
    ("bought", |home| home.bought),
    ("banked", |home| home.banked),
    ("taken back", |home| home.redeemed),
    ("to the utility", |home| home.to_utility),
    ("from the utility", |home| home.from_utility),
    ("still in the bank", |home| home.tokens),
];

/// The section.
pub fn section(run: &RunResult) -> Result<String, UnitsError> {
    let mut head = vec!["home".to_owned()];
    head.extend(COLUMNS.iter().map(|(name, _)| (*name).to_owned()));
    let mut rows = Vec::with_capacity(run.homes.len());
    for result in &run.homes {
        let mut row = vec![home(&result.name)];
        row.extend(COLUMNS.iter().map(|(_, pick)| kwh(pick(result))));
        rows.push(row);
    }
    let mut foot = vec!["all".to_owned()];
    for (_, pick) in COLUMNS {
        foot.push(kwh(Wh::sum(run.homes.iter().map(pick))?));
    }
    let table = Table {
        caption: "Energy of each home, kWh".to_owned(),
        head,
        rows,
        foot: Some(foot),
    };
    Ok(format!(
        "<section aria-labelledby=\"homes\"><h2 id=\"homes\">Home by home</h2>\n{}</section>\n",
        table.html()
    ))
}
