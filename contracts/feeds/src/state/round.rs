use busbar_api::codec::{Reader, Writer};
use busbar_api::feeds::{bounds, Entry, RoundResponse};
use busbar_units::Money;
use cosmwasm_std::Storage;

use crate::ContractError;

pub const OPEN: &[u8] = b"op/";
pub const HISTORY_NEXT: &[u8] = b"hn/";
pub const HISTORY_AT: &[u8] = b"hi/";

const SAID: u8 = 1;
const SOURCE: u8 = 2;
const CONFLICT: u8 = 4;

/// A round: who has weight in it and who said what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    pub number: u64,
    /// Its answer once it is closed.
    pub answer: Option<i64>,
    pub parts: Vec<Part>,
}

/// A reporter's part in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub reporter: u32,
    /// Its weight when the round opened.
    pub weight: Money,
    pub value: Option<i64>,
    /// Whether the answer was computed from it.
    pub source: bool,
    /// Whether it signed another value, too.
    pub conflict: bool,
    pub slashed: Money,
}

fn open_key(feed: &str) -> Vec<u8> {
    [OPEN, feed.as_bytes()].concat()
}

fn next_key(feed: &str) -> Vec<u8> {
    [HISTORY_NEXT, feed.as_bytes()].concat()
}

/// Names hold no slash, so that no name and place run into another's.
fn history_key(feed: &str, ordinal: u64) -> Vec<u8> {
    let place = ordinal % bounds::HISTORY;
    [HISTORY_AT, feed.as_bytes(), b"/", &place.to_be_bytes()].concat()
}

/// The round of a feed that is not judged yet.
pub fn load_open(storage: &dyn Storage, feed: &str) -> Result<Option<Round>, ContractError> {
    let stored = storage.get(&open_key(feed));
    stored.map(|bytes| Round::decode(&bytes)).transpose()
}

pub fn save_open(storage: &mut dyn Storage, feed: &str, round: &Round) {
    storage.set(&open_key(feed), &round.encode());
}

pub fn remove_open(storage: &mut dyn Storage, feed: &str) {
    storage.remove(&open_key(feed));
}

fn next(storage: &dyn Storage, feed: &str) -> Result<u64, ContractError> {
    match storage.get(&next_key(feed)) {
        Some(bytes) => Ok(Reader::new(&bytes).u64("rounds")?),
        None => Ok(0),
    }
}

/// Keeps a judged round in place of the oldest one.
pub fn archive(storage: &mut dyn Storage, feed: &str, round: &Round) -> Result<(), ContractError> {
    let ordinal = next(storage, feed)?;
    storage.set(&history_key(feed, ordinal), &round.encode());
    storage.set(&next_key(feed), &ordinal.saturating_add(1).to_be_bytes());
    Ok(())
}

/// Judged rounds that are kept, latest first.
pub fn history<'a>(
    storage: &'a dyn Storage,
    feed: &'a str,
) -> Result<impl Iterator<Item = Result<Round, ContractError>> + 'a, ContractError> {
    let next = next(storage, feed)?;
    let oldest = next.saturating_sub(bounds::HISTORY);
    Ok((oldest..next).rev().filter_map(move |ordinal| {
        let bytes = storage.get(&history_key(feed, ordinal))?;
        Some(Round::decode(&bytes))
    }))
}

impl Round {
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new()
            .varint(self.number.into())
            .u8(u8::from(self.answer.is_some()));
        if let Some(answer) = self.answer {
            writer = writer.zigzag(answer.into());
        }
        for part in &self.parts {
            let flags = [
                (SAID, part.value.is_some()),
                (SOURCE, part.source),
                (CONFLICT, part.conflict),
            ];
            let flags = flags
                .into_iter()
                .fold(0, |all, (flag, set)| if set { all | flag } else { all });
            writer = writer
                .u8(flags)
                .varint(part.reporter.into())
                .varint(part.weight.get())
                .varint(part.slashed.get());
            if let Some(value) = part.value {
                writer = writer.zigzag(value.into());
            }
        }
        writer.finish()
    }

    fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let mut reader = Reader::new(bytes);
        let number = reader.varint_u64("round")?;
        let answered = reader.u8("answered")? != 0;
        let answer = answered.then(|| reader.zigzag_i64("answer")).transpose()?;
        let mut parts = vec![];
        while !reader.is_empty() {
            let flags = reader.u8("flags")?;
            parts.push(Part {
                reporter: reader.varint_u32("reporter")?,
                weight: Money::new(reader.varint("weight")?),
                slashed: Money::new(reader.varint("slashed")?),
                value: (flags & SAID != 0).then(|| reader.zigzag_i64("value")).transpose()?,
                source: flags & SOURCE != 0,
                conflict: flags & CONFLICT != 0,
            });
        }
        Ok(Self { number, answer, parts })
    }

    /// What a query answers.
    pub fn response(self, judged: bool) -> RoundResponse {
        let entry = |part: Part| Entry {
            reporter: part.reporter,
            weight: part.weight,
            value: part.value.map(Into::into),
            source: part.source,
            conflict: part.conflict,
            slashed: part.slashed,
        };
        RoundResponse {
            round: self.number.into(),
            answer: self.answer.map(Into::into),
            judged,
            entries: self.parts.into_iter().map(entry).collect(),
        }
    }
}
