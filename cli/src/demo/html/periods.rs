//! Hours put together to what a chart can show: hours for a few days, whole days for longer runs.

use busbar_units::{UnitsError, Wh};

use crate::demo::result::HourResult;

/// Longest run, in hours, that is shown hour by hour.
const HOURLY_LIMIT: usize = 240;

/// Hours in a day.
const DAY: usize = 24;

/// Equal steps of the run.
pub struct Periods {
    /// `hour` or `day`.
    pub unit: &'static str,
    /// In order.
    pub list: Vec<Period>,
    starts_at: usize,
}

/// Sums over one step.
#[derive(Default, Clone)]
pub struct Period {
    /// Day of the run, from 1, and hour of the day.
    pub label: String,
    /// Made on the roofs.
    pub gross_generation: Wh,
    /// Used in the homes.
    pub gross_consumption: Wh,
    /// Fed by the homes.
    pub generation: Wh,
    /// Drawn by the homes.
    pub consumption: Wh,
}

impl Periods {
    /// The steps of a run whose first hour starts at this hour of the day.
    pub fn new(hours: &[HourResult], starts_at: u8) -> Result<Self, UnitsError> {
        let starts_at = usize::from(starts_at);
        let hourly = is_hourly(hours.len());
        let mut list: Vec<Period> = Vec::new();
        for (position, hour) in hours.iter().enumerate() {
            let since_midnight = position.saturating_add(starts_at);
            let of_day = since_midnight.rem_euclid(DAY);
            if hourly || of_day == 0 || list.is_empty() {
                let label = if hourly {
                    hour_label(position, starts_at)
                } else {
                    format!("Day {}", since_midnight.div_euclid(DAY).saturating_add(1))
                };
                list.push(Period {
                    label,
                    ..Period::default()
                });
            }
            if let Some(period) = list.last_mut() {
                period.gross_generation = period.gross_generation.add(hour.gross_generation)?;
                period.gross_consumption = period.gross_consumption.add(hour.gross_consumption)?;
                period.generation = period.generation.add(hour.generation)?;
                period.consumption = period.consumption.add(hour.consumption)?;
            }
        }
        Ok(Self {
            unit: if hourly { "hour" } else { "day" },
            list,
            starts_at,
        })
    }

    /// Positions and texts of at most about ten labels below the chart.
    pub fn marks(&self) -> Vec<(usize, String)> {
        if self.unit == "hour" {
            return day_marks(self.list.len(), self.starts_at);
        }
        let apart = self.list.len().div_ceil(10).max(1);
        let marks = self.list.iter().enumerate().step_by(apart);
        marks
            .map(|(position, period)| (position, period.label.clone()))
            .collect()
    }
}

/// Day of the run, from 1, and hour of the day.
pub fn hour_label(position: usize, starts_at: usize) -> String {
    let since_midnight = position.saturating_add(starts_at);
    format!(
        "Day {}, {:02}:00",
        since_midnight.div_euclid(DAY).saturating_add(1),
        since_midnight.rem_euclid(DAY)
    )
}

/// Whether a run of this length is shown hour by hour.
pub fn is_hourly(hours: usize) -> bool {
    hours <= HOURLY_LIMIT
}

/// A mark at each midnight, and at the start where that lies well before one.
pub fn day_marks(hours: usize, starts_at: usize) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for position in 0..hours {
        let since_midnight = position.saturating_add(starts_at);
        let midnight = since_midnight.rem_euclid(DAY) == 0;
        if midnight || (position == 0 && starts_at < DAY.div_euclid(2)) {
            marks.push((
                position,
                format!("Day {}", since_midnight.div_euclid(DAY).saturating_add(1)),
            ));
        }
    }
    marks
}
