//! `busbar orders`: the orders that wait, or are not yet final.
use busbar_api::market::{MAX_PAGE, OrderResponse, QueryMsg};
use busbar_units::Interval;
use serde::Serialize;

use super::options::ChainOptions;
use super::order::terms_shown;
use super::session::{IntervalArg, Session, SessionError};
use super::{amount, answer, table};

/// Options of `busbar orders`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// Only of this interval: its number, an instant that it holds (2026-11-24T18:00Z), or next; by default all from the
    /// running one to the last that is open
    #[arg(long, value_name = "INTERVAL")]
    interval: Option<IntervalArg>,
    /// Only of this device
    #[arg(long, value_name = "NUMBER")]
    device: Option<u32>,
    /// Of all owners
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    chain: ChainOptions,
}

const HELP: &str = "\
Exit codes: 0 listed, 1 the chain failed, 2 the command line cannot be used

Examples
  busbar orders --from anna
  busbar orders --all --interval next
  busbar orders --from anna --output json";

/// An order and its interval.
#[derive(Serialize)]
struct Row {
    interval: Interval,
    start: String,
    #[serde(flatten)]
    order: OrderResponse,
}

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let session = Session::open(&options.chain)?;
    let owner = match options.all {
        true => None,
        false => Some(session.account(&options.chain, None)?.into_string()),
    };
    let (first, last) = match options.interval {
        Some(named) => {
            let interval = session.interval(named)?;
            (interval, interval)
        }
        None => {
            let current = session.current()?;
            let horizon = session.params(current)?.horizon;
            (current, current.plus(horizon.into()).map_err(SessionError::Units)?)
        }
    };
    let mut rows = Vec::new();
    for interval in (first.get()..=last.get()).map(Interval::new) {
        for order in of_interval(&session, interval, owner.as_deref())? {
            if options.device.is_none_or(|device| device == order.key.device) {
                let start = session.start(interval);
                rows.push(Row { interval, start, order });
            }
        }
    }
    answer(options.chain.output, &rows, |rows| text(&session, rows))
}

fn of_interval(session: &Session, interval: Interval, owner: Option<&str>) -> Result<Vec<OrderResponse>, SessionError> {
    let querier = session.querier();
    let mut orders: Vec<OrderResponse> = Vec::new();
    loop {
        let query = QueryMsg::Orders {
            interval,
            owner: owner.map(str::to_owned),
            start_after: orders.last().map(|order| order.key),
            limit: Some(MAX_PAGE),
        };
        let page: Vec<OrderResponse> = querier.wrap().query_wasm_smart(&session.contracts.market, &query)?;
        if page.is_empty() {
            return Ok(orders);
        }
        orders.extend(page);
    }
}

fn text(session: &Session, rows: &[Row]) -> String {
    if rows.is_empty() {
        return "No orders.\n".to_owned();
    }
    let heads = ["interval", "from", "device", "slot", "side", "kWh", "limit", "locks"];
    let rows = rows.iter().map(|row| {
        let (side, limit) = terms_shown(row.order.terms, &session.coin);
        vec![
            row.interval.get().to_string(),
            row.start.clone(),
            row.order.key.device.to_string(),
            row.order.key.slot.to_string(),
            side.to_owned(),
            amount::kwh(row.order.quantity.get().into()),
            limit.unwrap_or_default(),
            session.coin.money(row.order.lock),
        ]
    });
    table::table(&heads, &[0, 2, 3, 5, 6, 7], rows)
}
