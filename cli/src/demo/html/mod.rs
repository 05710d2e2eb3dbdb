//! The run as one HTML page: no script, no outside asset, light and dark, every picture with its numbers.

mod bills;
mod energy;
mod feeder;
mod homes;
mod map;
mod parts;
mod periods;
pub mod plot;
mod price;
mod supply;
#[cfg(test)]
mod tests;

use busbar_units::{NetMoney, UnitsError, Wh};

use super::format::{coin, count, kwh};
use super::result::RunResult;
use parts::{escape, percent};

/// The page.
pub fn page(run: &RunResult) -> Result<String, UnitsError> {
    let title = format!("{} homes, {} hours: who powered whom", run.homes.len(), run.hours.len());
    let parts = [
        head(&title),
        intro(run, &title)?,
        bills::figure(run)?,
        supply::figure(run)?,
        energy::gross(run)?,
        energy::metered(run)?,
        price::figure(run)?,
        run.feeder
            .as_ref()
            .map_or(Ok(String::new()), |record| feeder::section(run, record))?,
        homes::section(run)?,
        method(run)?,
        "</main>\n</body>\n</html>\n".to_owned(),
    ];
    Ok(parts.concat())
}

fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<main>\n",
        include_str!("style.css")
    )
}

fn intro(run: &RunResult, title: &str) -> Result<String, UnitsError> {
    let saved = run.homes.iter().map(bills::saved).collect::<Result<Vec<_>, _>>()?;
    let card = |name: &str, value: String| format!("<div><dt>{name}</dt><dd>{value}</dd></div>\n");
    let cards = [
        card(
            "The homes saved together",
            format!("{} coin", coin(NetMoney::sum(saved)?)),
        ),
        card("Traded between neighbours", format!("{} kWh", kwh(run.totals.traded))),
        card(
            "Stored in the shared battery",
            format!("{} kWh", kwh(run.totals.banked)),
        ),
        card("Meter readings checked", count(run.readings.accepted)),
    ];
    Ok(format!(
        "<h1>{title}</h1>\n\
         <p>When a home's solar panels make more than it uses, it sells the rest to a neighbour, stores it in the \
         battery that all homes share, or feeds it to the utility. Every meter signs what it measured; contracts check \
         each signature, find the price of each hour and pay everyone. Nobody runs the market.</p>\n\
         <dl class=\"cards\">\n{}</dl>\n",
        cards.concat()
    ))
}

fn method(run: &RunResult) -> Result<String, UnitsError> {
    let (totals, setting) = (&run.totals, &run.setting);
    let left = totals.generation.add(totals.utility_import)?.add(totals.redeemed)?;
    let right = totals.consumption.add(totals.utility_export)?.add(totals.banked)?;
    Ok(format!(
        "<section aria-labelledby=\"method\"><h2 id=\"method\">How to check this page</h2>\n\
         <p>Nothing is lost: what homes fed in, the utility supplied and the battery gave back is what homes drew, the \
         utility took and the battery stored.</p>\n\
         <p><code>{} + {} + {} = {} kWh</code><br><code>{} + {} + {} = {} kWh</code></p>\n\
         <p>Coin too: {} coin were paid in, {} paid out, {} are held, and every account adds up to that.</p>\n\
         <p class=\"soft\">Orders are made from what the same meter measured in the same hour of the day before, so the \
         first day trades nothing. Tariff: {}; the utility pays {} of it for what it takes. Battery: {} kWh, \
         {} kW, gives back {} of what it takes in. Homes are recorded data from hour {} on; meters, orders and money are simulated (seed {}). What \
         the battery itself costs is in no bill. “Who supplied \
         whom” follows the contracts, not the wires.</p></section>\n",
        kwh(totals.generation),
        kwh(totals.utility_import),
        kwh(totals.redeemed),
        kwh(left),
        kwh(totals.consumption),
        kwh(totals.utility_export),
        kwh(totals.banked),
        kwh(right),
        coin(run.coin.deposited.paid()?),
        coin(run.coin.withdrawn.paid()?),
        coin(run.coin.held.paid()?),
        escape(&setting.tariff),
        escape(&setting.export_share),
        kwh(setting.battery_usable),
        kwh(Wh::new(setting.battery_power.get())),
        percent(u64::try_from(setting.battery_efficiency.get()).unwrap_or(0), 1_000_000),
        setting.from,
        setting.seed,
    ))
}
