//! `busbar statement`: an account's month, interval by interval.
mod book;
mod collect;
mod output;
mod owned;

use busbar_chain::ChainError;
use thiserror::Error;

use self::book::{Line, Totals};
use self::collect::{Collector, Window};
use super::answer;
use super::clock::Month;
use super::options::{ChainOptions, Output};
use super::session::{Session, SessionError};
use crate::exit::{self, BadInput};

/// Options of `busbar statement`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Options {
    /// The month, by UTC: 2026-11
    #[arg(long, value_name = "YYYY-MM")]
    month: Month,
    /// Print CSV
    #[arg(long, conflicts_with = "output")]
    csv: bool,
    #[command(flatten)]
    chain: ChainOptions,
}

const HELP: &str = "\
Whatever moved the balance of the account of --from in the blocks of the month: a line per device and
interval that was settled in it, deposits, withdrawals, corrections. Coin to the account is positive.

  trade       for the energy bought and sold, at the price of the device's bus
  fees        of orders and settlement
  imbalance   for what the meter says beyond that, with losses and the bank's fee
  balance     what the account then had; after each block it is compared with the chain
  other       what no event explains: bounties, forfeits, what could not be collected at once

The last line is what `busbar account show` shows, as of the end of the month or, while it runs, of
the last block. The node has to keep an index of transactions and the state of the month's blocks.

Exit codes: 0 printed, 1 the chain failed or has forgotten, 2 the command line cannot be used

Examples
  busbar statement --month 2026-11 --from anna
  busbar statement --month 2026-11 --csv --from anna > november.csv";

/// Why there is no statement.
#[derive(Debug, Error)]
pub enum StatementError {
    /// The chain or a contract does not answer.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The node has pruned what it is asked for.
    #[error("the node does not keep the state of block {height}: name an archive node with --node ({text})")]
    Forgotten { height: u64, text: String },
    /// The node cannot search.
    #[error("the node finds no transactions: name one that keeps an index with --node ({0})")]
    Search(ChainError),
    /// The month has not begun.
    #[error("month {month} has not begun on this chain, whose last block is of {now}: name an earlier one")]
    Ahead { month: String, now: String },
    /// The month was over when the chain began.
    #[error("month {month} was over when this chain began: name a later one")]
    Before { month: String },
    /// More coin than there can be.
    #[error("the account's balance is beyond 2^127 millionths")]
    Range,
}

impl StatementError {
    /// A question as of a block that failed.
    fn of(height: u64, error: SessionError) -> Self {
        let text = error.to_string();
        let forgotten = [
            "version does not exist",
            "version mismatch",
            "failed to load state at height",
        ];
        if forgotten.iter().any(|words| text.contains(words)) {
            return Self::Forgotten { height, text };
        }
        Self::Session(error)
    }
}

/// A month of an account.
struct Statement {
    month: Month,
    window: Window,
    address: String,
    opening: i128,
    lines: Vec<Line>,
    totals: Totals,
    closing: i128,
}

/// Runs the command.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let session = Session::open(&options.chain)?;
    let statement = collect(&session, options)?;
    match (options.csv, options.chain.output) {
        (true, _) => exit::print(&output::csv(&statement)?),
        (false, Output::Json) => answer(Output::Json, &output::json(&statement), |_| String::new()),
        (false, Output::Text) => exit::print(&output::text(&session.coin, &statement)),
    }
}

fn collect(session: &Session, options: &Options) -> anyhow::Result<Statement> {
    let owner = session.account(&options.chain, None)?;
    let month = options.month;
    if month.start_s() > session.now_s {
        return Err(BadInput::of(StatementError::Ahead {
            month: month.to_string(),
            now: super::clock::instant(session.now_s),
        })
        .into());
    }
    let height = |unix_s| session.chain.height_before(unix_s).map_err(SessionError::Chain);
    let over = || {
        BadInput::of(StatementError::Before {
            month: month.to_string(),
        })
    };
    let window = Window {
        from: height(month.start_s())?,
        to: height(month.end_s())?.ok_or_else(over)?,
    };
    let collector = Collector {
        session,
        owner: &owner,
        window,
    };
    let opening = match window.from {
        Some(height) if collector.is_founded(height)? => collector.balance(height)?,
        _ => 0,
    };
    let movements = collector.movements()?;
    let lines = book::book(opening, movements, window.to, |height| collector.balance(height))?;
    let totals = book::totals(&lines);
    Ok(Statement {
        month,
        window,
        address: owner.into_string(),
        opening,
        totals,
        closing: opening.saturating_add(totals.change),
        lines,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::StdError;

    #[test]
    fn a_node_that_has_forgotten_is_told_from_one_that_fails() {
        let pruned = "failed to load state at height 5; version does not exist (latest height: 900): invalid request";
        let pruned = StatementError::of(5, StdError::generic_err(pruned).into());
        assert!(
            matches!(&pruned, StatementError::Forgotten { height: 5, .. }),
            "{pruned}"
        );
        assert!(pruned.to_string().contains("archive node"), "{pruned}");
        let other = StatementError::of(5, StdError::generic_err("device 7 is unknown").into());
        assert!(matches!(other, StatementError::Session(_)));
    }
}
