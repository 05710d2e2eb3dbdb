//! The feeder: what its full lines did to prices, and what it carried in the end.

use std::collections::BTreeMap;

use busbar_units::UnitsError;

use super::map;
use super::parts::{Table, escape};
use super::periods::hour_label;
use crate::demo::feeder::{FeederRecord, Overload};
use crate::demo::format::{coin, home, kwh, percent, price};
use crate::demo::result::RunResult;

/// The section.
pub fn section(run: &RunResult, record: &FeederRecord) -> Result<String, UnitsError> {
    let feeder = &record.feeder;
    let shared = if feeder.homes.len() > feeder.places {
        format!(
            " There are more homes than the {} buses they are placed at.",
            feeder.places
        )
    } else {
        String::new()
    };
    Ok(format!(
        "<section aria-labelledby=\"feeder\"><h2 id=\"feeder\">On the wires</h2>\n\
         <p>The homes hang on <code>{}</code>: {} buses, {} lines, each line with {} times the capacity in the file, so \
         that this few homes can fill them.{shared} An order trades only as far as the lines carry it. Where a line is \
         full, energy costs more on the side that it flows to, and the fund gets the difference: {} coin in {} of {} hours. \
         No schedule loads a line above its capacity; the highest loading is {}.</p>\n{}{}{}</section>\n",
        escape(&feeder.name),
        feeder.buses(),
        feeder.lines(),
        escape(&feeder.scale),
        coin(record.rent.paid()?),
        record.congested(),
        record.hours.len(),
        percent(record.highest_scheduled),
        map::figure(run, record)?,
        full(record),
        delivered(run, record),
    ))
}

fn full(record: &FeederRecord) -> String {
    let lines = record.full_lines();
    if lines.is_empty() {
        return "<p>No line was ever full.</p>\n".to_owned();
    }
    let rows = lines.into_iter().map(|(line, hours)| {
        let wires = record.feeder.network.lines.get(line);
        let capacity = wires.map_or_else(String::new, |line| kwh(line.capacity));
        vec![record.feeder.line(line).to_owned(), capacity, hours.to_string()]
    });
    Table {
        caption: "Full lines".to_owned(),
        head: ["line", "capacity, kWh per hour", "hours in which it was full"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
        foot: None,
    }
    .html()
}

/// What became of a line above its capacity; lines in a row often share it.
#[derive(PartialEq, Eq)]
struct Strain {
    hours: u64,
    highest: Overload,
    when: usize,
    lines: usize,
}

/// Lines above capacity, those alike in a row together, the highest loading first.
fn strains(record: &FeederRecord) -> Vec<Strain> {
    let mut lines: BTreeMap<usize, Strain> = BTreeMap::new();
    for (when, at) in record.hours.iter().enumerate() {
        for &highest in &at.overloads {
            let strain = lines.entry(highest.line).or_insert(Strain {
                hours: 0,
                highest,
                when,
                lines: 1,
            });
            strain.hours = strain.hours.saturating_add(1);
            if highest.loading > strain.highest.loading {
                (strain.highest, strain.when) = (highest, when);
            }
        }
    }
    let mut strains: Vec<Strain> = Vec::new();
    for strain in lines.into_values() {
        let alike = strains.iter_mut().find(|other| {
            let key = |strain: &Strain| (strain.hours, strain.when, strain.highest.loading, strain.highest.flow);
            key(other) == key(&strain)
        });
        match alike {
            Some(other) => other.lines = other.lines.saturating_add(1),
            None => strains.push(strain),
        }
    }
    strains.sort_by_key(|strain| (std::cmp::Reverse(strain.highest.loading), strain.highest.line));
    strains
}

fn delivered(run: &RunResult, record: &FeederRecord) -> String {
    let lines = strains(record);
    if lines.is_empty() {
        return "<p>What was delivered stayed within every line's capacity too.</p>\n".to_owned();
    }
    let starts_at = usize::from(run.setting.starts_at);
    let count = lines.len();
    let rows = lines.into_iter().take(SHOWN).map(|strain| {
        let line = record.feeder.line(strain.highest.line);
        vec![
            match strain.lines {
                1 => line.to_owned(),
                lines => format!("{line} and {} alike", lines.saturating_sub(1)),
            },
            strain.hours.to_string(),
            percent(strain.highest.loading),
            kwh(strain.highest.flow.positive().max(strain.highest.flow.negative())),
            hour_label(strain.when, starts_at),
        ]
    });
    let table = Table {
        caption: if count > SHOWN {
            format!("Lines above their capacity as delivered: the highest {SHOWN} of {count}")
        } else {
            "Lines above their capacity as delivered".to_owned()
        },
        head: ["line", "hours", "highest loading", "flow then, kWh", "when"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
        foot: None,
    };
    format!(
        "<p>A market binds schedules, not switches: homes used and made other than they had traded, nothing was traded \
         on the first day, and the battery acted on top. In {} hours what was delivered exceeded the capacity of some \
         line.</p>\n{}",
        record.overloaded(),
        table.html()
    )
}

/// Rows of the table of overloads.
const SHOWN: usize = 12;

/// Price and trade of every home in the hour that the map shows.
pub fn rows(run: &RunResult, record: &FeederRecord) -> Vec<Vec<String>> {
    let Some(worst) = &record.worst else { return Vec::new() };
    let schedules = record.hours.get(worst.hour).map_or(&[][..], |hour| &hour.schedules);
    let homes = run.homes.iter().zip(&record.feeder.homes).zip(schedules);
    homes
        .map(|((result, bus), traded)| {
            let at = worst.prices.get(usize::from(*bus));
            vec![
                home(&result.name),
                record.feeder.bus(*bus).to_owned(),
                at.map_or_else(String::new, |at| price(at.price)),
                kwh(traded.positive()),
                kwh(traded.negative()),
            ]
        })
        .collect()
}
