use crate::{Included, TxHash};
use std::collections::{HashMap, VecDeque};

/// Results of the last transactions, by hash.
pub(super) struct Recent {
    limit: usize,
    order: VecDeque<TxHash>,
    results: HashMap<TxHash, Included>,
}

impl Recent {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            order: VecDeque::new(),
            results: HashMap::new(),
        }
    }

    pub(super) fn get(&self, hash: &TxHash) -> Option<&Included> {
        self.results.get(hash)
    }

    pub(super) fn insert(&mut self, hash: TxHash, included: Included) {
        self.order.push_back(hash);
        self.results.insert(hash, included);
        while self.order.len() > self.limit {
            if let Some(oldest) = self.order.pop_front() {
                self.results.remove(&oldest);
            }
        }
    }
}
