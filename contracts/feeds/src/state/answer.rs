use busbar_api::feeds::raw::answer_key;
use busbar_api::feeds::Answer;
use cosmwasm_std::Storage;

use crate::ContractError;

/// The latest answer of a feed.
pub fn load_answer(storage: &dyn Storage, feed: &str) -> Result<Option<Answer>, ContractError> {
    let stored = storage.get(&answer_key(feed));
    Ok(stored.map(|bytes| Answer::decode(&bytes)).transpose()?)
}

/// Writes the latest answer of a feed.
pub fn save_answer(storage: &mut dyn Storage, feed: &str, answer: &Answer) {
    storage.set(&answer_key(feed), &answer.encode());
}
