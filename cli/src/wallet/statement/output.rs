//! A statement as CSV, as JSON and as a table.
use busbar_units::NetWh;
use serde::Serialize;

use super::Statement;
use super::book::{Line, Settled, Totals, What, decimal};
use crate::wallet::amount::{Coin, coins, kwh};
use crate::wallet::{clock, table};

const HEADS: [&str; 13] = [
    "entry",
    "height",
    "interval",
    "from",
    "device",
    "bought_kwh",
    "sold_kwh",
    "price",
    "trade",
    "fees",
    "imbalance_kwh",
    "imbalance",
    "change",
];

/// The cells of a line, all but the balance.
fn cells(line: &Line) -> Vec<String> {
    let mut cells = vec![String::new(); HEADS.len()];
    let mut set = |head: &str, value: String| {
        if let Some(cell) = HEADS
            .iter()
            .position(|known| *known == head)
            .and_then(|at| cells.get_mut(at))
        {
            *cell = value;
        }
    };
    set("height", line.height.to_string());
    set("change", coins(line.change));
    let entry = match &line.what {
        What::Interval(settled) => {
            for (head, value) in of_interval(settled) {
                set(head, value);
            }
            "interval"
        }
        What::Deposit => "deposit",
        What::Withdrawal => "withdrawal",
        What::Correction { interval, device } => {
            set("interval", interval.get().to_string());
            set("device", device.to_string());
            "correction"
        }
        What::Agreement { interval, device } => {
            set("interval", interval.get().to_string());
            set("device", device.to_string());
            "agreement"
        }
        What::Other => "other",
    };
    set("entry", entry.to_owned());
    cells
}

fn of_interval(settled: &Settled) -> [(&'static str, String); 10] {
    let signed = |net: NetWh| kwh(net.get().into());
    [
        ("interval", settled.interval.get().to_string()),
        ("from", clock::instant(settled.start_s)),
        ("device", settled.device.to_string()),
        ("bought_kwh", kwh(settled.traded.positive().get().into())),
        ("sold_kwh", kwh(settled.traded.negative().get().into())),
        (
            "price",
            settled.price.map(|price| coins(price.get().into())).unwrap_or_default(),
        ),
        ("trade", coins(settled.trade)),
        ("fees", coins(settled.fees)),
        ("imbalance_kwh", settled.imbalance_wh.map(signed).unwrap_or_default()),
        ("imbalance", coins(settled.imbalance)),
    ]
}

/// The cells of the sums.
fn sums(entry: &str, totals: &Totals) -> Vec<String> {
    let energy = |wh: u128| kwh(i128::try_from(wh).unwrap_or(i128::MAX));
    HEADS
        .iter()
        .map(|head| match *head {
            "entry" => entry.to_owned(),
            "bought_kwh" => energy(totals.bought),
            "sold_kwh" => energy(totals.sold),
            "trade" => coins(totals.trade),
            "fees" => coins(totals.fees),
            "imbalance" => coins(totals.imbalance),
            "change" => coins(totals.change),
            _ => String::new(),
        })
        .collect()
}

/// All rows with their balances: the opening, a row per line, the sums with the closing.
fn rows(statement: &Statement) -> Vec<Vec<String>> {
    let mut opening = vec![String::new(); HEADS.len()];
    if let Some(entry) = opening.first_mut() {
        *entry = "opening".to_owned();
    }
    let with = |mut cells: Vec<String>, balance: i128| {
        cells.push(coins(balance));
        cells
    };
    let mut rows = vec![with(opening, statement.opening)];
    rows.extend(statement.lines.iter().map(|line| with(cells(line), line.balance)));
    rows.push(with(sums("total", &statement.totals), statement.closing));
    rows
}

/// CSV with a line of names.
pub fn csv(statement: &Statement) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADS.iter().chain(&["balance"]))?;
    for row in rows(statement) {
        writer.write_record(row)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

#[derive(Serialize)]
struct Json<'a> {
    address: &'a str,
    month: String,
    last_height: u64,
    #[serde(serialize_with = "decimal")]
    opening: i128,
    lines: &'a [Line],
    totals: &'a Totals,
    #[serde(serialize_with = "decimal")]
    closing: i128,
}

/// For programs: base units.
pub fn json(statement: &Statement) -> impl Serialize + '_ {
    Json {
        address: &statement.address,
        month: statement.month.to_string(),
        last_height: statement.window.to,
        opening: statement.opening,
        lines: &statement.lines,
        totals: &statement.totals,
        closing: statement.closing,
    }
}

/// For people.
pub fn text(coin: &Coin, statement: &Statement) -> String {
    let head = table::list([
        ("account", statement.address.clone()),
        ("month", statement.month.to_string()),
        ("up to block", statement.window.to.to_string()),
        ("opening balance", coin.shown(statement.opening)),
        ("closing balance", coin.shown(statement.closing)),
    ]);
    let heads: Vec<_> = HEADS
        .iter()
        .map(|head| head.replace('_', " ").replace("kwh", "kWh"))
        .collect();
    let heads: Vec<_> = heads.iter().map(String::as_str).chain(["balance"]).collect();
    format!(
        "{head}\n{}",
        table::table(&heads, &[1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], rows(statement))
    )
}

#[cfg(test)]
mod tests {
    use super::super::book::totals;
    use super::super::collect::Window;
    use super::*;
    use busbar_units::{Interval, Price};

    fn statement() -> Statement {
        let settled = Settled {
            interval: Interval::new(1_956_789),
            start_s: 1_795_543_200,
            device: 3,
            traded: NetWh::new(-1_500),
            price: Some(Price::new(140_000)),
            trade: 210_000,
            fees: -1_000,
            imbalance_wh: Some(NetWh::new(100)),
            imbalance: -21_000,
        };
        let deposit = Line {
            height: 90,
            what: What::Deposit,
            change: 12_500_000,
            balance: 13_500_000,
        };
        let interval = Line {
            height: 100,
            change: settled.change(),
            what: What::Interval(settled),
            balance: 13_688_000,
        };
        let lines = vec![deposit, interval];
        Statement {
            month: "2026-11".parse().unwrap(),
            window: Window {
                from: Some(10),
                to: 120,
            },
            address: "wasm1anna".to_owned(),
            opening: 1_000_000,
            totals: totals(&lines),
            closing: 13_688_000,
            lines,
        }
    }

    #[test]
    fn csv_has_a_row_per_line_between_opening_and_sums() {
        assert_eq!(
            csv(&statement()).unwrap(),
            "entry,height,interval,from,device,bought_kwh,sold_kwh,price,trade,fees,imbalance_kwh,imbalance,change,balance\n\
             opening,,,,,,,,,,,,,1\n\
             deposit,90,,,,,,,,,,,12.5,13.5\n\
             interval,100,1956789,2026-11-24T18:00:00Z,3,0,1.5,0.14,0.21,-0.001,0.1,-0.021,0.188,13.688\n\
             total,,,,,0,1.5,,0.21,-0.001,,-0.021,12.688,13.688\n"
        );
    }

    #[test]
    fn json_is_in_base_units() {
        let json = serde_json::to_value(json(&statement())).unwrap();
        assert_eq!(json["closing"], "13688000");
        assert_eq!(json["totals"]["sold"], "1500");
        let line = &json["lines"][1];
        assert_eq!((&line["entry"], &line["traded"]), (&"interval".into(), &"-1500".into()));
        assert_eq!(
            (&line["trade"], &line["balance"]),
            (&"210000".into(), &"13688000".into())
        );
        assert_eq!(json["lines"][0]["entry"], "deposit");
    }

    #[test]
    fn people_see_the_same_figures() {
        let coin = Coin {
            denom: "ucoin".to_owned(),
            symbol: "COIN".to_owned(),
        };
        let text = text(&coin, &statement());
        for part in ["13.688 COIN (13688000 ucoin)", "bought kWh", "-0.021", "total"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
