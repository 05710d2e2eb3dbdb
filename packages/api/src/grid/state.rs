//! What the market does in an interval.
use busbar_units::Interval;
use cosmwasm_schema::cw_serde;

use super::Timeline;
use crate::codec::{CodecError, Reader, Writer};

/// What the market does for an interval, from loose to tight. What was cleared settles in every state, and free
/// coin and energy can always be withdrawn.
#[cw_serde]
#[derive(Copy, Eq, PartialOrd, Ord)]
pub enum MarketState {
    /// Everything.
    Open,
    /// Orders are cancelled, energy is redeemed; no other order is placed and nothing is cleared.
    Restricted,
    /// No order is placed or cancelled, nothing is cleared.
    Halted,
}

/// Bounds of market states.
pub mod bounds {
    /// Single intervals with a state of their own.
    pub const SINGLE_STATES: usize = 64;
    /// Changes to come for all intervals, beyond which nothing is loosened.
    pub const STATE_CHANGES: usize = 64;
}

impl MarketState {
    /// Whether any order is placed and the interval is cleared.
    pub fn trades(self) -> bool {
        self == Self::Open
    }

    /// Whether orders are cancelled and orders to redeem are placed.
    pub fn cancels_and_redeems(self) -> bool {
        self <= Self::Restricted
    }

    fn code(self) -> u16 {
        match self {
            Self::Open => 0,
            Self::Restricted => 1,
            Self::Halted => 2,
        }
    }

    fn of_code(code: u16) -> Result<Self, CodecError> {
        match code {
            0 => Ok(Self::Open),
            1 => Ok(Self::Restricted),
            2 => Ok(Self::Halted),
            _ => Err(CodecError::Range { field: "market state" }),
        }
    }
}

/// States for all intervals from one on, and of single intervals; the tighter counts.
///
/// Packed: count of single intervals, per one its number and code, then the [`Timeline`] of codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarketStates {
    all: Timeline,
    single: Vec<(Interval, MarketState)>,
}

impl MarketStates {
    /// State of an interval; open where nothing was said.
    pub fn at(&self, interval: Interval) -> MarketState {
        let of_all = self
            .all
            .at(interval)
            .and_then(|(_, code)| MarketState::of_code(code).ok())
            .unwrap_or(MarketState::Open);
        let single = self.single.iter().find(|(number, _)| *number == interval);
        single.map_or(of_all, |(_, state)| of_all.max(*state))
    }

    /// Changes to come for all intervals.
    pub fn changes(&self) -> usize {
        self.all.entries().len()
    }

    /// Single intervals with a state of their own.
    pub fn singles(&self) -> usize {
        self.single.len()
    }

    /// No interval from `from` on is looser than `state`.
    pub fn tighten_from(&mut self, from: Interval, state: MarketState) {
        self.all.raise_from(from, state.code());
    }

    /// Every interval from `from` on has this state, but for single ones that are tighter.
    pub fn set_from(&mut self, from: Interval, state: MarketState) {
        self.all.replace_from(from, state.code());
        self.all.merge_equal();
    }

    /// Gives a single interval a state of its own.
    pub fn set_single(&mut self, interval: Interval, state: MarketState) {
        self.single.retain(|(number, _)| *number != interval);
        if state != MarketState::Open {
            self.single.push((interval, state));
        }
    }

    /// Drops what says nothing of intervals from `needed` on.
    pub fn forget_before(&mut self, needed: Interval) {
        self.all.forget_before(needed);
        self.single.retain(|(number, _)| *number >= needed);
    }

    /// The packed form.
    pub fn encode(&self) -> Vec<u8> {
        let count = u128::try_from(self.single.len()).unwrap_or(u128::MAX);
        let pack = |writer: Writer, (interval, state): &(Interval, MarketState)| {
            writer.varint(interval.get().into()).varint(state.code().into())
        };
        let head = self.single.iter().fold(Writer::new().varint(count), pack);
        head.bytes(&self.all.encode()).finish()
    }

    /// Reads the packed form.
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        Self::read(Reader::new(bytes))
    }

    /// Reads the packed form to the end of the bytes.
    pub(super) fn read(mut reader: Reader<'_>) -> Result<Self, CodecError> {
        let mut single = Vec::new();
        for _ in 0..reader.varint_u64("single states")? {
            let interval = Interval::new(reader.varint_u64("interval")?);
            single.push((interval, MarketState::of_code(read_code(&mut reader)?)?));
        }
        let all = Timeline::read(reader)?;
        for (_, code) in all.entries() {
            MarketState::of_code(*code)?;
        }
        Ok(Self { all, single })
    }
}

fn read_code(reader: &mut Reader<'_>) -> Result<u16, CodecError> {
    let field = "market state";
    u16::try_from(reader.varint_u64(field)?).map_err(|_| CodecError::Range { field })
}
