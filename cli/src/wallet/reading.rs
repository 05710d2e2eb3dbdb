//! `busbar reading show`: what the oracle has of a device.
use busbar_api::oracle::{Client, DeviceReading, Energy};
use busbar_api::registry;
use busbar_attestation::page_of;
use busbar_units::Interval;
use serde::Serialize;

use super::options::ChainOptions;
use super::session::{IntervalArg, Session, SessionError};
use super::{amount, answer, table};

/// Commands of `busbar reading`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the readings of a device that the oracle has accepted
    Show(Options),
}

/// Options of `busbar reading show`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// Number of the device
    #[arg(value_name = "DEVICE")]
    device: u32,
    /// The last interval to show: its number or an instant that it holds; by default the last that has ended
    #[arg(long, value_name = "INTERVAL")]
    interval: Option<IntervalArg>,
    /// How many intervals to show
    #[arg(long, value_name = "COUNT", default_value_t = 12, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    last: u64,
    #[command(flatten)]
    chain: ChainOptions,
}

const HELP: &str = "\
A reading is the registers at the end of an interval; what was drawn and fed in it is the difference
to the one before. An estimate stands where no reading came, until one does. Readings are pruned
some time after their interval is final: then its page is a hash.

Exit codes: 0 shown, 1 the chain failed, 2 the command line cannot be used

Examples
  busbar reading show 3
  busbar reading show 3 --interval 2026-11-24T18:00Z --last 4 --output json";

/// A reading and the energy since the one before.
#[derive(Serialize)]
struct Row {
    interval: Interval,
    start: String,
    pruned: bool,
    reading: Option<DeviceReading>,
    energy: Option<Energy>,
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    let Command::Show(options) = command;
    let session = Session::open(&options.chain)?;
    let last = match options.interval {
        Some(named) => session.interval(named)?,
        None => session.current()?.minus(1).unwrap_or(Interval::ZERO),
    };
    let rows = rows(&session, options, last)?;
    answer(options.chain.output, &rows, |rows| text(rows))
}

fn rows(session: &Session, options: &Options, last: Interval) -> Result<Vec<Row>, SessionError> {
    let querier = session.querier();
    let registry = registry::Client::new(session.contracts.registry.clone());
    let modulus = registry.device(&querier.wrap(), options.device)?.register_modulus;
    let oracle = Client::new(session.contracts.oracle.clone());
    let first = last.get().saturating_add(1).saturating_sub(options.last);
    let mut rows = Vec::new();
    let mut before = None;
    // The one before the first is what its energy is counted from.
    for interval in (first.saturating_sub(1)..=last.get()).map(Interval::new) {
        let page = oracle.readings(&querier.wrap(), interval, page_of(options.device))?;
        let reading = page
            .readings
            .into_iter()
            .find(|reading| reading.device == options.device);
        let energy = reading.as_ref().and_then(|reading| {
            let before: &DeviceReading = before.as_ref()?;
            let base = before.reset.as_ref().unwrap_or(&before.registers);
            base.until(&reading.registers, modulus)
        });
        before.clone_from(&reading);
        if interval.get() >= first {
            rows.push(Row {
                interval,
                start: session.start(interval),
                pruned: page.pruned,
                reading,
                energy,
            });
        }
    }
    Ok(rows)
}

fn text(rows: &[Row]) -> String {
    let heads = [
        "interval",
        "from",
        "import kWh",
        "export kWh",
        "drawn kWh",
        "fed kWh",
        "",
    ];
    let rows = rows.iter().map(|row| {
        let mut cells = vec![row.interval.get().to_string(), row.start.clone()];
        let Some(reading) = &row.reading else {
            cells.resize(6, String::new());
            cells.push(if row.pruned { "pruned" } else { "no reading" }.to_owned());
            return cells;
        };
        let kwh = |wh: busbar_units::Wh| amount::kwh(wh.get().into());
        cells.extend([kwh(reading.registers.import), kwh(reading.registers.export)]);
        cells.extend(row.energy.map_or_else(
            || [String::new(), String::new()],
            |energy| [kwh(energy.import), kwh(energy.export)],
        ));
        let notes = [
            (reading.estimated, "estimated"),
            (reading.late, "late"),
            (reading.reset.is_some(), "registers start over"),
            (reading.revision > 0, "revised"),
            (!reading.counted, "not in the net"),
        ];
        let notes = notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note);
        cells.push(notes.collect::<Vec<_>>().join(", "));
        cells
    });
    table::table(&heads, &[0, 2, 3, 4, 5], rows)
}
