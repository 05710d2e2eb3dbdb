use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Int64, Uint64};

use crate::codec::{CodecError, Reader, Writer};

/// Sources disagree by more than the feed allows.
const DISPERSED: u8 = 1;
/// The answer is further from the one before than the feed allows.
const JUMPED: u8 = 2;
/// The answer has not moved for longer than the feed allows.
const FLAT: u8 = 4;

/// The latest answer of a feed: one packed record, one read.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Answer {
    /// The round that it closed.
    pub round: Uint64,
    /// Weighted median of the sources, in the feed's unit.
    pub value: Int64,
    /// Unix seconds of the block in which the round closed.
    pub at_s: Uint64,
    /// Unix seconds from which on it is stale.
    pub stale_from_s: Uint64,
    /// Weighted median of the sources' distances from the answer, in the feed's unit.
    pub deviation: Uint64,
    /// Number of sources.
    pub sources: u8,
    /// Answers in a row with this value, this one included, as many as fit.
    pub unmoved: u32,
    /// Sources disagree by more than the feed allows.
    pub dispersed: bool,
    /// It is further from the answer before it than the feed allows; the next one within reach of it clears this.
    pub jumped: bool,
    /// The value has not moved for longer than the feed allows.
    pub flat: bool,
}

/// Why no risk may be taken on a feed.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Doubt {
    /// It never had an answer.
    Missing,
    /// Its latest answer is too old.
    Stale,
    /// Its sources disagree.
    Dispersed,
    /// It moved further at once than is believed without a second round.
    Jumped,
    /// It has not moved for longer than is believed.
    Flat,
}

impl Answer {
    /// What stands against taking risk on it at an instant of unix time.
    pub fn doubt(&self, now_s: u64) -> Option<Doubt> {
        let doubts = [
            (now_s >= self.stale_from_s.u64(), Doubt::Stale),
            (self.dispersed, Doubt::Dispersed),
            (self.jumped, Doubt::Jumped),
            (self.flat, Doubt::Flat),
        ];
        doubts.into_iter().find_map(|(met, doubt)| met.then_some(doubt))
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let flags = [(DISPERSED, self.dispersed), (JUMPED, self.jumped), (FLAT, self.flat)];
        let flags = flags
            .into_iter()
            .fold(0, |all, (flag, set)| if set { all | flag } else { all });
        Writer::new()
            .u8(flags)
            .u8(self.sources)
            .varint(self.round.u64().into())
            .zigzag(self.value.i64().into())
            .varint(self.at_s.u64().into())
            .varint(self.stale_from_s.u64().into())
            .varint(self.deviation.u64().into())
            .varint(self.unmoved.into())
            .finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(bytes);
        let flags = reader.u8("flags")?;
        if flags & !(DISPERSED | JUMPED | FLAT) != 0 {
            return Err(CodecError::Range { field: "flags" });
        }
        let answer = Self {
            sources: reader.u8("sources")?,
            round: reader.varint_u64("round")?.into(),
            value: reader.zigzag_i64("value")?.into(),
            at_s: reader.varint_u64("at")?.into(),
            stale_from_s: reader.varint_u64("stale from")?.into(),
            deviation: reader.varint_u64("deviation")?.into(),
            unmoved: reader.varint_u32("unmoved")?,
            dispersed: flags & DISPERSED != 0,
            jumped: flags & JUMPED != 0,
            flat: flags & FLAT != 0,
        };
        reader.finish()?;
        Ok(answer)
    }
}
