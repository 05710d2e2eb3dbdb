//! Options that every command of people shares, named as wasmd names them.
use std::path::PathBuf;

use busbar_chain::grpc::GasAdjustment;
use clap::ValueEnum;
use cosmwasm_std::Coin;

use super::deployment::FeeError;

/// Which region, at which node, and whose account.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Region and account")]
pub struct ChainOptions {
    /// Name of a key or an address: who acts, or whose data are shown; by default the only key
    #[arg(long, value_name = "NAME|ADDRESS", global = true)]
    pub from: Option<String>,
    /// gRPC endpoint of a node (http:// or https://); by default those of the deployment's chain.json
    #[arg(long, value_name = "URL", global = true)]
    pub node: Option<String>,
    /// The chain; by default that of the deployment
    #[arg(long, value_name = "ID", global = true)]
    pub chain_id: Option<String>,
    /// Record of the region, as `busbar deploy` writes it; by default deployments/<chain-id>.json, or the only one there
    #[arg(long, value_name = "FILE", global = true)]
    pub deployment: Option<PathBuf>,
    #[command(flatten)]
    pub keys: KeyOptions,
    /// How to print the result
    #[arg(long, short, value_enum, default_value_t, global = true)]
    pub output: Output,
}

/// Where keys are.
#[derive(Debug, clap::Args)]
pub struct KeyOptions {
    /// Folder of the keys; by default $BUSBAR_HOME, or ~/.busbar
    #[arg(long, value_name = "DIR", global = true)]
    pub home: Option<PathBuf>,
    /// How keys are kept: `test` keeps them as files that only you can read, without a password
    #[arg(long, value_enum, default_value_t, value_name = "BACKEND", global = true)]
    pub keyring_backend: Backend,
}

/// How a transaction is made.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Transaction")]
pub struct TxOptions {
    /// Gas limit: auto simulates the transaction and multiplies what it used by the adjustment
    #[arg(long, value_name = "auto|GAS", default_value = "auto", value_parser = gas)]
    pub gas: Gas,
    /// Gas per gas of the simulation, from 0.1 to 10, where --gas is auto [default: 1.3]
    #[arg(long, value_name = "FACTOR")]
    pub gas_adjustment: Option<GasAdjustment>,
    /// Fee, as 500ustake; by default the gas limit at the gas price
    #[arg(long, value_name = "COIN", conflicts_with = "gas_prices", value_parser = fee)]
    pub fees: Option<Coin>,
    /// Price of a unit of gas, as 0.001ustake; by default that of the deployment's chain.json
    #[arg(long, value_name = "PRICE")]
    pub gas_prices: Option<String>,
    /// A note in the transaction, at most 256 bytes; everybody can read it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, value_parser = note)]
    pub note: String,
    /// Send without asking
    #[arg(short, long)]
    pub yes: bool,
    /// Simulate, print gas and fee, and send nothing; needs no key
    #[arg(long, conflicts_with = "generate_only")]
    pub dry_run: bool,
    /// Print the unsigned transaction for `wasmd tx sign` (JSON), and send nothing; needs no key
    #[arg(long)]
    pub generate_only: bool,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Output {
    /// Tables for people.
    #[default]
    Text,
    /// JSON for programs.
    Json,
}

/// How keys are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Backend {
    /// Files that only their owner can read, without a password.
    #[default]
    Test,
}

/// The gas limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gas {
    /// By simulation.
    Auto,
    /// As given.
    Limit(u64),
}

fn gas(text: &str) -> Result<Gas, FeeError> {
    match text {
        "auto" => Ok(Gas::Auto),
        number => match number.parse() {
            Ok(limit) if limit > 0 => Ok(Gas::Limit(limit)),
            _ => Err(FeeError::Gas { value: text.to_owned() }),
        },
    }
}

fn fee(text: &str) -> Result<Coin, FeeError> {
    let error = || FeeError::Fee { value: text.to_owned() };
    let at = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(error)?;
    let (amount, denom) = text.split_at(at);
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:._-".contains(c);
    let is_denom = denom.starts_with(|c: char| c.is_ascii_alphabetic()) && denom.chars().all(plain);
    if !is_denom || !(3..=128).contains(&denom.len()) {
        return Err(error());
    }
    Ok(Coin::new(amount.parse::<u128>().map_err(|_| error())?, denom))
}

/// What the chain takes by default.
const NOTE_BYTES: usize = 256;

fn note(text: &str) -> Result<String, FeeError> {
    match text.len() {
        0..=NOTE_BYTES => Ok(text.to_owned()),
        bytes => Err(FeeError::Note {
            bytes,
            limit: NOTE_BYTES,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_as_long_as_the_chain_takes() {
        assert_eq!(note(&"ü".repeat(128)).map(|note| note.len()), Ok(256));
        let refused = FeeError::Note { bytes: 258, limit: 256 };
        assert_eq!(note(&"ü".repeat(129)), Err(refused));
    }

    #[test]
    fn gas_and_fees_are_written_as_wasmd_takes_them() {
        assert_eq!(gas("auto"), Ok(Gas::Auto));
        assert_eq!(gas("200000"), Ok(Gas::Limit(200_000)));
        assert_eq!(fee("500ustake"), Ok(Coin::new(500u128, "ustake")));
        assert_eq!(fee("5ibc/27394FB0"), Ok(Coin::new(5u128, "ibc/27394FB0")));
        for text in ["", "0", "-1", "much", "2e5"] {
            assert_eq!(gas(text), Err(FeeError::Gas { value: text.to_owned() }));
        }
        for text in [
            "",
            "500",
            "ustake",
            "0.5ustake",
            "-5ustake",
            "5 ustake",
            "5us",
            "5ustake,6uatom",
        ] {
            assert_eq!(fee(text), Err(FeeError::Fee { value: text.to_owned() }));
        }
    }
}
