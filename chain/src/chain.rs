use crate::{BroadcastError, ChainError, Edge, Included, Message, SignedTx, TxHash, TxStatus};
use cosmwasm_std::{Addr, Coin};
use std::time::{Duration, Instant};

/// How often a transaction is looked for.
const POLL: Duration = Duration::from_millis(200);

/// How long a wait goes on without a block.
const PATIENCE: Duration = Duration::from_secs(30);

/// Blocks for which a node's index may lag behind the sequences that it knows.
const INDEX_BLOCKS: u64 = 2;

/// The block that the next transaction would build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainTime {
    /// Height of the last block.
    pub height: u64,
    /// Its time in unix seconds.
    pub unix_s: u64,
}

/// A chain that runs the contracts.
pub trait Chain {
    /// Chain id; signed bytes are valid for it alone.
    fn chain_id(&self) -> &str;

    /// Height and time of the last block.
    fn now(&self) -> Result<ChainTime, ChainError>;

    /// The value that a contract stores under `key`, read without running the contract.
    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError>;

    /// The contract's JSON answer to a JSON query.
    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError>;

    /// What an account holds of one denomination.
    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError>;

    /// The sequence that follows those in blocks: no block can include bytes with a lower one any more.
    fn sequence(&self, account: &Addr) -> Result<u64, ChainError>;

    /// Signs a transaction with the account's next sequence and a timeout height. Sends nothing: until
    /// [`Chain::broadcast`] the chain does not know of it.
    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError>;

    /// Hands the signed bytes to the chain. Sending the same bytes again is success as long as the chain knows them.
    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError>;

    /// What became of a transaction. [`TxStatus::Unknown`] is no proof of absence before its timeout height has
    /// passed, and not even then on a node that keeps no index: contract state is.
    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError>;

    /// How long [`Chain::wait`] goes on without a block.
    fn patience(&self) -> Duration {
        PATIENCE
    }

    /// Waits until a block holds the transaction, sending the same bytes again at every new height. Ends when no block
    /// can include them any more: their timeout height has passed, or another transaction of the account has gone
    /// into a block with their sequence. Where the chain makes no block for longer than [`Chain::patience`] it ends, too,
    /// with [`ChainError::NoBlock`]: then, and when nobody answers, a later block may still include the transaction.
    fn wait(&mut self, tx: &SignedTx) -> Result<Included, ChainError> {
        let mut sent_at = None;
        let mut since = Instant::now();
        let mut overtaken_at = None;
        loop {
            // The height first: a status read later knows of every block up to it.
            let height = self.now()?.height;
            if let TxStatus::Included(included) = self.status(&tx.hash)? {
                return Ok(included);
            }
            if height > tx.timeout_height {
                return Err(ChainError::TimedOut {
                    hash: tx.hash,
                    timeout_height: tx.timeout_height,
                });
            }
            if overtaken_at.is_some_and(|at| height > INDEX_BLOCKS.saturating_add(at)) {
                return Err(ChainError::Overtaken {
                    hash: tx.hash,
                    account: tx.account.clone(),
                    sequence: tx.sequence,
                });
            }
            if sent_at == Some(height) {
                let waited = since.elapsed();
                if waited >= self.patience() {
                    let waited_s = waited.as_secs();
                    return Err(ChainError::NoBlock { height, waited_s });
                }
                std::thread::sleep(POLL);
                continue;
            }
            sent_at = Some(height);
            since = Instant::now();
            let sent = self.broadcast(tx);
            // The two programs that wait.
            Edge::CrankSent.reached();
            Edge::DeploySent.reached();
            match sent {
                Ok(()) => {}
                // A mempool's word is not enough: what holds the sequence there may be dropped again.
                Err(BroadcastError::Sequence { .. }) => {
                    if overtaken_at.is_none() && self.sequence(&tx.account)? > tx.sequence {
                        overtaken_at = Some(height);
                    }
                }
                // It may be in the last block that could include it: the status at the next height tells.
                Err(BroadcastError::Expired { .. }) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(ChainError::NotTaken { error: Box::new(error) }),
            }
        }
    }
}
