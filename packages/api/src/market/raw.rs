//! What other contracts may read from the market's storage.
use busbar_units::Interval;
use cosmwasm_std::{Addr, QuerierWrapper, StdError, StdResult};

use super::provenance::Line;
pub use super::summary::Summary;
use crate::codec::Reader;

/// Key prefix of the addresses of accounts, by number: 4 bytes big-endian.
pub const ADDRESS_OF: &[u8] = b"ad/";
/// Key prefix of the provenance records ([`Line`], packed), by interval: 8 bytes big-endian.
pub const PROVENANCE: &[u8] = b"pv/";

/// Key prefix of the records of intervals, by interval: 8 bytes big-endian. Each opens with a [`Summary`], packed.
pub const RECORDS: &[u8] = b"iv/";

/// Key of an interval's record.
pub fn record_key(interval: Interval) -> Vec<u8> {
    [RECORDS, &interval.get().to_be_bytes()].concat()
}

/// What an interval came to; none before it is cleared or skipped.
pub fn summary(querier: &QuerierWrapper<'_>, market: &Addr, interval: Interval) -> StdResult<Option<Summary>> {
    let stored = querier.query_wasm_raw(market, record_key(interval))?;
    let stored = stored.filter(|bytes| !bytes.is_empty());
    Ok(stored
        .map(|bytes| Summary::read(&mut Reader::new(&bytes)))
        .transpose()?)
}

/// Key of an account's address.
pub fn address_key(account: u32) -> Vec<u8> {
    [ADDRESS_OF, &account.to_be_bytes()].concat()
}

/// Key of an interval's provenance record.
pub fn provenance_key(interval: Interval) -> Vec<u8> {
    [PROVENANCE, &interval.get().to_be_bytes()].concat()
}

/// Owner of an account.
pub fn address_of(querier: &QuerierWrapper<'_>, market: &Addr, account: u32) -> StdResult<Addr> {
    let stored = querier.query_wasm_raw(market, address_key(account))?;
    let text = stored.and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Addr::unchecked)
        .ok_or_else(|| StdError::not_found(format!("account {account} of the market {market}")))
}

/// What the line of an interval is drawn from; whole only where the interval lies before [`final_cursor`].
pub fn provenance(querier: &QuerierWrapper<'_>, market: &Addr, interval: Interval) -> StdResult<Option<Line>> {
    let stored = querier.query_wasm_raw(market, provenance_key(interval))?;
    let stored = stored.filter(|bytes| !bytes.is_empty());
    Ok(stored.map(|bytes| Line::decode(&bytes)).transpose()?)
}

/// Key of the first interval that is not final: 8 bytes big-endian.
pub const FINAL_CURSOR: &[u8] = b"fc";

/// First interval that is not final; everything before it never changes again.
pub fn final_cursor(querier: &QuerierWrapper<'_>, market: &Addr) -> StdResult<Interval> {
    match querier.query_wasm_raw(market, FINAL_CURSOR)? {
        Some(bytes) => Ok(Interval::new(Reader::new(&bytes).u64("final cursor")?)),
        None => Ok(Interval::ZERO),
    }
}
