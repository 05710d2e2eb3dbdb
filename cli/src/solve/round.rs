//! One look at the intervals that wait for a proposal.
use busbar_api::grid::{self, Times};
use busbar_api::market::{self, AuctionResponse, ExecuteMsg, Proposal, Side};
use busbar_chain::{Chain, ChainError, ChainQuerier, Message};
use busbar_solver::{SolverError, region};
use busbar_units::{Interval, UnitsError};
use cosmwasm_std::{Addr, StdError, StdResult};
use thiserror::Error;

/// What was done for an interval, or why nothing was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The contract clears it by itself.
    ClearsByItself,
    /// Standing orders entered its book; it can be solved next.
    Closed,
    /// It cannot be solved yet, or no longer: the market's words.
    Waits {
        /// Why.
        reason: String,
    },
    /// What was proposed for it before is at least as good as what was found here.
    Outranked {
        /// Welfare of the best proposal, price times Wh.
        best: i128,
        /// Welfare that was found.
        welfare: i128,
    },
    /// A proposal is in a block.
    Proposed {
        /// Its welfare, price times Wh.
        welfare: i128,
        /// Orders in the auction.
        orders: usize,
    },
}

/// A look ended early. The next one starts afresh.
#[derive(Debug, Error)]
pub enum RoundError {
    /// The chain did not answer, or did not take a transaction.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A contract's answer cannot be read.
    #[error("{0}")]
    Contract(#[from] StdError),
    /// An instant or a quantity leaves its integer.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// An auction could not be solved.
    #[error("{interval}: {source}")]
    Solver {
        /// The interval.
        interval: Interval,
        /// Why.
        source: SolverError,
    },
}

/// Solves for a region from one account, which needs coins for fees and nothing else.
pub struct Round<'a> {
    /// The chain.
    pub chain: &'a mut dyn Chain,
    /// Who posts and earns the bounty.
    pub account: &'a Addr,
    /// The region's grid contract.
    pub grid: &'a Addr,
}

impl Round<'_> {
    /// Every interval whose gate is closed and whose delivery has not begun, oldest first.
    pub fn waiting(&self) -> Result<Vec<Interval>, RoundError> {
        let querier = ChainQuerier::new(&*self.chain);
        let q = querier.wrap();
        let now_s = self.chain.now()?.unix_s;
        let region = grid::raw::region(&q, self.grid)?;
        let mut interval = Interval::containing(now_s, region.interval_s)?;
        let mut waiting = vec![];
        loop {
            interval = interval.plus(1)?;
            let params = grid::raw::params_at(&q, self.grid, interval)?;
            if now_s < Times::of(&region, &params, interval)?.closes_s {
                return Ok(waiting);
            }
            waiting.push(interval);
        }
    }

    /// Does what can be done for an interval.
    pub fn step(&mut self, interval: Interval) -> Result<Step, RoundError> {
        let market = {
            let querier = ChainQuerier::new(&*self.chain);
            grid::raw::contracts(&querier.wrap(), self.grid)?.market
        };
        let market = market::Client::new(market);
        let auction = match self.auction(&market, interval) {
            Ok(auction) => auction,
            // Standing orders that wait for the book to close, or seals that may still be opened.
            Err(error) => return self.close(&market, interval, &error),
        };
        if !auction.needs_proposal {
            return Ok(Step::ClearsByItself);
        }
        let network =
            grid::Client::new(self.grid.clone()).network(&ChainQuerier::new(&*self.chain).wrap(), interval)?;
        let proposal =
            region::proposal(&network, &auction).map_err(|source| RoundError::Solver { interval, source })?;
        let (welfare, orders) = (welfare(&auction, &proposal), auction.orders.len());
        if let Some(best) = auction.best.map(|best| best.i128()).filter(|best| *best >= welfare) {
            return Ok(Step::Outranked { best, welfare });
        }
        Ok(match self.send(&market, &ExecuteMsg::Propose { interval, proposal })? {
            None => Step::Proposed { welfare, orders },
            Some(reason) => Step::Waits { reason },
        })
    }

    /// The whole auction.
    fn auction(&self, market: &market::Client, interval: Interval) -> StdResult<AuctionResponse> {
        let querier = ChainQuerier::new(&*self.chain);
        let q = querier.wrap();
        let mut auction = market.auction(&q, interval, None)?;
        let count = usize::try_from(auction.count).unwrap_or(usize::MAX);
        while auction.orders.len() < count {
            let after = u32::try_from(auction.orders.len())
                .unwrap_or(u32::MAX)
                .saturating_sub(1);
            let page = market.auction(&q, interval, Some(after))?;
            if page.orders.is_empty() || page.count != auction.count {
                return Err(StdError::generic_err("the book changed while it was read"));
            }
            auction.orders.extend(page.orders);
        }
        Ok(auction)
    }

    fn close(&mut self, market: &market::Client, interval: Interval, why: &StdError) -> Result<Step, RoundError> {
        Ok(match self.send(market, &ExecuteMsg::Close { interval, limit: None })? {
            None => Step::Closed,
            Some(_) => Step::Waits {
                reason: why.to_string(),
            },
        })
    }

    /// Sends one message and waits for its block; why the contract refuses it, if it does.
    fn send(&mut self, market: &market::Client, msg: &ExecuteMsg) -> Result<Option<String>, RoundError> {
        let message = Message::new(market.address().clone(), msg)?;
        let tx = match self.chain.sign(self.account, &[message]) {
            Ok(tx) => tx,
            Err(ChainError::WouldFail { text }) => return Ok(Some(text)),
            Err(error) => return Err(error.into()),
        };
        Ok(self.chain.wait(&tx)?.failure().map(|failure| failure.to_string()))
    }
}

/// What the fills of a proposal are worth: buys at their limits less sells at theirs, price times Wh.
fn welfare(auction: &AuctionResponse, proposal: &Proposal) -> i128 {
    let worth = |order: &market::AuctionOrder, fill: i128| {
        let worth = i128::from(order.limit.get()).saturating_mul(fill);
        match order.side {
            Side::Buy => worth,
            Side::Sell => worth.saturating_neg(),
        }
    };
    let filled = auction.orders.iter().zip(&proposal.fills);
    filled.fold(0, |sum, (order, fill)| {
        sum.saturating_add(worth(order, fill.get().into()))
    })
}
