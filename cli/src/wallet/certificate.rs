//! `busbar certificate list` and `busbar certificate retire`.
use busbar_api::certificates::{CertificateId, CertificateResponse, Client, ExecuteMsg, MAX_NAMED, Status};
use busbar_chain::Message;
use busbar_units::{Interval, Wh};
use thiserror::Error;

use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::{IntervalArg, Session, SessionError};
use super::{amount, answer, clock, name_of, table};
use crate::exit::BadInput;

/// Options of `busbar certificate list`.
#[derive(Debug, clap::Args)]
#[command(after_help = LIST_HELP)]
pub struct List {
    /// Those of this device, whoever owns them
    #[arg(long, value_name = "NUMBER")]
    device: Option<u32>,
    /// Of that device, only those of this interval: its number or an instant that it holds
    #[arg(long, value_name = "INTERVAL", requires = "device")]
    interval: Option<IntervalArg>,
    /// Only those that can be transferred and retired
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    chain: ChainOptions,
}

const LIST_HELP: &str = "\
A certificate is named by device, interval and the serial number of its first Wh: 3/1956789/0.

Exit codes: 0 listed, 1 the chain failed, 2 the command line cannot be used

Examples
  busbar certificate list --from anna
  busbar certificate list --device 3 --live --output json";

/// Options of `busbar certificate retire`.
#[derive(Debug, clap::Args)]
#[command(after_help = RETIRE_HELP)]
pub struct Retire {
    /// Certificates, as `busbar certificate list` names them
    #[arg(value_name = "CERTIFICATE", required = true, value_parser = certificate_id)]
    certificates: Vec<CertificateId>,
    /// Who claims them, at most 128 bytes
    #[arg(long, value_name = "TEXT")]
    beneficiary: String,
    /// What for, at most 128 bytes
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const RETIRE_HELP: &str = "\
Claims them for good: nobody can transfer or claim them again. All or none.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar certificate retire 3/1956789/0 --beneficiary 'Anna Example' --purpose 'Charging' --from anna";

/// Why certificates are not retired.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// The text names none.
    #[error("{value:?} is no certificate; write device, interval and first Wh, as in 3/1956789/0")]
    Name { value: String },
    /// More than a message names.
    #[error("{count} certificates are named, one transaction retires at most {MAX_NAMED}: retire them in parts")]
    TooMany { count: usize },
}

fn certificate_id(text: &str) -> Result<CertificateId, CertificateError> {
    let read = || {
        let mut parts = text.split('/');
        let id = CertificateId {
            device: parts.next()?.parse().ok()?,
            interval: Interval::new(parts.next()?.parse().ok()?),
            first: Wh::new(parts.next()?.parse().ok()?),
        };
        parts.next().is_none().then_some(id)
    };
    read().ok_or_else(|| CertificateError::Name { value: text.to_owned() })
}

/// Runs `busbar certificate list`.
pub fn list(options: &List) -> anyhow::Result<()> {
    let session = Session::open(&options.chain)?;
    let interval = options.interval.map(|named| session.interval(named)).transpose()?;
    let owner = match options.device {
        None => Some(session.account(&options.chain, None)?),
        Some(_) => None,
    };
    let (client, querier) = (Client::new(session.contracts.certificates.clone()), session.querier());
    let mut found: Vec<CertificateResponse> = Vec::new();
    loop {
        let after = found.last().map(|certificate| certificate.id);
        let page = match (&owner, options.device) {
            (Some(owner), _) => client.by_owner(&querier.wrap(), owner.as_str(), after),
            (None, device) => client.by_device(&querier.wrap(), device.unwrap_or_default(), interval, after),
        };
        let page = page.map_err(SessionError::State)?;
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    found.retain(|certificate| !options.live || certificate.status == Status::Live);
    answer(options.chain.output, &found, |found| text(found))
}

fn text(found: &[CertificateResponse]) -> String {
    if found.is_empty() {
        return "No certificates.\n".to_owned();
    }
    let heads = ["certificate", "kWh", "source", "produced from", "to", "status"];
    let rows = found.iter().map(|certificate| {
        vec![
            certificate.id.to_string(),
            amount::kwh(certificate.wh.get().into()),
            name_of(&certificate.kind),
            clock::instant(certificate.production_start.seconds()),
            clock::instant(certificate.production_end.seconds()),
            name_of(&certificate.status),
        ]
    });
    table::table(&heads, &[1], rows)
}

/// Runs `busbar certificate retire`.
pub fn retire(options: &Retire) -> anyhow::Result<()> {
    let count = options.certificates.len();
    if count > MAX_NAMED {
        return Err(BadInput::of(CertificateError::TooMany { count }).into());
    }
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let what = |id: &CertificateId| {
        let Retire {
            beneficiary, purpose, ..
        } = options;
        format!("retire certificate {id} for {beneficiary:?}, {purpose:?}, for good")
    };
    let retire = ExecuteMsg::Retire {
        certificates: options.certificates.clone(),
        beneficiary: options.beneficiary.clone(),
        purpose: options.purpose.clone(),
    };
    let plan = Plan {
        what: options.certificates.iter().map(what).collect(),
        messages: vec![Message::new(session.contracts.certificates.clone(), &retire)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |_| vec![],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_named_as_it_is_shown() {
        let id = CertificateId {
            device: 3,
            interval: Interval::new(1_956_789),
            first: Wh::new(250),
        };
        assert_eq!(certificate_id(&id.to_string()), Ok(id));
        for text in ["", "3", "3/1956789", "3/1956789/0/0", "3/x/0", "-3/1/0", "3/1/0.5"] {
            let value = text.to_owned();
            assert_eq!(certificate_id(text), Err(CertificateError::Name { value }));
        }
    }
}
