//! Why the feeds contract refuses.
use busbar_api::codec::CodecError;
use busbar_api::feeds::FeedError;
use busbar_attestation::KeyError;
use busbar_risk::RiskError;
use busbar_units::{Interval, Money, UnitsError};
use cosmwasm_std::{Addr, StdError};
use thiserror::Error;

/// Why the feeds contract refuses; nothing has changed then.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// Storage, JSON, an address, or another contract's state.
    #[error(transparent)]
    Std(#[from] StdError),
    /// Unit arithmetic.
    #[error(transparent)]
    Units(#[from] UnitsError),
    /// A definition or a parameter is out of bounds.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A rule of the indices is out of bounds, or a figure.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// Bytes are no public key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Coins came with a message that takes none.
    #[error("this message takes no coins, {count} kinds were attached")]
    UnexpectedFunds {
        /// Number of coins attached.
        count: usize,
    },
    /// A stake is one coin of the region.
    #[error("a stake is one positive amount of {denom}, {count} kinds were attached")]
    Stake {
        /// The region's settlement coin.
        denom: String,
        /// Number of coins attached.
        count: usize,
    },
    /// Only the region's owner governs feeds.
    #[error("{sender} is not the owner of the region")]
    NotTheOwner {
        /// Who called.
        sender: Addr,
    },
    /// The account is no reporter's.
    #[error("{sender} is no reporter's account")]
    NotAReporter {
        /// Who called.
        sender: Addr,
    },
    /// The account is a reporter's already.
    #[error("{account} is the account of reporter {reporter} already")]
    AccountTaken {
        /// The account.
        account: Addr,
        /// Whose it is.
        reporter: u32,
    },
    /// The key is a reporter's already.
    #[error("the key is that of reporter {reporter} already")]
    KeyTaken {
        /// Whose it is.
        reporter: u32,
    },
    /// No reporter has this number.
    #[error("there is no reporter {reporter}")]
    UnknownReporter {
        /// Number asked for.
        reporter: u32,
    },
    /// The reporter was removed.
    #[error("reporter {reporter} is removed")]
    Removed {
        /// Its number.
        reporter: u32,
    },
    /// A text is empty, too long, or has control characters.
    #[error("{field} has {length} bytes; allowed are 1 to {max} without control characters")]
    Text {
        /// The field.
        field: &'static str,
        /// Bytes given.
        length: usize,
        /// Most bytes.
        max: usize,
    },
    /// No feed has this name.
    #[error("there is no feed {name:?}")]
    UnknownFeed {
        /// Name asked for.
        name: String,
    },
    /// Unit and round length of a feed stay.
    #[error("{field} of a feed is fixed for its life")]
    Fixed {
        /// The field.
        field: &'static str,
    },
    /// A region has so many feeds.
    #[error("a region has at most {max} feeds")]
    TooManyFeeds {
        /// Most feeds.
        max: usize,
    },
    /// A list is too short or too long.
    #[error("{field} has {count} entries, allowed are {min} to {max}")]
    Count {
        /// The field.
        field: &'static str,
        /// Entries given.
        count: usize,
        /// Fewest.
        min: usize,
        /// Most.
        max: usize,
    },
    /// No round waits for judgement.
    #[error("no round of {name:?} waits to be judged")]
    NothingToSettle {
        /// The feed.
        name: String,
    },
    /// The round can still get reports.
    #[error("round {round} of {name:?} runs until {until_s}")]
    RoundRuns {
        /// The feed.
        name: String,
        /// The round.
        round: u64,
        /// Unix seconds at which it ends.
        until_s: u64,
    },
    /// One unbonds at least one unit and at most what is bonded.
    #[error("{amount} cannot be unbonded of {bonded}")]
    UnbondBounds {
        /// Amount asked for.
        amount: Money,
        /// What is bonded.
        bonded: Money,
    },
    /// So many amounts unbond at a time.
    #[error("{count} amounts are unbonding already, as many as may be")]
    TooManyUnbondings {
        /// Amounts that unbond.
        count: usize,
    },
    /// Nothing has unbonded.
    #[error("nothing can be withdrawn yet; what unbonds next is due at {next_s:?}")]
    NothingDue {
        /// Unix seconds at which the next amount is due, if any unbonds.
        next_s: Option<u64>,
    },
    /// Nothing was slashed since the last sweep.
    #[error("nothing was slashed since the last sweep")]
    NothingToSweep {},
    /// Intervals come into the indices one after another.
    #[error("{interval} is not next: that is {next}")]
    OutOfTurn {
        /// Interval asked for.
        interval: Interval,
        /// The next one.
        next: Interval,
    },
    /// Only what is final comes into the indices.
    #[error("{interval} is not final: the first that is not is {cursor}")]
    NotFinal {
        /// Interval asked for.
        interval: Interval,
        /// First interval that is not final.
        cursor: Interval,
    },
    /// Stored bytes make no sense.
    #[error("stored {what} cannot be read")]
    Corrupt {
        /// What was being read.
        what: &'static str,
    },
}

impl From<CodecError> for ContractError {
    fn from(error: CodecError) -> Self {
        Self::Std(error.into())
    }
}
