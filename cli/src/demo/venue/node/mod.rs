//! A chain of real nodes: a region of its own, an account for every home, a compressed clock.

mod clock;
mod error;
mod founding;
mod options;
mod patient;

pub use error::NodeError;
pub use options::{NodeOptions, Prepared};

use std::time::{Duration, Instant};

use busbar_chain::grpc::Action;
use busbar_chain::{Chain, ChainError, SignedTx, TxFailure};
use busbar_units::Money;
use cosmwasm_std::{Addr, Coin, Uint128};

use super::{Answer, Call, Venue};
use crate::demo::error::RunError;
use patient::Patient;

/// How often a transaction is signed: one that ran out of gas gets more, one whose time is over a new sequence.
const TRIES: usize = 4;
/// How often the clock is looked at.
const POLL: Duration = Duration::from_millis(100);
/// How long a chain may make no block.
const STILL: Duration = Duration::from_secs(60);
/// Gas that an account is given fees for, by hour of the run and for enrolment and the end.
const GAS_PER_HOUR: u64 = 1_000_000;
/// The same for the account that relays, clears, settles and closes.
const RELAYER_GAS_PER_HOUR: u64 = 10_000_000;
/// Hours that enrolment and the end count for.
const HOURS_BESIDE: u64 = 20;

/// The chain, and the keys of all accounts.
struct Node {
    chain: Patient,
    /// Pays for everything.
    owner: Addr,
    relayer: Addr,
    denom: String,
    hours: u64,
}

/// A transaction that may have to be signed again.
struct Open {
    name: &'static str,
    sender: Addr,
    actions: Vec<Action>,
}

impl Node {
    /// Sends all at once, waits for all, and signs again what ran out of gas or of time.
    fn take(&mut self, open: &[Open]) -> Result<Vec<Answer>, RunError> {
        let mut results: Vec<Option<Answer>> = open.iter().map(|_| None).collect();
        for _ in 0..TRIES {
            let mut waiting = Vec::new();
            for (one, result) in open.iter().zip(&mut results).filter(|(_, result)| result.is_none()) {
                match self.chain.sign_actions(&one.sender, &one.actions) {
                    Ok(tx) => {
                        // What a node refuses here, `wait` offers again or explains.
                        let _refused = self.chain.broadcast(&tx);
                        waiting.push((tx, result));
                    }
                    Err(ChainError::WouldFail { text }) => *result = Some(Err(TxFailure::Contract { text })),
                    Err(error) => return Err(error.into()),
                }
            }
            for (tx, result) in waiting {
                *result = self.included(&tx)?;
            }
            if let Some(results) = results.iter().cloned().collect() {
                return Ok(results);
            }
        }
        let failed = open.iter().zip(&results).find(|(_, result)| result.is_none());
        Err(NodeError::Tries {
            call: failed.map_or("", |(open, _)| open.name),
            tries: TRIES,
        }
        .into())
    }

    /// What a block says; nothing where the transaction has to be signed again.
    fn included(&mut self, tx: &SignedTx) -> Result<Option<Answer>, RunError> {
        let included = match self.chain.wait(tx) {
            Ok(included) => included,
            Err(ChainError::TimedOut { .. } | ChainError::Overtaken { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(match included.failure() {
            Some(TxFailure::OutOfGas { .. }) => None,
            Some(failure) => Some(Err(failure)),
            None => Some(Ok(included.data)),
        })
    }

    /// The gift of one account.
    fn gift(&self, account: &Addr, amount: Money) -> Result<Action, RunError> {
        let per_hour = if *account == self.relayer {
            RELAYER_GAS_PER_HOUR
        } else {
            GAS_PER_HOUR
        };
        let gas = self.hours.saturating_add(HOURS_BESIDE).saturating_mul(per_hour);
        let fee = self.chain.config().gas_price.fee(gas);
        let fee = fee.ok_or(ChainError::Overflow { field: "fee" })?;
        let coin = Coin::new(Uint128::new(amount.get()), &self.denom);
        let mut coins = vec![coin, fee];
        if let [first, second] = coins.as_mut_slice()
            && first.denom == second.denom
        {
            let sum = first.amount.checked_add(second.amount);
            first.amount = sum.map_err(|_| ChainError::Overflow { field: "coin" })?;
            second.amount = Uint128::zero();
        }
        coins.retain(|coin| !coin.amount.is_zero());
        coins.sort_by(|a, b| a.denom.cmp(&b.denom));
        Ok(Action::Send {
            to: account.clone(),
            coins,
        })
    }

    /// Looks at the chain until `done` says so; a chain that makes no block for long is an error.
    fn look(&mut self, done: impl Fn(busbar_chain::ChainTime) -> bool) -> Result<(), RunError> {
        let (mut height, mut since) = (0, Instant::now());
        loop {
            let now = self.chain.now()?;
            if done(now) {
                return Ok(());
            }
            if now.height > height {
                (height, since) = (now.height, Instant::now());
            } else if since.elapsed() > STILL {
                return Err(NodeError::Still {
                    height,
                    seconds: STILL.as_secs(),
                }
                .into());
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Venue for Node {
    fn chain(&self) -> &dyn Chain {
        &self.chain
    }

    fn chain_mut(&mut self) -> &mut dyn Chain {
        &mut self.chain
    }

    fn until(&mut self, unix_s: u64) -> Result<(), RunError> {
        self.look(|now| now.unix_s >= unix_s)
    }

    fn rest(&mut self) -> Result<(), RunError> {
        let height = self.chain.now()?.height;
        self.look(|now| now.height > height)
    }

    fn send(&mut self, calls: &[Call]) -> Result<Vec<Answer>, RunError> {
        let open = |call: &Call| Open {
            name: call.name,
            sender: call.sender.clone(),
            actions: call.messages.iter().cloned().map(Action::Execute).collect(),
        };
        self.take(&calls.iter().map(open).collect::<Vec<_>>())
    }

    fn fund(&mut self, accounts: &[(Addr, Money)]) -> Result<(), RunError> {
        let gifts = accounts.iter().map(|(account, amount)| self.gift(account, *amount));
        let actions = gifts.collect::<Result<_, _>>()?;
        let open = Open {
            name: "fund the accounts",
            sender: self.owner.clone(),
            actions,
        };
        let failed = self.take(&[open])?.into_iter().find_map(Result::err);
        failed.map_or(Ok(()), |source| {
            Err(RunError::Call {
                call: "fund the accounts",
                source,
            })
        })
    }

    fn tell(&mut self, what: &dyn std::fmt::Display) {
        eprintln!("{what}");
    }
}
