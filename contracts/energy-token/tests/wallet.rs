//! Everything that a wallet expects of a CW20.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]
mod common;

use busbar_api::energy_token::{ExecuteMsg, InstantiateMarketingInfo, QueryMsg};
use busbar_energy_token::ContractError;
use common::*;
use cosmwasm_std::{to_json_binary, Binary, Uint128};
use cw20::{
    AllAccountsResponse, AllAllowancesResponse, AllSpenderAllowancesResponse, AllowanceInfo, DownloadLogoResponse,
    EmbeddedLogo, Expiration, Logo, LogoInfo, MarketingInfoResponse, SpenderAllowanceInfo, TokenInfoResponse,
};

#[test]
fn energy_moves_between_accounts() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let response = token.transfer(&alice, &bob, 400).unwrap();
    assert!(response
        .events
        .iter()
        .any(|event| event.attributes.iter().any(|item| item.value == "transfer")));
    assert_eq!(
        (token.balance(&alice), token.balance(&bob), token.supply()),
        (600, 400, 1_000)
    );
    token.transfer(&bob, &bob, 400).unwrap();
    assert_eq!(token.balance(&bob), 400, "to oneself nothing moves");
    token.transfer(&bob, &alice, 400).unwrap();
    assert_eq!((token.balance(&alice), token.balance(&bob)), (1_000, 0));

    let before = token.state();
    assert!(matches!(
        token.transfer(&alice, &bob, 1_001).unwrap_err(),
        ContractError::Cw20(_)
    ));
    assert!(matches!(
        token.transfer(&bob, &alice, u128::MAX).unwrap_err(),
        ContractError::Cw20(_)
    ));
    let nowhere = ExecuteMsg::Transfer {
        recipient: "nowhere".into(),
        amount: 1u128.into(),
    };
    assert!(matches!(
        token.send(&alice, &nowhere).unwrap_err(),
        ContractError::Cw20(_)
    ));
    assert_eq!(token.state(), before);
}

#[test]
fn one_token_is_one_kilowatt_hour() {
    let token = Token::with_holder();
    let info: TokenInfoResponse = token.ask(&QueryMsg::TokenInfo {});
    assert_eq!(
        (info.name.as_str(), info.symbol.as_str(), info.decimals),
        ("Elm Street energy", "ELM", 3)
    );
    assert_eq!(info.total_supply, Uint128::new(1_000));
}

#[test]
fn a_send_calls_the_receiver() {
    let mut token = Token::with_holder();
    let alice = token.alice.clone();
    let receiver = receiver(&mut token.app);
    let send = |amount: u128, text: &[u8]| ExecuteMsg::Send {
        contract: receiver.to_string(),
        amount: amount.into(),
        msg: Binary::from(text),
    };
    token.send(&alice, &send(300, b"yes")).unwrap();
    let (caller, msg) = received(&token.app, &receiver);
    assert_eq!(caller, token.client.address().as_str());
    assert_eq!(
        (msg.sender, msg.amount, msg.msg),
        (alice.to_string(), Uint128::new(300), Binary::from(b"yes"))
    );
    assert_eq!((token.balance(&alice), token.balance(&receiver)), (700, 300));

    let before = token.state();
    let address = token.client.address().clone();
    cw_multi_test::Executor::execute_contract(&mut token.app, alice, address, &send(1, b"no"), &[]).unwrap_err();
    assert_eq!(token.state(), before, "what the receiver refuses stays");
}

#[test]
fn an_allowance_is_spent_and_ends() {
    let mut token = Token::with_holder();
    let (alice, bob, carol) = (token.alice.clone(), token.bob.clone(), token.carol.clone());
    token.increase(&alice, &bob, 300, None).unwrap();
    token.increase(&alice, &bob, 100, None).unwrap();
    assert_eq!(token.allowance(&alice, &bob).allowance, Uint128::new(400));
    token.transfer_from(&bob, &alice, &carol, 150).unwrap();
    assert_eq!((token.balance(&alice), token.balance(&carol)), (850, 150));
    token.decrease(&alice, &bob, 50, None).unwrap();
    assert_eq!(token.allowance(&alice, &bob).allowance, Uint128::new(200));

    let before = token.state();
    assert!(matches!(
        token.transfer_from(&bob, &alice, &carol, 201).unwrap_err(),
        ContractError::Cw20(_)
    ));
    let none = token.transfer_from(&carol, &alice, &carol, 1).unwrap_err();
    assert_eq!(none, cw20_base::ContractError::NoAllowance {}.into());
    let own = token.increase(&alice, &alice, 1, None).unwrap_err();
    assert_eq!(own, cw20_base::ContractError::CannotSetOwnAccount {}.into());
    assert_eq!(token.state(), before);

    token.decrease(&alice, &bob, 201, None).unwrap();
    assert_eq!(
        token.allowance(&alice, &bob).allowance,
        Uint128::zero(),
        "below zero is none"
    );
    assert!(
        matches!(
            token.decrease(&alice, &bob, 1, None).unwrap_err(),
            ContractError::Cw20(_)
        ),
        "there is none"
    );
}

#[test]
fn an_allowance_can_send_too() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let receiver = receiver(&mut token.app);
    token.increase(&alice, &bob, 300, None).unwrap();
    let msg = to_json_binary("hello").unwrap();
    let (owner, contract) = (alice.to_string(), receiver.to_string());
    token
        .send(
            &bob,
            &ExecuteMsg::SendFrom {
                owner,
                contract,
                amount: 200u128.into(),
                msg: msg.clone(),
            },
        )
        .unwrap();
    let (_, got) = received(&token.app, &receiver);
    assert_eq!(
        (got.sender, got.amount, got.msg),
        (bob.to_string(), Uint128::new(200), msg)
    );
    assert_eq!(token.allowance(&alice, &bob).allowance, Uint128::new(100));
}

#[test]
fn lists_come_in_pages() {
    let mut token = Token::with_holder();
    let (alice, bob, carol) = (token.alice.clone(), token.bob.clone(), token.carol.clone());
    token.transfer(&alice, &bob, 10).unwrap();
    token.transfer(&alice, &carol, 10).unwrap();
    let all: AllAccountsResponse = token.ask(&QueryMsg::AllAccounts {
        start_after: None,
        limit: None,
    });
    let mut everybody = [&alice, &bob, &carol].map(ToString::to_string);
    everybody.sort();
    assert_eq!(all.accounts, everybody);
    let start_after = Some(everybody[0].clone());
    let page: AllAccountsResponse = token.ask(&QueryMsg::AllAccounts {
        start_after,
        limit: Some(1),
    });
    assert_eq!(page.accounts, everybody[1..2]);

    token.increase(&alice, &bob, 7, None).unwrap();
    let (owner, start_after, limit) = (alice.to_string(), None, None);
    let given: AllAllowancesResponse = token.ask(&QueryMsg::AllAllowances {
        owner,
        start_after,
        limit,
    });
    let (allowance, expires) = (Uint128::new(7), Expiration::Never {});
    assert_eq!(
        given.allowances,
        [AllowanceInfo {
            spender: bob.to_string(),
            allowance,
            expires
        }]
    );
    let (spender, start_after, limit) = (bob.to_string(), None, None);
    let taken: AllSpenderAllowancesResponse = token.ask(&QueryMsg::AllSpenderAllowances {
        spender,
        start_after,
        limit,
    });
    assert_eq!(
        taken.allowances,
        [SpenderAllowanceInfo {
            owner: alice.to_string(),
            allowance,
            expires
        }]
    );
}

#[test]
fn marketing_is_shown_and_kept_by_its_account() {
    let mut token = Token::with_holder();
    let (alice, bob) = (token.alice.clone(), token.bob.clone());
    let mut msg = instantiate_msg(token.grid.address());
    msg.marketing = Some(InstantiateMarketingInfo {
        project: Some("https://example.org".into()),
        description: Some("Energy of Elm Street".into()),
        marketing: Some(alice.to_string()),
        logo: Some(Logo::Url("https://example.org/logo.svg".into())),
    });
    let address = instantiate(&mut token.app, &msg, &[]).unwrap();
    token.client = busbar_api::energy_token::Client::new(address);
    let info: MarketingInfoResponse = token.ask(&QueryMsg::MarketingInfo {});
    assert_eq!(info.logo, Some(LogoInfo::Url("https://example.org/logo.svg".into())));

    let logo = Binary::from(b"<?xml version=\"1.0\"?><svg></svg>".as_slice());
    let upload = ExecuteMsg::UploadLogo(Logo::Embedded(EmbeddedLogo::Svg(logo.clone())));
    let refused = token.send(&bob, &upload).unwrap_err();
    assert_eq!(refused, cw20_base::ContractError::Unauthorized {}.into());
    token.send(&alice, &upload).unwrap();
    let stored: DownloadLogoResponse = token.ask(&QueryMsg::DownloadLogo {});
    assert_eq!((stored.mime_type.as_str(), stored.data), ("image/svg+xml", logo));

    let describe = ExecuteMsg::UpdateMarketing {
        project: None,
        description: Some("kWh".into()),
        marketing: None,
    };
    let refused = token.send(&bob, &describe).unwrap_err();
    assert_eq!(refused, cw20_base::ContractError::Unauthorized {}.into());
    token.send(&alice, &describe).unwrap();
    let info: MarketingInfoResponse = token.ask(&QueryMsg::MarketingInfo {});
    assert_eq!(
        (info.description.as_deref(), info.project.as_deref()),
        (Some("kWh"), Some("https://example.org"))
    );
}
