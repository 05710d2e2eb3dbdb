/// When the embedded chain makes a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocks {
    /// Every broadcast is a block of its own: the result is there when [`crate::Chain::broadcast`] returns.
    PerBroadcast,
    /// Transactions wait in the mempool for [`crate::Embedded::produce_block`].
    Explicit,
}

/// What an embedded chain is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbeddedConfig {
    /// Chain id.
    pub chain_id: String,
    /// Time of the first block in unix seconds.
    pub start_s: u64,
    /// When a block is made.
    pub blocks: Blocks,
    /// Blocks that a signed transaction stays valid for.
    pub timeout_blocks: u64,
    /// Transactions that the mempool holds.
    pub mempool: usize,
    /// Largest transaction in bytes.
    pub tx_bytes: usize,
    /// Results of transactions that are kept; older ones read as unknown, so that memory does not grow with traffic.
    pub recent: usize,
}

impl EmbeddedConfig {
    /// A chain that starts at `start_s`, with a block per broadcast and a node's usual bounds.
    pub fn at(start_s: u64) -> Self {
        Self {
            chain_id: "busbar-embedded-1".to_owned(),
            start_s,
            blocks: Blocks::PerBroadcast,
            timeout_blocks: 20,
            mempool: 5_000,
            tx_bytes: 1 << 20,
            recent: 256,
        }
    }
}
