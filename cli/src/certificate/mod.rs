//! `busbar certificate`: what is certified, for whom, and from a certificate back to the meter.
mod reason;
mod verify;

use std::path::PathBuf;

use busbar_api::certificates::Evidence;
use serde::Serialize;

use crate::exit::{self, BadInput};
use crate::text;
use crate::wallet;

pub use reason::Reason;

/// Commands of `busbar certificate`.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Walk from a certificate back to the records that its meter signed: valid, or why not
    Verify(Options),
    /// List certificates of an account or a device
    List(wallet::CertificateList),
    /// Claim certificates for good
    Retire(wallet::CertificateRetire),
}

/// Options of `busbar certificate verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// Evidence bundle (JSON); - reads stdin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const AFTER_HELP: &str = "\
Needs no chain. Whoever does not trust the bundle compares what the chain says of it: the certificate with the
answer of the certificates contract, both page hashes with the oracle's, the line with the market's record.

Exit codes: 0 valid, 1 not valid (stderr says why), 2 the file cannot be read

Examples
  busbar certificate verify evidence.json
  busbar certificate verify evidence.json --json | jq .valid";

#[derive(Serialize)]
struct Output<'a> {
    certificate: String,
    valid: bool,
    proven: &'a [String],
    reason: Option<String>,
}

/// Runs the command.
pub fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Verify(options) => verify(options),
        Command::List(options) => wallet::list_certificates(options),
        Command::Retire(options) => wallet::retire_certificates(options),
    }
}

fn verify(options: &Options) -> anyhow::Result<()> {
    let text = text::read(&options.file).map_err(BadInput::of)?;
    let evidence: Evidence = serde_json::from_str(&text).map_err(BadInput::of)?;
    let (proven, verdict) = verify::walk(&evidence);
    let certificate = evidence.certificate.id.to_string();
    let shown = if options.json {
        let output = Output {
            certificate,
            valid: verdict.is_ok(),
            proven: &proven,
            reason: verdict.as_ref().err().map(ToString::to_string),
        };
        serde_json::to_string_pretty(&output)?
    } else {
        let steps: String = proven.iter().map(|step| format!("  {step}\n")).collect();
        let word = if verdict.is_ok() { "valid" } else { "not valid" };
        format!("certificate {certificate}\n{steps}{word}")
    };
    exit::print(&format!("{shown}\n"))?;
    Ok(verdict?)
}
