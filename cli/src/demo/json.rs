//! The run as JSON: energy in Wh, counts and milliseconds as numbers, money and prices as decimal strings in millionths.

use std::collections::{BTreeMap, BTreeSet};

use busbar_units::{Money, NetMoney, Price};
use serde::Serialize;

use super::feeder::FeederRecord;
use super::result::{HomeResult, HourResult, Live, RunResult};

/// How long it took and what it needed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// From process start to the written report.
    pub wall_ms: u64,
    /// Bare verification of the same signatures, one thread.
    pub signature_check_ms: u64,
    /// Peak resident memory.
    pub peak_rss_bytes: Option<u64>,
}

#[derive(Serialize)]
struct Run<'a> {
    homes: usize,
    hours: usize,
    intervals: usize,
    from: usize,
    seed: u64,
    tariff: &'a str,
    export_share: &'a str,
    queue_fsync: bool,
    readings_submitted: u64,
    readings_accepted: u64,
    readings_rejected: &'a BTreeMap<String, u64>,
    gross_generation_wh: u64,
    gross_consumption_wh: u64,
    generation_wh: u64,
    consumption_wh: u64,
    traded_wh: u64,
    banked_wh: u64,
    redeemed_wh: u64,
    utility_import_wh: u64,
    utility_export_wh: u64,
    tokens_minted_wh: u64,
    tokens_burned_wh: u64,
    coin_in: Money,
    coin_out: Money,
    coin_held: Money,
    orders: u64,
    cleared_intervals: u64,
    skipped_intervals: u64,
    settled_intervals: u64,
    wall_ms: u64,
    signature_check_ms: u64,
    peak_rss_bytes: Option<u64>,
    network: Option<Network<'a>>,
    chain: Option<Chain<'a>>,
    per_home: Vec<Home<'a>>,
    per_hour: Vec<Hour>,
}

#[derive(Serialize)]
struct Chain<'a> {
    chain_id: &'a str,
    region: &'a str,
    grid: &'a str,
    interval_s: u64,
    first_interval: u64,
    late_hours: BTreeSet<usize>,
}

#[derive(Serialize)]
struct Hour {
    price: Option<Price>,
    import_tariff: Price,
    export_tariff: Price,
    generation_wh: u64,
    consumption_wh: u64,
    traded_wh: u64,
}

#[derive(Serialize)]
struct Network<'a> {
    file: &'a str,
    rating_scale: &'a str,
    buses: usize,
    lines: usize,
    places: usize,
    bus_of: BTreeMap<&'a str, &'a str>,
    battery_bus: &'a str,
    congested_hours: usize,
    congested_lines: Vec<CongestedLine<'a>>,
    highest_scheduled_loading_percent: Percent,
    rent: Money,
    overloaded_hours: usize,
    delivered_overloads: Vec<Overload<'a>>,
}

#[derive(Serialize)]
struct CongestedLine<'a> {
    line: &'a str,
    hours: u64,
}

#[derive(Serialize)]
struct Overload<'a> {
    line: &'a str,
    hour: usize,
    flow_wh: i64,
    loading_percent: Percent,
}

/// Tenths of a per cent, written as a number of per cent.
struct Percent(u64);

impl Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let whole = u32::try_from(self.0).unwrap_or(u32::MAX);
        serializer.serialize_f64(f64::from(whole) / 10.0)
    }
}

#[derive(Serialize)]
struct Home<'a> {
    name: &'a str,
    gross_generation_wh: u64,
    gross_consumption_wh: u64,
    generation_wh: u64,
    consumption_wh: u64,
    sold_wh: u64,
    bought_wh: u64,
    banked_wh: u64,
    redeemed_wh: u64,
    utility_import_wh: u64,
    utility_export_wh: u64,
    tokens_wh: u64,
    bill: NetMoney,
    fees: Money,
    plain_bill: NetMoney,
}

/// The run as one JSON object with a line break at its end.
pub fn json(run: &RunResult, cost: Cost) -> serde_json::Result<String> {
    let totals = &run.totals;
    let object = Run {
        homes: run.homes.len(),
        hours: run.hours.len(),
        intervals: run.hours.len(),
        from: run.setting.from,
        seed: run.setting.seed,
        tariff: &run.setting.tariff,
        export_share: &run.setting.export_share,
        queue_fsync: run.live.is_some(),
        readings_submitted: run.readings.submitted,
        readings_accepted: run.readings.accepted,
        readings_rejected: &run.readings.rejected,
        gross_generation_wh: totals.gross_generation.get(),
        gross_consumption_wh: totals.gross_consumption.get(),
        generation_wh: totals.generation.get(),
        consumption_wh: totals.consumption.get(),
        traded_wh: totals.traded.get(),
        banked_wh: totals.banked.get(),
        redeemed_wh: totals.redeemed.get(),
        utility_import_wh: totals.utility_import.get(),
        utility_export_wh: totals.utility_export.get(),
        tokens_minted_wh: totals.minted.get(),
        tokens_burned_wh: totals.burned.get(),
        coin_in: run.coin.deposited,
        coin_out: run.coin.withdrawn,
        coin_held: run.coin.held,
        orders: totals.orders,
        cleared_intervals: totals.cleared,
        skipped_intervals: totals.skipped,
        settled_intervals: totals.settled,
        wall_ms: cost.wall_ms,
        signature_check_ms: cost.signature_check_ms,
        peak_rss_bytes: cost.peak_rss_bytes,
        network: run.feeder.as_ref().map(|feeder| network(run, feeder)),
        chain: run.live.as_ref().map(chain),
        per_home: run.homes.iter().map(home).collect(),
        per_hour: run.hours.iter().map(hour).collect(),
    };
    serde_json::to_string_pretty(&object).map(|text| text + "\n")
}

fn network<'a>(run: &'a RunResult, record: &'a FeederRecord) -> Network<'a> {
    let feeder = &record.feeder;
    let names = run.homes.iter().map(|home| home.name.as_str());
    let congested = |(line, hours)| CongestedLine {
        line: feeder.line(line),
        hours,
    };
    let overloads = record
        .hours
        .iter()
        .enumerate()
        .flat_map(|(hour, at)| at.overloads.iter().map(move |overload| (hour, overload)));
    Network {
        file: &feeder.name,
        rating_scale: &feeder.scale,
        buses: feeder.buses(),
        lines: feeder.lines(),
        places: feeder.places,
        bus_of: names.zip(feeder.homes.iter().map(|bus| feeder.bus(*bus))).collect(),
        battery_bus: feeder.bus(feeder.battery),
        congested_hours: record.congested(),
        congested_lines: record.full_lines().into_iter().map(congested).collect(),
        highest_scheduled_loading_percent: Percent(record.highest_scheduled),
        rent: record.rent,
        overloaded_hours: record.overloaded(),
        delivered_overloads: overloads
            .map(|(hour, overload)| Overload {
                line: feeder.line(overload.line),
                hour,
                flow_wh: overload.flow.get(),
                loading_percent: Percent(overload.loading),
            })
            .collect(),
    }
}

fn chain(live: &Live) -> Chain<'_> {
    Chain {
        chain_id: &live.chain_id,
        region: &live.region,
        grid: &live.grid,
        interval_s: live.interval_s,
        first_interval: live.first.get(),
        late_hours: live.late.iter().map(|late| late.hour).collect(),
    }
}

fn hour(hour: &HourResult) -> Hour {
    Hour {
        price: hour.price,
        import_tariff: hour.import_tariff,
        export_tariff: hour.export_tariff,
        generation_wh: hour.generation.get(),
        consumption_wh: hour.consumption.get(),
        traded_wh: hour.traded.get(),
    }
}

fn home(home: &HomeResult) -> Home<'_> {
    Home {
        name: &home.name,
        gross_generation_wh: home.gross_generation.get(),
        gross_consumption_wh: home.gross_consumption.get(),
        generation_wh: home.generation.get(),
        consumption_wh: home.consumption.get(),
        sold_wh: home.sold.get(),
        bought_wh: home.bought.get(),
        banked_wh: home.banked.get(),
        redeemed_wh: home.redeemed.get(),
        utility_import_wh: home.from_utility.get(),
        utility_export_wh: home.to_utility.get(),
        tokens_wh: home.tokens.get(),
        bill: home.bill,
        fees: home.fees,
        plain_bill: home.plain_bill,
    }
}
