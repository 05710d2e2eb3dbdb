//! The client against a node. `BUSBAR_DEVNET_STATE` names the state file of scripts/devnet, `BUSBAR_DEVNET_GRID` the
//! address of a grid contract that the devnet's owner governs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use busbar_api::grid::{ExecuteMsg, raw};
use busbar_chain::grpc::{Grpc, GrpcConfig, Key};
use busbar_chain::{BroadcastError, Chain, ChainError, ChainQuerier, Message, SignedTx, TxStatus};
use cosmwasm_std::{Addr, Uint128};

struct Devnet {
    state: serde_json::Value,
    grid: Addr,
}

impl Devnet {
    fn new() -> Self {
        let state = std::env::var("BUSBAR_DEVNET_STATE").unwrap();
        Self {
            state: serde_json::from_slice(&std::fs::read(state).unwrap()).unwrap(),
            grid: Addr::unchecked(std::env::var("BUSBAR_DEVNET_GRID").unwrap()),
        }
    }

    fn text(&self, key: &str) -> String {
        self.state[key].as_str().unwrap().to_owned()
    }

    fn account(&self, name: &str) -> Addr {
        Addr::unchecked(self.state["accounts"][name].as_str().unwrap())
    }

    fn key(&self, index: u32) -> Key {
        Key::parse(&self.text("mnemonic"), &format!("m/44'/118'/0'/0/{index}")).unwrap()
    }

    fn config(&self) -> GrpcConfig {
        let node = self.state["nodes"][0]["grpc"].as_str().unwrap().to_owned();
        let gas_price = self.text("min_gas_price").parse().unwrap();
        GrpcConfig::new(self.text("chain_id"), vec![node], self.text("bech32_prefix"), gas_price)
    }

    /// The account with this number of the devnet's mnemonic signs.
    fn connect(&self, index: u32) -> Grpc {
        Grpc::connect(self.config(), Some(self.key(index))).unwrap()
    }

    fn appoint(&self, guardian: &str) -> [Message; 1] {
        let guardian = Some(self.account(guardian).to_string());
        [Message::new(self.grid.clone(), &ExecuteMsg::SetGuardian { guardian }).unwrap()]
    }

    fn guardian(&self, chain: &Grpc) -> Option<Addr> {
        raw::roles(&ChainQuerier::new(chain).wrap(), &self.grid)
            .unwrap()
            .guardian
    }
}

fn wait_for_height(chain: &Grpc, height: u64) {
    for _ in 0..600 {
        if chain.now().unwrap().height >= height {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    unreachable!("no block {height} within a minute");
}

fn is_included(chain: &Grpc, tx: &SignedTx) -> bool {
    matches!(chain.status(&tx.hash), Ok(TxStatus::Included(_)))
}

/// One test: the steps share the owner's sequences.
#[test]
fn a_real_node_keeps_what_the_client_promises() {
    let devnet = Devnet::new();
    let (owner, stranger) = (devnet.account("owner"), devnet.account("home1"));
    let mut chain = devnet.connect(0);

    // Two signed before either is sent take two sequences, and the second waits for the first.
    let first = chain.sign(&owner, &devnet.appoint("home1")).unwrap();
    let second = chain.sign(&owner, &devnet.appoint("home2")).unwrap();
    assert_eq!(second.sequence, first.sequence + 1);
    assert_eq!(chain.status(&first.hash), Ok(TxStatus::Unknown));
    let early = BroadcastError::Sequence {
        account: owner.clone(),
        expected: first.sequence,
        given: second.sequence,
    };
    assert_eq!(chain.broadcast(&second), Err(early));
    chain.broadcast(&first).unwrap();
    let included = chain.wait(&second).unwrap();
    assert_eq!(included.failure(), None);
    assert!(is_included(&chain, &first));
    assert_eq!(devnet.guardian(&chain), Some(devnet.account("home2")));

    // The same bytes again are success before and after, and change nothing.
    chain.broadcast(&first).unwrap();
    chain.broadcast(&second).unwrap();
    assert_eq!(devnet.guardian(&chain), Some(devnet.account("home2")));

    // A second signer of the account takes a sequence; the bytes that hold it can never be included.
    let late = chain.sign(&owner, &devnet.appoint("home3")).unwrap();
    let mut other = devnet.connect(0);
    let taken = other.sign(&owner, &devnet.appoint("home4")).unwrap();
    assert_eq!(taken.sequence, late.sequence);
    other.wait(&taken).unwrap();
    let refused = BroadcastError::Sequence {
        account: owner.clone(),
        expected: late.sequence + 1,
        given: late.sequence,
    };
    assert_eq!(chain.broadcast(&late), Err(refused));
    let overtaken = ChainError::Overtaken {
        hash: late.hash,
        account: owner.clone(),
        sequence: late.sequence,
    };
    assert_eq!(chain.wait(&late), Err(overtaken));
    assert_eq!(
        chain.sign(&owner, &devnet.appoint("home3")).unwrap().sequence,
        late.sequence + 1
    );

    // What timed out was in no block and frees its sequence.
    let config = GrpcConfig {
        timeout_blocks: 1,
        ..devnet.config()
    };
    let mut hasty = Grpc::connect(config, Some(devnet.key(0))).unwrap();
    let expired = hasty.sign(&owner, &devnet.appoint("home5")).unwrap();
    wait_for_height(&hasty, expired.timeout_height + 1);
    assert!(matches!(hasty.broadcast(&expired), Err(BroadcastError::Expired { .. })));
    let timed_out = ChainError::TimedOut {
        hash: expired.hash,
        timeout_height: expired.timeout_height,
    };
    assert_eq!(hasty.wait(&expired), Err(timed_out));
    let again = devnet.connect(0).sign(&owner, &devnet.appoint("home5")).unwrap();
    assert_eq!(again.sequence, expired.sequence);

    // What the contract refuses is told before a fee is paid for it.
    let mut stranger_chain = devnet.connect(8);
    let refused = stranger_chain.sign(&stranger, &devnet.appoint("home1"));
    assert!(
        matches!(&refused, Err(ChainError::WouldFail { text }) if text.contains("owner")),
        "{refused:?}"
    );
    assert_eq!(
        chain.sign(&stranger, &devnet.appoint("home1")),
        Err(ChainError::NoKey {
            account: stranger.clone()
        })
    );
    assert_eq!(chain.sign(&owner, &[]), Err(ChainError::NoMessage));
    let config = GrpcConfig {
        tx_bytes: 1_024,
        ..devnet.config()
    };
    let mut narrow = Grpc::connect(config, Some(devnet.key(0))).unwrap();
    let many: Vec<_> = (0..9).flat_map(|_| devnet.appoint("home1")).collect();
    assert!(matches!(
        narrow.sign(&owner, &many),
        Err(ChainError::TooLarge { limit: 1_024, .. })
    ));
    let config = GrpcConfig {
        max_gas: 100_000,
        ..devnet.config()
    };
    let mut poor = Grpc::connect(config, Some(devnet.key(0))).unwrap();
    let refused = poor.sign(&owner, &devnet.appoint("home1"));
    assert!(
        matches!(refused, Err(ChainError::GasTooHigh { ceiling: 100_000, .. })),
        "{refused:?}"
    );

    // A fee below the node's price.
    let config = GrpcConfig {
        gas_price: "0.0001ustake".parse().unwrap(),
        ..devnet.config()
    };
    let mut stingy = Grpc::connect(config, Some(devnet.key(0))).unwrap();
    let cheap = stingy.sign(&owner, &devnet.appoint("home1")).unwrap();
    assert!(matches!(
        stingy.broadcast(&cheap),
        Err(BroadcastError::InsufficientFee { .. })
    ));
}

#[test]
fn a_dead_endpoint_is_passed_over_and_a_wrong_chain_refused() {
    let devnet = Devnet::new();
    let mut config = devnet.config();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let dead = format!("http://127.0.0.1:{port}");
    config.grpc.insert(0, dead.clone());
    let chain = Grpc::connect(config.clone(), None).unwrap();
    assert!(chain.now().unwrap().height > 0);
    config.grpc.truncate(1);
    let Err(ChainError::Unreachable { reason }) = Grpc::connect(config, None).map(|_| ()) else {
        unreachable!("nobody is there");
    };
    assert!(reason.contains(&dead), "{reason}");
    let mut config = devnet.config();
    config.chain_id = "elsewhere-1".into();
    let wrong = ChainError::OtherChain {
        endpoint: config.grpc[0].clone(),
        expected: "elsewhere-1".into(),
        found: devnet.text("chain_id"),
    };
    assert_eq!(Grpc::connect(config, None).map(|_| ()), Err(wrong));
}

#[test]
fn what_a_node_answers() {
    let devnet = Devnet::new();
    // A key that nobody ever funded.
    let mut chain = Grpc::connect(devnet.config(), Some(devnet.key(9_999))).unwrap();
    let account = chain.accounts().next().unwrap().clone();
    assert_eq!(
        chain.sign(&account, &devnet.appoint("home1")),
        Err(ChainError::NoAccount {
            account: account.clone()
        })
    );
    assert_eq!(chain.query_raw(&devnet.grid, b"no such key"), Ok(None));
    let refused = chain.query_smart(&devnet.grid, br#"{"no_such_query":{}}"#);
    assert!(
        matches!(&refused, Err(ChainError::Query { text, .. }) if text.contains("no_such_query")),
        "{refused:?}"
    );
    let region = chain.query_smart(&devnet.grid, br#"{"region":{}}"#).unwrap();
    assert!(String::from_utf8(region).unwrap().contains(r#""domain":"test-"#));
    assert_eq!(chain.balance(&account, "ucoin").unwrap().amount, Uint128::zero());
    assert!(
        !chain
            .balance(&devnet.account("home2"), "ucoin")
            .unwrap()
            .amount
            .is_zero()
    );
    assert_eq!(chain.contract(&account), Ok(None));
    assert_eq!(chain.code(1 << 40), Ok(None));
}
