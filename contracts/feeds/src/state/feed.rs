use busbar_api::feeds::{bounds, Feed, PendingFeed};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{from_json, to_json_vec, Order, StdResult, Storage};

use crate::ContractError;

pub const FEEDS: &[u8] = b"fd/";

/// A feed, and its change that waits for a round.
#[cw_serde]
pub struct StoredFeed {
    pub feed: Feed,
    pub pending: Option<PendingFeed>,
}

fn key(name: &str) -> Vec<u8> {
    [FEEDS, name.as_bytes()].concat()
}

impl StoredFeed {
    /// A feed that may not be there.
    pub fn find(storage: &dyn Storage, name: &str) -> StdResult<Option<Self>> {
        storage.get(&key(name)).map(from_json).transpose()
    }

    /// A feed that must be there.
    pub fn load(storage: &dyn Storage, name: &str) -> Result<Self, ContractError> {
        Self::find(storage, name)?.ok_or_else(|| ContractError::UnknownFeed {
            name: name.chars().take(48).collect(),
        })
    }

    pub fn save(&self, storage: &mut dyn Storage, name: &str) -> StdResult<()> {
        storage.set(&key(name), &to_json_vec(self)?);
        Ok(())
    }

    /// What the feed is in a round.
    pub fn at(&self, round: u64) -> &Feed {
        match &self.pending {
            Some(pending) if pending.from_round.u64() <= round => &pending.feed,
            _ => &self.feed,
        }
    }

    /// Makes a change that counts in a round part of the feed; says whether there was one.
    pub fn promote(&mut self, round: u64) -> bool {
        let due = self.pending.take_if(|pending| pending.from_round.u64() <= round);
        let promoted = due.is_some();
        if let Some(pending) = due {
            self.feed = pending.feed;
        }
        promoted
    }

    /// The round of an instant of unix time.
    pub fn round_at(&self, now_s: u64) -> u64 {
        now_s.checked_div(self.feed.round_s.into()).unwrap_or(0)
    }

    /// Unix seconds at which a round ends.
    pub fn end_s(&self, round: u64) -> u64 {
        round.saturating_add(1).saturating_mul(self.feed.round_s.into())
    }
}

/// Names of feeds after one, ascending.
pub fn feed_names(storage: &dyn Storage, after: Option<&str>) -> Vec<String> {
    let start = after.map_or_else(|| FEEDS.to_vec(), |name| [FEEDS, name.as_bytes(), &[0]].concat());
    let names = storage.range(Some(&start), None, Order::Ascending);
    names
        .map_while(|(key, _)| String::from_utf8(key.strip_prefix(FEEDS)?.to_vec()).ok())
        .take(bounds::FEEDS)
        .collect()
}

/// How many feeds there are.
pub fn count_feeds(storage: &dyn Storage) -> usize {
    feed_names(storage, None).len()
}
