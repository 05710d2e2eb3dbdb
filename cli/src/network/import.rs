//! `busbar network import`: a case into a network file.
use std::path::PathBuf;

use anyhow::Context;
use busbar_network::{Case, CaseError, Form, Kind, import};
use clap::ValueEnum;

use crate::exit::{self, BadInput};
use crate::text;

/// Options of `busbar network import`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Program that the file comes from
    #[arg(long, value_enum)]
    from: Program,
    /// MATPOWER case (.m, or its tables as JSON) or pandapower network (JSON); - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Network file to write
    #[arg(short, long, value_name = "NETWORK.json")]
    output: PathBuf,
    /// Print the report as JSON instead of text
    #[arg(long)]
    json: bool,
    /// Leave limits of voltage out of a radial network: it is then cleared exactly, on line limits alone
    #[arg(long)]
    no_voltage: bool,
    /// p.u. [default 0.01, 0 to 0.1] by which limits of voltage are narrowed at both ends: LinDistFlow knows no losses
    /// and shows voltages 0.003 to 0.010 p.u. better than they are
    #[arg(long, value_name = "X", default_value_t = DEFAULT.voltage_margin_pu, hide_default_value = true)]
    voltage_margin_pu: f64,
    /// p.u. [default 0.9, 0.5 to 1]: lowest voltage of buses that have no limits in the file
    #[arg(long, value_name = "X", default_value_t = DEFAULT.voltage_min_pu, hide_default_value = true)]
    voltage_min_pu: f64,
    /// p.u. [default 1.1, 1 to 1.5]: highest voltage of buses that have no limits in the file
    #[arg(long, value_name = "X", default_value_t = DEFAULT.voltage_max_pu, hide_default_value = true)]
    voltage_max_pu: f64,
    /// Active over apparent power [default 0.95, 0.5 to 1]: derates ratings, and gives the reactive power in limits of
    /// voltage
    #[arg(long, value_name = "F", default_value_t = DEFAULT.power_factor, hide_default_value = true)]
    power_factor: f64,
    /// Multiple of every rating [default 1, 0.001 to 1000], --rating-w included
    #[arg(long, value_name = "S", default_value_t = DEFAULT.rating_scale, hide_default_value = true)]
    rating_scale: f64,
    /// W at a power factor of 1 [no default, 1 to 10^12]: rating of lines that have none in the file
    #[arg(long, value_name = "N")]
    rating_w: Option<u64>,
    /// Share of each rating left for losses [default 0.05, 0 to 0.5]
    #[arg(long, value_name = "X", default_value_t = DEFAULT.loss_margin, hide_default_value = true)]
    loss_margin: f64,
    /// Highest over mean power of an interval [default 1.2, 1 to 10]: the market limits energy, which is the mean
    #[arg(long, value_name = "X", default_value_t = DEFAULT.peak_to_mean, hide_default_value = true)]
    peak_to_mean: f64,
    /// Seconds of an interval [default 900, 60 to 86400]
    #[arg(long, value_name = "N", default_value_t = DEFAULT.interval_s, hide_default_value = true)]
    interval_s: u64,
    /// JSON file with power flows of the case that somebody else computed, to compare with: "results" by name of the
    /// case, with "Pg_MW" and "flow_MW" (DC) or "ac" and "lindistflow" voltages (radial)
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
}

/// Programs whose files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Program {
    /// MATPOWER, .m or JSON
    Matpower,
    /// pandapower, JSON
    Pandapower,
}

const DEFAULT: import::Options = import::Options::DEFAULT;

const AFTER_HELP: &str = "\
Capacity of a line, Wh per interval, rounded down:
  rating MVA x scale x power factor x (1 - loss margin) / peak-to-mean x interval
A radial network gets limits of voltage (LinDistFlow); a meshed one reactances, and capacities for
its spanning tree alone. The report goes to stdout: what was kept, what was dropped, rounding.

Examples
  busbar network import --from matpower case33bw.json --rating-w 5000000 -o network.json
  busbar network import --from matpower case9.m --power-factor 1 --loss-margin 0 --peak-to-mean 1 \\
      --reference dcopf_reference.json -o network.json
  busbar network import --from pandapower feeder.json --interval-s 3600 --no-voltage -o network.json";

/// Reads, imports, writes the network and prints the report.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let import = imported(options).map_err(BadInput::of)?;
    std::fs::write(&options.output, import.network.to_json())
        .with_context(|| format!("cannot write {}", options.output.display()))?;
    exit::print(&if options.json {
        serde_json::to_string_pretty(&import.report)? + "\n"
    } else {
        super::report::text(&import)
    })
}

fn imported(options: &Options) -> anyhow::Result<import::Import> {
    let chosen = import::Options {
        voltage: !options.no_voltage,
        voltage_margin_pu: options.voltage_margin_pu,
        voltage_min_pu: options.voltage_min_pu,
        voltage_max_pu: options.voltage_max_pu,
        power_factor: options.power_factor,
        rating_scale: options.rating_scale,
        rating_w: options.rating_w,
        loss_margin: options.loss_margin,
        peak_to_mean: options.peak_to_mean,
        interval_s: options.interval_s,
    };
    chosen.check()?;
    let text = text::read(&options.file)?;
    let case = Case::parse(&text, form(options.from, &text)?)?;
    let reference = options.reference.as_deref().map(text::read).transpose()?;
    Ok(import::import(&case, &chosen, reference.as_deref())?)
}

/// The form that a file of this program has.
fn form(program: Program, text: &str) -> Result<Form, CaseError> {
    match (program, Kind::of(text)?) {
        (Program::Matpower, Kind::Case(form @ (Form::MatpowerJson | Form::MatpowerM))) => Ok(form),
        (Program::Pandapower, Kind::Case(Form::Pandapower)) => Ok(Form::Pandapower),
        (Program::Matpower, _) => Err(CaseError::Form("it is none of MATPOWER, as --from says")),
        (Program::Pandapower, _) => Err(CaseError::Form("it is none of pandapower, as --from says")),
    }
}
