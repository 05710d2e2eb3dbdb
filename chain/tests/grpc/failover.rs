//! Which endpoint is asked.
use crate::node::{CHAIN_ID, Node, connect};
use busbar_chain::{Chain, ChainError};
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// A port that was free a moment ago.
fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn unreachable_reason(error: Option<ChainError>) -> String {
    let Some(ChainError::Unreachable { reason }) = error else {
        unreachable!("somebody answers: {error:?}");
    };
    reason
}

#[test]
fn a_node_of_another_chain_is_passed_over_and_refused_where_all_are() {
    let (elsewhere, node) = (Node::start(), Node::start());
    elsewhere.state().chain_id = "elsewhere-1".to_owned();
    let (chain, account) = connect(&[&elsewhere.url, &node.url]).unwrap();
    assert_eq!(chain.sequence(&account), Ok(0));
    assert_eq!(elsewhere.state().questions, 1, "its chain id, and nothing else");
    let refused = ChainError::OtherChain {
        endpoint: elsewhere.url.clone(),
        expected: CHAIN_ID.to_owned(),
        found: "elsewhere-1".to_owned(),
    };
    assert_eq!(connect(&[&elsewhere.url]).err(), Some(refused));
    // One that is dead may be the right one.
    let dead = format!("http://{}", free_port());
    let reason = unreachable_reason(connect(&[&elsewhere.url, &dead]).err());
    assert!(reason.contains("elsewhere-1") && reason.contains(&dead), "{reason}");
}

#[test]
fn a_node_that_fetches_blocks_is_passed_over() {
    let (new, node) = (Node::start(), Node::start());
    new.state().syncing = true;
    new.state().height = 7;
    let (chain, _) = connect(&[&new.url, &node.url]).unwrap();
    assert_eq!(chain.now().unwrap().height, 100);
    let reason = unreachable_reason(connect(&[&new.url]).err());
    assert!(reason.contains("still fetching blocks, at height 7"), "{reason}");
}

#[test]
fn a_node_behind_the_others_is_passed_over() {
    let (late, node) = (Node::start(), Node::start());
    late.state().block_s -= 11;
    late.state().height = 90;
    let (chain, _) = connect(&[&late.url, &node.url]).unwrap();
    assert_eq!(chain.now().unwrap().height, 100);
    late.state().block_s += 1;
    let (chain, _) = connect(&[&late.url, &node.url]).unwrap();
    assert_eq!(chain.now().unwrap().height, 90, "ten seconds are no reason");
}

#[test]
fn no_answer_is_older_than_one_before_it() {
    let (first, second) = (Node::start(), Node::start());
    second.state().height = 99;
    let (chain, account) = connect(&[&first.url, &second.url]).unwrap();
    assert_eq!(chain.now().unwrap().height, 100);
    drop(first);
    let reason = unreachable_reason(chain.sequence(&account).err());
    assert!(reason.contains("is at height 99, behind 100"), "{reason}");
    second.state().makes_blocks = true;
    assert!(chain.now().unwrap().height > 100, "it has caught up");
    // What a node does not know counts as little.
    second.state().makes_blocks = false;
    second.state().height = 50;
    let hash = busbar_chain::TxHash::of(b"tx");
    let reason = unreachable_reason(chain.status(&hash).err());
    assert!(reason.contains("is at height 50"), "{reason}");
}

#[test]
fn a_silent_node_costs_one_wait_and_the_other_goes_on() {
    let (first, second) = (Node::start(), Node::start());
    let (chain, _) = connect(&[&first.url, &second.url]).unwrap();
    first.state().silent = true;
    let start = Instant::now();
    assert_eq!(chain.now().unwrap().height, 100);
    assert!(start.elapsed() >= Duration::from_secs(1), "it has its time to answer");
    let start = Instant::now();
    for _ in 0..20 {
        chain.now().unwrap();
    }
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "and is not asked again at once"
    );
    let silent = connect(&[&first.url]);
    let reason = unreachable_reason(silent.err());
    assert!(reason.contains("no answer within 1 s"), "{reason}");
}

#[test]
fn a_node_that_comes_back_is_asked_again() {
    let at = free_port();
    let node = Node::start_at(at, None);
    let (chain, _) = connect(&[&node.url]).unwrap();
    drop(node);
    let reason = unreachable_reason(chain.now().err());
    assert!(reason.contains("Connection refused"), "{reason}");
    let node = Node::start_at(at, None);
    node.state().height = 101;
    assert_eq!(chain.now().unwrap().height, 101);
}
