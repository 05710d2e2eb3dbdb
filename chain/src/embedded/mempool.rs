use super::wire::Tx;
use crate::TxHash;
use cosmwasm_std::Addr;

/// Transactions that wait for a block, in order of arrival.
pub(super) struct Mempool {
    limit: usize,
    waiting: Vec<(TxHash, Tx)>,
}

impl Mempool {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            waiting: Vec::new(),
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= self.limit
    }

    pub(super) fn push(&mut self, hash: TxHash, tx: Tx) {
        self.waiting.push((hash, tx));
    }

    pub(super) fn contains(&self, hash: &TxHash) -> bool {
        self.waiting.iter().any(|(known, _)| known == hash)
    }

    pub(super) fn count_of(&self, account: &Addr) -> u64 {
        self.waiting.iter().fold(0, |count: u64, (_, tx)| {
            count.saturating_add(u64::from(tx.account == account))
        })
    }

    pub(super) fn take(&mut self) -> Vec<(TxHash, Tx)> {
        std::mem::take(&mut self.waiting)
    }
}
