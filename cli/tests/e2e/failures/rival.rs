//! Other programs that are in the way.
use super::{connect, state, until};
use busbar_api::market::ExecuteMsg;
use busbar_chain::grpc::{Action, Grpc};
use busbar_chain::{Chain, ChainError, Message, SignedTx, TxStatus};
use cosmwasm_std::{Addr, coins};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Blocks in which a mempool is emptied.
const BLOCKS: u64 = 8;
/// Transactions that a flood has ready: more than the mempool holds.
const AHEAD: usize = 4;
/// Milliseconds between two transactions of a rude one: less than a block.
const RUDE_MS: u64 = 30;

/// A program that sends one transaction after the other; each deposits a millionth.
pub struct Rival {
    stop: Arc<AtomicBool>,
    polite: Arc<AtomicBool>,
    sent: Arc<AtomicU64>,
    /// How many of its transactions blocks hold.
    thread: Option<JoinHandle<u64>>,
}

impl Rival {
    /// A second program that signs with an account. At first it is rude: it always has a transaction in the mempool.
    pub fn signs(account: u32, market: &Addr) -> Self {
        let deposit = deposit(market);
        Self::start(move |stop, polite, count| {
            let (mut chain, address) = connect(&[0], account);
            let mut sent: Vec<SignedTx> = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let tx = match chain.sign(&address, &deposit) {
                    Ok(tx) => tx,
                    Err(ChainError::Contended { .. }) => continue,
                    Err(error) => unreachable!("{error}"),
                };
                sent.push(tx.clone());
                count.fetch_add(1, Ordering::Relaxed);
                if polite.load(Ordering::Relaxed) {
                    let waited = chain.wait(&tx);
                    assert!(
                        matches!(waited, Ok(_) | Err(ChainError::Overtaken { .. })),
                        "{waited:?}"
                    );
                    std::thread::sleep(Duration::from_millis(rand::random::<u64>() % 1_000));
                } else {
                    if chain.broadcast(&tx).is_err() {
                        // The other one was faster: a new client knows of no sequence but the account's.
                        chain = connect(&[0], account).0;
                    }
                    std::thread::sleep(Duration::from_millis(RUDE_MS));
                }
            }
            landed(&chain, &sent)
        })
    }

    /// A program that fills the mempool of the first node whenever a block has made room there: what it sends next is
    /// signed before.
    pub fn floods(account: u32, market: &Addr) -> Self {
        let deposit = deposit(market).map(Action::Execute);
        Self::start(move |stop, _, count| {
            let (mut chain, address) = connect(&[0], account);
            let estimate = chain.estimate(&address, &deposit, "").unwrap();
            let (mut sent, mut ready) = (Vec::new(), VecDeque::new());
            while !stop.load(Ordering::Relaxed) {
                while ready.len() < AHEAD {
                    ready.push_back(chain.sign_estimated(&address, &deposit, "", &estimate).unwrap());
                }
                while ready.front().is_some_and(|tx| chain.broadcast(tx).is_ok()) {
                    sent.extend(ready.pop_front());
                    count.fetch_add(1, Ordering::Relaxed);
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            landed(&chain, &sent)
        })
    }

    fn start(run: impl FnOnce(&AtomicBool, &AtomicBool, &AtomicU64) -> u64 + Send + 'static) -> Self {
        let [stop, polite] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let sent = Arc::new(AtomicU64::new(0));
        let (stopped, is_polite, counted) = (stop.clone(), polite.clone(), sent.clone());
        let thread = Some(std::thread::spawn(move || run(&stopped, &is_polite, &counted)));
        Self {
            stop,
            polite,
            sent,
            thread,
        }
    }

    /// From here on it leaves room for others now and then.
    pub fn calm_down(&self) {
        self.polite.store(true, Ordering::Relaxed);
    }

    /// How many transactions it has signed.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// It goes away; how many of its transactions blocks hold.
    pub fn ends(mut self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// What is in blocks once the mempool is empty of it.
fn landed(chain: &Grpc, sent: &[SignedTx]) -> u64 {
    let settled = chain.now().unwrap().height + BLOCKS;
    until("blocks", || chain.now().unwrap().height >= settled);
    let included = |tx: &&SignedTx| match chain.status(&tx.hash).unwrap() {
        TxStatus::Included(included) => {
            assert_eq!(included.failure(), None);
            true
        }
        _ => false,
    };
    sent.iter().filter(included).count() as u64
}

fn deposit(market: &Addr) -> [Message; 1] {
    let coin = state()["denoms"]["coin"].as_str().unwrap().to_owned();
    let message = Message::new(market.clone(), &ExecuteMsg::Deposit {}).unwrap();
    [message.with_funds(coins(1, coin))]
}
