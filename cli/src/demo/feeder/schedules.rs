//! The cleared schedules as JSON, for a power flow by somebody else.

use std::collections::BTreeMap;

use busbar_units::{NetWh, UnitsError};
use serde::Serialize;

use super::FeederRecord;
use crate::demo::region::ENERGY_S;

#[derive(Serialize)]
struct Schedules<'a> {
    network: &'a str,
    rating_scale: &'a str,
    interval_s: u64,
    hours: Vec<BTreeMap<&'a str, i64>>,
}

/// One object per hour: net Wh by name of bus, positive where more was bought than sold; buses without trade are absent.
pub fn schedules(record: &FeederRecord) -> Result<String, ScheduleError> {
    let feeder = &record.feeder;
    let mut hours = Vec::with_capacity(record.hours.len());
    for hour in &record.hours {
        let mut buses = BTreeMap::<&str, NetWh>::new();
        for (bus, energy) in feeder.homes.iter().zip(&hour.schedules) {
            let sum = buses.entry(feeder.bus(*bus)).or_insert(NetWh::ZERO);
            *sum = sum.add(*energy)?;
        }
        let traded = buses.into_iter().filter(|(_, energy)| !energy.is_zero());
        hours.push(traded.map(|(bus, energy)| (bus, energy.get())).collect());
    }
    let schedules = Schedules {
        network: &feeder.name,
        rating_scale: &feeder.scale,
        interval_s: ENERGY_S,
        hours,
    };
    Ok(serde_json::to_string(&schedules)? + "\n")
}

/// Why there are no schedules.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A sum leaves its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// They cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}
