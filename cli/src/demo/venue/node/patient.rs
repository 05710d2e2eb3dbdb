use std::time::{Duration, Instant};

use busbar_chain::grpc::{Action, Grpc, GrpcConfig};
use busbar_chain::{BroadcastError, Chain, ChainError, ChainTime, Message, SignedTx, TxHash, TxStatus};
use cosmwasm_std::{Addr, Coin};

/// How long a node may not answer: it may be started again in the meantime.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(500);

/// A chain that is asked again where it does not answer. Nothing is sent twice: what was signed keeps its bytes.
pub(super) struct Patient(pub(super) Grpc);

impl Patient {
    /// How the chain was configured.
    pub(super) fn config(&self) -> &GrpcConfig {
        self.0.config()
    }

    /// Signs a transaction of any actions. Sends nothing.
    pub(super) fn sign_actions(&mut self, account: &Addr, actions: &[Action]) -> Result<SignedTx, ChainError> {
        patiently(|| self.0.sign_actions(account, actions))
    }
}

fn patiently<T>(mut ask: impl FnMut() -> Result<T, ChainError>) -> Result<T, ChainError> {
    let since = Instant::now();
    loop {
        match ask() {
            Err(ChainError::Unreachable { .. }) if since.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            answer => return answer,
        }
    }
}

impl Chain for Patient {
    fn chain_id(&self) -> &str {
        self.0.chain_id()
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        patiently(|| self.0.now())
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        patiently(|| self.0.query_raw(contract, key))
    }

    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        patiently(|| self.0.query_smart(contract, json))
    }

    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError> {
        patiently(|| self.0.balance(account, denom))
    }

    fn sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        patiently(|| self.0.sequence(account))
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        patiently(|| self.0.sign(account, messages))
    }

    /// Whoever sends decides what is sent again.
    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        self.0.broadcast(tx)
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        patiently(|| self.0.status(hash))
    }
}
