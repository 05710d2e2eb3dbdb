use cosmwasm_schema::cw_serde;

/// What became of a report.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Outcome {
    /// It counts.
    Accepted {},
    /// It counts, and the round closed with it.
    Closed {},
    /// The round was closed already: the report shows that its reporter was there.
    Late {},
    /// The same report came before; nothing changes.
    Duplicate {},
    /// Its reporter signed another value before: the first one stands, and the round costs it what an outlier pays.
    Conflict {},
    /// It counts for nothing.
    Rejected {
        /// Why.
        reason: Rejection,
    },
}

/// Why a report counts for nothing.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Rejection {
    /// No feed has this name.
    UnknownFeed,
    /// The round is over.
    RoundOver,
    /// The round has not begun.
    RoundAhead,
    /// The value lies outside what the feed can be.
    OutOfBounds,
    /// No reporter has this number, or it was removed.
    UnknownReporter,
    /// The signature is not that of the reporter's key over this report.
    Forged,
    /// The reporter had no weight in the feed when the round opened: it is not named by it, or its stake is too small.
    NoWeight,
}
