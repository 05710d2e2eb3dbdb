//! The market alone mints and burns, and supply stays within what the storage can hold.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::energy_token::{ExecuteMsg, QueryMsg};
use busbar_energy_token::ContractError;
use common::*;
use cosmwasm_std::{Addr, Uint128};
use cw20::MinterResponse;
use cw_multi_test::Executor;
use proptest::prelude::*;

fn above(supply: u128, amount: u128, usable: u64) -> ContractError {
    ContractError::AboveUsable {
        supply: supply.into(),
        amount: amount.into(),
        usable: usable.into(),
    }
}

#[test]
fn supply_never_exceeds_the_storage() {
    let mut token = Token::new(Some(USABLE));
    let alice = token.alice.clone();
    let minter: MinterResponse = token.ask(&QueryMsg::Minter {});
    assert_eq!(
        (minter.minter, minter.cap),
        (token.market.to_string(), Some(Uint128::from(USABLE)))
    );
    assert_eq!(token.mint(&alice, 10_001).unwrap_err(), above(0, 10_001, USABLE));
    token.mint(&alice, 9_999).unwrap();
    assert_eq!(token.mint(&alice, 2).unwrap_err(), above(9_999, 2, USABLE));
    assert_eq!(
        token.mint(&alice, u128::MAX).unwrap_err(),
        above(9_999, u128::MAX, USABLE)
    );
    token.mint(&alice, 1).unwrap();
    assert_eq!((token.supply(), token.balance(&alice)), (USABLE, USABLE));
    assert_eq!(token.mint(&alice, 1).unwrap_err(), above(10_000, 1, USABLE));
}

#[test]
fn without_a_bank_nothing_is_minted() {
    let mut token = Token::new(None);
    let alice = token.alice.clone();
    assert_eq!(token.mint(&alice, 1).unwrap_err(), above(0, 1, 0));
}

#[test]
fn where_storage_retires_minting_stops_and_redemption_goes_on() {
    let mut token = Token::new(Some(USABLE));
    let (owner, market) = (token.owner.clone(), token.market.clone());
    token.mint(&market, 5_000).unwrap();
    let smaller = token.grid.update(params(Some(4_000))).unwrap();
    token.app.execute(owner, smaller.into()).unwrap();
    token.mint(&market, 1).unwrap();
    // In force from the first interval that opens after the change.
    token.wait(4);
    token.mint(&market, 1).unwrap();
    token.wait(1);
    assert_eq!(
        token.client.minter(&token.app.wrap()).unwrap().cap,
        Some(Uint128::new(4_000))
    );
    assert_eq!(token.mint(&market, 1).unwrap_err(), above(5_002, 1, 4_000));
    token
        .send(
            &market,
            &ExecuteMsg::Burn {
                amount: 1_002u128.into(),
            },
        )
        .unwrap();
    assert_eq!(token.supply(), 4_000);
    assert_eq!(token.mint(&market, 1).unwrap_err(), above(4_000, 1, 4_000));
    token.send(&market, &ExecuteMsg::Burn { amount: 1u128.into() }).unwrap();
    token.mint(&market, 1).unwrap();
}

#[test]
fn the_market_alone_mints_and_burns() {
    let mut token = Token::with_holder();
    let (alice, bob, owner) = (token.alice.clone(), token.bob.clone(), token.owner.clone());
    let before = token.state();
    let (mint, burn) = (
        ExecuteMsg::Mint {
            recipient: alice.to_string(),
            amount: 1u128.into(),
        },
        ExecuteMsg::Burn { amount: 1u128.into() },
    );
    for sender in [&alice, &bob, &owner] {
        for msg in [&mint, &burn] {
            assert_eq!(
                token.send(sender, msg).unwrap_err(),
                ContractError::NotMarket { sender: sender.clone() }
            );
        }
    }
    assert_eq!(token.state(), before);

    let market = token.market.clone();
    assert!(
        matches!(token.send(&market, &burn).unwrap_err(), ContractError::Cw20(_)),
        "the market holds nothing"
    );
    token.transfer(&alice, &market, 300).unwrap();
    token
        .send(&market, &ExecuteMsg::Burn { amount: 300u128.into() })
        .unwrap();
    assert_eq!(
        (token.supply(), token.balance(&market), token.balance(&alice)),
        (700, 0, 700)
    );
    let nowhere = ExecuteMsg::Mint {
        recipient: "nowhere".into(),
        amount: 1u128.into(),
    };
    assert!(matches!(
        token.send(&market, &nowhere).unwrap_err(),
        ContractError::Std(_)
    ));
    assert_eq!(token.supply(), 700);
}

#[test]
fn nobody_burns_for_another_and_the_minter_stays() {
    let mut token = Token::with_holder();
    let (alice, market) = (token.alice.clone(), token.market.clone());
    token.increase(&alice, &market, 500, None).unwrap();
    let before = token.state();
    let burn = ExecuteMsg::BurnFrom {
        owner: alice.to_string(),
        amount: 1u128.into(),
    };
    assert_eq!(token.send(&market, &burn).unwrap_err(), ContractError::BurnFromRefused);
    for new_minter in [None, Some(alice.to_string())] {
        let refused = token
            .send(&market, &ExecuteMsg::UpdateMinter { new_minter })
            .unwrap_err();
        assert_eq!(refused, ContractError::MinterFixed);
    }
    assert_eq!(token.state(), before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn supply_is_minted_less_burned_and_held_by_somebody(
        steps in prop::collection::vec((0u8..3, 0usize..3, 0usize..3, 0u128..6_000), 1..40),
    ) {
        let mut token = Token::new(Some(USABLE));
        let accounts: [Addr; 3] = [token.market.clone(), token.alice.clone(), token.bob.clone()];
        let (mut minted, mut burned) = (0u128, 0u128);
        for (action, from, to, amount) in steps {
            let (from, to) = (accounts[from].clone(), accounts[to].clone());
            match action {
                0 => minted += token.mint(&to, amount).map_or(0, |_| amount),
                1 => burned += token.send(&from, &ExecuteMsg::Burn { amount: amount.into() }).map_or(0, |_| amount),
                _ => drop(token.transfer(&from, &to, amount)),
            }
            let held: u64 = accounts.iter().map(|account| token.balance(account)).sum();
            prop_assert_eq!(held, token.supply());
            prop_assert_eq!(u128::from(token.supply()), minted - burned);
            prop_assert!(token.supply() <= USABLE);
        }
    }
}
