//! One look at the chain, and the calls that follow from it.
use std::collections::BTreeSet;

use busbar_api::grid::raw;
use busbar_chain::{Chain, ChainError, ChainQuerier, Edge, SignedTx, TxFailure};
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{Addr, StdError};
use thiserror::Error;

use super::due::{Call, Watch};

/// Calls of a turn at most: a backlog must not keep a clearing waiting, which ends with the start of delivery.
const CALLS: usize = 2;

/// Why a turn could not be made.
#[derive(Debug, Error)]
pub enum CrankError {
    /// The chain did not answer or did not sign.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The contracts' state could not be read.
    #[error("contract state: {0}")]
    State(#[from] StdError),
    /// A time left its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
}

/// A call that a block holds, and that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What it did.
    pub name: &'static str,
    /// To which interval.
    pub interval: Interval,
    /// Height of the block.
    pub height: u64,
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, interval, height } = self;
        write!(f, "{name:8} {interval}  height {height}")
    }
}

/// Makes the calls that are due in a region, from one account.
pub struct Crank {
    account: Addr,
    watch: Watch,
    /// A call that was sent, and may still get into a block.
    sent: Option<(Call, SignedTx)>,
}

impl Crank {
    /// A crank of the region of a grid contract. The account signs and pays.
    pub fn new(chain: &dyn Chain, grid: Addr, account: Addr) -> Result<Self, CrankError> {
        let querier = ChainQuerier::new(chain);
        let watch = Watch {
            region: raw::region(&querier.wrap(), &grid)?,
            contracts: raw::contracts(&querier.wrap(), &grid)?,
            grid,
            settled: BTreeSet::new(),
        };
        Ok(Self {
            account,
            watch,
            sent: None,
        })
    }

    /// Makes the first calls that are due; once all are made, it makes none. What the contracts refuse is logged and left: another crank was
    /// faster, or it is not yet time by the clock of the next block.
    pub fn turn(&mut self, chain: &mut dyn Chain) -> Result<Vec<Done>, CrankError> {
        let mut done = Vec::new();
        // Until it is over nothing else is signed: the same call twice would cost a second fee.
        done.extend(self.finish(chain)?);
        for call in self.watch.due(chain)? {
            let made = self.make(chain, call.clone())?;
            if made.is_none() && call.name == "clear" {
                done.extend(self.make(chain, self.watch.close(call.interval)?)?);
            }
            done.extend(made);
            if done.len() >= CALLS {
                break;
            }
        }
        Ok(done)
    }

    fn make(&mut self, chain: &mut dyn Chain, call: Call) -> Result<Option<Done>, CrankError> {
        Edge::CrankDue.reached();
        match chain.sign(&self.account, std::slice::from_ref(&call.message)) {
            Ok(tx) => {
                Edge::CrankSigned.reached();
                self.sent = Some((call, tx));
                self.finish(chain)
            }
            Err(ChainError::WouldFail { text }) => {
                log(&call, &text);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for the call that was sent, if there is one.
    fn finish(&mut self, chain: &mut dyn Chain) -> Result<Option<Done>, CrankError> {
        let Some((call, tx)) = self.sent.take() else {
            return Ok(None);
        };
        let included = match chain.wait(&tx) {
            Ok(included) => included,
            Err(error) => {
                if !error.ends_transaction() {
                    self.sent = Some((call, tx));
                }
                return Err(error.into());
            }
        };
        Edge::CrankAnswered.reached();
        match included.failure() {
            None => {}
            // Its kind gets more gas at the next turn.
            Some(failure @ TxFailure::OutOfGas { .. }) => {
                tracing::warn!(call = call.name, interval = call.interval.get(), %failure, "only its fee is gone, the next gets more");
                return Ok(None);
            }
            Some(failure) => {
                log(&call, &failure.to_string());
                return Ok(None);
            }
        }
        Ok(Some(Done {
            name: call.name,
            interval: call.interval,
            height: included.height,
        }))
    }
}

fn log(call: &Call, refusal: &str) {
    tracing::info!(call = call.name, interval = call.interval.get(), refusal, "refused");
}
