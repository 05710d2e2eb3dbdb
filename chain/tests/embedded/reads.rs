//! Clock, balances and queries of the embedded chain, directly and through the readers of the contracts' api.
use crate::support::{Query, START_S, SUM, add, chain, total};
use busbar_chain::{Blocks, Chain, ChainError, ChainQuerier, ChainTime};
use cosmwasm_std::coin;

#[test]
fn time_moves_only_forward_and_only_when_told() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    assert_eq!(
        chain.now().unwrap(),
        ChainTime {
            height: 1,
            unix_s: START_S
        }
    );
    chain.execute(&ann, add(&sum, 1)).unwrap();
    assert_eq!(
        chain.now().unwrap(),
        ChainTime {
            height: 1,
            unix_s: START_S
        }
    );
    chain.advance_to(START_S + 900).unwrap();
    chain.advance_to(START_S + 900).unwrap();
    assert_eq!(
        chain.now().unwrap(),
        ChainTime {
            height: 3,
            unix_s: START_S + 900
        }
    );
    let back = ChainError::ClockBackwards {
        now: START_S + 900,
        to: START_S,
    };
    assert_eq!(chain.advance_to(START_S), Err(back));
    assert_eq!(
        chain.now().unwrap(),
        ChainTime {
            height: 3,
            unix_s: START_S + 900
        }
    );
}

#[test]
fn raw_and_smart_queries_agree_directly_and_through_a_querier() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    assert_eq!(chain.query_raw(&sum, SUM).unwrap(), None);
    assert_eq!(
        ChainQuerier::new(&chain).wrap().query_wasm_raw(&sum, SUM).unwrap(),
        None
    );
    chain.execute(&ann, add(&sum, 258)).unwrap();

    let stored = Some(258u64.to_be_bytes().to_vec());
    assert_eq!(chain.query_raw(&sum, SUM).unwrap(), stored);
    assert_eq!(chain.query_smart(&sum, br#"{"sum":{}}"#).unwrap(), b"258");
    let querier = ChainQuerier::new(&chain);
    assert_eq!(querier.wrap().query_wasm_raw(&sum, SUM).unwrap(), stored);
    assert_eq!(
        querier.wrap().query_wasm_smart::<u64>(&sum, &Query::Sum {}).unwrap(),
        258
    );
}

#[test]
fn a_refused_query_carries_the_contracts_words() {
    let (chain, sum, _) = chain(Blocks::PerBroadcast);
    let text = "Generic error: no answer today".to_owned();
    assert_eq!(
        chain.query_smart(&sum, br#"{"fail":{}}"#),
        Err(ChainError::Query {
            contract: sum.clone(),
            text
        })
    );
    let error = ChainQuerier::new(&chain)
        .wrap()
        .query_wasm_smart::<u64>(&sum, &Query::Fail {})
        .unwrap_err();
    assert!(error.to_string().contains("no answer today"), "{error}");
}

#[test]
fn balances_follow_funds() {
    let (mut chain, sum, ann) = chain(Blocks::PerBroadcast);
    chain.fund(&ann, vec![coin(10, "uusd")]).unwrap();
    chain
        .execute(&ann, add(&sum, 1).with_funds(vec![coin(4, "uusd")]))
        .unwrap();
    assert_eq!(chain.balance(&ann, "uusd").unwrap(), coin(6, "uusd"));
    assert_eq!(
        ChainQuerier::new(&chain).wrap().query_balance(&sum, "uusd").unwrap(),
        coin(4, "uusd")
    );
    let poor = chain.execute(&ann, add(&sum, 1).with_funds(vec![coin(7, "uusd")]));
    assert!(poor.is_err());
    assert_eq!(chain.balance(&ann, "uusd").unwrap(), coin(6, "uusd"));
    assert_eq!(total(&chain, &sum), 1);
}
