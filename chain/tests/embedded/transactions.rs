//! A transaction's life on the embedded chain: signed, sent, sent again, included, expired, forgotten.
use crate::support::{Execute, START_S, add, chain, chain_with, fail, total};
use busbar_chain::{
    Blocks, BroadcastError, Chain, ChainError, Embedded, EmbeddedConfig, Included, SignedTx, TxFailure, TxHash,
    TxStatus,
};

fn included(chain: &Embedded, tx: &SignedTx) -> Included {
    match chain.status(&tx.hash).unwrap() {
        TxStatus::Included(included) => included,
        other => panic!("expected a block, found {other:?}"),
    }
}

#[test]
fn signing_sends_nothing_and_the_same_bytes_count_once() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    let tx = chain.sign(&ann, &[add(&sum, 5)]).unwrap();
    assert_eq!(
        (total(&chain, &sum), chain.status(&tx.hash).unwrap()),
        (0, TxStatus::Unknown)
    );

    for _ in 0..3 {
        chain.broadcast(&tx).unwrap();
        assert_eq!(total(&chain, &sum), 5);
    }
    let result = included(&chain, &tx);
    assert_eq!((result.code, result.failure()), (0, None));
    assert_eq!(result.data, vec![Some(5u64.to_be_bytes().into())]);
    assert!(
        result
            .events
            .iter()
            .any(|event| event.attributes.iter().any(|it| it.key == "total" && it.value == "5"))
    );
}

#[test]
fn messages_of_one_transaction_succeed_or_fail_together_and_a_failure_uses_its_sequence() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    let tx = chain.sign(&ann, &[add(&sum, 5), fail(&sum)]).unwrap();
    chain.broadcast(&tx).unwrap();
    let result = included(&chain, &tx);
    assert_eq!(total(&chain, &sum), 0);
    let text = "the sum refuses 7: Generic error: too odd".to_owned();
    assert_eq!(result.failure(), Some(TxFailure::Contract { text }));
    assert_eq!(chain.sign(&ann, &[add(&sum, 1)]).unwrap().sequence, tx.sequence + 1);
}

#[test]
fn the_error_of_a_forwarded_call_is_the_inner_contracts_own() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    let forward = |value| busbar_chain::Message::new(sum.clone(), &Execute::Forward { value }).unwrap();
    let failure = chain.execute(&ann, forward(0)).unwrap_err();
    assert_eq!(
        failure,
        TxFailure::Contract {
            text: "the sum refuses 7: Generic error: too odd".into()
        }
    );
    chain.execute(&ann, forward(3)).unwrap();
    assert_eq!(total(&chain, &sum), 3);
}

#[test]
fn a_sequence_that_is_taken_is_refused() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    let first = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    let rival = chain.sign(&ann, &[add(&sum, 10)]).unwrap();
    chain.broadcast(&first).unwrap();
    let refused = BroadcastError::Sequence {
        account: ann,
        expected: 1,
        given: 0,
    };
    assert_eq!(chain.broadcast(&rival), Err(refused));
    assert_eq!(total(&chain, &sum), 1);
}

#[test]
fn after_the_timeout_height_the_bytes_are_dead() {
    let (mut chain, sum, ann) = chain(Blocks::Explicit);
    let tx = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    while chain.now().unwrap().height < tx.timeout_height {
        chain.produce_block().unwrap();
    }
    let height = tx.timeout_height + 1;
    let expired = BroadcastError::Expired {
        timeout_height: tx.timeout_height,
        height,
    };
    assert_eq!(chain.broadcast(&tx), Err(expired));
    assert_eq!(
        (total(&chain, &sum), chain.status(&tx.hash).unwrap()),
        (0, TxStatus::Unknown)
    );
}

#[test]
fn a_transaction_may_be_included_up_to_its_timeout_height() {
    let (mut chain, sum, ann) = chain(Blocks::Explicit);
    let tx = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    while chain.now().unwrap().height < tx.timeout_height - 1 {
        chain.produce_block().unwrap();
    }
    chain.broadcast(&tx).unwrap();
    assert_eq!(chain.status(&tx.hash).unwrap(), TxStatus::Pending);
    chain.produce_block().unwrap();
    assert_eq!(
        (included(&chain, &tx).height, total(&chain, &sum)),
        (tx.timeout_height, 1)
    );
}

#[test]
fn pending_transactions_queue_their_sequences_until_evicted() {
    let (mut chain, sum, ann) = chain(Blocks::Explicit);
    let first = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    chain.broadcast(&first).unwrap();
    let second = chain.sign(&ann, &[add(&sum, 2)]).unwrap();
    chain.broadcast(&second).unwrap();
    assert_eq!((first.sequence, second.sequence), (0, 1));

    chain.evict();
    assert_eq!(chain.status(&first.hash).unwrap(), TxStatus::Unknown);
    let gap = chain.broadcast(&second).unwrap_err();
    assert_eq!(
        gap,
        BroadcastError::Sequence {
            account: ann,
            expected: 0,
            given: 1
        }
    );
    assert!(gap.is_transient());
    chain.broadcast(&first).unwrap();
    chain.broadcast(&second).unwrap();
    chain.produce_block().unwrap();
    assert_eq!(total(&chain, &sum), 3);
}

#[test]
fn a_full_mempool_and_an_oversized_transaction_are_refused() {
    let bounds = EmbeddedConfig {
        blocks: Blocks::Explicit,
        mempool: 1,
        tx_bytes: 400,
        ..EmbeddedConfig::at(START_S)
    };
    let (mut chain, sum, ann) = chain_with(bounds);
    let first = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    chain.broadcast(&first).unwrap();
    let second = chain.sign(&ann, &[add(&sum, 2)]).unwrap();
    assert_eq!(
        chain.broadcast(&second),
        Err(BroadcastError::MempoolFull { limit: Some(1) })
    );

    let messages = vec![add(&sum, 1); 10];
    assert!(matches!(
        chain.sign(&ann, &messages),
        Err(ChainError::TooLarge { limit: 400, .. })
    ));
    let bytes = vec![0; 401];
    let oversized = SignedTx {
        hash: TxHash::of(&bytes),
        bytes,
        ..second
    };
    assert_eq!(
        chain.broadcast(&oversized),
        Err(BroadcastError::TooLarge { bytes: 401, limit: 400 })
    );
}

#[test]
fn bytes_of_another_chain_or_of_none_are_refused() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    let other = EmbeddedConfig {
        chain_id: "elsewhere-1".into(),
        ..EmbeddedConfig::at(START_S)
    };
    let foreign = Embedded::new(other).sign(&ann, &[add(&sum, 1)]).unwrap();
    assert!(matches!(
        chain.broadcast(&foreign),
        Err(BroadcastError::Malformed { .. })
    ));
    let tx = chain.sign(&ann, &[add(&sum, 1)]).unwrap();
    for cut in 0..tx.bytes.len() {
        let bytes = tx.bytes[..cut].to_vec();
        let broken = SignedTx {
            hash: TxHash::of(&bytes),
            bytes,
            ..tx.clone()
        };
        assert!(
            matches!(chain.broadcast(&broken), Err(BroadcastError::Malformed { .. })),
            "cut at {cut}"
        );
    }
    assert_eq!(total(&chain, &sum), 0);
}

#[test]
fn only_the_last_results_are_kept() {
    let (mut chain, sum, ann) = chain_with(EmbeddedConfig {
        recent: 3,
        ..EmbeddedConfig::at(START_S)
    });
    let sent: Vec<_> = (0..5)
        .map(|value| {
            let tx = chain.sign(&ann, &[add(&sum, value)]).unwrap();
            chain.broadcast(&tx).unwrap();
            tx
        })
        .collect();
    let known = sent
        .iter()
        .map(|tx| chain.status(&tx.hash).unwrap() != TxStatus::Unknown);
    assert_eq!(known.collect::<Vec<_>>(), [false, false, true, true, true]);
    let forgotten = chain.broadcast(&sent[0]).unwrap_err();
    assert!(
        matches!(
            forgotten,
            BroadcastError::Sequence {
                expected: 5,
                given: 0,
                ..
            }
        ),
        "{forgotten:?}"
    );
    assert_eq!(total(&chain, &sum), 10);
}

#[test]
fn an_empty_transaction_is_refused() {
    let (mut chain, _, ann) = chain(Blocks::PerBroadcast);
    assert_eq!(chain.sign(&ann, &[]), Err(ChainError::NoMessage));
}
