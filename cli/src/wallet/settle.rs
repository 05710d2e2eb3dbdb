//! `busbar settle`: what a crank does, by hand.
use busbar_api::market::{ExecuteMsg, MAX_STEP};
use busbar_chain::Message;

use super::attributes;
use super::options::{ChainOptions, TxOptions};
use super::send::{self, Plan};
use super::session::{IntervalArg, Session};

/// Options of `busbar settle`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// The interval: its number or an instant that it holds (2026-11-24T18:00Z)
    #[arg(value_name = "INTERVAL")]
    interval: IntervalArg,
    /// Devices to work on in this call; by default 128
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_STEP)))]
    limit: Option<u32>,
    #[command(flatten)]
    chain: ChainOptions,
    #[command(flatten)]
    tx: TxOptions,
}

const HELP: &str = "\
Settles a step of an interval that was cleared and whose readings are confirmed; anyone may, and
is paid the region's bounty. `busbar crank` does so for every interval as it comes due. Call it
again until it prints `complete true`.

Exit codes: 0 sent (or printed), 1 the chain refused or failed, 2 the command line cannot be used

Example
  busbar settle 2026-11-24T18:00Z --from anna -y";

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let (mut session, account) = Session::for_tx(&options.chain, &options.tx)?;
    let interval = session.interval(options.interval)?;
    let settle = ExecuteMsg::Settle {
        interval,
        limit: options.limit,
    };
    let plan = Plan {
        what: vec![format!("settle {}", session.interval_shown(interval))],
        messages: vec![Message::new(session.contracts.market.clone(), &settle)?],
    };
    send::send(
        &mut session,
        &account,
        (&options.tx, options.chain.output),
        &plan,
        |included| {
            let of = |key: &'static str| {
                let values = attributes(included, "settled", key);
                values.into_iter().map(move |value| (key, value.to_owned()))
            };
            of("complete").chain(of("bounty")).collect()
        },
    )
}
