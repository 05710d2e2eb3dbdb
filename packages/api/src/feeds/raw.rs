//! Storage of the feeds that other contracts read at plain read price, and the two readings of it.
use cosmwasm_std::{Addr, QuerierWrapper, StdResult};

use super::{Answer, Doubt};

/// Key prefix of latest answers ([`Answer`], packed), by name.
pub const ANSWER: &[u8] = b"an/";

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
