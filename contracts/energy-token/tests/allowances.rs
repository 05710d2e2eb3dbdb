//! An allowance that expired does not come back to life, and coins do not get stuck.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::energy_token::ExecuteMsg;
use busbar_energy_token::ContractError;
use common::*;
use cosmwasm_std::{coins, Binary, Uint128};
use cw20::{AllowanceResponse, Expiration, Logo};

#[test]
fn an_expired_allowance_starts_from_zero() {
    for (renewed, expected) in [(false, Expiration::Never {}), (true, Expiration::AtHeight(u64::MAX))] {
        let mut token = Token::with_holder();
        let (alice, bob, carol) = (token.alice.clone(), token.bob.clone(), token.carol.clone());
        let soon = token.soon(60);
        token.increase(&alice, &bob, 500, Some(soon)).unwrap();
        token.wait(1);
        let expired = token.transfer_from(&bob, &alice, &carol, 1).unwrap_err();
        assert_eq!(expired, cw20_base::ContractError::Expired {}.into());

        token.increase(&alice, &bob, 20, renewed.then_some(expected)).unwrap();
        let allowance = AllowanceResponse {
            allowance: Uint128::new(20),
            expires: expected,
        };
        assert_eq!(token.allowance(&alice, &bob), allowance, "not a Wh of the old one");
        assert!(matches!(
            token.transfer_from(&bob, &alice, &carol, 21).unwrap_err(),
            ContractError::Cw20(_)
        ));
        token.transfer_from(&bob, &alice, &carol, 20).unwrap();
    }
}

#[test]
fn an_expired_allowance_cannot_be_revived_by_a_decrease() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let soon = token.soon(60);
    token.increase(&alice, &bob, 500, Some(soon)).unwrap();
    token.wait(1);
    token.decrease(&alice, &bob, 1, Some(Expiration::Never {})).unwrap();
    assert_eq!(token.allowance(&alice, &bob).allowance, Uint128::zero());
    let none = token.transfer_from(&bob, &alice, &bob, 1).unwrap_err();
    assert_eq!(none, cw20_base::ContractError::NoAllowance {}.into());
}

#[test]
fn a_live_allowance_keeps_its_amount_and_may_get_another_expiry() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let (soon, later) = (token.soon(60), token.soon(120));
    token.increase(&alice, &bob, 500, Some(soon)).unwrap();
    token.increase(&alice, &bob, 20, None).unwrap();
    assert_eq!(
        token.allowance(&alice, &bob),
        AllowanceResponse {
            allowance: Uint128::new(520),
            expires: soon
        }
    );
    token.decrease(&alice, &bob, 20, Some(later)).unwrap();
    assert_eq!(
        token.allowance(&alice, &bob),
        AllowanceResponse {
            allowance: Uint128::new(500),
            expires: later
        }
    );
}

#[test]
fn an_expiry_in_the_past_and_an_overflow_are_refused() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let past = token.soon(0);
    let refused = token.increase(&alice, &bob, 1, Some(past)).unwrap_err();
    assert_eq!(refused, cw20_base::ContractError::InvalidExpiration {}.into());
    token.increase(&alice, &bob, u128::MAX, None).unwrap();
    let before = token.state();
    let overflow = ContractError::AllowanceOverflow {
        allowance: Uint128::MAX,
        amount: Uint128::one(),
    };
    assert_eq!(token.increase(&alice, &bob, 1, None).unwrap_err(), overflow);
    assert!(matches!(
        token.decrease(&alice, &bob, 1, Some(past)).unwrap_err(),
        ContractError::Cw20(_)
    ));
    assert_eq!(token.state(), before);
}

#[test]
fn no_message_takes_coins() {
    let mut token = Token::with_holder();
    let (alice, market) = (token.alice.clone(), token.market.clone());
    let (account, amount) = (token.bob.to_string(), Uint128::one());
    let every_message = vec![
        ExecuteMsg::Transfer {
            recipient: account.clone(),
            amount,
        },
        ExecuteMsg::Burn { amount },
        ExecuteMsg::Send {
            contract: account.clone(),
            amount,
            msg: Binary::default(),
        },
        ExecuteMsg::IncreaseAllowance {
            spender: account.clone(),
            amount,
            expires: None,
        },
        ExecuteMsg::DecreaseAllowance {
            spender: account.clone(),
            amount,
            expires: None,
        },
        ExecuteMsg::TransferFrom {
            owner: account.clone(),
            recipient: account.clone(),
            amount,
        },
        ExecuteMsg::SendFrom {
            owner: account.clone(),
            contract: account.clone(),
            amount,
            msg: Binary::default(),
        },
        ExecuteMsg::BurnFrom {
            owner: account.clone(),
            amount,
        },
        ExecuteMsg::Mint {
            recipient: account.clone(),
            amount,
        },
        ExecuteMsg::UpdateMinter { new_minter: None },
        ExecuteMsg::UpdateMarketing {
            project: None,
            description: None,
            marketing: None,
        },
        ExecuteMsg::UploadLogo(Logo::Url(account)),
    ];
    let before = token.state();
    for msg in every_message {
        for sender in [&alice, &market] {
            let refused = token.send_with(sender, &msg, &coins(1, "ucoin")).unwrap_err();
            assert_eq!(refused, ContractError::Funds { count: 1 }, "{msg:?}");
        }
    }
    assert_eq!(token.state(), before);
    let msg = instantiate_msg(token.grid.address());
    let refused = instantiate(&mut token.app, &msg, &coins(1, "ucoin")).unwrap_err();
    assert_eq!(refused, ContractError::Funds { count: 1 });
}

#[test]
fn name_and_ticker_are_those_of_a_cw20() {
    let mut token = Token::new(None);
    let good = instantiate_msg(token.grid.address());
    for (name, symbol) in [
        ("ab", "ELM"),
        ("Elm", "E"),
        ("Elm", "ELM STREET"),
        (&"x".repeat(51), "ELM"),
    ] {
        let msg = busbar_api::energy_token::InstantiateMsg {
            name: name.into(),
            symbol: symbol.into(),
            ..good.clone()
        };
        assert!(
            matches!(
                instantiate(&mut token.app, &msg, &[]).unwrap_err(),
                ContractError::Cw20(_)
            ),
            "{name} {symbol}"
        );
    }
    let msg = busbar_api::energy_token::InstantiateMsg {
        grid: "nowhere".into(),
        ..good
    };
    assert!(matches!(
        instantiate(&mut token.app, &msg, &[]).unwrap_err(),
        ContractError::Std(_)
    ));
}
