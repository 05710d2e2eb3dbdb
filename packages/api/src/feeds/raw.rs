//! Storage of the feeds that other contracts read at plain read price, and the two readings of it.
use busbar_risk::Day;
use cosmwasm_std::{Addr, QuerierWrapper, StdError, StdResult};

use super::{decode_day, Answer, Doubt, Indices};

/// Key prefix of latest answers ([`Answer`], packed), by name.
pub const ANSWER: &[u8] = b"an/";

/// Key of the indices ([`Indices`], packed).
pub const INDICES: &[u8] = b"ix";
/// Key prefix of days that are over ([`decode_day`]), by day since the epoch: 8 bytes big-endian.
pub const DAY: &[u8] = b"dy/";

/// Key of a day that is over.
pub fn day_key(day: u64) -> Vec<u8> {
    [DAY, &day.to_be_bytes()].concat()
}

/// All indices.
pub fn indices(q: &QuerierWrapper<'_>, feeds: &Addr) -> StdResult<Indices> {
    let stored = q.query_wasm_raw(feeds, INDICES)?.filter(|bytes| !bytes.is_empty());
    let stored = stored.ok_or_else(|| StdError::not_found(format!("indices of the feeds {feeds}")))?;
    Ok(Indices::decode(&stored)?)
}

/// Average prices of a day that is over; none where nothing was traded on it.
pub fn day(q: &QuerierWrapper<'_>, feeds: &Addr, day: u64) -> StdResult<Option<Day>> {
    let stored = q.query_wasm_raw(feeds, day_key(day))?.filter(|bytes| !bytes.is_empty());
    Ok(stored.map(|bytes| decode_day(&bytes)).transpose()?)
}

/// Key of a feed's latest answer.
pub fn answer_key(feed: &str) -> Vec<u8> {
    [ANSWER, feed.as_bytes()].concat()
}

/// The relaxed reading, for leaving risk: the latest answer, however old and doubtful; none where there never was one.
pub fn relaxed(q: &QuerierWrapper<'_>, feeds: &Addr, feed: &str) -> StdResult<Option<Answer>> {
    let stored = q.query_wasm_raw(feeds, answer_key(feed))?;
    let stored = stored.filter(|bytes| !bytes.is_empty());
    Ok(stored.map(|bytes| Answer::decode(&bytes)).transpose()?)
}

/// The strict reading, for taking risk: the latest answer where nothing stands against it.
pub fn strict(q: &QuerierWrapper<'_>, feeds: &Addr, feed: &str, now_s: u64) -> StdResult<Result<Answer, Doubt>> {
    let Some(answer) = relaxed(q, feeds, feed)? else {
        return Ok(Err(Doubt::Missing));
    };
    Ok(answer.doubt(now_s).map_or(Ok(answer), Err))
}
