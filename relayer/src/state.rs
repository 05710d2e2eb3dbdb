use std::fmt;

/// Where a reading stands in the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Stored, its signature not yet checked.
    Received,
    /// Its signature is the device's.
    Verified,
    /// Part of a transaction that is not yet signed.
    Batched,
    /// Part of a transaction whose signed bytes are stored, and which may have been sent.
    Signed,
    /// Part of a transaction that the chain took into its mempool.
    Broadcast,
    /// The oracle has it.
    Confirmed,
    /// It will never be in the oracle; the reason is stored.
    Rejected,
}

impl State {
    /// All states in the order of the pipeline.
    pub const ALL: [Self; 7] = [
        Self::Received,
        Self::Verified,
        Self::Batched,
        Self::Signed,
        Self::Broadcast,
        Self::Confirmed,
        Self::Rejected,
    ];

    /// The number that stands for it in the queue.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Received => 0,
            Self::Verified => 1,
            Self::Batched => 2,
            Self::Signed => 3,
            Self::Broadcast => 4,
            Self::Confirmed => 5,
            Self::Rejected => 6,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it is on its way: neither confirmed nor rejected.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Confirmed | Self::Rejected)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Received => "received",
            Self::Verified => "verified",
            Self::Batched => "batched",
            Self::Signed => "signed",
            Self::Broadcast => "broadcast",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        })
    }
}
