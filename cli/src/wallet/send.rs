//! What every transaction of people goes through: it is simulated, shown, asked for, signed, sent and waited for.
use std::io::{BufRead, IsTerminal, Write};

use busbar_chain::grpc::{Action, Estimate};
use busbar_chain::{Chain, ChainError, Included, Message, TxFailure, TxHash};
use cosmwasm_std::{Addr, Coin};
use serde::Serialize;
use thiserror::Error;

use super::options::{Gas, Output, TxOptions};
use super::session::Session;
use super::unsigned::{Unsigned, coins};
use crate::exit::{self, BadInput};

/// Why a transaction was not sent or had no effect.
#[derive(Debug, Error)]
pub enum SendError {
    /// Nobody can be asked.
    #[error(
        "stdin is no terminal, so nobody can be asked: add -y to send without asking, --dry-run to see gas and fee, or \
         --generate-only for the unsigned transaction"
    )]
    NobodyToAsk,
    /// Whoever was asked said no.
    #[error("not sent, as you wish")]
    Declined,
    /// A block holds it, and it failed.
    #[error(
        "transaction {hash} failed at height {height}: {failure}; only its fee is gone{}",
        advice(failure)
    )]
    Failed {
        hash: TxHash,
        height: u64,
        failure: TxFailure,
    },
    /// Nobody knows yet what becomes of it.
    #[error(
        "{error}; transaction {hash} was sent and may still get into a block, up to height {timeout_height}: see \
         whether it did once the chain goes on, before you send it again"
    )]
    InDoubt {
        hash: TxHash,
        timeout_height: u64,
        error: ChainError,
    },
}

/// What to do about a failure, where that is more than its words say.
fn advice(failure: &TxFailure) -> &'static str {
    match failure {
        TxFailure::OutOfGas { .. } => "; give it more with --gas-adjustment 2 or a greater --gas",
        _ => "",
    }
}

impl TxOptions {
    /// Whether a transaction is signed and sent in the end.
    pub fn sends(&self) -> bool {
        !self.dry_run && !self.generate_only
    }

    /// Refuses what could not be confirmed, before anything is asked of the chain.
    pub fn check(&self) -> Result<(), BadInput> {
        if self.sends() && !self.yes && !std::io::stdin().is_terminal() {
            return Err(BadInput::of(SendError::NobodyToAsk));
        }
        Ok(())
    }

    fn apply(&self, estimate: &mut Estimate, price: impl Fn(u64) -> Option<Coin>) -> Result<(), ChainError> {
        if let Gas::Limit(limit) = self.gas {
            estimate.gas_limit = limit;
            estimate.fee = price(limit).ok_or(ChainError::Overflow { field: "fee" })?;
        }
        if let Some(fee) = &self.fees {
            estimate.fee = fee.clone();
        }
        Ok(())
    }
}

/// A transaction to be sent.
pub struct Plan {
    /// What it does, a line per message.
    pub what: Vec<String>,
    /// Its messages.
    pub messages: Vec<Message>,
}

/// A field of a result: its name, and its value.
pub type Field = (&'static str, String);

#[derive(Serialize)]
struct DryRun<'a> {
    what: &'a [String],
    gas_used: String,
    gas_limit: String,
    fee: Vec<Coin>,
}

#[derive(Serialize)]
struct Sent<'a> {
    what: &'a [String],
    txhash: String,
    height: String,
    code: u32,
    gas_wanted: String,
    gas_used: String,
    fee: Vec<Coin>,
    #[serde(flatten)]
    fields: std::collections::BTreeMap<&'static str, String>,
}

/// Sends the plan, or prints what the options ask for instead. `results` finds in the included transaction what else is
/// worth printing.
pub fn send(
    session: &mut Session,
    account: &Addr,
    (options, output): (&TxOptions, Output),
    plan: &Plan,
    results: impl Fn(&Included) -> Vec<Field>,
) -> anyhow::Result<()> {
    let actions: Vec<_> = plan.messages.iter().cloned().map(Action::Execute).collect();
    let mut estimate = session
        .chain
        .estimate(account, &actions, &options.note)
        .map_err(plain)?;
    let price = session.chain.config().gas_price.clone();
    options.apply(&mut estimate, |gas| price.fee(gas))?;
    if options.generate_only {
        let unsigned = Unsigned::new(account, &plan.messages, &options.note, &estimate)?;
        return exit::print(&format!("{}\n", serde_json::to_string(&unsigned)?));
    }
    if options.dry_run {
        return exit::print(&dry_run(plan, &estimate, output)?);
    }
    if !options.yes {
        let question = format!("{}{}Send it? [y/N] ", lines(&plan.what), costs(&estimate));
        ask(&question, &mut std::io::stdin().lock(), &mut std::io::stderr().lock())?;
    }
    let tx = session
        .chain
        .sign_estimated(account, &actions, &options.note, &estimate)?;
    let included = match session.chain.wait(&tx) {
        Err(error) if !error.ends_transaction() => {
            let (hash, timeout_height) = (tx.hash, tx.timeout_height);
            return Err(SendError::InDoubt {
                hash,
                timeout_height,
                error,
            }
            .into());
        }
        included => included?,
    };
    if let Some(failure) = included.failure() {
        let (hash, height) = (tx.hash, included.height);
        return Err(SendError::Failed { hash, height, failure }.into());
    }
    let gas_used = session.chain.gas_used(&tx.hash)?.unwrap_or_default();
    let fields = results(&included);
    let text = match output {
        Output::Json => {
            let sent = Sent {
                what: &plan.what,
                txhash: tx.hash.to_string(),
                height: included.height.to_string(),
                code: included.code,
                gas_wanted: estimate.gas_limit.to_string(),
                gas_used: gas_used.to_string(),
                fee: coins(&estimate.fee),
                fields: fields.into_iter().collect(),
            };
            format!("{}\n", serde_json::to_string_pretty(&sent)?)
        }
        Output::Text => {
            let mut text = lines(&plan.what);
            let known = [
                ("txhash", tx.hash.to_string()),
                ("height", included.height.to_string()),
                ("gas", format!("{gas_used} of {}", estimate.gas_limit)),
                ("fee", shown(&estimate.fee)),
            ];
            for (name, value) in known.into_iter().chain(fields) {
                text += &format!("{name:<8}{value}\n");
            }
            text
        }
    };
    exit::print(&text)
}

/// A refusal in the words of the contract or module that refused, without those that the node puts around them.
fn plain(error: ChainError) -> ChainError {
    let ChainError::WouldFail { text } = error else {
        return error;
    };
    let inner = text
        .strip_prefix("failed to execute message; message index: ")
        .unwrap_or(&text);
    let inner = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let inner = inner.strip_prefix(": ").unwrap_or(inner);
    let end = [": execute wasm contract failed [", " ["]
        .iter()
        .find_map(|mark| inner.find(mark));
    let inner = inner.get(..end.unwrap_or(inner.len())).unwrap_or(inner);
    ChainError::WouldFail { text: inner.to_owned() }
}

fn dry_run(plan: &Plan, estimate: &Estimate, output: Output) -> anyhow::Result<String> {
    Ok(match output {
        Output::Text => format!("{}{}Nothing was sent.\n", lines(&plan.what), costs(estimate)),
        Output::Json => {
            let dry_run = DryRun {
                what: &plan.what,
                gas_used: estimate.simulated.to_string(),
                gas_limit: estimate.gas_limit.to_string(),
                fee: coins(&estimate.fee),
            };
            format!("{}\n", serde_json::to_string_pretty(&dry_run)?)
        }
    })
}

fn lines(what: &[String]) -> String {
    what.iter().map(|line| format!("{line}\n")).collect()
}

fn costs(estimate: &Estimate) -> String {
    let Estimate {
        simulated,
        gas_limit,
        fee,
    } = estimate;
    format!(
        "gas     {simulated} by simulation, limit {gas_limit}\nfee     {}\n",
        shown(fee)
    )
}

fn shown(fee: &Coin) -> String {
    format!("{} {}", fee.amount, fee.denom)
}

/// Goes on with a yes alone.
fn ask(question: &str, answers: &mut impl BufRead, out: &mut impl Write) -> Result<(), anyhow::Error> {
    out.write_all(question.as_bytes())?;
    out.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(SendError::Declined.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_sends() {
        for (answer, sends) in [
            ("y\n", true),
            ("YES\n", true),
            (" y \n", true),
            ("n\n", false),
            ("\n", false),
            ("", false),
            ("yo\n", false),
        ] {
            let mut out = Vec::new();
            let asked = ask("Send it? [y/N] ", &mut answer.as_bytes(), &mut out);
            assert_eq!(asked.is_ok(), sends, "{answer:?}");
            assert_eq!(out, b"Send it? [y/N] ");
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_contracts_words() {
        for (text, words) in [
            (
                "failed to execute message; message index: 0: device 1 does not exist: execute wasm contract failed \
                 [CosmWasm/wasmd@v0.61.14/x/wasm/keeper/keeper.go:452] with gas used: '104969'",
                "device 1 does not exist",
            ),
            (
                "failed to execute message; message index: 12: spendable balance 1ucoin is smaller than 2ucoin: \
                 insufficient funds [cosmos/cosmos-sdk@v0.53.6/x/bank/keeper/send.go:298] with gas used: '102088'",
                "spendable balance 1ucoin is smaller than 2ucoin: insufficient funds",
            ),
            ("something else", "something else"),
        ] {
            let shown = plain(ChainError::WouldFail { text: text.to_owned() });
            assert_eq!(shown, ChainError::WouldFail { text: words.to_owned() });
        }
        assert_eq!(plain(ChainError::NoMessage), ChainError::NoMessage);
    }

    #[test]
    fn given_gas_and_fee_take_the_place_of_the_estimate() {
        let estimate = Estimate {
            simulated: 100_000,
            gas_limit: 130_000,
            fee: Coin::new(130u128, "ustake"),
        };
        let options = |gas, fees| TxOptions {
            gas,
            fees,
            gas_prices: None,
            gas_adjustment: None,
            note: String::new(),
            yes: true,
            dry_run: false,
            generate_only: false,
        };
        let price = |gas: u64| Some(Coin::new(gas.div_ceil(1_000), "ustake"));
        let applied = |options: TxOptions| {
            let mut estimate = estimate.clone();
            options.apply(&mut estimate, price).unwrap();
            (estimate.gas_limit, estimate.fee)
        };
        assert_eq!(
            applied(options(Gas::Auto, None)),
            (130_000, Coin::new(130u128, "ustake"))
        );
        assert_eq!(
            applied(options(Gas::Limit(200_000), None)),
            (200_000, Coin::new(200u128, "ustake"))
        );
        let fee = Coin::new(7u128, "uatom");
        assert_eq!(applied(options(Gas::Auto, Some(fee.clone()))), (130_000, fee));
    }
}
