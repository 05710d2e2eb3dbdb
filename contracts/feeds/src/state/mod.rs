//! Storage of the feeds. Every key starts with one of [`NAMESPACES`].
mod answer;
mod feed;
mod index;
mod reporter;
mod round;
mod totals;

use busbar_api::feeds::{IndexRules, Params};
use cosmwasm_std::Addr;
use cw_storage_plus::Item;

pub use answer::{load_answer, save_answer};
pub use feed::{count_feeds, feed_names, StoredFeed};
pub use index::{days, load_indices, save_day, save_indices};
pub use reporter::{number_of, reporters, Reporter};
pub use round::{archive, history, load_open, remove_open, save_open, Part, Round};
pub use totals::Totals;

/// Every key and key prefix of this contract.
#[cfg(test)]
pub const NAMESPACES: &[&[u8]] = &[
    b"contract_info",
    b"grid",
    b"denom",
    b"params",
    b"rules",
    busbar_api::feeds::raw::INDICES,
    busbar_api::feeds::raw::DAY,
    busbar_api::feeds::raw::ANSWER,
    feed::FEEDS,
    reporter::REPORTERS,
    reporter::ACCOUNTS,
    reporter::KEYS,
    reporter::COUNT,
    round::OPEN,
    round::HISTORY_NEXT,
    round::HISTORY_AT,
    totals::TOTALS,
];

/// Address of the region's grid contract.
pub const GRID: Item<Addr> = Item::new("grid");
/// Coin of stakes.
pub const DENOM: Item<String> = Item::new("denom");
/// Stakes and slashing.
pub const PARAMS: Item<Params> = Item::new("params");
/// How indices are computed.
pub const INDEX_RULES: Item<IndexRules> = Item::new("rules");

#[cfg(test)]
mod tests;
