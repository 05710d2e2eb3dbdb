//! What the feeder was to carry by the cleared schedules, and what it did carry.

use busbar_api::grid::Line;
use busbar_api::market::{BusPriceResponse, FlowResponse};
use busbar_units::{Money, NetWh, Price};

use super::Feeder;
use crate::demo::check::CheckError;

/// The run on a feeder.
#[derive(Debug, Clone)]
pub struct FeederRecord {
    /// The feeder.
    pub feeder: Feeder,
    /// Per hour.
    pub hours: Vec<FeederHour>,
    /// The hour of the highest rent; none where no line was ever full.
    pub worst: Option<Worst>,
    /// Rent over the whole run, which the fund has.
    pub rent: Money,
    /// Highest loading of a line by the schedules, in tenths of a per cent of its capacity.
    pub highest_scheduled: u64,
}

/// An hour on the feeder.
#[derive(Debug, Clone, Default)]
pub struct FeederHour {
    /// Net purchase of each home.
    pub schedules: Vec<NetWh>,
    /// Lines whose capacity parts the prices at their ends.
    pub full: Vec<FullLine>,
    /// What buyers paid above what sellers got.
    pub rent: Money,
    /// Lines that carried more than their capacity when all was delivered.
    pub overloads: Vec<Overload>,
}

/// A line that is full and parts prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullLine {
    /// Its number.
    pub line: usize,
    /// What it carries, positive from its first bus to its second.
    pub flow: NetWh,
    /// Price at its end less price at its start.
    pub step: Price,
}

/// A line that carried more than its capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overload {
    /// Its number.
    pub line: usize,
    /// What it carried, positive from its first bus to its second.
    pub flow: NetWh,
    /// In tenths of a per cent of its capacity in that direction, rounded up.
    pub loading: u64,
}

/// Every price and flow of one hour.
#[derive(Debug, Clone)]
pub struct Worst {
    /// Its position in the run.
    pub hour: usize,
    /// Prices by bus.
    pub prices: Vec<BusPriceResponse>,
    /// Flows by line.
    pub flows: Vec<FlowResponse>,
}

/// What the market says of an hour's network: nothing where no device traded.
#[derive(Debug, Clone, Default)]
pub struct Nodal {
    /// Flows by line.
    pub flows: Vec<FlowResponse>,
    /// Prices by bus, where a line is full.
    pub prices: Vec<BusPriceResponse>,
    /// Rent.
    pub rent: Money,
}

impl FeederRecord {
    /// Nothing yet.
    pub fn new(feeder: Feeder) -> Self {
        Self {
            feeder,
            hours: Vec::new(),
            worst: None,
            rent: Money::ZERO,
            highest_scheduled: 0,
        }
    }

    /// Adds an hour: what the homes traded, what the market says of it, and what every meter counted.
    ///
    /// # Errors
    /// [`CheckError::Scheduled`] where a cleared flow exceeds its line; [`CheckError::Unequal`] where it is not the sum
    /// of the trades behind the line.
    pub fn add(
        &mut self,
        nodal: Nodal,
        schedules: Vec<NetWh>,
        metered: &[NetWh],
        battery: NetWh,
    ) -> Result<(), CheckError> {
        let hour = self.hours.len();
        let scheduled = self.feeder.flows(&schedules, NetWh::ZERO)?;
        for (number, (flow, line)) in scheduled.iter().zip(&self.feeder.network.lines).enumerate() {
            let told = nodal.flows.get(number).map_or(NetWh::ZERO, |told| told.flow);
            if told != *flow {
                return Err(CheckError::Unequal {
                    equation: "flow of the market = trades behind the line",
                    home: Some(format!("line {}", line.name)),
                    left: told.get().into(),
                    right: flow.get().into(),
                });
            }
            let loading = loading(*flow, line);
            if loading > FULL {
                return Err(CheckError::Scheduled {
                    hour,
                    line: line.name.clone(),
                    flow: flow.get(),
                });
            }
            self.highest_scheduled = self.highest_scheduled.max(loading);
        }
        let delivered = self.feeder.flows(metered, battery)?;
        let carried = delivered.iter().zip(&self.feeder.network.lines).enumerate();
        let overloads = carried.filter_map(|(number, (flow, line))| {
            let loading = loading(*flow, line);
            (loading > FULL).then_some(Overload {
                line: number,
                flow: *flow,
                loading,
            })
        });
        let full = nodal.flows.iter().enumerate().filter(|(_, flow)| flow.binding);
        let full = full.map(|(line, flow)| FullLine {
            line,
            flow: flow.flow,
            step: flow.step,
        });
        let added = FeederHour {
            schedules,
            full: full.collect(),
            rent: nodal.rent,
            overloads: overloads.collect(),
        };
        self.rent = self.rent.add(added.rent)?;
        let highest = self.worst.as_ref().and_then(|worst| self.hours.get(worst.hour));
        if !added.full.is_empty() && highest.is_none_or(|highest| highest.rent < added.rent) {
            self.worst = Some(Worst {
                hour,
                prices: nodal.prices,
                flows: nodal.flows,
            });
        }
        self.hours.push(added);
        Ok(())
    }

    /// How many hours had a full line.
    pub fn congested(&self) -> usize {
        self.hours.iter().filter(|hour| !hour.full.is_empty()).count()
    }

    /// How many hours had an overload when all was delivered.
    pub fn overloaded(&self) -> usize {
        self.hours.iter().filter(|hour| !hour.overloads.is_empty()).count()
    }

    /// Lines that were ever full, with the number of hours; most hours first, then by number.
    pub fn full_lines(&self) -> Vec<(usize, u64)> {
        counted(self.hours.iter().flat_map(|hour| &hour.full).map(|full| full.line))
    }

    /// The highest overload of the run with its hour, the first of equals.
    pub fn highest_overload(&self) -> Option<(usize, Overload)> {
        let all = self
            .hours
            .iter()
            .enumerate()
            .flat_map(|(hour, at)| at.overloads.iter().map(move |overload| (hour, *overload)));
        all.reduce(|highest, next| {
            if next.1.loading > highest.1.loading {
                next
            } else {
                highest
            }
        })
    }
}

fn counted(lines: impl Iterator<Item = usize>) -> Vec<(usize, u64)> {
    let mut hours = std::collections::BTreeMap::<usize, u64>::new();
    for line in lines {
        let count = hours.entry(line).or_default();
        *count = count.saturating_add(1);
    }
    let mut counted: Vec<_> = hours.into_iter().collect();
    counted.sort_by_key(|(line, count)| (std::cmp::Reverse(*count), *line));
    counted
}

/// A line at its capacity, in tenths of a per cent.
const FULL: u64 = 1_000;

/// Tenths of a per cent of the capacity in the flow's direction, rounded up; nothing fits a line without any.
fn loading(flow: NetWh, line: &Line) -> u64 {
    let most = if flow.get() < 0 {
        line.capacity_back
    } else {
        line.capacity
    };
    let size = flow.get().unsigned_abs();
    if size == 0 {
        return 0;
    }
    size.saturating_mul(FULL)
        .checked_div(most.get())
        .map_or(u64::MAX, |_| size.saturating_mul(FULL).div_ceil(most.get()))
}
