//! A connection to a region on behalf of one account.
use busbar_api::grid::{self, Params, Times, raw};
use busbar_chain::grpc::{Grpc, Key};
use busbar_chain::{Chain, ChainError, ChainQuerier};
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{Addr, StdError};
use thiserror::Error;

use super::amount::Coin;
use super::clock;
use super::deployment::{Contracts, Deployment};
use super::keyring::{Keyring, KeyringError};
use super::options::{ChainOptions, TxOptions};
use crate::exit::BadInput;

/// Why something cannot be asked.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The chain does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A contract does not answer, or something else is at its address.
    #[error("the contract answers: {}", plain(.0))]
    State(#[from] StdError),
    /// A time left its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
}

/// A refusal in the contract's words, without those that node and querier put around them.
fn plain(error: &StdError) -> String {
    let text = error.to_string();
    let mut words = text.split(": query wasm contract failed").next().unwrap_or(&text);
    let around = ["Generic error: ", "Querier contract error: "];
    while let Some(inner) = around.iter().find_map(|around| words.strip_prefix(around)) {
        words = inner;
    }
    words.to_owned()
}

/// Why an account cannot act.
#[derive(Debug, Error)]
enum AccountError {
    /// An address of another chain.
    #[error("{address} is an address of another chain: those of this one begin with {prefix}1")]
    Prefix { address: String, prefix: String },
    /// The key of an address is not here.
    #[error(
        "there is no key of {address} in the keyring: add it with `busbar keys add NAME --recover`, or print the \
         transaction with --generate-only and sign it elsewhere"
    )]
    NoKey { address: Addr },
}

/// A delivery interval as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalArg {
    /// By its number.
    Number(u64),
    /// The one that holds an instant.
    At(u64),
    /// The first whose gate is still open.
    Next,
}

/// An interval is named by a number, an instant, or `next`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{value:?} is no interval; write its number, an instant as 2026-11-24T18:00Z, or next")]
pub struct IntervalError {
    value: String,
}

impl std::str::FromStr for IntervalArg {
    type Err = IntervalError;

    fn from_str(text: &str) -> Result<Self, IntervalError> {
        if text == "next" {
            return Ok(Self::Next);
        }
        let number = text.parse().ok().map(Self::Number);
        let at = || clock::unix_s(text).ok().map(Self::At);
        number
            .or_else(at)
            .ok_or_else(|| IntervalError { value: text.to_owned() })
    }
}

/// The account that acts or is looked at.
pub struct Account {
    /// Its address.
    pub address: Addr,
    /// Its key, where the keyring holds it.
    pub key: Option<Key>,
}

/// A region on a chain.
pub struct Session {
    /// The chain.
    pub chain: Grpc,
    /// The region's contracts.
    pub contracts: Contracts,
    /// The region.
    pub region: grid::Region,
    /// Its settlement coin.
    pub coin: Coin,
    /// Unix seconds of the last block.
    pub now_s: u64,
    /// Prefix of addresses.
    pub prefix: String,
}

impl Session {
    /// A connection that reads.
    pub fn open(options: &ChainOptions) -> anyhow::Result<Self> {
        let deployment = Deployment::read(options, None).map_err(BadInput::of)?;
        Ok(Self::connect(deployment, None)?)
    }

    /// A connection for a transaction of the account that the options name. Its key has to be at hand unless nothing is
    /// sent.
    pub fn for_tx(options: &ChainOptions, tx: &TxOptions) -> anyhow::Result<(Self, Addr)> {
        tx.check()?;
        let mut deployment = Deployment::read(options, tx.gas_prices.as_deref()).map_err(BadInput::of)?;
        deployment.config.gas_adjustment = tx.gas_adjustment.unwrap_or_default();
        let account = account(options, options.from.as_deref(), &deployment.config.bech32_prefix)?;
        if account.key.is_none() && tx.sends() {
            return Err(BadInput::of(AccountError::NoKey {
                address: account.address,
            })
            .into());
        }
        Ok((Self::connect(deployment, account.key)?, account.address))
    }

    fn connect(deployment: Deployment, key: Option<Key>) -> Result<Self, SessionError> {
        let prefix = deployment.config.bech32_prefix.clone();
        let chain = Grpc::connect(deployment.config, key)?;
        let region = raw::region(&ChainQuerier::new(&chain).wrap(), &deployment.contracts.grid)?;
        let symbol = deployment.symbols.into_iter().find(|(base, _)| *base == region.denom);
        let coin = Coin {
            denom: region.denom.clone(),
            symbol: symbol.map_or_else(|| "coin".to_owned(), |(_, symbol)| symbol),
        };
        let now_s = chain.now()?.unix_s;
        Ok(Self {
            chain,
            contracts: deployment.contracts,
            region,
            coin,
            now_s,
            prefix,
        })
    }

    /// The account that a command looks at: the one named, else that of `--from`.
    pub fn account(&self, options: &ChainOptions, named: Option<&str>) -> anyhow::Result<Addr> {
        Ok(account(options, named.or(options.from.as_deref()), &self.prefix)?.address)
    }

    /// Reads the contracts.
    pub fn querier(&self) -> ChainQuerier<'_> {
        ChainQuerier::new(&self.chain)
    }

    /// The interval that runs.
    pub fn current(&self) -> Result<Interval, SessionError> {
        Ok(Interval::containing(self.now_s, self.region.interval_s)?)
    }

    /// The parameters of an interval.
    pub fn params(&self, interval: Interval) -> Result<Params, SessionError> {
        Ok(raw::params_at(&self.querier().wrap(), &self.contracts.grid, interval)?)
    }

    /// The interval that is meant.
    pub fn interval(&self, named: IntervalArg) -> Result<Interval, SessionError> {
        match named {
            IntervalArg::Number(number) => Ok(Interval::new(number)),
            IntervalArg::At(unix_s) => Ok(Interval::containing(unix_s, self.region.interval_s)?),
            IntervalArg::Next => self.next_open(),
        }
    }

    /// The first interval whose gate is still open.
    pub fn next_open(&self) -> Result<Interval, SessionError> {
        let params = self.params(self.current()?)?;
        let from_s = self.now_s.saturating_add(params.gate_closure_s.into());
        let first = Interval::containing(from_s, self.region.interval_s)?.plus(1)?;
        // A later interval may have other parameters; they change gate closure, not by much.
        let times = Times::of(&self.region, &self.params(first)?, first)?;
        Ok(if times.closes_s > self.now_s {
            first
        } else {
            first.plus(1)?
        })
    }

    /// When an interval's delivery starts.
    pub fn start(&self, interval: Interval) -> String {
        interval
            .start_s(self.region.interval_s)
            .map_or_else(|_| "never".to_owned(), clock::instant)
    }

    /// An interval for people: number and start of delivery.
    pub fn interval_shown(&self, interval: Interval) -> String {
        format!("interval {} (from {})", interval.get(), self.start(interval))
    }
}

/// The account of a name or an address; where none is given, that of the only key.
pub fn account(options: &ChainOptions, named: Option<&str>, prefix: &str) -> anyhow::Result<Account> {
    let found = find(options, named, prefix).map_err(BadInput::of)?;
    Ok(found)
}

fn find(options: &ChainOptions, named: Option<&str>, prefix: &str) -> anyhow::Result<Account> {
    let keyring = Keyring::of(options.keys.home.as_deref())?;
    let of_name = |name: &str| -> Result<Account, KeyringError> {
        let key = keyring.key(name)?;
        Ok(Account {
            address: key.address(prefix),
            key: Some(key),
        })
    };
    let Some(named) = named else {
        let mut names = keyring.names()?;
        return match (names.pop(), names.is_empty()) {
            (Some(only), true) => Ok(of_name(&only)?),
            (last, _) => {
                names.extend(last);
                Err(KeyringError::NoAccount { names }.into())
            }
        };
    };
    let Ok((of, _)) = bech32::decode(named) else {
        return Ok(of_name(named)?);
    };
    if of.as_str() != prefix {
        return Err(AccountError::Prefix {
            address: named.to_owned(),
            prefix: prefix.to_owned(),
        }
        .into());
    }
    let address = Addr::unchecked(named.to_ascii_lowercase());
    let key = keyring.holding(&address, prefix)?.map(|(_, key)| key);
    Ok(Account { address, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_question_is_told_in_the_contracts_words() {
        let nested = "Querier contract error: Generic error: Querier contract error: device 77 is unknown: query wasm \
                      contract failed: Generic error: Querier contract error: device 77 is unknown: query wasm \
                      contract failed";
        let error = SessionError::State(StdError::generic_err(nested));
        assert_eq!(error.to_string(), "the contract answers: device 77 is unknown");
    }

    #[test]
    fn an_interval_is_a_number_an_instant_or_the_next() {
        assert_eq!("next".parse(), Ok(IntervalArg::Next));
        assert_eq!("1956789".parse(), Ok(IntervalArg::Number(1_956_789)));
        assert_eq!("1970-01-01T00:01Z".parse(), Ok(IntervalArg::At(60)));
        for text in ["", "-1", "18:00", "Next", "1.5"] {
            let refused = text.parse::<IntervalArg>().unwrap_err();
            assert!(refused.to_string().contains("2026-11-24T18:00Z"), "{refused}");
        }
    }
}
