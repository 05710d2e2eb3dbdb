//! The run as text for a terminal.

use busbar_units::{NetMoney, NetWh, UnitsError, Wh};
use comfy_table::{CellAlignment, Table, presets};

use super::feeder::FeederRecord;
use super::format::{coin, count, home, kwh, percent};
use super::result::{HomeResult, Lateness, Live, RunResult};

/// Energy columns in kWh.
type Column = (&'static str, fn(&HomeResult) -> Wh);
const ENERGY: [Column; 8] = [
    ("generated", |home| home.generation),
    ("consumed", |home| home.consumption),
    ("sold", |home| home.sold),
    ("bought", |home| home.bought),
    ("banked", |home| home.banked),
    ("redeemed", |home| home.redeemed),
    ("to utility", |home| home.to_utility),
    ("from utility", |home| home.from_utility),
];

/// Coin columns.
type Coins = (&'static str, fn(&HomeResult) -> NetMoney);
const COIN: [Coins; 2] = [
    ("bill here", |home| home.bill),
    ("plain tariff", |home| home.plain_bill),
];

/// A table per home with sums, then totals and checks.
pub fn text(run: &RunResult) -> Result<String, UnitsError> {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    let names = ENERGY
        .iter()
        .map(|(name, _)| *name)
        .chain(COIN.iter().map(|(name, _)| *name));
    table.set_header(std::iter::once("home").chain(names));
    for result in &run.homes {
        let energy = ENERGY.iter().map(|(_, pick)| kwh(pick(result)));
        let bills = COIN.iter().map(|(_, pick)| coin(pick(result)));
        table.add_row(
            std::iter::once(home(&result.name))
                .chain(energy)
                .chain(bills)
                .map(plain),
        );
    }
    let mut sums = vec!["all".to_owned()];
    for (_, pick) in ENERGY {
        sums.push(kwh(Wh::sum(run.homes.iter().map(pick))?));
    }
    for (_, pick) in COIN {
        sums.push(coin(NetMoney::sum(run.homes.iter().map(pick))?));
    }
    table.add_row(sums.into_iter().map(plain));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let feeder = match &run.feeder {
        Some(record) => feeder(record)?,
        None => String::new(),
    };
    Ok(format!(
        "{}\n\n{}{}",
        table.trim_fmt(),
        plain(summary(run)?),
        plain(feeder)
    ))
}

/// Where a run on a real chain can be found, and whether it kept up with the chain's clock.
pub fn live(live: &Live) -> String {
    let Live {
        chain_id,
        region,
        grid,
        interval_s,
        first,
        late,
    } = live;
    let mut text = format!(
        "chain       {chain_id}, region {region}, {interval_s} s for an hour of energy; the first hour is {first}\n\
         grid        {grid}\n"
    );
    if late.is_empty() {
        return text + "clock       every hour was traded in its time\n";
    }
    let hours = |what| {
        let hours = late.iter().filter(|late| late.what == what);
        let hours: Vec<_> = hours.map(|late| late.hour.saturating_add(1).to_string()).collect();
        hours.join(", ")
    };
    for (what, words) in [
        (Lateness::Orders, "orders came after gate closure: hour"),
        (Lateness::Clearing, "not cleared before delivery, and so skipped: hour"),
    ] {
        let hours = hours(what);
        if !hours.is_empty() {
            text += &format!("LATE        {words} {hours}\n");
        }
    }
    text + "            The sums hold for what was traded, which is not what the embedded chain trades.\n\
            \x20           Run it again with a longer --interval-s, or on a machine that is less busy.\n"
}

fn feeder(record: &FeederRecord) -> Result<String, UnitsError> {
    let feeder = &record.feeder;
    let homes = feeder.homes.len();
    let placed = if homes > feeder.places {
        format!("{homes} homes share {} buses", feeder.places)
    } else {
        format!("{homes} homes, each at a bus of its own out of {}", feeder.places)
    };
    let full = record.full_lines();
    let lines = match full.as_slice() {
        [] => "no line was full".to_owned(),
        [(line, hours), ..] => format!(
            "{} lines were full, {} most often ({hours} hours)",
            full.len(),
            feeder.line(*line)
        ),
    };
    let delivered = match record.highest_overload() {
        None => "no line above its capacity".to_owned(),
        Some((hour, overload)) => format!(
            "lines above their capacity in {} hours, highest {} on {} in hour {hour}",
            record.overloaded(),
            percent(overload.loading),
            feeder.line(overload.line)
        ),
    };
    Ok(format!(
        "feeder      {} with its capacities x {}: {} buses, {} lines; {placed}\n\
         congestion  {} of {} hours; {lines}; rent to the fund {} coin\n\
         scheduled   no line above its capacity, highest loading {}\n\
         delivered   {delivered}\n",
        feeder.name,
        feeder.scale,
        feeder.buses(),
        feeder.lines(),
        record.congested(),
        record.hours.len(),
        coin(record.rent.paid()?),
        percent(record.highest_scheduled),
    ))
}

fn summary(run: &RunResult) -> Result<String, UnitsError> {
    let (totals, money, readings) = (&run.totals, &run.coin, &run.readings);
    let rejected: u64 = readings
        .rejected
        .values()
        .fold(0, |sum, count| sum.saturating_add(*count));
    let held = Wh::sum(run.homes.iter().map(|home| home.tokens))?;
    let utility = NetWh::of(totals.utility_import, totals.utility_export)?;
    Ok(format!(
        "Energy in kWh as the homes' meters saw it; bills in coin, fees included, negative = received.\n\
         Tariff: {}; export at {} of it. Battery: {} kWh usable, {} kW.\n\
         \n\
         readings    {} submitted, {} accepted, {rejected} rejected\n\
         orders      {} placed; intervals: {} cleared, {} skipped, {} settled\n\
         traded      {} kWh between homes; banked {} kWh, redeemed {} kWh, {} kWh still in the bank\n\
         utility     {} kWh supplied, {} kWh taken, net {} Wh\n\
         energy      generation + utility import + redeemed = consumption + utility export + banked\n\
         \x20           {} + {} + {} = {} + {} + {} Wh, difference 0\n\
         coin        {} in - {} out = {} held = accounts {} + fund {}, difference 0\n",
        run.setting.tariff,
        run.setting.export_share,
        kwh(run.setting.battery_usable),
        kwh(Wh::new(run.setting.battery_power.get())),
        count(readings.submitted),
        count(readings.accepted),
        count(totals.orders),
        count(totals.cleared),
        count(totals.skipped),
        count(totals.settled),
        kwh(totals.traded),
        kwh(totals.banked),
        kwh(totals.redeemed),
        kwh(held),
        kwh(totals.utility_import),
        kwh(totals.utility_export),
        utility.get(),
        totals.generation.get(),
        totals.utility_import.get(),
        totals.redeemed.get(),
        totals.consumption.get(),
        totals.utility_export.get(),
        totals.banked.get(),
        coin(money.deposited.paid()?),
        coin(money.withdrawn.paid()?),
        coin(money.held.paid()?),
        coin(money.accounts.paid()?),
        coin(money.fund.paid()?),
    ))
}

/// The same numbers with plain spaces and hyphens, which every terminal and every search shows alike.
fn plain(text: String) -> String {
    text.replace('\u{202f}', " ").replace('\u{2212}', "-")
}
