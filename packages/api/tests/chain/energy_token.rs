use busbar_api::energy_token::{raw, Client, ExecuteMsg, QueryMsg};
use busbar_units::Wh;
use cosmwasm_std::{Addr, Binary, QuerierWrapper, Uint128};
use cw20::{BalanceResponse, MinterResponse, TokenInfoResponse};

use super::{answering, asks, calls, contract, storing};

const TOO_MUCH: u128 = 1 << 64;

fn info(total_supply: impl Into<Uint128>) -> TokenInfoResponse {
    TokenInfoResponse {
        name: "Energy".into(),
        symbol: "KWH".into(),
        decimals: 3,
        total_supply: total_supply.into(),
    }
}

#[test]
fn messages_are_those_of_a_cw20() {
    let token = Client::new(contract());
    assert_eq!(token.address(), &contract());
    let (recipient, amount) = ("ann".to_owned(), Uint128::new(7));
    let msg = ExecuteMsg::Mint {
        recipient: recipient.clone(),
        amount,
    };
    calls(token.mint("ann", Wh::new(7)), msg, &[]);
    calls(token.burn(Wh::new(7)), ExecuteMsg::Burn { amount }, &[]);
    let msg = ExecuteMsg::Transfer { recipient, amount };
    calls(token.transfer("ann", Wh::new(7)), msg, &[]);
    let hook = Binary::from(b"hook");
    let msg = ExecuteMsg::Send {
        contract: "market".into(),
        amount,
        msg: hook.clone(),
    };
    calls(token.send("market", Wh::new(7), hook), msg, &[]);
}

#[test]
fn answers_are_energy_of_64_bits() {
    let token = Client::new(contract());
    for (units, fits) in [(7, true), (u64::MAX.into(), true), (TOO_MUCH, false)] {
        let energy = u64::try_from(units).ok().map(Wh::new);
        assert_eq!(energy.is_some(), fits);
        let question = QueryMsg::Balance { address: "ann".into() };
        let answer = BalanceResponse { balance: units.into() };
        let chain = answering(&question, &answer);
        assert_eq!(token.balance(&QuerierWrapper::new(&chain), "ann").ok(), energy);
        let chain = answering(&QueryMsg::TokenInfo {}, &info(units));
        assert_eq!(token.supply(&QuerierWrapper::new(&chain)).ok(), energy);
    }
    let minter = MinterResponse {
        minter: "market".into(),
        cap: Some(9u32.into()),
    };
    asks(QueryMsg::Minter {}, minter, |q| token.minter(q));
}

#[test]
fn storage_is_that_of_a_cw20() {
    let supply = br#"{"name":"Energy","symbol":"KWH","decimals":3,"total_supply":"12","mint":null}"#;
    let chain = storing([
        (b"token_info", supply),
        (b"\x00\x07balanceann", br#""5""#),
        (b"\x00\x07balancebob", br#""18446744073709551616""#),
    ]);
    let q = QuerierWrapper::new(&chain);
    let balance = |account| raw::balance(&q, &contract(), &Addr::unchecked(account));
    assert_eq!(balance("ann").unwrap(), Wh::new(5));
    assert_eq!(balance("nobody").unwrap(), Wh::ZERO);
    assert!(balance("bob").is_err(), "more than 64 bits");
    assert_eq!(raw::supply(&q, &contract()).unwrap(), Wh::new(12));
    let empty = storing([]);
    assert!(raw::supply(&QuerierWrapper::new(&empty), &contract()).is_err());
}
