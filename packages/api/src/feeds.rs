//! Feeds: facts that no meter of the region measures, agreed on by reporters who lose stake when they are off.
//!
//! A feed goes round by round. Reporters sign a value for a round ([`busbar_attestation::Report`]) and anyone carries it
//! here; when more than two thirds of the weight have answered, the round closes with their weighted median.
//!
//! The contract also keeps indices of what the region's own meters and trades say, interval by interval ([`Indices`]).
mod answer;
mod client;
mod definition;
mod indices;
mod outcome;
pub mod raw;

use busbar_units::{Interval, Money};
use cosmwasm_schema::{cw_serde, QueryResponses};
use cosmwasm_std::{Addr, Binary, Int64, Uint64};

use crate::registry::Key;

pub use answer::{Answer, Doubt};
pub use client::Client;
pub use definition::{bounds, Feed, FeedError, Params, Unit};
pub use indices::{decode_day, encode_day, DayResponse, IndexResponse, IndexRules, Indices, IndicesResponse};
pub use outcome::{Outcome, Rejection};

/// Genesis. The owner, the settlement coin and the other contracts are those of the grid contract, which must be wired;
/// the first interval in the indices is the first that the market has not made final at that moment.
#[cw_serde]
pub struct InstantiateMsg {
    /// The region's grid contract.
    pub grid: String,
    /// Stakes and slashing.
    pub params: Params,
    /// How indices are computed; fixed.
    pub indices: IndexRules,
}

/// A value that a reporter signed.
#[cw_serde]
pub struct SignedReport {
    /// Name of the feed.
    pub feed: String,
    /// Number of the round: unix seconds divided by the feed's round length.
    pub round: Uint64,
    /// Number of the reporter.
    pub reporter: u32,
    /// The value, in the feed's unit.
    pub value: Int64,
    /// 64 bytes by the reporter's key over [`busbar_attestation::Report::message`].
    pub signature: Binary,
}

/// What one may do. Only [`ExecuteMsg::Bond`] takes coins. The owner is that of the grid contract.
#[cw_serde]
pub enum ExecuteMsg {
    /// Admits a reporter, or takes a removed one back with the same number. Owner only.
    Admit {
        /// Account that bonds and withdraws the stake.
        account: String,
        /// Name, 1 to 64 bytes without control characters.
        name: String,
        /// Key that signs reports; no other reporter has it.
        key: Key,
    },
    /// Removes a reporter: no report of it counts from here on. Its stake can be slashed for what it said in a running
    /// round, and is its own otherwise. Owner only.
    Remove {
        /// Number of the reporter.
        reporter: u32,
    },
    /// Puts another key in place of the sender's, at once. A reporter's account only.
    SetKey {
        /// The key; no other reporter has it.
        key: Key,
    },
    /// Defines a feed, or changes one from its next round on; unit and round length stay. Owner only.
    Define {
        /// Name: 1 to 32 lowercase letters, digits or `-`.
        name: String,
        /// What it is.
        feed: Feed,
    },
    /// Changes stakes and slashing, at once. Owner only.
    SetParams {
        /// From here on.
        params: Params,
    },
    /// Adds the attached settlement coin to the sender's stake. A reporter's account only.
    Bond {},
    /// Takes coin out of the stake that gives weight; it can be withdrawn after the unbonding period and be slashed
    /// until then. A reporter's account only.
    Unbond {
        /// 1 to all that is bonded.
        amount: Money,
    },
    /// Pays out what has unbonded, after every round that has ended is judged. A reporter's account only.
    Withdraw {},
    /// Hands signed reports in. Anyone. A bad report is told by reason in the result ([`Outcome`], one per report), and
    /// the others stand.
    Report {
        /// 1 to 64 reports.
        reports: Vec<SignedReport>,
    },
    /// Judges a round that has ended: who was missing, who was off. Anyone.
    Settle {
        /// Name of the feed.
        feed: String,
    },
    /// Pays what was slashed to the recipient. Anyone.
    Sweep {},
    /// Takes an interval into the indices, each in its turn, once the market has made it final. Anyone.
    Advance {
        /// The interval: the first that is not in them.
        interval: Interval,
    },
}

/// Questions of people; contracts read [`raw`].
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What the contract was founded with, and its parameters.
    #[returns(ConfigResponse)]
    Config {},
    /// A feed.
    #[returns(FeedResponse)]
    Feed {
        /// Its name.
        name: String,
    },
    /// All feeds by name.
    #[returns(Vec<FeedResponse>)]
    Feeds {
        /// Continue after this name.
        start_after: Option<String>,
        /// At most [`bounds::PAGE`].
        limit: Option<u32>,
    },
    /// Who said what: the running round if there is one, then judged ones, latest first. The last [`bounds::HISTORY`]
    /// are kept.
    #[returns(Vec<RoundResponse>)]
    Rounds {
        /// Name of the feed.
        feed: String,
        /// Only rounds before this one.
        before: Option<Uint64>,
        /// At most [`bounds::PAGE`].
        limit: Option<u32>,
    },
    /// A reporter.
    #[returns(ReporterResponse)]
    Reporter {
        /// Its number.
        reporter: u32,
    },
    /// All reporters by number.
    #[returns(Vec<ReporterResponse>)]
    Reporters {
        /// Continue after this number.
        start_after: Option<u32>,
        /// At most [`bounds::PAGE`].
        limit: Option<u32>,
    },
    /// Indices up to the latest interval that was taken.
    #[returns(IndicesResponse)]
    Indices {},
    /// Average prices of days that are over and had trades, latest first.
    #[returns(Vec<DayResponse>)]
    Days {
        /// Only days before this one, counted from the epoch.
        before: Option<Uint64>,
        /// At most [`bounds::PAGE`].
        limit: Option<u32>,
    },
    /// All coin, for audits.
    #[returns(TotalsResponse)]
    Totals {},
}

/// Answer to [`QueryMsg::Config`].
#[cw_serde]
pub struct ConfigResponse {
    /// The region's grid contract.
    pub grid: Addr,
    /// Coin of stakes: the region's settlement coin.
    pub denom: String,
    /// Stakes and slashing.
    pub params: Params,
}

/// A feed.
#[cw_serde]
pub struct FeedResponse {
    /// Its name.
    pub name: String,
    /// What it is.
    pub feed: Feed,
    /// Its change that waits for the next round.
    pub pending: Option<PendingFeed>,
    /// Its latest answer.
    pub answer: Option<Answer>,
    /// What taking risk on it would meet now; none where nothing stands against it.
    pub doubt: Option<Doubt>,
}

/// A change of a feed.
#[cw_serde]
pub struct PendingFeed {
    /// The round from which on it counts.
    pub from_round: Uint64,
    /// What the feed will be.
    pub feed: Feed,
}

/// A round: who said what.
#[cw_serde]
pub struct RoundResponse {
    /// Its number.
    pub round: Uint64,
    /// Its answer; none where too few answered.
    pub answer: Option<Int64>,
    /// Whether missing and outlying reporters are judged.
    pub judged: bool,
    /// One entry for each reporter that had weight when the round opened.
    pub entries: Vec<Entry>,
}

/// A reporter's part in a round.
#[cw_serde]
pub struct Entry {
    /// Number of the reporter.
    pub reporter: u32,
    /// What its value weighs.
    pub weight: Money,
    /// What it said; none where it said nothing.
    pub value: Option<Int64>,
    /// Whether the answer was computed from it.
    pub source: bool,
    /// Whether it signed two values.
    pub conflict: bool,
    /// What it lost for this round.
    pub slashed: Money,
}

/// A reporter.
#[cw_serde]
pub struct ReporterResponse {
    /// Its number.
    pub number: u32,
    /// Account that bonds and withdraws.
    pub account: Addr,
    /// Its name.
    pub name: String,
    /// Key that signs reports.
    pub key: Key,
    /// Whether it was removed.
    pub removed: bool,
    /// Stake that gives weight.
    pub bonded: Money,
    /// Stake on its way out, oldest first.
    pub unbonding: Vec<Unbonding>,
    /// Lost so far.
    pub slashed: Money,
}

/// Coin on its way out.
#[cw_serde]
pub struct Unbonding {
    /// How much; slashing lowers it.
    pub amount: Money,
    /// Unix seconds from which on it can be withdrawn.
    pub at_s: Uint64,
}

/// All coin: `deposited = withdrawn + swept + bonded + unbonding + slashed`, and the contract holds at least the last
/// three.
#[cw_serde]
#[derive(Copy, Eq, Default)]
pub struct TotalsResponse {
    /// Ever bonded.
    pub deposited: Money,
    /// Ever paid out to reporters.
    pub withdrawn: Money,
    /// Ever paid to the recipient of what was slashed.
    pub swept: Money,
    /// Stakes that give weight.
    pub bonded: Money,
    /// Stakes on their way out.
    pub unbonding: Money,
    /// Slashed and not yet swept.
    pub slashed: Money,
}
