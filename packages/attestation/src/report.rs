use alloc::vec::Vec;

use crate::message::{push_text, Kind};

/// What the reporter of a feed signs: one value for one round.
///
/// Chain, contract, feed and round are in it, so that it counts nowhere else and never again. Each text has at most 255
/// bytes; those of chains and addresses are shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// Id of the chain.
    pub chain: &'a str,
    /// Address of the contract of feeds.
    pub contract: &'a str,
    /// Name of the feed.
    pub feed: &'a str,
    /// Number of the round: unix seconds divided by the feed's round length.
    pub round: u64,
    /// Number of the reporter.
    pub reporter: u32,
    /// The value, in the feed's unit.
    pub value: i64,
}

impl Report<'_> {
    /// The bytes that the reporter signs; layout in the crate's documentation.
    pub fn message(&self) -> Vec<u8> {
        let mut message = Vec::from(Kind::Report.header());
        for text in [self.chain, self.contract, self.feed] {
            push_text(&mut message, text);
        }
        message.extend(self.round.to_be_bytes());
        message.extend(self.reporter.to_be_bytes());
        message.extend(self.value.to_be_bytes());
        message
    }
}
