//! `busbar network flow`: a case at its own loads and dispatch.
use std::path::PathBuf;

use busbar_network::flow::{FlowError, dc, lindistflow};
use busbar_network::{Case, Form, Kind, NetworkFile};
use serde::Serialize;
use thiserror::Error;

use crate::exit::{self, BadInput};
use crate::text::{self, ByName};

/// Options of `busbar network flow`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// MATPOWER case (.m, or its tables as JSON) or pandapower network (JSON), told apart by content; - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Prints
  voltage_pu  voltage of every bus by lossless LinDistFlow, p.u., of a radial network only
  flow_mw     DC flow on every branch, MW, positive from its first bus to its second; a branch is
              named position:from-to, its position counted from 1 in the file's table of branches
              (pandapower: lines, then transformers)
A network file of busbar itself has no loads and is refused.

Examples
  busbar network flow case33bw.json
  busbar network flow case9.m --json | jq '.flow_mw[\"1:1-4\"]'";

/// A network without loads.
#[derive(Debug, Error)]
#[error(
    "a network file ({buses} buses, {lines} lines) has no loads, so there is no flow to compute; \
     give the case that it was imported from"
)]
struct NoLoads {
    buses: usize,
    lines: usize,
}

#[derive(Serialize)]
struct Output<'a> {
    case: &'a str,
    form: Form,
    #[serde(skip_serializing_if = "Option::is_none")]
    voltage_pu: Option<ByName<'a, f64>>,
    flow_mw: ByName<'a, f64>,
}

/// Reads, computes and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let text = text::read(&options.file).map_err(BadInput::of)?;
    let case = match Kind::of(&text).map_err(BadInput::of)? {
        Kind::Case(form) => Case::parse(&text, form).map_err(BadInput::of)?,
        Kind::NetworkFile => {
            let file = NetworkFile::parse(&text).map_err(BadInput::of)?;
            return Err(BadInput::of(NoLoads {
                buses: file.buses.len(),
                lines: file.lines.len(),
            })
            .into());
        }
    };
    let flows = dc(&case).map_err(BadInput::of)?;
    let voltages = match lindistflow(&case) {
        Ok(voltages) => Some(voltages),
        Err(FlowError::Meshed { .. }) => None,
        Err(error) => return Err(BadInput::of(error).into()),
    };
    let branches = case.branches.iter().map(|branch| branch.id.as_str());
    let buses = || case.buses.iter().map(|bus| bus.name.as_str());
    let output = Output {
        case: &case.name,
        form: case.form,
        voltage_pu: voltages.map(|voltages| ByName(buses().zip(voltages).collect())),
        flow_mw: ByName(branches.zip(flows).collect()),
    };
    exit::print(&if options.json {
        serde_json::to_string_pretty(&output)? + "\n"
    } else {
        tables(&output)
    })
}

fn tables(output: &Output<'_>) -> String {
    let mut text = String::new();
    if let Some(ByName(voltages)) = &output.voltage_pu {
        let rows = voltages.iter().map(|(bus, pu)| [bus.to_string(), format!("{pu:.6}")]);
        text += &super::report::table(["bus", "voltage p.u."], rows);
        text += "\n\n";
    }
    let ByName(flows) = &output.flow_mw;
    let rows = flows
        .iter()
        .map(|(branch, mw)| [branch.to_string(), format!("{mw:.4}")]);
    text += &super::report::table(["branch", "flow MW"], rows);
    text + "\n"
}
