//! Where a demo runs: a chain with its clock, and the accounts that act on it.

mod embedded;
mod node;

pub use embedded::in_process;
pub use node::{NodeError, NodeOptions};

use busbar_api::grid::{Network, Params};
use busbar_chain::{Chain, Message, TxFailure};
use busbar_units::Money;
use cosmwasm_std::{Addr, Binary};

use super::error::RunError;

/// A chain, its clock and its accounts.
pub trait Venue {
    /// For questions.
    fn chain(&self) -> &dyn Chain;

    /// For programs that sign on their own, such as the relayer.
    fn chain_mut(&mut self) -> &mut dyn Chain;

    /// Goes on until the last block's time is `unix_s` or later: a clock that is set is set to it, any other is waited
    /// for. A time that has passed on a clock that runs by itself is no error.
    fn until(&mut self, unix_s: u64) -> Result<(), RunError>;

    /// Goes on by a block, for what is on its way to arrive.
    fn rest(&mut self) -> Result<(), RunError>;

    /// Makes calls, each a transaction of its sender, and waits for all of them. They may enter blocks in any order.
    /// An answer for each, in their order.
    fn send(&mut self, calls: &[Call]) -> Result<Vec<Answer>, RunError>;

    /// Gives accounts coin of the region, and what they need for fees.
    fn fund(&mut self, accounts: &[(Addr, Money)]) -> Result<(), RunError>;

    /// Says how far the run is.
    fn tell(&mut self, what: &dyn std::fmt::Display);
}

/// What a transaction came to: the data of each of its messages, or why a block or a simulation refused it.
pub type Answer = Result<Vec<Option<Binary>>, TxFailure>;

/// One transaction.
pub struct Call {
    /// Names it where it fails.
    pub name: &'static str,
    /// Signs it.
    pub sender: Addr,
    /// What it calls, in order.
    pub messages: Vec<Message>,
}

/// What a venue founds the contracts with.
pub struct Founding {
    /// Names of the homes, whose owners need an account each.
    pub homes: Vec<String>,
    /// Hours that will be played.
    pub hours: usize,
    /// Parameters as a clock of full length has them.
    pub params: Params,
    /// The feeder; one bus where absent.
    pub network: Option<Network>,
}

/// Contracts on a chain, founded and wired.
pub struct Ground {
    /// The chain.
    pub venue: Box<dyn Venue>,
    /// The contracts.
    pub at: Contracts,
    /// Who acts.
    pub accounts: Accounts,
    /// Region id that devices sign for.
    pub domain: String,
    /// Seconds of the chain's clock per interval.
    pub interval_s: u64,
    /// Parameters of every interval.
    pub params: Params,
    /// Whether the chain is one that outlives this process.
    pub real: bool,
}

/// Addresses of the contracts.
pub struct Contracts {
    /// Parameters and tariffs.
    pub grid: Addr,
    /// Devices.
    pub registry: Addr,
    /// Readings.
    pub oracle: Addr,
    /// Orders and money.
    pub market: Addr,
    /// The CW20.
    pub energy_token: Addr,
    /// Granular certificates.
    pub certificates: Addr,
}

/// Accounts by role.
pub struct Accounts {
    /// Governs the region, confirms devices.
    pub operator: Addr,
    /// Counterparty of last resort.
    pub utility: Addr,
    /// Owns the battery.
    pub battery: Addr,
    /// Relays readings and pokes clearing and settlement: trusted with nothing.
    pub relayer: Addr,
    /// One per home.
    pub homes: Vec<Addr>,
}
