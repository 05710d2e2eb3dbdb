//! Waiting for a transaction on a chain whose blocks come by themselves.
use crate::support::{add, chain, total};
use busbar_chain::{
    Blocks, BroadcastError, Chain, ChainError, ChainTime, Embedded, Message, SignedTx, TxHash, TxStatus,
};
use cosmwasm_std::{Addr, Coin};
use std::cell::RefCell;
use std::time::Duration;

/// A block whenever somebody looks at the clock, and no more looks than a bounded wait needs.
struct Ticking {
    inner: RefCell<Embedded>,
    looks: RefCell<u64>,
    /// No block comes.
    halted: bool,
}

impl Ticking {
    fn new(inner: Embedded) -> Self {
        Self {
            inner: RefCell::new(inner),
            looks: RefCell::new(0),
            halted: false,
        }
    }
}

impl Chain for Ticking {
    fn chain_id(&self) -> &str {
        "ticking-1"
    }

    fn now(&self) -> Result<ChainTime, ChainError> {
        *self.looks.borrow_mut() += 1;
        assert!(*self.looks.borrow() < 1_000, "an endless wait");
        if !self.halted {
            self.inner.borrow_mut().produce_block()?;
        }
        self.inner.borrow().now()
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(300)
    }

    fn query_raw(&self, contract: &Addr, key: &[u8]) -> Result<Option<Vec<u8>>, ChainError> {
        self.inner.borrow().query_raw(contract, key)
    }

    fn query_smart(&self, contract: &Addr, json: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.inner.borrow().query_smart(contract, json)
    }

    fn balance(&self, account: &Addr, denom: &str) -> Result<Coin, ChainError> {
        self.inner.borrow().balance(account, denom)
    }

    fn sequence(&self, account: &Addr) -> Result<u64, ChainError> {
        self.inner.borrow().sequence(account)
    }

    fn sign(&mut self, account: &Addr, messages: &[Message]) -> Result<SignedTx, ChainError> {
        self.inner.get_mut().sign(account, messages)
    }

    fn broadcast(&mut self, tx: &SignedTx) -> Result<(), BroadcastError> {
        self.inner.get_mut().broadcast(tx)
    }

    fn status(&self, hash: &TxHash) -> Result<TxStatus, ChainError> {
        self.inner.borrow().status(hash)
    }
}

#[test]
fn a_transaction_is_sent_and_waited_for() {
    let (inner, sum, ann) = chain(Blocks::Explicit);
    let mut chain = Ticking::new(inner);
    let tx = chain.sign(&ann, &[add(&sum, 3)]).unwrap();
    assert_eq!(chain.wait(&tx).unwrap().failure(), None);
    assert_eq!((total(&chain, &sum), chain.sequence(&ann).unwrap()), (3, 1));
}

#[test]
fn the_wait_ends_when_another_transaction_has_used_the_sequence() {
    let (inner, sum, ann) = chain(Blocks::Explicit);
    let mut chain = Ticking::new(inner);
    let late = chain.sign(&ann, &[add(&sum, 3)]).unwrap();
    let rival = chain.sign(&ann, &[add(&sum, 10)]).unwrap();
    chain.wait(&rival).unwrap();
    let overtaken = ChainError::Overtaken {
        hash: late.hash,
        account: ann,
        sequence: 0,
    };
    assert_eq!(chain.wait(&late), Err(overtaken));
    let height = chain.inner.borrow().now().unwrap().height;
    assert!(height < late.timeout_height, "before the timeout, at {height}");
    assert_eq!(total(&chain, &sum), 10);
}

#[test]
fn a_rival_that_the_mempool_drops_again_has_not_overtaken() {
    let (inner, sum, ann) = chain(Blocks::Explicit);
    let mut chain = Ticking::new(inner);
    let first = chain.sign(&ann, &[add(&sum, 3)]).unwrap();
    let rival = chain.sign(&ann, &[add(&sum, 10)]).unwrap();
    chain.broadcast(&rival).unwrap();
    let refused = chain.broadcast(&first).unwrap_err();
    assert!(matches!(
        refused,
        BroadcastError::Sequence {
            expected: 1,
            given: 0,
            ..
        }
    ));
    chain.inner.get_mut().evict();
    assert_eq!(chain.wait(&first).unwrap().failure(), None);
    assert_eq!(total(&chain, &sum), 3);
}

#[test]
fn the_wait_ends_with_the_timeout_height() {
    let (inner, sum, ann) = chain(Blocks::Explicit);
    let mut chain = Ticking::new(inner);
    let gap = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    chain.broadcast(&gap).unwrap();
    let tx = chain.sign(&ann, &[add(&sum, 3)]).unwrap();
    // Without the one before it, this one waits in vain.
    chain.inner.get_mut().evict();
    let timed_out = ChainError::TimedOut {
        hash: tx.hash,
        timeout_height: tx.timeout_height,
    };
    assert_eq!(chain.wait(&tx), Err(timed_out));
    assert_eq!(total(&chain, &sum), 0);
}

#[test]
fn the_wait_ends_where_no_block_comes_and_the_transaction_may_still_be_included() {
    let (inner, sum, ann) = chain(Blocks::Explicit);
    let mut chain = Ticking::new(inner);
    let tx = chain.sign(&ann, &[add(&sum, 3)]).unwrap();
    chain.halted = true;
    let height = chain.now().unwrap().height;
    let halted = ChainError::NoBlock { height, waited_s: 0 };
    assert_eq!(chain.wait(&tx), Err(halted));
    assert_eq!(total(&chain, &sum), 0);
    chain.halted = false;
    assert_eq!(chain.wait(&tx).unwrap().failure(), None);
    assert_eq!((total(&chain, &sum), chain.sequence(&ann).unwrap()), (3, 1), "once");
}
