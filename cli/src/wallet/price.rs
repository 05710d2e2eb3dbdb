//! `busbar price`: what energy costs.
use busbar_api::grid::raw;
use busbar_api::market::{BusPriceResponse, Client, IntervalResponse};
use busbar_units::Interval;
use serde::Serialize;

use super::options::ChainOptions;
use super::session::{IntervalArg, Session, SessionError};
use super::{amount, answer, table};

/// Options of `busbar price`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// One interval in detail, with the price at every bus: its number, an instant that it holds, or next
    #[arg(long, value_name = "INTERVAL")]
    interval: Option<IntervalArg>,
    /// How many intervals to list, the last one the next to be delivered
    #[arg(long, value_name = "COUNT", default_value_t = 12, conflicts_with = "interval",
          value_parser = clap::value_parser!(u64).range(1..=1_000))]
    last: u64,
    #[command(flatten)]
    chain: ChainOptions,
}

const HELP: &str = "\
Without --interval: a line per interval, with the mean price at which devices traded. Prices are
per kWh, in the coin. The utility sells at the import tariff and buys at the export tariff.

Exit codes: 0 listed, 1 the chain failed, 2 the command line cannot be used

Examples
  busbar price
  busbar price --interval 2026-11-24T18:00Z";

/// An interval and its results; none before it is cleared.
#[derive(Serialize)]
struct Row {
    interval: Interval,
    start: String,
    result: Option<IntervalResponse>,
}

/// An interval in detail.
#[derive(Serialize)]
struct Detail {
    #[serde(flatten)]
    row: Row,
    import_tariff: busbar_units::Price,
    export_tariff: busbar_units::Price,
    buses: Vec<BusPriceResponse>,
}

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let session = Session::open(&options.chain)?;
    let output = options.chain.output;
    if let Some(named) = options.interval {
        let interval = session.interval(named)?;
        return answer(output, &detail(&session, interval)?, |detail| {
            detail_text(&session, detail)
        });
    }
    let last = session.current()?.plus(1).map_err(SessionError::Units)?;
    let first = last.get().saturating_add(1).saturating_sub(options.last);
    let rows = (first..=last.get()).map(|number| row(&session, Interval::new(number)));
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    answer(output, &rows, |rows| text(rows))
}

fn row(session: &Session, interval: Interval) -> Result<Row, SessionError> {
    let market = Client::new(session.contracts.market.clone());
    Ok(Row {
        interval,
        start: session.start(interval),
        result: market.interval(&session.querier().wrap(), interval)?,
    })
}

fn detail(session: &Session, interval: Interval) -> Result<Detail, SessionError> {
    let market = Client::new(session.contracts.market.clone());
    let querier = session.querier();
    let mut buses: Vec<BusPriceResponse> = Vec::new();
    loop {
        let page = market.prices(&querier.wrap(), interval, buses.last().map(|bus| bus.bus))?;
        if page.is_empty() {
            break;
        }
        buses.extend(page);
    }
    let tariff = raw::tariff_at(&querier.wrap(), &session.contracts.grid, interval)?;
    Ok(Detail {
        row: row(session, interval)?,
        import_tariff: tariff.import,
        export_tariff: tariff.export,
        buses,
    })
}

fn text(rows: &[Row]) -> String {
    let heads = ["interval", "from", "stage", "price/kWh", "bought kWh", "sold kWh"];
    let rows = rows.iter().map(|row| {
        let mut cells = vec![row.interval.get().to_string(), row.start.clone(), stage(row)];
        if let Some(result) = row.result.as_ref().filter(|result| !result.skipped) {
            cells.extend([
                amount::coins(result.price.get().into()),
                amount::kwh(result.bought.get().into()),
                amount::kwh(result.sold.get().into()),
            ]);
        }
        cells.resize(heads.len(), String::new());
        cells
    });
    table::table(&heads, &[0, 3, 4, 5], rows)
}

fn stage(row: &Row) -> String {
    let Some(result) = &row.result else {
        return "not cleared".to_owned();
    };
    let stage = format!("{:?}", result.stage).to_lowercase();
    match (result.skipped, result.no_trade) {
        (true, _) => "skipped".to_owned(),
        (false, true) => format!("{stage}, no trade"),
        (false, false) => stage,
    }
}

fn detail_text(session: &Session, detail: &Detail) -> String {
    let price = |price| session.coin.price_shown(price);
    let mut rows = vec![
        ("interval", session.interval_shown(detail.row.interval)),
        ("stage", stage(&detail.row)),
        ("utility sells at", price(detail.import_tariff)),
        ("utility buys at", price(detail.export_tariff)),
    ];
    if let Some(result) = detail.row.result.as_ref().filter(|result| !result.skipped) {
        rows.extend([
            ("mean price", price(result.price)),
            ("bought", amount::energy_shown(result.bought)),
            ("sold", amount::energy_shown(result.sold)),
            ("imbalance price", price(result.imbalance_price)),
        ]);
    }
    let buses = detail.buses.iter().map(|bus| {
        let note = if bus.no_trade { "no trade" } else { "" };
        vec![
            bus.bus.to_string(),
            amount::coins(bus.price.get().into()),
            note.to_owned(),
        ]
    });
    let mut text = table::list(rows);
    if !detail.buses.is_empty() {
        text += &format!("\n{}", table::table(&["bus", "price/kWh", ""], &[0, 1], buses));
    }
    text
}
