//! What the client does about each refusal of a node, and where that leaves account and chain.
use crate::node::{Node, connect, message};
use busbar_chain::grpc::{Action, Grpc};
use busbar_chain::{BroadcastError, Chain, ChainError, SignedTx, TxHash};
use cosmos_sdk_proto::cosmos::tx::v1beta1::Tx;
use cosmos_sdk_proto::traits::Message as _;
use cosmwasm_std::{Addr, Coin};

struct Desk {
    node: Node,
    chain: Grpc,
    account: Addr,
    tx: SignedTx,
}

impl Desk {
    /// A signed transaction, and what the node will say to it.
    fn new(refusals: &[(u32, &'static str)]) -> Self {
        let node = Node::start();
        node.state().makes_blocks = true;
        node.state().refusals = refusals.iter().copied().collect();
        let (mut chain, account) = connect(&[&node.url]).unwrap();
        let tx = chain.sign(&account, &[message("{\"a\":{}}")]).unwrap();
        Self {
            node,
            chain,
            account,
            tx,
        }
    }

    fn refusal(&mut self) -> BroadcastError {
        let Err(ChainError::NotTaken { error }) = self.chain.wait(&self.tx) else {
            unreachable!("the node takes it");
        };
        assert!(self.node.state().mempool.is_empty() && self.node.state().included.is_empty());
        *error
    }

    /// Other bytes can be signed at once, with the same sequence, and go into a block.
    fn signs_again(&mut self) {
        let again = self.chain.sign(&self.account, &[message("{\"b\":{}}")]).unwrap();
        assert_eq!(again.sequence, self.tx.sequence);
        self.chain.wait(&again).unwrap();
        assert_eq!(self.included(), [again.hash]);
    }

    fn included(&self) -> Vec<TxHash> {
        let state = self.node.state();
        assert_eq!(state.sequence, state.included.len() as u64);
        state.included.iter().map(|(hash, _)| *hash).collect()
    }

    fn sent(&self) -> Vec<TxHash> {
        self.node
            .state()
            .broadcasts
            .iter()
            .map(|bytes| TxHash::of(bytes))
            .collect()
    }
}

#[test]
fn out_of_gas_insufficient_fee_and_too_large_end_it_and_free_the_sequence() {
    let gas = "out of gas in location: txSize; gasWanted: 1, gasUsed: 9: out of gas";
    let fee = "insufficient fees; got: 1ustake required: 9ustake: insufficient fee";
    let size = "Tx too large. Max size is 65, but got 400";
    for (code, words) in [(11, gas), (13, fee), (21, size)] {
        let mut desk = Desk::new(&[(code, words)]);
        let bytes = desk.tx.bytes.len();
        let expected = match code {
            11 => BroadcastError::OutOfGas { log: words.into() },
            13 => BroadcastError::InsufficientFee { log: words.into() },
            _ => BroadcastError::TooLarge { bytes, limit: 65 },
        };
        assert_eq!(desk.refusal(), expected);
        assert_eq!(desk.sent(), [desk.tx.hash], "sent once");
        let learned = desk.chain.gas_model().factor("a");
        assert_eq!(learned, if code == 11 { 1_950 } else { 1_300 }, "code {code}");
        desk.signs_again();
    }
}

#[test]
fn what_the_node_has_already_is_success() {
    let mut desk = Desk::new(&[(19, "tx already exists in cache")]);
    desk.node.state().mempool.push(desk.tx.hash);
    desk.node.state().makes_blocks = false;
    assert_eq!(desk.chain.broadcast(&desk.tx), Ok(()));
    desk.node.state().makes_blocks = true;
    desk.chain.wait(&desk.tx).unwrap();
    assert_eq!(desk.included(), [desk.tx.hash]);
}

#[test]
fn a_full_mempool_gets_the_same_bytes_in_a_later_block() {
    let full = (20, "");
    let mut desk = Desk::new(&[full, full, full]);
    desk.node.state().makes_blocks = false;
    let limit = None;
    assert_eq!(
        desk.chain.broadcast(&desk.tx),
        Err(BroadcastError::MempoolFull { limit })
    );
    desk.node.state().makes_blocks = true;
    desk.chain.wait(&desk.tx).unwrap();
    assert_eq!(desk.sent(), [desk.tx.hash; 4]);
    assert_eq!(desk.included(), [desk.tx.hash]);
}

#[test]
fn what_timed_out_is_signed_again_only_then() {
    let expired = (30, "block height: 200, timeout height: 110: tx timeout height");
    let mut desk = Desk::new(&[expired; 100]);
    let (sequence, timeout_height) = (desk.tx.sequence, desk.tx.timeout_height);
    let early = desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]).unwrap();
    assert_eq!(early.sequence, sequence + 1, "the first may yet be included");
    let timed_out = ChainError::TimedOut {
        hash: desk.tx.hash,
        timeout_height,
    };
    assert_eq!(desk.chain.wait(&desk.tx), Err(timed_out));
    assert!(desk.node.state().height > timeout_height);
    assert!(desk.included().is_empty());
    desk.node.state().refusals.clear();
    desk.signs_again();
}

#[test]
fn a_sequence_that_is_used_up_is_told_and_the_next_is_taken() {
    let used = (
        32,
        "account sequence mismatch, expected 1, got 0: incorrect account sequence",
    );
    let mut desk = Desk::new(&[used; 100]);
    desk.node.state().mempool.push(TxHash::of(b"of another program"));
    let overtaken = ChainError::Overtaken {
        hash: desk.tx.hash,
        account: desk.account.clone(),
        sequence: 0,
    };
    assert_eq!(desk.chain.wait(&desk.tx), Err(overtaken));
    desk.node.state().refusals.clear();
    let next = desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]).unwrap();
    assert_eq!(next.sequence, 1);
    desk.chain.wait(&next).unwrap();
    assert_eq!(desk.included(), [TxHash::of(b"of another program"), next.hash]);
}

#[test]
fn a_sequence_whose_turn_has_not_come_is_sent_until_it_has() {
    let early = (
        32,
        "account sequence mismatch, expected 0, got 1: incorrect account sequence",
    );
    let mut desk = Desk::new(&[early, early]);
    let second = desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]).unwrap();
    desk.node.state().mempool.push(desk.tx.hash);
    desk.chain.wait(&second).unwrap();
    assert_eq!(desk.included(), [desk.tx.hash, second.hash]);
    // Whoever sends it once more is told that the sequence is used up, and that is no failure.
    let used = (
        32,
        "account sequence mismatch, expected 2, got 1: incorrect account sequence",
    );
    desk.node.state().refusals.push_back(used);
    assert_eq!(desk.chain.broadcast(&second), Ok(()));
}

#[test]
fn a_simulation_takes_the_sequence_that_the_node_asks_for_and_gives_up_where_another_program_keeps_taking_it() {
    let mut desk = Desk::new(&[]);
    let ahead = "account sequence mismatch, expected 3, got 1: incorrect account sequence";
    desk.node.state().failures = [ahead; 3].into_iter().collect();
    let second = desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]).unwrap();
    assert_eq!(
        second.sequence, 1,
        "simulated with another sequence, signed with its own"
    );
    desk.node.state().failures = [ahead; 4].into_iter().collect();
    let contended = ChainError::Contended {
        account: desk.account.clone(),
    };
    assert_eq!(desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]), Err(contended));
    desk.node.state().failures = ["device 7 is unknown"].into_iter().collect();
    let text = "device 7 is unknown".to_owned();
    let would_fail = ChainError::WouldFail { text };
    assert_eq!(
        desk.chain.sign(&desk.account, &[message("{\"b\":{}}")]),
        Err(would_fail)
    );
}

#[test]
fn a_simulation_pays_a_fee_since_taking_one_costs_gas() {
    let mut desk = Desk::new(&[]);
    let estimate = desk
        .chain
        .estimate(&desk.account, &[Action::Execute(message("{\"b\":{}}"))], "")
        .unwrap();
    assert_eq!(estimate.fee, Coin::new(130u128, "ustake"));
    let asked = desk.node.state().simulated.pop().unwrap();
    let fee = Tx::decode(asked.as_slice()).unwrap().auth_info.unwrap().fee.unwrap();
    let paid: Vec<_> = fee.amount.iter().map(|coin| (&*coin.amount, &*coin.denom)).collect();
    assert_eq!(paid, [("1", "ustake")]);
}
